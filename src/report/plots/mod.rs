//! Plots, as SVG. Every axis is labelled with its quantity and unit, every plot has a caption.
//! The colours are distinguishable with colour blindness. The same results give the same bytes.

mod axis;
mod canvas;
mod cost;
mod frame;
mod levels;
mod reservation;
mod starts;
mod story;
mod time_axis;
mod waits;

use crate::runner::{MOST_DETAILED, Results};
use std::collections::BTreeSet;

/// A plot, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Its name in the report's folder: `plots/cost.svg`.
    pub name: String,
    /// The file.
    pub svg: String,
}

/// Draws one plot after the other, of at most [`MOST_DETAILED`] variants each by itself, and passes each to `take`, so that one at a time is in memory.
///
/// # Errors
/// The first error of `take`; no further plot is drawn then.
pub fn plots<E>(results: &Results, mut take: impl FnMut(Plot) -> Result<(), E>) -> Result<(), E> {
    let mut give = |name: &str, svg: String| {
        let name = format!("plots/{name}.svg");
        take(Plot { name, svg })
    };
    give("cost", cost::cost(results))?;
    if let Some(waits) = waits::waits(results) {
        give("waits", waits)?;
    }
    if let Some(starts) = starts::starts(results) {
        give("starts", starts)?;
    }
    let mut taken = BTreeSet::new();
    let (scenario, seeds) = (&results.scenario, results.seeds.len());
    for variant in results.variants.iter().take(MOST_DETAILED) {
        let name = file_name(&variant.name, &mut taken);
        let cpu = levels::resource(scenario, variant, seeds, "cpu");
        give(&format!("cpu-{name}"), cpu)?;
        let memory = levels::resource(scenario, variant, seeds, "memory");
        give(&format!("memory-{name}"), memory)?;
        give(
            &format!("tasks-{name}"),
            levels::tasks(scenario, variant, seeds),
        )?;
        if let Some(story) = &variant.story {
            let story = story::story(scenario, &variant.name, story);
            give(&format!("timeline-{name}"), story)?;
        }
    }
    Ok(())
}

/// A variant's name as part of a file's name: at most 50 characters, letters, digits, `.`, `-` and
/// `_`. It differs from every name in `taken` also on file systems that ignore case.
fn file_name(variant: &str, taken: &mut BTreeSet<String>) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let base: String = variant.chars().take(50).map(safe).collect();
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names
        .find(|name| taken.insert(name.to_lowercase()))
        .expect("some number is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_and_differ() {
        let mut taken = BTreeSet::new();
        let mut name = |variant: &str| file_name(variant, &mut taken);
        assert_eq!(name("m6i.large x 7"), "m6i.large-x-7");
        assert_eq!(name("m6i.large/x/7"), "m6i.large-x-7-2");
        assert_eq!(name("M6I.large-x-7"), "M6I.large-x-7-3");
        assert_eq!(name("../../etc"), "..-..-etc");
        assert_eq!(name(&"a".repeat(300)).len(), 50);
    }
}

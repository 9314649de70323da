//! Plots, as SVG. Every axis says what it shows and in which unit, every plot what to see.
//! The colours can be told apart by the colour-blind; the same results give the same bytes.

mod axis;
mod canvas;
mod cost;
mod frame;
mod levels;
mod starts;
mod story;
mod waits;

use crate::runner::Results;
use std::collections::BTreeSet;

/// A plot, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Its name in the report's folder: `plots/cost.svg`.
    pub name: String,
    /// The file.
    pub svg: String,
}

/// Draws one plot after the other and hands each to `take`.
///
/// # Errors
/// What `take` returns, at once.
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
    for variant in &results.variants {
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

/// A variant's name as part of a file's name: letters, digits, `.`, `-` and `_`, not too
/// long, and no other variant's even where file names have no case.
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

//! Plots, as SVG. Every axis is labelled with its quantity and unit, every plot has a caption.
//! The colours are distinguishable with colour blindness. The same results give the same bytes.

mod axis;
mod canvas;
mod cells;
mod chart;
mod columns;
mod cost;
mod frame;
mod ink;
mod levels;
mod reservation;
mod rollout;
mod scales;
mod service_level;
mod starts;
mod story;
mod story_cells;
mod story_credits;
mod story_messages;
mod story_requests;
mod svg;
mod svg_dots;
mod time_axis;
mod waits;

pub use chart::{
    Axis, Bar, Bars, Chart, DotPanel, Dots, Drawing, Key, Layer, Line, Mark, MarkKind, Panel,
    Panels, Scatter, Shape, Sign,
};
pub use ink::{Dashes, Ink, Stroke};

use crate::runner::{MOST_DETAILED, Results};
use scales::{LevelScales, Place, StoryScales};
use std::collections::BTreeSet;

/// A plot, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Its name in the report's folder: `plots/cost.svg`.
    pub name: String,
    /// The file.
    pub svg: String,
}

/// Draws one plot after the other, of at most [`MOST_DETAILED`] variants each by itself, and passes
/// each to `take`, so that one at a time is in memory.
///
/// # Errors
/// The first error of `take`; no further plot is drawn then.
pub fn plots<E>(results: &Results, mut take: impl FnMut(Plot) -> Result<(), E>) -> Result<(), E> {
    charts(results, |chart| {
        take(Plot {
            name: format!("plots/{}.svg", chart.name),
            svg: svg::svg(&chart),
        })
    })
}

/// Makes the data of one plot after the other and passes each to `take`.
///
/// # Errors
/// The first error of `take`; no further plot is made then.
pub fn charts<E>(results: &Results, mut take: impl FnMut(Chart) -> Result<(), E>) -> Result<(), E> {
    take(cost::cost(results))?;
    if let Some(waits) = waits::waits(results) {
        take(waits)?;
    }
    if let Some(level) = service_level::service_level(results) {
        take(level)?;
    }
    if let Some(starts) = starts::starts(results) {
        take(starts)?;
    }
    let mut taken = BTreeSet::new();
    let levels = LevelScales::of(results);
    let stories = StoryScales::of(results);
    for variant in results.variants.iter().take(MOST_DETAILED) {
        let place = Place {
            scenario: &results.scenario,
            seeds: results.seeds.len(),
            variant,
            file: &file_name(&variant.name, &mut taken),
        };
        take(levels::resource(&place, &levels, "cpu"))?;
        take(levels::resource(&place, &levels, "memory"))?;
        take(levels::tasks(&place, &levels))?;
        if let Some(story) = &variant.story {
            take(story::story(&place, story, &stories))?;
            if let Some(rollout) = rollout::rollout(&place, story) {
                take(rollout)?;
            }
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

//! Axes that the plots of all variants share, so that they can be compared.

use super::time_axis::Reported;
use crate::runner::VariantResults;

/// A variant with more than this share of the most of all variants has their axis. With less it has
/// its own, as nothing would be seen.
const SEEN: f64 = 0.05;

/// The plots of a variant: what they need to know of the whole.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The number of seeds.
    pub seeds: usize,
    /// The variant.
    pub variant: &'a VariantResults,
    /// Its name as part of the names of files.
    pub file: &'a str,
}

/// What the axes of levels reach to.
#[derive(Clone, Copy, Debug)]
pub(super) struct LevelScales {
    /// The reported time of all variants.
    pub time: Reported,
    pub cpu: f64,
    pub memory: f64,
    pub placed: f64,
    pub waiting: f64,
}

/// What the axes of single runs over time reach to.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoryScales {
    /// The reported time of all stories.
    pub time: Reported,
    pub instances: f64,
    pub tasks: f64,
}

/// The most that an axis shows: that of all variants, or that of this one where it is so little that
/// nothing would be seen.
pub(super) fn common(own: f64, all: f64) -> f64 {
    if own < all * SEEN { own } else { all }
}

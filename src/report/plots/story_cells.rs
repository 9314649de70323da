//! The levels of a story, by the cells of its plot.

use super::cells::{average, merged, stride};
use crate::runner::{Story, StoryLevel};

/// The time means of a level, one per cell; empty where the story does not have the
/// level.
pub(super) fn level(story: &Story, wanted: StoryLevel) -> &[f64] {
    let found = story.levels.iter().find(|(level, _)| *level == wanted);
    found.map_or(&[], |(_, means)| means)
}

/// The beginning of each cell of a plot, with a level's mean in it.
pub(super) fn steps(story: &Story, wanted: StoryLevel) -> impl Iterator<Item = (f64, f64)> + use<> {
    let means = level(story, wanted);
    let stride = stride(means.len());
    let from = story.origin.as_seconds_f64();
    let width = story.width.as_seconds_f64() * stride as f64;
    let means = merged(means, stride, average).into_iter().enumerate();
    means.map(move |(cell, mean)| (from + cell as f64 * width, mean))
}

//! What all plots over time share: texts, the limit of visible steps, and the x coordinate of a
//! time of a story.

use super::frame::Area;
use crate::runner::Story;

/// The name of the axis.
pub(super) const TIME: &str = "simulated time since the start";
/// The text in a box without reported time.
pub(super) const NOTHING: &str = "no time was reported";
/// With more cells than this the steps cannot be seen: a line through the middles of the cells is
/// drawn instead, which halves the file.
pub(super) const FINE: usize = 500;

/// Beginning and end of the reported time, in seconds since the start.
pub(super) fn ends(story: &Story) -> (f64, f64) {
    let from = story.origin.as_seconds_f64();
    (from, from + story.length.as_seconds_f64())
}

/// The x coordinate of a time in seconds since the start.
pub(super) fn place(area: &Area, story: &Story, seconds: f64) -> f64 {
    let (from, to) = ends(story);
    area.left + ((seconds - from) / (to - from)).clamp(0.0, 1.0) * area.width()
}

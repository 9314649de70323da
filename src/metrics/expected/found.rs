//! What a run has shown of one expectation.

use crate::units::SimTime;

/// What a run has shown of one expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The value that was compared: of a level in its unit, the time of an event in seconds, or a
    /// number of events. Of a level that breaks a bound within an interval the first value that
    /// does. `None` where there is none.
    pub value: Option<f64>,
    /// The least and the largest value that were compared; the value itself where it is one.
    pub range: Option<(f64, f64)>,
    /// True when the value satisfies all bounds; false without a value.
    pub holds: bool,
    /// When a level had the value, or the time of the event.
    pub at: Option<SimTime>,
    /// The number of such events, for an expectation on events.
    pub events: u64,
    /// The end of the run.
    pub end: SimTime,
}

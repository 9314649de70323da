//! Schedules by the clock.

/// When something happens by the clock.
#[derive(Clone, Debug)]
pub struct Schedule;

impl Schedule {
    /// True when it comes to an end.
    pub fn is_finite(&self) -> bool {
        false
    }

    /// The first time after this one, in Unix seconds; `None` when there is none.
    pub fn next_after(&self, unix_seconds: i64) -> Option<i64> {
        Some(unix_seconds + 60)
    }
}

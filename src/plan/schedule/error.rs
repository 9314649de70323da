//! The error of a text that is no schedule expression.

use std::fmt;

/// A text that is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// What is wrong.
    pub problem: String,
    /// What was expected instead.
    pub expected: String,
}

impl ScheduleError {
    pub(super) fn new(problem: impl Into<String>, expected: &str) -> Self {
        Self {
            problem: problem.into(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; expected {}", self.problem, self.expected)
    }
}

impl std::error::Error for ScheduleError {}

//! What is wrong with an expression, and where in it.

/// A problem of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The first byte of the part of the expression that is meant.
    pub start: usize,
    /// One past its last byte; equal to `start` at the end of the expression.
    pub end: usize,
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// What is expected instead; empty where the message says all.
    pub expected: String,
}

impl QueryError {
    pub(super) fn new(
        (start, end): (usize, usize),
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            start,
            end,
            message: message.into(),
            expected: expected.into(),
        }
    }

    /// The position in the expression in characters, from 1.
    pub fn position(&self, expression: &str) -> usize {
        expression
            .char_indices()
            .filter(|(at, _)| *at < self.start)
            .count()
            + 1
    }
}

//! The order in which waiting tasks are tried.

/// Who in the job queue may go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOrder {
    /// The head blocks those behind it.
    HeadOfLine,
    /// Each is tried in its turn; who fits, goes.
    SkipAhead,
}

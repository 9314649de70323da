//! The order in which waiting tasks are tried.

/// Which waiting tasks a pass may place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueOrder {
    /// First in, first out: a task that does not fit blocks all tasks behind it.
    HeadOfLine,
    /// Every task is tried, oldest first; a task that does not fit blocks no other.
    SkipAhead,
}

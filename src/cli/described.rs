//! A line of `events.jsonl` in words.

use crate::report::EventAbout;

/// A fact as a line of `events.jsonl` describes it.
pub struct Described<'a> {
    /// Its name.
    pub fact: &'static str,
    /// Its subject.
    pub about: EventAbout<'a>,
    /// ECS's message, if it has one.
    pub message: Option<String>,
}

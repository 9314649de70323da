//! What `expect:` asks of a run while it is played: levels at a time or within an interval, and
//! events. Only a run with such expectations has this observer.
//!
//! A level counts after all events of an instant: its value from a time on is what all facts of
//! that time have left. So it is read when the first fact of a later time comes, before that fact
//! is counted.

mod checks;
mod events;
mod found;
mod levels;
mod present;

pub use checks::Checks;
pub use found::Found;

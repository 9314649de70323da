//! Reads `expect`: bounds on figures, on levels at a time or within an interval, and on events.

mod bounds;
mod event;
mod figure;
mod level;
mod read;
mod scope;
mod times;

pub use read::read;

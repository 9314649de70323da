//! Changes that would have placed a task, each tried by itself on a copy of the cluster as it was at
//! that moment: with the placement policy of the task, which must choose an instance, and with a
//! promise of its capacity, which must fit. The tasks before it in its queue come first where more
//! capacity is tried.
//!
//! A new kind of change is a variant of [`Change`] and a function in `ALL` (`all.rs`).

mod all;
mod capacity;
mod change;
mod request;
mod trial;

pub(super) use all::changes;
pub use change::{Change, Tried};
pub(super) use request::smaller_on;

//! What goes wrong: each fault of the plan strikes at its times or by its own stream, and is
//! over when it is over.

mod containers;
mod fargate;
mod instances;
mod occurrences;
mod outages;
mod state;

pub(super) use instances::{instance_fails, instance_registered};
pub(super) use occurrences::{begin, end, occur};
pub(super) use state::Faults;

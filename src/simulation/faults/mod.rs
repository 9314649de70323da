//! The faults of the plan: each occurs at its listed times or at random times of its own stream,
//! and ends after its length.

mod containers;
mod fargate;
mod instances;
mod occurrences;
mod outages;
mod state;

pub(super) use instances::{instance_fails, instance_registered};
pub(super) use occurrences::{begin, end, occur};
pub(super) use state::Faults;

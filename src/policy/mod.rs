//! Policies: placement of tasks, provisioning of capacity, the service scheduler. A policy reads
//! a view of the cluster or plain counts and returns a decision; it changes nothing itself. One
//! file per policy.
//!
//! Events, the clock and the execution of decisions are in `simulation`.

pub mod launch_rate;
pub mod placement;
pub mod provisioning;
pub mod rate;
pub mod services;

pub(crate) mod backoff;

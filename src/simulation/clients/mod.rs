//! Clients of the cluster: arrivals of standalone work, its job queue, its retries, and the user's
//! autoscaler.

pub(in crate::simulation) mod actions;
pub(in crate::simulation) mod arrivals;
pub(in crate::simulation) mod autoscaling;
pub(in crate::simulation) mod job_queue;
pub(in crate::simulation) mod retry;
mod source;
mod state;

pub(in crate::simulation) use state::Clients;

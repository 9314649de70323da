//! Clients of the cluster: arrivals of standalone work, its job queue, its retries, and the user's
//! autoscaler.

pub(in crate::simulation) mod actions;
pub(in crate::simulation) mod arrivals;
pub(in crate::simulation) mod autoscaling;
mod calls;
pub(in crate::simulation) mod job_queue;
mod refusals;
pub(in crate::simulation) mod retry;
pub(in crate::simulation) mod run_task;
pub(in crate::simulation) mod scheduled;
mod source;
mod state;

pub use refusals::Endless;
pub(in crate::simulation) use state::Clients;

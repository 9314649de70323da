//! Clients of the cluster: work that arrives, its job queue, its retries, and autoscalers of
//! the user's own.

pub(in crate::simulation) mod arrivals;
pub(in crate::simulation) mod autoscaling;
pub(in crate::simulation) mod job_queue;
pub(in crate::simulation) mod retry;
mod source;
mod state;

pub(in crate::simulation) use state::Clients;

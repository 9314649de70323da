//! Traffic: requests that arrive at services, and the CPU that they use.

mod congestion;
mod crowds;
mod flow;
mod rate;
pub(in crate::simulation) mod requests;
mod responses;
mod sizes;
mod state;
mod task_queue;
mod walk;

pub(in crate::simulation) use state::Traffic;

//! Traffic: requests that arrive at services, and the CPU that they use.

mod crowds;
mod flow;
mod rate;
pub(in crate::simulation) mod requests;
mod state;

pub(in crate::simulation) use state::Traffic;

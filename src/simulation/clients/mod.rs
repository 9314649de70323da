//! Clients: work that arrives, and autoscalers of the user's own.

pub(in crate::simulation) mod arrivals;
pub(in crate::simulation) mod autoscaling;

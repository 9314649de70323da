//! Traffic: requests that arrive at services, and the CPU that they use.

mod again;
mod call_graph;
pub(in crate::simulation) mod calls;
pub(in crate::simulation) mod capacity_units;
mod congestion;
pub(in crate::simulation) mod cpu;
mod crowds;
mod exact;
mod few_messages;
mod finish;
mod flow;
mod patience;
mod processors;
mod queue;
mod queue_states;
pub(in crate::simulation) mod queues;
mod rate;
pub(in crate::simulation) mod requests;
mod responses;
mod retries;
mod service_metrics;
mod side;
mod single_shares;
mod sizes;
mod state;
mod task_queue;
mod task_shares;
mod task_times;
mod uneven;
mod walk;
mod worker;

pub(in crate::simulation) use finish::finish;
pub(in crate::simulation) use service_metrics::ServiceMetrics;
pub(in crate::simulation) use state::Traffic;

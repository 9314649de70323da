//! ecsim: a deterministic discrete-event simulator of container clusters on AWS.

pub mod catalog;
pub mod engine;
pub mod figures;
pub mod plan;
pub mod runner;
pub mod scenario;
pub mod units;
pub mod usage;

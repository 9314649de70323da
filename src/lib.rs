//! ecsim: a deterministic discrete-event simulator of container clusters on AWS.

pub mod catalog;
pub mod cli;
pub mod cluster;
pub mod engine;
pub mod figures;
pub mod metrics;
pub mod plan;
pub mod policy;
pub mod pricing;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod simulation;
pub mod stats;
pub mod units;
pub mod usage;

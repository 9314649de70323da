//! Reads the tasks that run on the cluster: task definitions with their containers, entries of
//! `tasks`, and services.

pub(super) mod alarms;
pub(super) mod arrivals;
pub(super) mod behavior;
pub(super) mod code_deploy;
pub(super) mod constraints;
pub(super) mod container;
pub(super) mod count;
mod cpu_use;
mod customized;
pub(super) mod deployment_rules;
pub(super) mod fitting;
pub(super) mod life;
mod load;
mod managed;
mod members;
pub(super) mod never;
pub(super) mod order;
pub(super) mod placement;
pub(super) mod ports;
mod predictive_scaling;
pub mod queues;
mod rates;
pub(super) mod retry;
pub(super) mod scaling;
mod scaling_target;
pub(super) mod scheduled;
pub(super) mod service;
pub(super) mod service_calls;
mod step_scaling;
mod strategy;
pub mod targets;
pub(super) mod taskdef;
pub(super) mod tasks;
mod traffic;
mod worker;
pub(super) mod works;

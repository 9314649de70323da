//! The life of tasks, services and capacity as the facts tell of it: worked examples with
//! their exact times where nothing is drawn, and published timings where something is.

#[path = "../common/mod.rs"]
mod common;

mod actions;
mod capacity;
mod connection;
mod constraints;
mod control_plane;
mod cpu;
mod deployments;
mod expectations;
mod fargate;
mod figures;
mod health;
mod hosts;
mod launch_errors;
mod losses;
mod managed_choice;
mod managed_instances;
mod memory;
mod protection;
mod rebalancing;
mod releases;
mod replacement;
mod retries;
mod run_task;
mod scaling;
mod scheduled;
mod service_calls;
mod services;
mod step_scaling;
mod target_shares;
mod target_tracking;
mod targets;
mod traffic_shift;
mod world;

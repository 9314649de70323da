//! The life of tasks, services and capacity as the facts tell of it: worked examples with
//! their exact times where nothing is drawn, and published timings where something is.

#[path = "../common/mod.rs"]
mod common;

mod actions;
mod capacity;
mod connection;
mod control_plane;
mod deployments;
mod fargate;
mod figures;
mod health;
mod hosts;
mod launch_errors;
mod losses;
mod managed_instances;
mod memory;
mod rebalancing;
mod replacement;
mod retries;
mod scaling;
mod services;
mod world;

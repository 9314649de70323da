//! The control plane of ECS: the service scheduler, the tasks in PROVISIONING, managed scaling,
//! and Managed Instances.

pub(in crate::simulation) mod alarms;
mod capacity_metric;
pub(in crate::simulation) mod daemons;
pub(in crate::simulation) mod deployments;
mod desired;
mod managed;
mod managed_consolidation;
mod managed_demand;
mod managed_fleet;
pub(in crate::simulation) mod managed_instances;
mod managed_offers;
mod managed_packing;
mod managed_refusals;
pub(in crate::simulation) mod managed_scaling;
mod prediction;
pub(in crate::simulation) mod predictive;
mod protected_tasks;
pub(in crate::simulation) mod protection;
pub(in crate::simulation) mod provisioning;
pub(in crate::simulation) mod rebalancing;
pub(in crate::simulation) mod replicas;
mod rollout;
mod rounds;
mod scaling_policies;
mod service;
mod service_scaling;
pub(in crate::simulation) mod services;
mod shift_begin;
mod side_by_side;
mod state;
mod stop_codes;
mod traffic_shift;
mod watched_alarm;

pub(in crate::simulation) use managed_offers::obstacle;
pub(in crate::simulation) use state::Ecs;

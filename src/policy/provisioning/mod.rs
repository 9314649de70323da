//! How much capacity a cluster should have: the metric of a capacity provider, the decisions of
//! managed scaling and of Managed Instances, how tasks are divided over capacity providers, and what an Auto Scaling group
//! launches and terminates (facts/ecs.md 129 to 168, 241).
//!
//! Pure functions of plain counts, without events and clock. The simulation calls them at the
//! right times, carries out their decisions and keeps their state.

pub mod autoscaler;
pub mod displaced;
pub mod group;
pub mod managed_instances;
pub mod managed_scaling;
pub mod reservation;
pub mod strategy;

mod decision;
mod percent;

pub use autoscaler::{Autoscaler, AutoscalerView, GroupMember, ScalingAction};
pub use managed_scaling::ManagedScaling;
pub use percent::Percent;
pub use reservation::Reservation;
pub use strategy::StrategyItem;

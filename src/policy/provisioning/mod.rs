//! How much capacity there should be: the metric of a capacity provider, what managed
//! scaling makes of it, how tasks are split over providers, and what an Auto Scaling group
//! launches and terminates (facts/ecs.md 129 to 168, 241).
//!
//! Pure decisions over plain counts. No events and no clock: the simulation calls them when
//! something is due, carries their answers out and keeps their small memories.

pub mod autoscaler;
pub mod group;
pub mod managed_scaling;
pub mod reservation;
pub mod strategy;

mod percent;

pub use autoscaler::{Autoscaler, AutoscalerView, GroupMember, ScalingAction};
pub use managed_scaling::ManagedScaling;
pub use percent::Percent;
pub use reservation::Reservation;
pub use strategy::StrategyItem;

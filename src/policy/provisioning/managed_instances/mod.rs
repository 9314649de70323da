//! The decisions of ECS Managed Instances: the zones and the types of new instances for tasks that
//! wait, and the instance that is drained because its tasks need less (facts/ecs.md 42d to 42k).
//!
//! What AWS publishes of them is the order of its aims: tasks spread over zones first, then First Fit
//! Decreasing into the type that is cheapest for the waiting work. How it weighs types is not published.

mod consolidation;
mod packing;
mod work;

#[cfg(test)]
mod tests;

pub use consolidation::{Host, HostedTasks, Market, Underused, underused};
pub use packing::{Offer, preferences, zone_for};
pub use work::{Batch, Work};

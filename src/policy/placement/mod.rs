//! Placement: on which instance each waiting task is placed.
//!
//! A policy implements one of two traits. A [`Scheduler`] decides a whole *pass*: it sees all
//! waiting tasks and the capacity, and places each task, refuses it or leaves it waiting. A
//! [`Placement`] chooses an instance for one task; [`OneByOne`] makes a scheduler from such
//! policies. All of ECS's strategies are of the second kind. `examples/own_policy.rs` shows a
//! policy of your own.

mod best_fit;
mod built_in;
mod dot_product;
mod ecs;
mod fewest_tasks;
mod first_fit;
mod interface;
mod least;
mod next_fit;
mod one_by_one;
mod order;
mod pass;
mod rule;
mod work;
mod worst_fit;

pub use best_fit::BestFit;
pub use built_in::built_in;
pub use dot_product::DotProduct;
pub use ecs::EcsStrategies;
pub use fewest_tasks::FewestTasks;
pub use first_fit::FirstFit;
pub use interface::{Placement, Scheduler};
pub use next_fit::NextFit;
pub use one_by_one::OneByOne;
pub use order::QueueOrder;
pub use pass::{Pass, PolicyFailed, Refusal};
pub use rule::{
    PlacementRule, SpreadField, Strategy, counted_attributes, counted_by_instance, wants_blocks,
};
pub use work::Work;
pub use worst_fit::WorstFit;

//! Placement: which task goes to which instance.
//!
//! The contract has two levels. A [`Scheduler`] answers a whole *pass*: it sees what waits
//! and the capacity, and places, leaves waiting or refuses. A [`Placement`] answers for one
//! task; [`OneByOne`] makes a scheduler of it. Most policies, and all of ECS's, are of the
//! second kind. `examples/own_policy.rs` plugs in one of your own.

mod best_fit;
mod dot_product;
mod ecs;
mod fewest_tasks;
mod first_fit;
mod least;
mod next_fit;
mod one_by_one;
mod pass;
mod rule;
mod work;
mod worst_fit;

pub use best_fit::BestFit;
pub use dot_product::DotProduct;
pub use ecs::EcsStrategies;
pub use fewest_tasks::FewestTasks;
pub use first_fit::FirstFit;
pub use next_fit::NextFit;
pub use one_by_one::{OneByOne, QueueOrder};
pub use pass::{Pass, PolicyFailed, Refusal};
pub use rule::{PlacementRule, SpreadField, Strategy};
pub use work::Work;
pub use worst_fit::WorstFit;

use crate::cluster::{Cluster, Counted, GroupId, InstanceId};

/// Chooses an instance for one task.
pub trait Placement: Send {
    /// The instance that the task goes to; `None` when it is to go on waiting.
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId>;

    /// True when it places a task whenever some instance fits. Then work that found no room
    /// need not be offered again until capacity is freed where it would fit, and passes are
    /// quick. Only say so when it is so.
    fn is_greedy(&self) -> bool {
        false
    }
}

/// Answers a placement pass.
pub trait Scheduler: Send {
    /// Decides about what waits. What is neither placed nor refused goes on waiting.
    ///
    /// # Errors
    /// [`PolicyFailed`] when the policy itself cannot go on; the run ends with it.
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed>;
}

/// The built-in policy of a rule.
pub fn built_in(rule: &PlacementRule) -> Box<dyn Placement> {
    match rule {
        PlacementRule::Ecs(strategies) => Box::new(EcsStrategies::new(strategies.clone())),
        PlacementRule::FirstFit => Box::new(FirstFit),
        PlacementRule::NextFit => Box::new(NextFit::default()),
        PlacementRule::BestFit(field) => Box::new(BestFit(*field)),
        PlacementRule::WorstFit(field) => Box::new(WorstFit(*field)),
        PlacementRule::FewestTasks => Box::new(FewestTasks),
        PlacementRule::DotProduct => Box::new(DotProduct),
    }
}

/// The attributes that a rule spreads over, which the cluster has to count from the start.
pub fn counted_attributes(rule: &PlacementRule) -> impl Iterator<Item = &str> {
    let strategies: &[Strategy] = match rule {
        PlacementRule::Ecs(strategies) => strategies,
        _ => &[],
    };
    strategies.iter().filter_map(|strategy| match strategy {
        Strategy::Spread(SpreadField::Attribute(name)) => Some(name.as_str()),
        _ => None,
    })
}

/// Whose tasks a rule compares by instance, which the cluster has to keep in order from the
/// start; `group` is that of the entry with the rule.
pub fn counted_by_instance(rule: &PlacementRule, group: GroupId) -> Option<Counted> {
    match rule {
        PlacementRule::FewestTasks => Some(Counted::All),
        PlacementRule::Ecs(strategies) if !strategies.is_empty() => {
            // A chain that is all spreads over attributes ends with this comparison too.
            let attribute =
                |s: &&Strategy| !matches!(s, Strategy::Spread(SpreadField::Attribute(_)));
            let first = strategies.iter().find(attribute);
            first
                .is_none_or(|s| matches!(s, Strategy::Spread(_)))
                .then_some(Counted::Group(group))
        }
        _ => None,
    }
}

/// True when the rule looks for the first fit, which an index makes quick.
pub fn wants_blocks(rule: &PlacementRule) -> bool {
    matches!(rule, PlacementRule::FirstFit)
}

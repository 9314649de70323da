//! Placement rules as data: how an instance is chosen, and which indexes of the cluster that
//! choice needs.

use crate::cluster::{Counted, Field, GroupId};

/// How an instance is chosen among the instances that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlacementRule {
    /// ECS strategies, applied in order (facts/ecs.md 79 to 89). An empty list chooses at
    /// random, as `RunTask` does without a strategy (facts/ecs.md 88).
    Ecs(Vec<Strategy>),
    /// The earliest launched instance. Not an ECS strategy.
    FirstFit,
    /// The instance of the previous placement, else the next one in order of launch, the first
    /// after the last. Not an ECS strategy.
    NextFit,
    /// The instance with the least free of a resource; ties to the earliest launch. Not an ECS
    /// strategy.
    BestFit(Field),
    /// The instance with the most free of a resource; ties to the earliest launch. Not an ECS
    /// strategy.
    WorstFit(Field),
    /// The instance with the fewest tasks; ties to the earliest launch. Not an ECS strategy.
    FewestTasks,
    /// The largest `cpu × free cpu × M² + memory × free memory × C²`, with C and M the
    /// largest instance's CPU and memory; ties to the earliest launch. Not an ECS strategy.
    DotProduct,
}

/// One ECS placement strategy (facts/ecs.md 79).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// `binpack`: the instance with the least remaining of a resource.
    Binpack(Field),
    /// `spread`: the instance whose value of a field has the fewest tasks of the same group.
    Spread(SpreadField),
    /// `random`: any instance that fits, with equal probability.
    Random,
}

/// What `spread` counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpreadField {
    /// Each instance.
    InstanceId,
    /// The value of an attribute, such as `ecs.availability-zone`.
    Attribute(String),
}

impl PlacementRule {
    /// True when random numbers decide among instances.
    pub fn is_random(&self) -> bool {
        match self {
            Self::Ecs(strategies) => {
                strategies.is_empty() || strategies.contains(&Strategy::Random)
            }
            _ => false,
        }
    }
}

/// The attributes that a rule spreads over. The cluster must count tasks by them from the start
/// of a run ([`Cluster::count_by`](crate::cluster::Cluster::count_by)).
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

/// The count of tasks by which a rule compares instances, if it does. The cluster must keep it from
/// the start of a run ([`Cluster::keep_count`](crate::cluster::Cluster::keep_count)). `group` is
/// the task group of the entry or service with the rule.
pub fn counted_by_instance(rule: &PlacementRule, group: GroupId) -> Option<Counted> {
    match rule {
        PlacementRule::FewestTasks => Some(Counted::All),
        PlacementRule::Ecs(strategies) if !strategies.is_empty() => {
            // Spreads over attributes choose among pools first. A chain without any other strategy
            // ends with the comparison of tasks per instance (facts/ecs.md 83).
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

/// True when the rule takes the first fit. The cluster then keeps the index for it from the start
/// of a run ([`Cluster::keep_blocks`](crate::cluster::Cluster::keep_blocks)).
pub fn wants_blocks(rule: &PlacementRule) -> bool {
    matches!(rule, PlacementRule::FirstFit)
}

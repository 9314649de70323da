//! How an entry's tasks choose among instances, as data.

use crate::cluster::{Counted, Field, GroupId};

/// How an instance is chosen among those that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlacementRule {
    /// ECS: strategies applied in order (facts/ecs.md 79 to 89). Empty: as `RunTask` without
    /// a strategy, at random (88).
    Ecs(Vec<Strategy>),
    /// The lowest instance index that fits. Not ECS.
    FirstFit,
    /// The instance that the last task went to, else the next one in turn. Not ECS.
    NextFit,
    /// The least free of a resource; ties to the lowest index. Not ECS.
    BestFit(Field),
    /// The most free of a resource; ties to the lowest index. Not ECS.
    WorstFit(Field),
    /// The fewest tasks; ties to the lowest index. Not ECS.
    FewestTasks,
    /// The largest `cpu × free cpu × M² + memory × free memory × C²`, with C and M the
    /// largest instance's CPU and memory; ties to the lowest index. Not ECS.
    DotProduct,
}

/// One ECS placement strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The least remaining of a resource.
    Binpack(Field),
    /// The fewest tasks of the same group per value of a field.
    Spread(SpreadField),
    /// Any, by the seeded generator.
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
    /// True when a draw decides.
    pub fn is_random(&self) -> bool {
        match self {
            Self::Ecs(strategies) => {
                strategies.is_empty() || strategies.contains(&Strategy::Random)
            }
            _ => false,
        }
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

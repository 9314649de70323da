//! How an entry's tasks choose among instances, as data.

use crate::cluster::Field;

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

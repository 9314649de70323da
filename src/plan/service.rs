//! Services: tasks whose number ECS maintains.

use super::{Containers, Demand, Field, PlacementRule, Schedule, SpreadField, Strategy, Target};
use crate::policy::services::{Bounds, DeploymentConfiguration};
use crate::units::Span;

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// `serviceName`; it selects the streams of random numbers and names the figures.
    pub name: String,
    /// Family and revision of its task definition, `web:3`.
    pub definition: String,
    /// Where its tasks may run.
    pub target: Target,
    /// How an instance is chosen; unused on Fargate and by daemons.
    pub placement: PlacementRule,
    /// True when an instance takes at most one task of the service: `distinctInstance`
    /// (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// Replicas, or one task on every instance.
    pub scheduling: Scheduling,
    /// The desired count at the start (facts/ecs.md 28); unused by daemons.
    pub desired_count: u32,
    /// `MinCapacity`: the least desired count (facts/ecs.md 173).
    pub min_capacity: u32,
    /// `MaxCapacity`: the largest desired count (facts/ecs.md 173).
    pub max_capacity: u32,
    /// `minimumHealthyPercent` (facts/ecs.md 193).
    pub minimum_healthy_percent: u32,
    /// `maximumPercent` (facts/ecs.md 193).
    pub maximum_percent: u32,
    /// The time after a task has started in which failed health checks are ignored
    /// (facts/ecs.md 203).
    pub health_check_grace_period: Span,
    /// The requirements of each task.
    pub demand: Demand,
    /// The containers of each task.
    pub containers: Containers,
    /// Scheduled actions of Application Auto Scaling (facts/ecs.md 189), in the order of the file. Other
    /// than at AWS, an action may also set the desired count, which is then limited to the bounds.
    pub scheduled: Vec<ScheduledAction>,
}

/// The scheduling strategy of a service (facts/ecs.md 28, 106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// `REPLICA`: the desired count of tasks.
    Replica,
    /// `DAEMON`: one task on every eligible instance.
    Daemon,
}

/// A scheduled change of the desired count or its limits (facts/ecs.md 189).
#[derive(Clone, Debug)]
pub struct ScheduledAction {
    /// The times of the change.
    pub schedule: Schedule,
    /// The new desired count; `None`: unchanged.
    pub desired_count: Option<u32>,
    /// The new least desired count; `None`: unchanged.
    pub min_capacity: Option<u32>,
    /// The new largest desired count; `None`: unchanged.
    pub max_capacity: Option<u32>,
}

impl Service {
    /// The placement of a service that names no strategy: the zone with the fewest of its tasks,
    /// there the instance with the fewest (facts/ecs.md 87).
    pub fn default_placement() -> PlacementRule {
        let zone = SpreadField::Attribute("ecs.availability-zone".into());
        PlacementRule::Ecs(vec![
            Strategy::Spread(zone),
            Strategy::Spread(SpreadField::InstanceId),
        ])
    }

    /// The placement of work on Managed Instances that names no strategy: the zone with the fewest of
    /// its tasks, there the instance with the least memory left (facts/ecs.md 42f).
    pub fn managed_placement() -> PlacementRule {
        let zone = SpreadField::Attribute("ecs.availability-zone".into());
        PlacementRule::Ecs(vec![
            Strategy::Spread(zone),
            Strategy::Binpack(Field::Memory),
        ])
    }

    /// The task group of its tasks (facts/ecs.md 33).
    pub fn group(&self) -> String {
        format!("service:{}", self.name)
    }

    /// The limits of the number of tasks during replacements, at a desired count; for daemons
    /// `desired` is the number of their instances (facts/ecs.md 193).
    pub fn bounds(&self, desired: u32) -> Bounds {
        let configuration = DeploymentConfiguration {
            minimum_healthy_percent: self.minimum_healthy_percent,
            maximum_percent: self.maximum_percent,
        };
        configuration.bounds(desired)
    }

    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        self.demand.is_certain() && self.containers.iter().all(|c| c.behavior.is_certain())
    }
}

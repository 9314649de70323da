//! Services: tasks whose number ECS maintains.

use super::{
    BadRelease, Containers, Demand, DeploymentRules, Field, Load, MetricPeriod, PlacementRule,
    PredictiveScaling, Schedule, ServiceMetric, ServiceRevision, ServiceTargets, SpreadField,
    StepScaling, Strategy, Target, TargetTracking, Worker,
};
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
    /// `deploymentConfiguration` at the start.
    pub deployment: DeploymentRules,
    /// The time after a task has started in which failed health checks are ignored
    /// (facts/ecs.md 203).
    pub health_check_grace_period: Span,
    /// `availabilityZoneRebalancing`, where the service is eligible (facts/ecs.md 124, 125).
    pub zone_rebalancing: bool,
    /// The requirements of each task.
    pub demand: Demand,
    /// The containers of each task.
    pub containers: Containers,
    /// Scheduled actions of Application Auto Scaling (facts/ecs.md 189), in the order of the file. Other
    /// than at AWS, an action may also set the desired count, which is then limited to the bounds.
    pub scheduled: Vec<ScheduledAction>,
    /// Target tracking policies of Application Auto Scaling, in the order of the file.
    pub target_tracking: Vec<TargetTracking>,
    /// Step scaling policies of Application Auto Scaling, in the order of the file.
    pub step_scaling: Vec<StepScaling>,
    /// The predictive scaling policies of Application Auto Scaling, in the order of the file.
    pub predictive_scaling: Vec<PredictiveScaling>,
    /// The metrics that have a value each 20 seconds beside that of each minute:
    /// `monitoring.metricConfigurations` (facts/ecs.md 252).
    pub high_resolution: Vec<ServiceMetric>,
    /// The requests that it serves; `None`: it has no load.
    pub load: Option<Load>,
    /// How its tasks take messages from a queue; `None`: they take none. A service has no load then.
    pub worker: Option<Worker>,
    /// The target group that its tasks are registered with; `None`: it has no load balancer.
    pub targets: Option<ServiceTargets>,
    /// Further target groups that its tasks are registered with. Their targets are checked, and get none of
    /// the requests of [`load`](Self::load).
    pub other_targets: Vec<ServiceTargets>,
    /// The revisions that deployments of the plan move it to, in the order of `deployments`; see
    /// [`revision`](Self::revision).
    pub revisions: Vec<ServiceRevision>,
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
    /// Its name, for readers.
    pub name: String,
    /// The times of the change.
    pub schedule: Schedule,
    /// The new desired count; `None`: unchanged.
    pub desired_count: Option<u32>,
    /// The new least desired count; `None`: unchanged.
    pub min_capacity: Option<u32>,
    /// The new largest desired count; `None`: unchanged.
    pub max_capacity: Option<u32>,
}

/// A revision of a service, by reference.
#[derive(Clone, Copy, Debug)]
pub struct RevisionParts<'p> {
    /// Its name: `initial`, or that of [`ServiceRevision`].
    pub name: &'p str,
    /// Family and revision of its task definition.
    pub definition: &'p str,
    /// Where its tasks may run.
    pub target: &'p Target,
    /// The requirements of each task.
    pub demand: &'p Demand,
    /// The containers of each task.
    pub containers: &'p Containers,
    /// How it may turn out to be bad.
    pub bad: Option<&'p BadRelease>,
}

/// The name of the revision that a service has at the start.
pub const INITIAL_REVISION: &str = "initial";

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

    /// The revision with a number: 0 is that of the start, the others are
    /// [`Service::revisions`] in order.
    ///
    /// # Panics
    /// When the service has no such revision.
    pub fn revision(&self, number: usize) -> RevisionParts<'_> {
        let Some(index) = number.checked_sub(1) else {
            return RevisionParts {
                name: INITIAL_REVISION,
                definition: &self.definition,
                target: &self.target,
                demand: &self.demand,
                containers: &self.containers,
                bad: None,
            };
        };
        let revision = &self.revisions[index];
        RevisionParts {
            name: &revision.name,
            definition: &revision.definition,
            target: &revision.target,
            demand: &revision.demand,
            containers: &revision.containers,
            bad: revision.bad.as_ref(),
        }
    }

    /// All revisions, from that of the start on.
    pub fn all_revisions(&self) -> impl Iterator<Item = RevisionParts<'_>> {
        (0..=self.revisions.len()).map(|number| self.revision(number))
    }

    /// The target groups that its tasks are registered with, the one of its requests first.
    pub fn all_targets(&self) -> impl Iterator<Item = &ServiceTargets> {
        self.targets.iter().chain(&self.other_targets)
    }

    /// True when a scaling policy watches metrics with this period.
    pub fn watches(&self, period: MetricPeriod) -> bool {
        let mut tracked = self.target_tracking.iter();
        let mut stepped = self.step_scaling.iter();
        tracked.any(|policy| policy.metric.period() == period)
            || stepped.any(|policy| policy.alarm.period == period)
            || period == MetricPeriod::Minute && !self.predictive_scaling.is_empty()
    }

    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        let has_certain_load = self.load.as_ref().is_none_or(Load::is_certain);
        let mut revisions = self.all_revisions();
        has_certain_load
            && revisions.all(|revision| {
                let is_certain = |bad: &BadRelease| {
                    bad.probability == 1.0 && bad.containers.iter().all(|c| c.behavior.is_certain())
                };
                revision.demand.is_certain()
                    && revision.containers.iter().all(|c| c.behavior.is_certain())
                    && revision.bad.is_none_or(is_certain)
            })
    }
}

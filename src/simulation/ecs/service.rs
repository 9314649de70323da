//! The state of a service.

use super::prediction::Prediction;
use super::protected_tasks::ProtectedTasks;
use super::rollout::Rollout;
use super::scaling_policies::ScalingPolicies;
use crate::cluster::{RevisionId, TaskId};
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{DeploymentRules, Plan, Scheduling, Service, ShiftController};
use crate::policy::launch_rate::LaunchRate;
use crate::policy::services::{PlacementRetry, within_capacity};
use crate::simulation::traffic::ServiceMetrics;
use crate::units::{SimTime, Span};

/// The state of a service.
pub(super) struct ServiceState<'p> {
    pub(super) plan: &'p Service,
    /// Its revisions, and the deployment that is the newest.
    pub(super) rollout: Rollout,
    /// `deploymentConfiguration`, which deployments may change.
    pub(super) rules: DeploymentRules,
    /// The desired count of a replica service.
    pub(super) desired: u32,
    /// The bounds of the desired count, which scheduled actions set (facts/ecs.md 189).
    pub(super) minimum: u32,
    pub(super) maximum: u32,
    /// Its tasks in order of creation. Removed tasks are dropped in the next round.
    pub(super) tasks: Vec<TaskId>,
    /// The time of its next scheduling round. An event for another time is stale.
    pub(super) next: Option<SimTime>,
    /// The time of its last scheduling round.
    pub(super) last: Option<SimTime>,
    /// Retries after placements without capacity (facts/ecs.md 117).
    pub(super) retry: PlacementRetry,
    /// After a failed placement: no task is started before this time.
    pub(super) retry_at: SimTime,
    /// The metrics of its requests in the last minute; `None` without a load.
    pub(super) metrics: Option<ServiceMetrics>,
    /// Its scaling policies.
    pub(super) scaling: ScalingPolicies<'p>,
    /// Its predictive scaling policies.
    pub(super) predictions: Vec<Prediction<'p>>,
    /// The rate of task launches (facts/ecs.md 44).
    pub(super) launches: LaunchRate,
    /// The tasks that it may not stop (facts/ecs.md 227).
    pub(super) protected: ProtectedTasks,
    /// Tasks beyond the desired count that start in another zone before others stop (facts/ecs.md
    /// 127).
    pub(super) extra: u32,
    /// The next look at its zones is scheduled.
    pub(super) rebalance_scheduled: bool,
    /// It has reached a steady state, and this was reported.
    pub(super) is_steady: bool,
    /// Its minimum and maximum percent allow no change, and this was reported (facts/ecs.md 201).
    pub(super) is_blocked: bool,
    /// Key of the random choice of the task that is stopped.
    pub(super) choice: StreamKey,
}

impl<'p> ServiceState<'p> {
    pub(super) fn new(plan: &Plan, seed: u64, service: &'p Service, revision: RevisionId) -> Self {
        let (minimum, maximum) = (service.min_capacity, service.max_capacity);
        let assumed = &plan.assumptions;
        let (rate, burst) = (assumed.service_launch_rate, assumed.service_launch_burst);
        let round = assumed.service_scheduler_period;
        Self {
            plan: service,
            rollout: Rollout::new(revision),
            rules: service.deployment.clone(),
            desired: within_capacity(service.desired_count, minimum, maximum),
            minimum,
            maximum,
            tasks: Vec::new(),
            next: None,
            last: None,
            retry: PlacementRetry::default(),
            retry_at: SimTime::ZERO,
            metrics: None,
            scaling: ScalingPolicies::new(service),
            predictions: Prediction::of(service),
            launches: LaunchRate::new(rate, Span::seconds(60), burst, round),
            protected: ProtectedTasks::default(),
            extra: 0,
            rebalance_scheduled: false,
            is_steady: false,
            is_blocked: false,
            choice: StreamKey::new(seed, Purpose::StopChoice, &service.name),
        }
    }

    /// Ends the wait after failed placements: what has failed before does not count any more
    /// (facts/ecs.md 117). Returns whether the service was waiting.
    pub(super) fn end_retry_wait(&mut self, now: SimTime) -> bool {
        self.retry.reset();
        let was_waiting = self.retry_at > now;
        self.retry_at = self.retry_at.min(now);
        was_waiting
    }

    /// The time from a failed placement to the next attempt (facts/ecs.md 117).
    pub(super) fn retry_delay(&self, plan: &Plan) -> Span {
        let assumed = &plan.assumptions;
        let period = assumed.service_scheduler_period;
        self.retry.delay(&assumed.placement_retry, period)
    }

    pub(super) fn is_daemon(&self) -> bool {
        self.plan.scheduling == Scheduling::Daemon
    }

    /// True while CodeDeploy deploys the service, a rollback included. Its creation is none of CodeDeploy.
    pub(super) fn is_deployed_by_code_deploy(&self) -> bool {
        let shift = self.rules.shift;
        let primary = &self.rollout.primary;
        shift.is_some_and(|of| of.controller == ShiftController::CodeDeploy)
            && primary.is_in_progress()
            && primary.began > SimTime::ZERO
    }
}

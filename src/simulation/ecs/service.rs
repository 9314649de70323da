//! What ECS keeps about a service.

use crate::cluster::{InstanceId, RevisionId, TaskId};
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{Plan, Scheduling, Service};
use crate::policy::rate::TokenBucket;
use crate::policy::services::{PlacementRetry, StartThrottle, within_capacity};
use crate::units::{SimTime, Span};
use std::collections::BTreeSet;

/// What ECS keeps about a service.
pub(super) struct ServiceState<'p> {
    pub(super) plan: &'p Service,
    pub(super) revision: RevisionId,
    pub(super) desired: u32,
    pub(super) minimum: u32,
    pub(super) maximum: u32,
    /// Its tasks, in order of birth; those that have left are dropped at the next round.
    pub(super) tasks: Vec<TaskId>,
    /// When it is looked at next, and when it was last.
    pub(super) next: Option<SimTime>,
    pub(super) last: Option<SimTime>,
    pub(super) throttle: StartThrottle,
    pub(super) throttled_until: SimTime,
    pub(super) retry: PlacementRetry,
    pub(super) retry_at: SimTime,
    /// facts/ecs.md 44.
    pub(super) launches: TokenBucket,
    pub(super) is_steady: bool,
    pub(super) is_blocked: bool,
    /// A daemon's: instances that keep its room free until it runs there (facts/ecs.md 107).
    pub(super) kept: BTreeSet<InstanceId>,
    pub(super) choice: StreamKey,
}

impl<'p> ServiceState<'p> {
    pub(super) fn new(plan: &Plan, seed: u64, service: &'p Service, revision: RevisionId) -> Self {
        let (minimum, maximum) = (service.min_capacity, service.max_capacity);
        let (rate, per) = (plan.assumptions.service_launch_rate, Span::seconds(60));
        let burst = plan.assumptions.service_launch_burst();
        Self {
            plan: service,
            revision,
            desired: within_capacity(service.desired_count, minimum, maximum),
            minimum,
            maximum,
            tasks: Vec::new(),
            next: None,
            last: None,
            throttle: StartThrottle::default(),
            throttled_until: SimTime::ZERO,
            retry: PlacementRetry::default(),
            retry_at: SimTime::ZERO,
            launches: TokenBucket::new(burst, rate, per),
            is_steady: false,
            is_blocked: false,
            kept: BTreeSet::new(),
            choice: StreamKey::new(seed, Purpose::StopChoice, &service.name),
        }
    }

    /// From a pass that found no room to the next (facts/ecs.md 117).
    pub(super) fn retry_delay(&self, plan: &Plan) -> Span {
        let assumed = &plan.assumptions;
        let period = assumed.service_scheduler_period;
        self.retry.delay(&assumed.placement_retry, period)
    }

    pub(super) fn is_daemon(&self) -> bool {
        self.plan.scheduling == Scheduling::Daemon
    }
}

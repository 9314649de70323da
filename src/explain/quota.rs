//! The least quota of vCPUs on Fargate with which a task would not have waited for it: the run is played
//! again with each quota that is tried, until the task has capacity or waits.

use super::needs::is_on_fargate;
use crate::cluster::{Task, WorkId};
use crate::engine::{Reader, Watcher};
use crate::plan::Plan;
use crate::simulation::{Fact, Obstacle, Rejection, World};
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// No quota above this one is tried.
pub(super) const LARGEST: u32 = 1 << 20;

/// A larger quota of vCPUs on Fargate (`assumptions.fargateVcpuQuota`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaChange {
    /// The quota of the plan.
    pub from: u32,
    /// The least quota with which the task does not wait for it.
    pub to: u32,
    /// The use of that quota when the task has capacity, its own included.
    pub then: Option<QuotaUse>,
}

/// The use of the quota of vCPUs on Fargate at a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaUse {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The quota in vCPUs.
    pub quota: u32,
    /// The tasks that have capacity of Fargate or Fargate Spot, by entry or service: their number, and
    /// their CPU together in vCPUs.
    pub used: BTreeMap<String, (u64, f64)>,
}

impl QuotaUse {
    /// The use of the quota by the tasks on the provider of this one.
    pub(super) fn of(plan: &Plan, world: &World<'_>, task: &Task, at: SimTime) -> Self {
        let provider = world.fargate_provider(task);
        let mut used: BTreeMap<String, (u64, f64)> = BTreeMap::new();
        for (work, of) in world.living() {
            let is_there = of.instance.is_none() && (of.promised || of.stopping);
            let is_on_fargate = is_on_fargate(plan, work, of);
            if !is_there || !is_on_fargate || world.fargate_provider(of) != provider {
                continue;
            }
            let sum = used.entry(plan.work_name(work).to_string()).or_default();
            *sum = (sum.0 + 1, sum.1 + of.shape.cpu.as_vcpus_f64());
        }
        Self {
            at,
            quota: plan.assumptions.fargate_vcpu_quota,
            used,
        }
    }
}

/// Takes the use of the quota at the end of the instant in which a task gets capacity, and then ends the
/// run.
pub(super) struct UseTaker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) work: WorkId,
    pub(super) ordinal: u64,
    pub(super) then: Option<QuotaUse>,
    pub(super) done: Arc<AtomicBool>,
}

impl Watcher<World<'_>> for UseTaker<'_> {
    fn before_pass(&mut self, _now: SimTime, _world: &World<'_>) {}

    fn instant_over(&mut self, now: SimTime, _next: SimTime, world: &World<'_>) {
        let id = world.task_of(self.work, self.ordinal);
        let task = id.and_then(|id| world.tasks().get(id));
        if let Some(task) = task.filter(|task| task.promised && self.then.is_none()) {
            self.then = Some(QuotaUse::of(self.plan, world, task, now));
            self.done.store(true, Ordering::Relaxed);
        }
    }
}

/// What a play has shown of the task.
#[derive(Clone)]
pub(super) struct Seen(Arc<AtomicU8>);

const NOT_THERE: u8 = 0;
const ARRIVED: u8 = 1;
const LET_THROUGH: u8 = 2;
const HELD_BACK: u8 = 3;

impl Seen {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU8::new(NOT_THERE)))
    }

    /// True when the quota did not hold the task back.
    pub(super) fn is_enough(&self) -> bool {
        self.0.load(Ordering::Relaxed) == LET_THROUGH
    }

    fn is(&self, state: u8) -> bool {
        self.0.load(Ordering::Relaxed) == state
    }

    fn set(&self, state: u8) {
        self.0.store(state, Ordering::Relaxed);
    }
}

/// Reads when the task arrives and whether it has capacity, or watches whether it waits for the quota.
pub(super) struct QuotaReader {
    pub(super) work: WorkId,
    pub(super) ordinal: u64,
    pub(super) seen: Seen,
}

impl Reader<Fact> for QuotaReader {
    fn read(&mut self, _now: SimTime, fact: &Fact) {
        let is_own = fact
            .task()
            .is_some_and(|of| of.work == self.work && of.task.ordinal == self.ordinal);
        if !is_own {
            return;
        }
        match fact {
            Fact::TaskArrived(_) => self.seen.set(ARRIVED),
            Fact::TaskRejected(_, Rejection::FargateQuota)
            | Fact::SubmissionRefused(_, Rejection::FargateQuota) => self.seen.set(HELD_BACK),
            Fact::TaskPlaced(_) | Fact::TaskRejected(..) => self.seen.set(LET_THROUGH),
            _ => {}
        }
    }

    fn is_done(&self) -> bool {
        self.seen.is(LET_THROUGH) || self.seen.is(HELD_BACK)
    }
}

impl Watcher<World<'_>> for QuotaReader {
    fn before_pass(&mut self, _now: SimTime, _world: &World<'_>) {}

    fn instant_over(&mut self, _now: SimTime, _next: SimTime, world: &World<'_>) {
        if !self.seen.is(ARRIVED) {
            return;
        }
        let id = world.task_of(self.work, self.ordinal);
        let why = id.and_then(|id| world.obstacle(id));
        if why == Some(Obstacle::FargateQuota) {
            self.seen.set(HELD_BACK);
        }
    }
}

//! Reads the facts about the deployments of one service.

use super::stage::{Stage, TaskCounts};
use super::story::{DeploymentStory, Limits};
use super::traffic::TrafficStory;
use super::tried::DeploymentEnd;
use crate::cluster::{ServiceId, WorkId};
use crate::engine::Reader;
use crate::explain::story::Told;
use crate::plan::{DeploymentRules, Plan};
use crate::simulation::{
    Fact, Obstacle, ReleaseRequests, Round, ServiceEvent, StopReason, TaskFact,
};
use crate::units::SimTime;
use std::collections::BTreeMap;

/// At most this number of stages of a deployment is kept, the first and the last halves.
const MOST_STAGES: usize = 400;

/// The deployments of a service so far. The last one is PRIMARY.
pub(in crate::explain) struct DeploymentReader<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seed: u64,
    pub(super) service: ServiceId,
    pub(super) rules: DeploymentRules,
    /// Living tasks that are not to stop, by ordinal: the number of the revision, and whether it is
    /// healthy.
    pub(super) alive: BTreeMap<u64, (usize, bool)>,
    pub(super) tasks: TaskCounts,
    /// The number of the revision of the PRIMARY deployment.
    pub(super) primary: usize,
    /// The most healthy tasks of it, and the fewest tasks of others, so far.
    pub(super) best: (u32, u32),
    pub(super) failed_tasks: u32,
    pub(super) stories: Vec<DeploymentStory>,
    /// By story: the requests while it was going on.
    pub(super) requests: Vec<ReleaseRequests>,
}

impl<'a> DeploymentReader<'a> {
    pub(in crate::explain) fn new(plan: &'a Plan, seed: u64, service: ServiceId) -> Self {
        Self {
            plan,
            seed,
            service,
            rules: plan.services[service.index()].deployment.clone(),
            alive: BTreeMap::new(),
            tasks: TaskCounts::default(),
            primary: 0,
            best: (0, u32::MAX),
            failed_tasks: 0,
            stories: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// All deployments, at the end of the run.
    pub(in crate::explain) fn stories(mut self, end: SimTime) -> Vec<DeploymentStory> {
        let tasks = self.tasks;
        if let Some(last) = self.current() {
            (last.ended, last.tasks) = (end, tasks);
        }
        if self.plan.services[self.service.index()].load.is_some() {
            for (story, requests) in self.stories.iter_mut().zip(&self.requests) {
                story.requests = Some((*requests).into());
            }
        }
        self.stories
    }

    /// The number of healthy tasks now, of all revisions.
    pub(in crate::explain) fn healthy(&self) -> u64 {
        u64::from(self.tasks.new_healthy) + u64::from(self.tasks.old_healthy)
    }

    /// True when a deployment of this name has ended.
    pub(super) fn has_ended(&self, name: &str) -> bool {
        let ended = |of: &DeploymentStory| of.end != DeploymentEnd::InProgress;
        let mut same = self.stories.iter().filter(|of| of.deployment == name);
        same.next().is_some_and(ended)
    }

    fn note(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::Deployment(of, event) if *of == self.service => {
                self.event(now, event.revision as usize, event.event);
            }
            Fact::Requests(of, passed) if *of == self.service => self.passed(now, passed),
            Fact::ServiceRound(of, round) if *of == self.service => self.round(now, *round),
            Fact::Service(of, event) if *of == self.service => self.service_event(now, fact, event),
            Fact::WorkWaits(WorkId::Service(of), why) if *of == self.service => {
                if let Some(stage) = self.stage() {
                    match why {
                        Obstacle::NoRoom(lacks) => stage.lacks = Some(*lacks),
                        why => stage.obstacle = Some(*why),
                    }
                }
            }
            _ => {
                let own = fact
                    .task()
                    .filter(|of| of.work == WorkId::Service(self.service));
                if let Some(of) = own {
                    self.task(now, fact, of);
                }
            }
        }
    }

    /// The PRIMARY deployment, while it is in progress.
    pub(super) fn current(&mut self) -> Option<&mut DeploymentStory> {
        let last = self.stories.last_mut();
        last.filter(|last| last.end == DeploymentEnd::InProgress)
    }

    /// The last stage of the deployment in progress.
    fn stage(&mut self) -> Option<&mut Stage> {
        self.current()?.stages.last_mut()
    }

    /// Sets the revision and the health of a task; `None`: it has left or is to stop.
    fn set(&mut self, ordinal: u64, to: Option<(usize, bool)>) {
        let before = match to {
            Some(to) => self.alive.insert(ordinal, to),
            None => self.alive.remove(&ordinal),
        };
        if let Some((number, healthy)) = before {
            *self.tasks.count(number == self.primary, healthy) -= 1;
        }
        if let Some((number, healthy)) = to {
            *self.tasks.count(number == self.primary, healthy) += 1;
        }
    }

    fn round(&mut self, now: SimTime, round: Round) {
        let tasks = self.tasks;
        let limits = Limits {
            at: now,
            desired: round.desired,
            minimum_healthy: round.minimum_healthy,
            maximum_total: round.maximum_total,
            of_each_revision: round.side_by_side,
            // Only rolling deployments have it (facts/ecs.md 224).
            threshold: self
                .rules
                .circuit_breaker
                .filter(|_| self.rules.shift.is_none())
                .map(|breaker| breaker.threshold.failures(round.desired)),
        };
        let shift = self.rules.shift.filter(|_| round.side_by_side);
        let Some(story) = self.current() else {
            return;
        };
        if let (None, Some(rules)) = (&story.traffic, shift) {
            story.traffic = Some(TrafficStory::new(&rules, story.began));
        }
        let is_same = |last: &Limits| Limits { at: now, ..*last } == limits;
        if !story.limits.last().is_some_and(is_same) {
            story.limits.push(limits);
        }
        if let Some(last) = story.stages.last_mut().filter(|last| last.goes_on(&round)) {
            (last.until, last.round, last.tasks) = (now, round, tasks);
            last.rounds += 1;
            return;
        }
        if story.stages.len() >= MOST_STAGES {
            story.stages.remove(MOST_STAGES / 2);
            story.left_out += 1;
        }
        story.stages.push(Stage::new(now, round, tasks));
    }

    fn service_event(&mut self, now: SimTime, fact: &Fact, event: &ServiceEvent) {
        let ServiceEvent::PlacementFailed(lacks) = event else {
            return;
        };
        if let Some(stage) = self.stage() {
            stage.lacks = Some(*lacks);
        }
        if let Some(story) = self.current() {
            story.latest_failure = Some(Told {
                at: now,
                fact: *fact,
            });
        }
    }

    fn task(&mut self, now: SimTime, fact: &Fact, of: &TaskFact) {
        let number = self.plan.task_revision(of.task.revision).number;
        let ordinal = of.task.ordinal;
        match fact {
            Fact::TaskArrived(_) => self.set(ordinal, Some((number, false))),
            Fact::TaskHealth(_, healthy) if !of.task.stopping => {
                self.set(ordinal, Some((number, *healthy)));
            }
            Fact::TaskStopping(..) | Fact::TaskStopped(..) | Fact::TaskRejected(..) => {
                self.set(ordinal, None);
            }
            Fact::TaskStarted(_) => {}
            _ => return,
        }
        let (tasks, is_new) = (self.tasks, number == self.primary);
        let old = tasks.old_healthy + tasks.old_other;
        // A loss of old tasks is no progress.
        let is_replaced = matches!(fact, Fact::TaskStopping(_, StopReason::Replaced));
        let is_better = tasks.new_healthy > self.best.0 || old < self.best.1 && is_replaced;
        self.best = (self.best.0.max(tasks.new_healthy), self.best.1.min(old));
        if let Some(story) = self.current() {
            if is_better {
                story.latest_progress = now;
            }
            if is_new && is_failure(fact) {
                story.latest_failure = Some(Told {
                    at: now,
                    fact: *fact,
                });
            }
        }
        let Some(stage) = self.stage() else {
            return;
        };
        let counted = match (fact, is_new) {
            (Fact::TaskArrived(_), true) => &mut stage.created,
            (Fact::TaskArrived(_), false) => &mut stage.created_old,
            (Fact::TaskRejected(..), true) => &mut stage.refused,
            (Fact::TaskStarted(_), true) => &mut stage.started,
            (Fact::TaskHealth(_, true), true) => &mut stage.became_healthy,
            (Fact::TaskStopping(..), false) => &mut stage.stopped_old,
            (Fact::TaskStopping(..), true) if is_failure(fact) => &mut stage.failed,
            _ => {
                (stage.until, stage.tasks) = (now, tasks);
                return;
            }
        };
        *counted += 1;
        (stage.until, stage.tasks) = (now, tasks);
    }
}

/// True for a fact about a task that stops for another reason than a decision of its service.
fn is_failure(fact: &Fact) -> bool {
    match fact {
        Fact::TaskRejected(..) => true,
        Fact::TaskStopping(_, why) | Fact::TaskStopped(_, why) => !matches!(
            why,
            StopReason::ScaledIn | StopReason::Replaced | StopReason::ZoneRebalancing
        ),
        _ => false,
    }
}

impl Reader<Fact> for DeploymentReader<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.note(now, fact);
    }

    fn wants_details(&self) -> bool {
        true
    }
}

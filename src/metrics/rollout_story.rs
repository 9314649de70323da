//! One deployment of a run over time, for a plot: the tasks of the old and of the new revision, and
//! the failed tasks that the circuit breaker counts. Of all deployments the one is kept that teaches
//! most: the first that fails, else the one that takes longest.

use crate::cluster::{Task, WorkId};
use crate::plan::{Plan, TaskRevision};
use crate::simulation::{
    DeploymentCause, DeploymentEvent, Fact, ReleaseRequests, Requests, ServiceEvent,
};
use crate::units::SimTime;
use std::collections::BTreeMap;

/// The most points of a deployment. Beyond it every second one is dropped.
const MOST_POINTS: usize = 2_000;

/// The tasks of a service at a time in a deployment. Tasks that are to stop do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RolloutPoint {
    /// From this time on.
    pub at: SimTime,
    /// Healthy tasks of other revisions.
    pub old_healthy: u32,
    /// Other tasks of other revisions: waiting, starting or unhealthy.
    pub old_other: u32,
    /// Healthy tasks of the new revision.
    pub new_healthy: u32,
    /// Other tasks of the new revision.
    pub new_other: u32,
    /// `failedTasks` of the deployment.
    pub failed_tasks: u32,
    /// The desired count.
    pub desired: u32,
    /// The revisions that have this count, where requests are shifted: two, until the tasks of the
    /// earlier revision are to stop, or those of the new one for a rollback (facts/ecs.md 217, 218).
    pub revisions: u32,
    /// The share of the requests that goes to the new revision, in millionths; `None` where the deployment
    /// has shifted none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_millionths: Option<u32>,
}

/// A deployment over time, up to the end of its rollback if it is rolled back.
#[derive(Clone, Debug)]
pub struct RolloutStory {
    /// Its index in the plan.
    pub deployment: usize,
    /// The index of its service.
    pub service: usize,
    /// Its beginning.
    pub from: SimTime,
    /// Its end; `None` where it had not ended.
    pub to: Option<SimTime>,
    /// When it failed.
    pub failed: Option<SimTime>,
    /// The requests to the service in this time.
    pub requests: ReleaseRequests,
    /// The points in order of time.
    pub points: Vec<RolloutPoint>,
}

impl RolloutStory {
    /// True where it teaches more than another.
    fn beats(&self, other: &Self) -> bool {
        let length = |of: &Self| of.to.unwrap_or(SimTime::MAX).since(of.from);
        match (self.failed.is_some(), other.failed.is_some()) {
            (true, true) | (false, true) => false,
            (true, false) => true,
            (false, false) => length(self) > length(other),
        }
    }

    fn add(&mut self, point: RolloutPoint) {
        match self.points.last_mut() {
            Some(last) if last.at == point.at => *last = point,
            _ => self.points.push(point),
        }
        if self.points.len() > MOST_POINTS {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }
}

/// The tasks of a service.
#[derive(Clone, Debug, Default)]
struct Tasks {
    /// Living tasks that are not to stop, by ordinal: the number of the revision, and whether it is
    /// healthy.
    alive: BTreeMap<u64, (usize, bool)>,
    desired: u32,
    failed_tasks: u32,
    weight: Option<u32>,
    /// True when only one revision has the desired count.
    has_one_revision: bool,
    /// The deployment that is going on, with the number of its revision.
    current: Option<(usize, RolloutStory)>,
}

impl Tasks {
    fn point(&self, at: SimTime, new: usize) -> RolloutPoint {
        let mut point = RolloutPoint {
            at,
            failed_tasks: self.failed_tasks,
            desired: self.desired,
            revisions: if self.has_one_revision { 1 } else { 2 },
            weight_millionths: self.weight,
            ..RolloutPoint::default()
        };
        for (number, healthy) in self.alive.values() {
            *match (*number == new, healthy) {
                (false, true) => &mut point.old_healthy,
                (false, false) => &mut point.old_other,
                (true, true) => &mut point.new_healthy,
                (true, false) => &mut point.new_other,
            } += 1;
        }
        point
    }

    fn record(&mut self, now: SimTime) {
        if let Some((new, mut story)) = self.current.take() {
            story.add(self.point(now, new));
            self.current = Some((new, story));
        }
    }
}

/// Records the deployments of a run.
#[derive(Clone, Debug)]
pub(super) struct RolloutStories {
    services: Vec<Tasks>,
    /// By revision of tasks.
    revisions: Vec<TaskRevision>,
    origin: SimTime,
    best: Option<RolloutStory>,
}

impl RolloutStories {
    /// Observers for a plan; without deployments nothing is recorded.
    pub(super) fn new(plan: &Plan) -> Self {
        let has_some = !plan.deployments.is_empty();
        let tasks = |service: &crate::plan::Service| Tasks {
            desired: service.desired_count,
            ..Tasks::default()
        };
        let services = plan.services.iter().filter(|_| has_some).map(tasks);
        Self {
            services: services.collect(),
            revisions: plan.task_revisions().filter(|_| has_some).collect(),
            origin: SimTime::ZERO + plan.warm_up,
            best: None,
        }
    }

    /// Reads a fact.
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        if self.services.is_empty() {
            return;
        }
        match fact {
            Fact::TaskArrived(of) => self.change(now, of.work, &of.task, Some(false)),
            Fact::TaskHealth(of, healthy) => self.change(now, of.work, &of.task, Some(*healthy)),
            Fact::TaskStopping(of, _) | Fact::TaskStopped(of, _) | Fact::TaskRejected(of, _) => {
                self.change(now, of.work, &of.task, None);
            }
            Fact::Service(service, ServiceEvent::DesiredCountUpdated { to, .. }) => {
                let tasks = &mut self.services[service.index()];
                tasks.desired = *to;
                tasks.record(now);
            }
            Fact::Requests(service, passed) => self.passed(now, service.index(), passed),
            Fact::Deployment(service, of) => {
                self.event(now, service.index(), of.revision as usize, of.event);
            }
            _ => {}
        }
    }

    /// Adds requests to the deployment in which they arrived.
    fn passed(&mut self, now: SimTime, service: usize, passed: &Requests) {
        if let Some((_, story)) = &mut self.services[service].current {
            story.requests.add(passed, now, [story.from, SimTime::MAX]);
        }
        if let Some(best) = self.best.as_mut().filter(|best| best.service == service) {
            let to = best.to.unwrap_or(SimTime::MAX);
            best.requests.add(passed, now, [best.from, to]);
        }
    }

    fn change(&mut self, now: SimTime, work: WorkId, task: &Task, healthy: Option<bool>) {
        let WorkId::Service(service) = work else {
            return;
        };
        let number = self.revisions[task.revision.index()].number;
        let tasks = &mut self.services[service.index()];
        match healthy {
            Some(_) if task.stopping => {}
            Some(healthy) => {
                tasks.alive.insert(task.ordinal, (number, healthy));
            }
            None => {
                tasks.alive.remove(&task.ordinal);
            }
        }
        tasks.record(now);
    }

    fn event(&mut self, now: SimTime, service: usize, number: usize, event: DeploymentEvent) {
        let tasks = &mut self.services[service];
        match event {
            DeploymentEvent::Began(DeploymentCause::Planned(index)) => {
                self.end(now, service);
                let tasks = &mut self.services[service];
                tasks.failed_tasks = 0;
                tasks.weight = None;
                tasks.has_one_revision = false;
                if now >= self.origin {
                    let story = RolloutStory {
                        deployment: index as usize,
                        service,
                        requests: ReleaseRequests::default(),
                        from: now,
                        to: None,
                        failed: None,
                        points: Vec::new(),
                    };
                    tasks.current = Some((number, story));
                    tasks.record(now);
                }
            }
            DeploymentEvent::FailedTasks(count) => {
                tasks.failed_tasks = count;
                tasks.record(now);
            }
            DeploymentEvent::Failed(_) => {
                if let Some((_, story)) = &mut tasks.current {
                    story.failed = story.failed.or(Some(now));
                }
            }
            DeploymentEvent::CleansUp | DeploymentEvent::Began(DeploymentCause::RolledBack) => {
                tasks.has_one_revision = true;
                tasks.record(now);
            }
            DeploymentEvent::Completed => {
                tasks.has_one_revision = true;
                self.end(now, service);
            }
            DeploymentEvent::TrafficShifted(weight) => {
                tasks.weight = Some(weight);
                tasks.record(now);
            }
            DeploymentEvent::Began(DeploymentCause::Created)
            | DeploymentEvent::Replaced
            | DeploymentEvent::Superseded
            | DeploymentEvent::TurnedBad => {}
        }
    }

    /// The deployment of a service has ended.
    fn end(&mut self, now: SimTime, service: usize) {
        let tasks = &mut self.services[service];
        tasks.record(now);
        if let Some((_, mut story)) = tasks.current.take() {
            story.to = Some(now);
            self.keep(story);
        }
    }

    fn keep(&mut self, story: RolloutStory) {
        if self.best.as_ref().is_none_or(|best| story.beats(best)) {
            self.best = Some(story);
        }
    }

    /// Takes the deployment that teaches most, at the end of the run.
    pub(super) fn finish(&mut self) -> Option<RolloutStory> {
        for service in 0..self.services.len() {
            if let Some((_, story)) = self.services[service].current.take() {
                self.keep(story);
            }
        }
        self.best.take()
    }
}

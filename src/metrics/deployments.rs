//! Deployments as they went, by entry of `deployments`: how long they took, how much capacity they
//! needed beside the usual, and how they ended.

use super::Services;
use super::release_window::{Window, may_be_bad};
use super::spread::Spread;
use crate::plan::{ALL_REQUESTS, DeploymentConfiguration, Plan};
use crate::simulation::{
    DeploymentCause, DeploymentEvent, DeploymentFact, Fact, ReleaseRequests, Requests,
};
use crate::units::SimTime;

/// The deployments of an entry, or of all entries, that began in the reported time.
#[derive(Clone, Debug, Default)]
pub struct Rollouts {
    /// Deployments that began.
    pub began: u64,
    /// Those that completed, with the time from beginning to completion.
    pub completed: Spread,
    /// Those that failed.
    pub failed: u64,
    /// Those that failed and were followed by a rollback.
    pub rolled_back: u64,
    /// Those that a newer deployment replaced.
    pub superseded: u64,
    /// Bad releases that have turned bad.
    pub bad: u64,
    /// With a traffic shift: the time until the first requests are shifted.
    pub scaled_up: Spread,
    /// The time from then until all requests are shifted.
    pub shifted: Spread,
    /// The requests to the service from the beginning of each bad release to that of the next bad one: those
    /// that were sent to its tasks, and the errors.
    pub release: ReleaseRequests,
    /// The requests to the service from the beginning of each deployment to its end, a rollback included;
    /// of those to bad tasks only those to its own release.
    pub during: ReleaseRequests,
    /// The most failed tasks that a deployment counted at one time.
    pub failed_tasks: u64,
    /// The most tasks of a service beyond those at the beginning of the deployment.
    pub extra_tasks: u64,
    /// The most registered instances of the cluster beyond those at the beginning.
    pub extra_instances: u64,
    /// Time with fewer healthy tasks than `minimumHealthyPercent` asks for, in µs.
    pub below_minimum: u128,
}

impl Rollouts {
    /// Adds those of another entry.
    fn add(&mut self, other: &Self) {
        self.began += other.began;
        self.completed.merge(&other.completed);
        self.failed += other.failed;
        self.rolled_back += other.rolled_back;
        self.superseded += other.superseded;
        self.bad += other.bad;
        self.scaled_up.merge(&other.scaled_up);
        self.shifted.merge(&other.shifted);
        self.release.join(&other.release);
        self.during.join(&other.during);
        self.failed_tasks = self.failed_tasks.max(other.failed_tasks);
        self.extra_tasks = self.extra_tasks.max(other.extra_tasks);
        self.extra_instances = self.extra_instances.max(other.extra_instances);
        self.below_minimum += other.below_minimum;
    }
}

/// A deployment that is going on.
#[derive(Clone, Copy, Debug)]
struct Current {
    entry: usize,
    began: SimTime,
    /// Tasks of the service with capacity, and registered instances, at the beginning.
    tasks: u64,
    instances: u64,
    /// Until when the time below the minimum is counted, and whether it is below now.
    since: SimTime,
    is_below: bool,
    /// It has failed; a rollback may follow.
    has_failed: bool,
    /// When its first requests were shifted.
    first_shift: Option<SimTime>,
}

/// The deployments of a run.
#[derive(Clone, Debug)]
pub struct Deployments {
    /// By entry of `deployments`.
    entries: Vec<Rollouts>,
    /// By deployment of the plan: its entry.
    entry_of: Vec<usize>,
    /// By deployment of the plan: the percentages that it gives its service.
    percentages: Vec<Option<DeploymentConfiguration>>,
    /// By deployment of the plan: true when its release may be bad.
    may_be_bad: Vec<bool>,
    /// By service: the times of bad releases of which requests may still be told. The last one is open.
    releases: Vec<Vec<Window>>,
    /// By service: the deployment that is going on.
    current: Vec<Option<Current>>,
    /// By service: the times of deployments of which requests may still be told.
    windows: Vec<Vec<Window>>,
    /// The number of deployments that are going on.
    going_on: usize,
    /// Registered instances.
    instances: u64,
    origin: SimTime,
}

impl Deployments {
    /// Observers of the deployments of a plan.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let names = plan.deployment_names();
        let entry = |name: &String| names.iter().position(|known| known == name);
        let entry_of = plan.deployments.iter().map(|of| entry(&of.name));
        Self {
            entries: vec![Rollouts::default(); names.len()],
            entry_of: entry_of
                .map(|entry| entry.expect("it is a name of the plan"))
                .collect(),
            percentages: plan
                .deployments
                .iter()
                .map(|of| of.rules.as_ref().map(|rules| rules.percentages))
                .collect(),
            may_be_bad: plan
                .deployments
                .iter()
                .map(|of| may_be_bad(plan, of))
                .collect(),
            releases: vec![Vec::new(); plan.services.len()],
            current: vec![None; plan.services.len()],
            windows: vec![Vec::new(); plan.services.len()],
            going_on: 0,
            instances: 0,
            origin,
        }
    }

    /// The deployments of an entry.
    pub fn entry(&self, index: usize) -> &Rollouts {
        &self.entries[index]
    }

    /// The deployments of all entries together.
    pub fn all(&self) -> Rollouts {
        let mut all = Rollouts::default();
        self.entries.iter().for_each(|entry| all.add(entry));
        all
    }

    /// Reads a fact, after the observers of services have read it.
    #[inline(always)]
    pub(super) fn read(&mut self, now: SimTime, fact: &Fact, services: &mut Services) {
        if !self.entry_of.is_empty() {
            self.read_fact(now, fact, services);
        }
    }

    #[inline(never)]
    fn read_fact(&mut self, now: SimTime, fact: &Fact, services: &mut Services) {
        match fact {
            Fact::InstanceRegistered(_) => self.instances += 1,
            Fact::InstanceGone(of, _) if of.counted => {
                self.instances = self.instances.saturating_sub(1);
            }
            Fact::Requests(service, passed) => {
                self.passed(now, service.index(), passed);
                return;
            }
            Fact::Deployment(service, of) => {
                let service = service.index();
                if let DeploymentEvent::Began(DeploymentCause::Planned(index)) = of.event
                    && let Some(percentages) = self.percentages[index as usize]
                {
                    services.set_percentages(service, percentages);
                }
                self.event(now, service, *of, services);
            }
            _ => {}
        }
        if self.going_on > 0 {
            for service in 0..self.current.len() {
                self.advance(now, service, services);
            }
        }
    }

    /// Adds requests to the deployments in which they arrived. A fact about requests may come after the
    /// beginning of a deployment at the same instant, and is about the time before it.
    fn passed(&mut self, now: SimTime, service: usize, passed: &Requests) {
        let releases = &mut self.releases[service];
        for Window { entry, from, to } in releases.iter().copied() {
            self.entries[entry].release.add(passed, now, [from, to]);
        }
        let windows = &mut self.windows[service];
        for window in windows.iter() {
            let during = &mut self.entries[window.entry].during;
            let mut all = ReleaseRequests::default();
            all.add(passed, now, [window.from, window.to]);
            during.offered += all.offered;
            for release in releases.iter().filter(|of| of.entry == window.entry) {
                let mut own = ReleaseRequests::default();
                own.add(passed, now, window.common(release));
                during.bad += own.bad;
                during.errors += own.errors;
            }
        }
        windows.retain(|window| window.to > now);
        releases.retain(|release| release.to > now);
    }

    /// A release begins that may be bad: requests that bad tasks get from now on are counted for it. A good
    /// release changes nothing, as bad tasks that still run are those of the release before.
    fn begin_release(&mut self, now: SimTime, service: usize, entry: usize) {
        if let Some(before) = self.releases[service].last_mut() {
            before.to = before.to.min(now);
        }
        self.releases[service].push(Window {
            entry,
            from: now,
            to: SimTime::MAX,
        });
    }

    /// The deployment of a service that is going on, or its rollback, has ended.
    fn close(&mut self, now: SimTime, service: usize) {
        let open = self.windows[service].last_mut();
        if let Some(open) = open.filter(|window| window.to == SimTime::MAX) {
            open.to = now;
        }
    }

    /// A deployment of a service begins.
    fn begin(&mut self, now: SimTime, service: usize, cause: DeploymentCause, services: &Services) {
        let before = self.end(service);
        if let Some(before) = before.filter(|before| before.has_failed)
            && cause == DeploymentCause::RolledBack
        {
            self.entries[before.entry].rolled_back += 1;
        }
        let DeploymentCause::Planned(index) = cause else {
            return;
        };
        self.close(now, service);
        if now < self.origin {
            return;
        }
        let entry = self.entry_of[index as usize];
        self.entries[entry].began += 1;
        self.going_on += 1;
        if self.may_be_bad[index as usize] {
            self.begin_release(now, service, entry);
        }
        self.windows[service].push(Window {
            entry,
            from: now,
            to: SimTime::MAX,
        });
        self.current[service] = Some(Current {
            entry,
            began: now,
            tasks: services.placed(service),
            instances: self.instances,
            since: now,
            is_below: false,
            has_failed: false,
            first_shift: None,
        });
    }

    /// Counts an event of a deployment.
    fn event(&mut self, now: SimTime, service: usize, of: DeploymentFact, services: &Services) {
        if let DeploymentEvent::Began(cause) = of.event {
            return self.begin(now, service, cause, services);
        }
        if of.event == DeploymentEvent::Completed {
            self.close(now, service);
        }
        let Some(current) = &mut self.current[service] else {
            return;
        };
        let rollouts = &mut self.entries[current.entry];
        match of.event {
            DeploymentEvent::Began(_) | DeploymentEvent::Replaced | DeploymentEvent::CleansUp => {}
            DeploymentEvent::TrafficShifted(0) => {}
            DeploymentEvent::TrafficShifted(weight) => {
                if current.first_shift.is_none() {
                    rollouts.scaled_up.record(now.since(current.began));
                }
                let first = *current.first_shift.get_or_insert(now);
                if weight == ALL_REQUESTS {
                    rollouts.shifted.record(now.since(first));
                }
            }
            DeploymentEvent::FailedTasks(count) => {
                rollouts.failed_tasks = rollouts.failed_tasks.max(count.into());
            }
            DeploymentEvent::TurnedBad => rollouts.bad += 1,
            DeploymentEvent::Completed => {
                rollouts.completed.record(now.since(current.began));
                self.end(service);
            }
            DeploymentEvent::Failed(_) => {
                rollouts.failed += 1;
                current.has_failed = true;
            }
            DeploymentEvent::Superseded => {
                rollouts.superseded += 1;
                self.end(service);
            }
        }
    }

    /// The deployment of a service is not going on any more.
    fn end(&mut self, service: usize) -> Option<Current> {
        let ended = self.current[service].take();
        self.going_on -= usize::from(ended.is_some());
        ended
    }

    /// Counts the tasks, instances and the time of a deployment that is going on.
    fn advance(&mut self, now: SimTime, service: usize, services: &Services) {
        let Some(current) = &mut self.current[service] else {
            return;
        };
        let rollouts = &mut self.entries[current.entry];
        if current.is_below {
            rollouts.below_minimum += u128::from(now.since(current.since).as_micros());
        }
        current.since = now;
        current.is_below = services.is_below_minimum(service);
        let tasks = services.placed(service).saturating_sub(current.tasks);
        rollouts.extra_tasks = rollouts.extra_tasks.max(tasks);
        let instances = self.instances.saturating_sub(current.instances);
        rollouts.extra_instances = rollouts.extra_instances.max(instances);
    }

    /// Counts the time up to the end of the run.
    pub(super) fn finish(&mut self, end: SimTime, services: &Services) {
        for service in 0..self.current.len() {
            self.advance(end, service, services);
        }
    }
}

//! The numbers of tasks of services with a load: those that run, and those that get requests.

use crate::cluster::{RevisionId, ServiceId};
use crate::plan::Plan;
use std::collections::BTreeMap;

/// How a task is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// It is RUNNING.
    pub running: bool,
    /// Where requests to it end; `None`: it gets none.
    pub route: Option<Route>,
}

/// A task that requests may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// It counts as healthy: it gets requests. An unhealthy one gets some only when no task is healthy.
    pub is_healthy: bool,
    /// It answers requests.
    pub answers: bool,
}

/// The tasks of a revision of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct ServingTasks {
    /// Tasks that run.
    pub running: u32,
    /// Tasks that count as healthy.
    pub healthy: Routed,
    /// Targets of a load balancer that are unhealthy.
    pub unhealthy: Routed,
}

/// Tasks that requests may be sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct Routed {
    /// Those that answer requests.
    pub answering: u32,
    /// Those on which requests fail.
    pub failing: u32,
}

impl Routed {
    /// All of them.
    pub(in crate::simulation) const fn total(self) -> u32 {
        self.answering + self.failing
    }

    /// Adds those of another revision.
    pub(in crate::simulation) const fn add(&mut self, other: Self) {
        self.answering += other.answering;
        self.failing += other.failing;
    }
}

impl ServingTasks {
    /// The count that a task is part of.
    const fn count(&mut self, route: Route) -> &mut u32 {
        let routed = match route.is_healthy {
            true => &mut self.healthy,
            false => &mut self.unhealthy,
        };
        match route.answers {
            true => &mut routed.answering,
            false => &mut routed.failing,
        }
    }
}

/// The tasks of services with a load.
pub(super) struct Serving {
    /// By service: by revision its tasks; `None` for services without a load.
    services: Vec<Option<BTreeMap<RevisionId, ServingTasks>>>,
}

impl Serving {
    /// The counts for a plan; `None` where no service has a load.
    pub(super) fn new(plan: &Plan) -> Option<Self> {
        let services = plan.services.iter();
        let counts = services.map(|service| service.load.is_some().then(BTreeMap::new));
        let services: Vec<_> = counts.collect();
        services
            .iter()
            .any(Option::is_some)
            .then_some(Self { services })
    }

    /// Moves a task from one count to another. False where its service has no load.
    pub(super) fn change(
        &mut self,
        service: ServiceId,
        revision: RevisionId,
        (from, to): (Counted, Counted),
    ) -> bool {
        let Some(revisions) = &mut self.services[service.index()] else {
            return false;
        };
        let tasks = revisions.entry(revision).or_default();
        tasks.running -= u32::from(from.running);
        tasks.running += u32::from(to.running);
        if let Some(route) = from.route {
            *tasks.count(route) -= 1;
        }
        if let Some(route) = to.route {
            *tasks.count(route) += 1;
        }
        true
    }

    /// The tasks of a service with a load, by revision.
    pub(super) fn of(
        &self,
        service: ServiceId,
    ) -> impl Iterator<Item = (RevisionId, ServingTasks)> {
        let revisions = self.services[service.index()].iter().flatten();
        revisions.map(|(revision, tasks)| (*revision, *tasks))
    }
}

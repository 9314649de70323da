//! The numbers of tasks of services with a load: those that run, and those that serve requests.

use crate::cluster::{RevisionId, ServiceId};
use crate::plan::Plan;
use std::collections::BTreeMap;

/// Whether a task runs and serves, as it was counted last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Counted {
    /// It is not RUNNING, or stops.
    #[default]
    Not,
    /// RUNNING.
    Running,
    /// RUNNING, healthy and alive: it serves requests.
    Serving,
}

/// The tasks of a revision of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct ServingTasks {
    /// Tasks that run.
    pub running: u32,
    /// Those of them that serve requests.
    pub serving: u32,
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
        match from {
            Counted::Not => {}
            Counted::Running => tasks.running -= 1,
            Counted::Serving => {
                tasks.running -= 1;
                tasks.serving -= 1;
            }
        }
        match to {
            Counted::Not => {}
            Counted::Running => tasks.running += 1,
            Counted::Serving => {
                tasks.running += 1;
                tasks.serving += 1;
            }
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

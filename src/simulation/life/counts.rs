//! The counts of the tasks that use CPU: by service, and by instance where the CPU of instances is shared.

use super::host_tasks::HostTasks;
use super::serving_tasks::{Counted, ServingTasks, TargetClass};
use crate::cluster::{RevisionId, ServiceId};
use crate::plan::{Plan, Service};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The tasks of services with a load.
pub(super) struct Serving {
    /// By service: by revision and class its tasks; `None` for services without a load and
    /// without a queue.
    services: Vec<Option<BTreeMap<(RevisionId, TargetClass), ServingTasks>>>,
    /// The tasks by instance, where the CPU of instances is shared.
    pub(super) hosts: Option<HostTasks>,
}

impl Serving {
    /// The counts for a plan; `None` where no service has a load or a queue and no CPU is shared.
    pub(super) fn new(plan: &Plan) -> Option<Self> {
        let services = plan.services.iter();
        let is_counted = |service: &Service| service.load.is_some() || service.worker.is_some();
        let counts = services.map(|service| is_counted(service).then(BTreeMap::new));
        let services: Vec<_> = counts.collect();
        let hosts = plan.shares_cpu().then(HostTasks::default);
        let is_needed = hosts.is_some() || services.iter().any(Option::is_some);
        is_needed.then_some(Self { services, hosts })
    }

    /// Moves a task from one count to another. Counts without any task are dropped. False where its service has no
    /// load.
    pub(super) fn change(
        &mut self,
        service: ServiceId,
        of: (RevisionId, TargetClass),
        change: (Counted, Counted),
    ) -> bool {
        let Some(revisions) = &mut self.services[service.index()] else {
            return false;
        };
        match revisions.entry(of) {
            Entry::Vacant(count) => count.insert(ServingTasks::default()).change(change),
            Entry::Occupied(mut count) => {
                count.get_mut().change(change);
                if *count.get() == ServingTasks::default() {
                    count.remove();
                }
            }
        }
        true
    }

    /// The tasks of a service with a load, by revision and class.
    pub(super) fn of(
        &self,
        service: ServiceId,
    ) -> impl Iterator<Item = (RevisionId, TargetClass, ServingTasks)> {
        let revisions = self.services[service.index()].iter().flatten();
        revisions.map(|((revision, class), tasks)| (*revision, *class, *tasks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_without_a_task_are_dropped() {
        let mut serving = Serving {
            services: vec![Some(BTreeMap::new())],
            hosts: None,
        };
        let service = ServiceId::new(0);
        let of = (RevisionId::new(3), TargetClass { zone: 0, step: 1 });
        let (none, runs) = (
            Counted::default(),
            Counted {
                running: true,
                ..Counted::default()
            },
        );
        assert!(serving.change(service, of, (none, runs)));
        assert_eq!(serving.of(service).count(), 1);
        assert!(serving.change(service, of, (runs, none)));
        assert_eq!(serving.of(service).count(), 0);
    }
}

//! Watches a daemon service for the instances on which it has no room at the end of a run.

use super::notes::Notes;
use super::refusals::Refusal;
use super::sight::Sight;
use crate::cluster::{ServiceId, WorkId};
use crate::engine::Watcher;
use crate::plan::{Plan, Scheduling};
use crate::simulation::World;
use crate::units::SimTime;

/// Watches a service.
pub(super) struct DaemonWatcher<'a> {
    plan: &'a Plan,
    service: ServiceId,
    /// The instances without room at the end.
    pub(super) without_room: Vec<Refusal>,
}

impl<'a> DaemonWatcher<'a> {
    pub(super) fn new(plan: &'a Plan, service: ServiceId) -> Self {
        Self {
            plan,
            service,
            without_room: Vec::new(),
        }
    }
}

impl Watcher<World<'_>> for DaemonWatcher<'_> {
    fn before_pass(&mut self, _now: SimTime, _world: &World<'_>) {}

    fn instant_over(&mut self, now: SimTime, next: SimTime, world: &World<'_>) {
        let scheduling = self.plan.services[self.service.index()].scheduling;
        if next < SimTime::MAX || scheduling != Scheduling::Daemon {
            return;
        }
        let work = WorkId::Service(self.service);
        let notes = Notes::of(world);
        for missing in world.missing_daemons(self.service) {
            let sight = Sight {
                plan: self.plan,
                notes: &notes,
                cluster: world.cluster(),
                tasks: world.tasks(),
                requirements: world.requirements(),
                work: world.work_with(work, (missing.lane, missing.shape), 0, now),
                revision: missing.revision,
                before: Vec::new(),
                is_head_of_line: false,
            };
            self.without_room
                .extend(sight.refusals_on(&[missing.instance]));
        }
    }
}

//! The resources that each instance has promised, and whether a request fits an instance. A
//! search reads only this; the indexes that make a search quick are in `pool.rs`.

use super::candidate::{self, Candidate};
use super::query::Subject;
use super::{Condition, GroupId, Instance, InstanceId, Lack, Port, Request};
use crate::units::SimTime;

/// The instances with their host ports and their tasks by group.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub(super) instances: Vec<Instance>,
    /// Reserved host ports of each instance, ascending.
    pub(super) ports: Vec<Vec<Port>>,
    /// The time of each instance's registration.
    pub(super) registered: Vec<SimTime>,
    /// Number of task groups in the plan, at least 1.
    pub(super) groups: usize,
    /// By group: the number of its tasks on each instance, up to the last instance that had one. The
    /// counts of a group are together because a service starts and stops many tasks at a time. With
    /// one group they are not kept: the count of the instance is that of the group.
    pub(super) group_tasks: Vec<Vec<u32>>,
}

impl Ledger {
    /// All instances that were ever launched, in order of launch.
    pub(super) fn instances(&self) -> impl ExactSizeIterator<Item = (InstanceId, &Instance)> {
        self.instances
            .iter()
            .enumerate()
            .map(|(i, instance)| (InstanceId::new(i), instance))
    }

    /// One instance.
    #[inline]
    pub(super) fn instance(&self, id: InstanceId) -> &Instance {
        &self.instances[id.index()]
    }

    /// Tasks of a group on an instance.
    #[inline]
    pub(super) fn tasks_of_group(&self, id: InstanceId, group: GroupId) -> u32 {
        if self.groups == 1 {
            self.instances[id.index()].tasks
        } else {
            let counts = &self.group_tasks[group.index()];
            counts.get(id.index()).copied().unwrap_or(0)
        }
    }

    /// Adds `by` to the number of tasks of a group on an instance, with wrap-around, and returns it.
    /// `Instance::tasks` has changed already.
    #[inline(always)]
    pub(super) fn count_of_group(&mut self, id: InstanceId, group: GroupId, by: u32) -> u32 {
        if self.groups == 1 {
            return self.instances[id.index()].tasks;
        }
        let counts = &mut self.group_tasks[group.index()];
        if counts.len() <= id.index() {
            counts.resize(id.index() + 1, 0);
        }
        let count = &mut counts[id.index()];
        *count = count.wrapping_add(by);
        *count
    }

    /// True when the instance belongs to an eligible pool and has enough of every resource
    /// (facts/ecs.md 74).
    #[inline(always)]
    pub(super) fn fits(&self, id: InstanceId, request: &Request<'_>) -> bool {
        candidate::fits(&self.seen(id), request)
    }

    /// True when the instance meets the condition that `memberOf` puts on its pool.
    pub(super) fn is_member(&self, id: InstanceId, request: &Request<'_>) -> bool {
        candidate::is_member(&self.seen(id), request)
    }

    /// True when the instance meets a condition.
    pub(super) fn meets(&self, id: InstanceId, condition: &Condition) -> bool {
        condition.holds(&self.seen(id))
    }

    /// The first resource or condition that the instance lacks for the request, in the order
    /// of facts/ecs.md 115; `None` when the request fits.
    pub(super) fn lack(&self, id: InstanceId, request: &Request<'_>) -> Option<Lack> {
        let mut checks = Lack::CHECKED.into_iter();
        checks.find(|lack| self.lacks(id, request, *lack))
    }

    /// True when the instance lacks this for the request.
    #[inline]
    pub(super) fn lacks(&self, id: InstanceId, request: &Request<'_>, lack: Lack) -> bool {
        candidate::lacks(&self.seen(id), request, lack)
    }

    /// The number of checks that the instance fails, and the first of them.
    pub(super) fn failed(&self, id: InstanceId, request: &Request<'_>) -> Option<(u32, Lack)> {
        candidate::failed(&self.seen(id), request)
    }

    #[inline(always)]
    fn seen(&self, id: InstanceId) -> Seen<'_> {
        Seen { ledger: self, id }
    }
}

/// An instance as a placement sees it.
struct Seen<'a> {
    ledger: &'a Ledger,
    id: InstanceId,
}

impl Subject for Seen<'_> {
    fn hosts(&self, group: GroupId) -> bool {
        self.ledger.tasks_of_group(self.id, group) > 0
    }
    fn tasks(&self) -> u64 {
        self.ledger.instance(self.id).tasks.into()
    }
    fn registered(&self) -> i64 {
        let micros = self.ledger.registered[self.id.index()].as_micros();
        i64::try_from(micros).unwrap_or(i64::MAX)
    }
    fn id(&self) -> InstanceId {
        self.id
    }
}

impl Candidate for Seen<'_> {
    #[inline(always)]
    fn instance(&self) -> &Instance {
        self.ledger.instance(self.id)
    }
    fn ports(&self) -> &[Port] {
        &self.ledger.ports[self.id.index()]
    }
    #[inline]
    fn tasks_of_group(&self, group: GroupId) -> u32 {
        self.ledger.tasks_of_group(self.id, group)
    }
}

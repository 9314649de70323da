//! The tasks on each instance that use CPU, where the CPU of instances is shared.

use super::serving_tasks::{Counted, ServingTasks, TargetClass};
use crate::cluster::{InstanceId, RevisionId};
use crate::units::Cpu;
use std::collections::{BTreeMap, BTreeSet};

/// The tasks of a class of a revision on an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct TasksOnHost {
    /// Those that run and those that serve.
    pub tasks: ServingTasks,
    /// The number of tasks that are counted in some way.
    count: u32,
    /// The CPU that they reserve together.
    reserved: u64,
}

impl TasksOnHost {
    /// The CPU that each of them reserves, on average.
    pub(in crate::simulation) fn reserved(&self) -> Cpu {
        Cpu::base(self.reserved.checked_div(self.count.into()).unwrap_or(0))
    }
}

/// The tasks on all instances.
#[derive(Default)]
pub(super) struct HostTasks {
    on: BTreeMap<InstanceId, BTreeMap<(RevisionId, TargetClass), TasksOnHost>>,
    /// Instances whose tasks have changed since they were taken last.
    changed: BTreeSet<InstanceId>,
}

impl HostTasks {
    /// Moves a task that reserves this CPU from one count to another.
    pub(super) fn change(
        &mut self,
        (instance, of_it): (InstanceId, (RevisionId, TargetClass)),
        reserved: Cpu,
        (from, to): (Counted, Counted),
    ) {
        let on_it = self.on.entry(instance).or_default();
        let of = on_it.entry(of_it).or_default();
        of.tasks.change((from, to));
        let is_counted = |counted: Counted| counted != Counted::default();
        if is_counted(from) {
            of.count -= 1;
            of.reserved -= reserved.as_base();
        }
        if is_counted(to) {
            of.count += 1;
            of.reserved += reserved.as_base();
        }
        if of.count == 0 {
            on_it.remove(&of_it);
        }
        self.changed.insert(instance);
    }

    /// The instances whose tasks have changed since the last call.
    pub(super) fn take_changed(&mut self) -> BTreeSet<InstanceId> {
        let changed = std::mem::take(&mut self.changed);
        for id in &changed {
            if self.on.get(id).is_some_and(BTreeMap::is_empty) {
                self.on.remove(id);
            }
        }
        changed
    }

    /// The tasks on an instance, by revision and class.
    pub(super) fn on(
        &self,
        instance: InstanceId,
    ) -> impl Iterator<Item = (RevisionId, TargetClass, TasksOnHost)> {
        let there = self.on.get(&instance).into_iter().flatten();
        there.map(|((revision, class), tasks)| (*revision, *class, *tasks))
    }
}

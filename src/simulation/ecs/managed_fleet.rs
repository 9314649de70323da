//! The state of a provider of ECS Managed Instances.

use super::managed_refusals::Refusals;
use crate::cluster::{InstanceId, LaneId, Pending, Shape, TaskId};
use crate::plan::{Capacity, ManagedInstances, Plan};
use crate::units::SimTime;
use std::collections::BTreeMap;

/// The state of a provider of ECS Managed Instances.
pub(super) struct Fleet {
    pub(super) plan: ManagedInstances,
    /// The time of the next look; `None` while nothing can change. Events for other times are stale.
    pub(super) next: Option<SimTime>,
    /// Tasks that wait for an instance that was launched for them, by instance in the order in which they
    /// were assigned. They are in PROVISIONING, but no longer in its queue.
    pub(super) bound: BTreeMap<InstanceId, Vec<Pending>>,
    /// Its ACTIVE instances, as they were at the last look.
    pub(super) watched: BTreeMap<InstanceId, Watched>,
    /// The instance that is underused, with the look at which that was found.
    pub(super) underused: Option<(InstanceId, SimTime)>,
    /// No instance is underused, and none has changed since that was found.
    pub(super) settled: bool,
    /// The instance that was launched last in the stead of an underused one, with the number of tasks of
    /// that one by lane that have not been assigned to it.
    pub(super) replacement: Option<(InstanceId, BTreeMap<LaneId, u32>)>,
    /// The lanes of waiting tasks for which all launches have failed.
    pub(super) refused: Refusals<LaneId>,
    /// The types and zones, by their numbers in the provider, in which the last launch has failed.
    pub(super) dry: Refusals<(usize, usize)>,
}

/// An instance at the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watched {
    /// The look at which its tasks had changed last.
    pub(super) since: SimTime,
    pub(super) tasks: u32,
    pub(super) free: Shape,
}

impl Fleet {
    /// The state at the start; `None` for a provider without Managed Instances.
    pub(super) fn of(plan: &Plan, capacity: &Capacity) -> Option<Self> {
        let Capacity::Group(group) = capacity else {
            return None;
        };
        let waits = plan.assumptions.launch_retry;
        Some(Self {
            plan: group.managed_instances?,
            next: None,
            bound: BTreeMap::new(),
            watched: BTreeMap::new(),
            underused: None,
            settled: true,
            replacement: None,
            refused: Refusals::new(waits),
            dry: Refusals::new(waits),
        })
    }

    /// A task waits for an instance from now on.
    pub(super) fn bind(&mut self, id: InstanceId, pending: Pending) {
        self.bound.entry(id).or_default().push(pending);
    }

    /// Removes a task that waits for its instance.
    pub(super) fn unbind(&mut self, id: TaskId) -> Option<Pending> {
        let is_it = |pending: &Pending| pending.task == id;
        let mut all = self.bound.iter();
        let (instance, at) = all.find_map(|(instance, tasks)| {
            let at = tasks.iter().position(is_it)?;
            Some((*instance, at))
        })?;
        let tasks = self.bound.get_mut(&instance)?;
        let pending = tasks.remove(at);
        if tasks.is_empty() {
            self.bound.remove(&instance);
        }
        Some(pending)
    }

    /// Removes the tasks that wait for an instance, in order.
    pub(super) fn bound_to(&mut self, id: InstanceId) -> Vec<Pending> {
        self.bound.remove(&id).unwrap_or_default()
    }

    /// The tasks that wait for an instance, in order.
    pub(super) fn waiting_on(&self, id: InstanceId) -> &[Pending] {
        self.bound.get(&id).map_or(&[], Vec::as_slice)
    }
}

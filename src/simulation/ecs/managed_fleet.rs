//! The state of a provider of ECS Managed Instances.

use crate::cluster::{InstanceId, Pending, Shape, TaskId};
use crate::plan::{Capacity, ManagedInstances, Plan};
use crate::policy::provisioning::group::LaunchRetry;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// The state of a provider of ECS Managed Instances.
pub(super) struct Fleet {
    pub(super) plan: ManagedInstances,
    /// The time of the next look; `None` while nothing can change. Events for other times are stale.
    pub(super) next: Option<SimTime>,
    /// Tasks that wait for an instance that was launched for them, in the order in which they were
    /// assigned. They are in PROVISIONING, but no longer in its queue.
    pub(super) bound: Vec<(InstanceId, Pending)>,
    /// Its ACTIVE instances, as they were at the last look.
    pub(super) watched: BTreeMap<InstanceId, Watched>,
    /// The instance that is underused, with the look at which that was found.
    pub(super) underused: Option<(InstanceId, SimTime)>,
    /// No instance is underused, and none has changed since that was found.
    pub(super) settled: bool,
    pub(super) retry: LaunchRetry,
    /// After a launch that failed in all zones: the time of the next attempt.
    pub(super) retry_at: Option<SimTime>,
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
        let (first, longest) = plan.assumptions.launch_retry;
        Some(Self {
            plan: group.managed_instances?,
            next: None,
            bound: Vec::new(),
            watched: BTreeMap::new(),
            underused: None,
            settled: true,
            retry: LaunchRetry::new(first, longest),
            retry_at: None,
        })
    }

    /// Removes a task that waits for its instance.
    pub(super) fn unbind(&mut self, id: TaskId) -> Option<Pending> {
        let position = self.bound.iter().position(|(_, task)| task.task == id)?;
        Some(self.bound.remove(position).1)
    }

    /// Removes the tasks that wait for an instance, in order.
    pub(super) fn bound_to(&mut self, id: InstanceId) -> Vec<Pending> {
        let (its, others) = std::mem::take(&mut self.bound)
            .into_iter()
            .partition(|(instance, _)| *instance == id);
        self.bound = others;
        let its: Vec<(InstanceId, Pending)> = its;
        its.into_iter().map(|(_, pending)| pending).collect()
    }

    /// The number of tasks that wait for an instance.
    pub(super) fn waiting_for(&self, id: InstanceId) -> usize {
        self.bound
            .iter()
            .filter(|(instance, _)| *instance == id)
            .count()
    }
}

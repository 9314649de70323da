//! What is looked at: the cluster and its tasks at the moment at which a task is not placed.

use super::hosts::TaskName;
use super::needs::asked;
use super::notes::Notes;
use crate::cluster::{
    Cluster, InstanceId, ProviderId, Request, Requirement, RevisionId, Task, Tasks, WorkId,
};
use crate::plan::{Demand, OnNoCapacity, Plan, Target};
use crate::policy::placement::{QueueOrder, Work};
use crate::simulation::HostState;
use crate::units::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// What is looked at: the cluster and its tasks at the moment at which a task is not placed.
pub(super) struct Sight<'a> {
    pub(super) plan: &'a Plan,
    pub(super) notes: &'a Notes,
    pub(super) cluster: &'a Cluster,
    pub(super) tasks: &'a Tasks,
    /// By lane.
    pub(super) requirements: &'a [Requirement],
    /// The task that is not placed, and its revision.
    pub(super) work: Work<'a>,
    pub(super) revision: RevisionId,
    /// The tasks before it in its queue, which were not placed either, in order.
    pub(super) before: Vec<Work<'a>>,
    /// The instances of its providers that are starting, each with the time at which it will register, in
    /// order of that time.
    pub(super) starting: Vec<(SimTime, InstanceId)>,
    /// True when a task that is not placed blocks those behind it.
    pub(super) is_head_of_line: bool,
}

impl<'a> Sight<'a> {
    /// The request of the task.
    pub(super) fn request(&self) -> Request<'a> {
        self.work.request()
    }

    /// What its task definition asks for.
    pub(super) fn demand(&self) -> &'a Demand {
        asked(self.plan, self.work.work, self.revision).0
    }

    /// The capacity providers that the task may use: with a strategy the one that was chosen for it.
    pub(super) fn providers(&self) -> BTreeSet<ProviderId> {
        let target = asked(self.plan, self.work.work, self.revision).1;
        let requirement = self.work.requirement;
        let pools = requirement
            .pools
            .iter()
            .chain(&requirement.member_of.excluded);
        let of_pools = pools.map(|pool| self.cluster.pool(*pool).spec.provider);
        if matches!(target, Target::Strategy(_)) {
            let chosen: BTreeSet<ProviderId> = of_pools.collect();
            if !chosen.is_empty() {
                return chosen;
            }
        }
        let all = self.plan.cluster.providers_of(target);
        all.map(|(number, _)| ProviderId::new(number)).collect()
    }

    /// The instances that have not been terminated, in order of launch.
    pub(super) fn hosts(&self) -> impl Iterator<Item = InstanceId> {
        let ids = self.cluster.instances().map(|(id, _)| id);
        ids.filter(|id| self.notes.state(*id) != HostState::Terminated)
    }

    /// The provider of an instance.
    pub(super) fn provider(&self, id: InstanceId) -> ProviderId {
        let pool = self.cluster.instance(id).pool();
        self.cluster.pool(pool).spec.provider
    }

    /// The living tasks on instances that have a promise there.
    pub(super) fn by_instance(&self) -> BTreeMap<InstanceId, Vec<&'a Task>> {
        let mut lists: BTreeMap<InstanceId, Vec<&Task>> = BTreeMap::new();
        for task in self.tasks.iter().filter(|task| task.promised) {
            if let Some(id) = task.instance {
                lists.entry(id).or_default().push(task);
            }
        }
        lists
    }

    /// True for a task of the service of this one.
    pub(super) fn is_of_its_service(&self, task: &Task) -> bool {
        matches!(self.work.work, WorkId::Service(_))
            && self.notes.work(task) == Some(self.work.work)
    }

    /// The name of a task, where it is known.
    pub(super) fn name(&self, task: &Task) -> Option<TaskName> {
        self.notes.name(self.plan, task)
    }
}

/// True for work whose tasks wait in a job queue in which a task that is not placed blocks those behind
/// it. A task that may not wait is not blocked by those that do.
pub(super) fn is_head_of_line(plan: &Plan, work: WorkId) -> bool {
    let waits = match work {
        WorkId::Entry(entry) => plan.tasks[entry.index()].on_no_capacity == OnNoCapacity::Queue,
        WorkId::Service(_) => false,
    };
    waits && plan.job_queue.order == QueueOrder::HeadOfLine
}

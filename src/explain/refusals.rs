//! Which rule refused a task on each instance, and by how much.
//!
//! A new kind of [`Lack`] gets its arm in `shortfall`; the compiler asks for it.

use super::hosts::{HostName, TaskName};
use super::needs::{as_mebibytes, as_units, named};
use super::notes::Notes;
use crate::cluster::{
    Cluster, InstanceId, Lack, Port, ProviderId, Request, Requirement, Task, Tasks,
};
use crate::plan::Plan;
use crate::policy::placement::Work;
use crate::simulation::HostState;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is looked at: the cluster and its tasks at the moment at which a task is not placed.
pub(super) struct Sight<'a> {
    pub(super) plan: &'a Plan,
    pub(super) notes: &'a Notes,
    pub(super) cluster: &'a Cluster,
    pub(super) tasks: &'a Tasks,
    /// By lane.
    pub(super) requirements: &'a [Requirement],
    /// The task that is not placed.
    pub(super) work: Work<'a>,
    /// The tasks before it in its queue, which were not placed either, in order.
    pub(super) before: Vec<Work<'a>>,
    /// True when a task that is not placed blocks those behind it.
    pub(super) is_head_of_line: bool,
}

/// An instance that did not take the task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The instance.
    #[serde(flatten)]
    pub host: HostName,
    /// The first of ECS's checks that it fails.
    #[serde(skip)]
    pub lack: Lack,
    /// ECS's code of this check: `RESOURCE:CPU`.
    pub code: &'static str,
    /// By how much it fails.
    pub by: Shortfall,
    /// The codes of the other checks that it fails.
    pub also: Vec<&'static str>,
}

/// By how much an instance fails a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Shortfall {
    /// Too little is free.
    Amount {
        /// The amount that the task needs.
        needed: f64,
        /// The amount that is free.
        free: f64,
        /// The unit: `cpuUnits` (1/1024 vCPU), `MiB` or `count`.
        unit: &'static str,
    },
    /// Host ports are taken.
    Ports(Vec<Taken>),
    /// With the ports of the task the instance would reserve more than ECS allows.
    PortQuota {
        /// The ports that are reserved.
        reserved: usize,
    },
    /// It is not among the instances that the constraints `memberOf` allow.
    MemberOf,
    /// It has tasks of the same group.
    SameGroup(Vec<TaskName>),
    /// It is given no tasks, because of its state.
    State(HostState),
    /// Its type is not eligible: the value that it has and that the task asks for.
    Platform {
        /// Architecture and operating system of the instance.
        has: String,
    },
}

/// A host port that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The port: `8080/tcp`.
    pub port: String,
    /// The task that has it.
    pub by: Option<TaskName>,
}

impl<'a> Sight<'a> {
    /// The request of the task.
    pub(super) fn request(&self) -> Request<'a> {
        self.work.request()
    }

    /// The capacity providers that the task may use.
    pub(super) fn providers(&self) -> BTreeSet<ProviderId> {
        let requirement = self.work.requirement;
        let pools = requirement.pools.iter();
        pools
            .chain(&requirement.member_of.excluded)
            .map(|pool| self.cluster.pool(*pool).spec.provider)
            .collect()
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

    /// The name of a task, where it is known.
    pub(super) fn name(&self, task: &Task) -> Option<TaskName> {
        self.notes.name(self.plan, task)
    }

    /// The instances of the task's providers, each with what refused the task: those where it would
    /// fit are left out.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let (request, providers) = (self.request(), self.providers());
        let ids: Vec<InstanceId> = self.hosts().collect();
        let of_task = ids
            .iter()
            .filter(|id| providers.contains(&self.provider(**id)));
        let found: Vec<(InstanceId, Lack)> = of_task
            .filter_map(|id| Some((*id, self.cluster.lack(*id, &request)?)))
            .collect();
        let names_tasks = |(_, lack): &(_, Lack)| matches!(lack, Lack::Ports | Lack::Constraint);
        let tasks = match found.iter().any(names_tasks) {
            true => self.by_instance(),
            false => BTreeMap::new(),
        };
        let refusal = |(id, lack): (InstanceId, Lack)| {
            let there = tasks.get(&id).map_or(&[][..], Vec::as_slice);
            let also = Lack::CHECKED.into_iter().filter(|other| *other != lack);
            let also = also.filter(|other| self.cluster.lacks(id, &request, *other));
            Refusal {
                host: HostName::of(self.plan, self.cluster, id),
                lack,
                code: lack.code(),
                by: self.shortfall(id, lack, there),
                also: also.map(Lack::code).collect(),
            }
        };
        found.into_iter().map(refusal).collect()
    }

    /// By how much an instance fails a check. `there` are the tasks on it.
    fn shortfall(&self, id: InstanceId, lack: Lack, there: &[&Task]) -> Shortfall {
        let request = self.request();
        let (shape, instance) = (request.shape, self.cluster.instance(id));
        let free = instance.free_shape();
        let amount = |needed: f64, free: f64, unit| Shortfall::Amount { needed, free, unit };
        match lack {
            Lack::Cpu => amount(as_units(shape.cpu), as_units(free.cpu), "cpuUnits"),
            Lack::Memory => amount(as_mebibytes(shape.memory), as_mebibytes(free.memory), "MiB"),
            Lack::Gpu => amount(shape.gpus.into(), free.gpus.into(), "count"),
            Lack::Interface => amount(shape.interfaces.into(), free.interfaces.into(), "count"),
            Lack::Ports => self.ports(id, &request.requirement.ports, there),
            Lack::Constraint => {
                let group = request.requirement.group;
                let same = there
                    .iter()
                    .filter(|task| self.requirements[task.lane.index()].group == group);
                Shortfall::SameGroup(same.filter_map(|task| self.name(task)).collect())
            }
            Lack::MemberOf => Shortfall::MemberOf,
            Lack::Agent => Shortfall::State(self.notes.state(id)),
            Lack::Attribute => {
                let spec = &self.cluster.pool(instance.pool()).spec;
                let platform = [spec.architecture.name(), spec.operating_system.name()];
                Shortfall::Platform {
                    has: platform.join(", "),
                }
            }
        }
    }

    fn ports(&self, id: InstanceId, wanted: &[Port], there: &[&Task]) -> Shortfall {
        let reserved = self.cluster.ports(id);
        let taken: Vec<Taken> = wanted
            .iter()
            .filter(|port| reserved.contains(port))
            .map(|port| {
                let has = |task: &&&Task| self.requirements[task.lane.index()].ports.contains(port);
                let by = there.iter().find(has).and_then(|task| self.name(task));
                let port = named(*port);
                Taken { port, by }
            })
            .collect();
        match taken.is_empty() {
            true => Shortfall::PortQuota {
                reserved: reserved.len(),
            },
            false => Shortfall::Ports(taken),
        }
    }
}

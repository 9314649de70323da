//! Which rule refused a task on each instance, and by how much.
//!
//! A new kind of [`Lack`] gets its arm in `shortfall`; the compiler asks for it.

use super::expressions::Expressions;
use super::hosts::{HostName, TaskName};
use super::needs::{as_mebibytes, as_units, named};
use super::sight::Sight;
use crate::cluster::{InstanceId, Lack, Port, Task};
use crate::simulation::HostState;
use crate::units::SimTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// An instance that did not take the task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The instance.
    #[serde(flatten)]
    pub host: HostName,
    /// The first of ECS's checks that it fails.
    #[serde(flatten)]
    pub first: Failed,
    /// The other checks that it fails.
    pub also: Vec<Failed>,
}

/// A check that an instance fails.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// The check.
    #[serde(skip)]
    pub lack: Lack,
    /// ECS's code of it: `RESOURCE:CPU`.
    pub code: &'static str,
    /// By how much it fails.
    pub by: Shortfall,
}

impl Refusal {
    /// All checks that the instance fails, in ECS's order.
    pub fn all(&self) -> impl Iterator<Item = &Failed> + Clone {
        std::iter::once(&self.first).chain(&self.also)
    }
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
    /// It does not meet these expressions of the constraints `memberOf`.
    MemberOf(Vec<String>),
    /// It has tasks of the same group.
    SameGroup(Vec<TaskName>),
    /// It is given no tasks, because of its state.
    State(HostState),
    /// It is starting, and will register at this time.
    Starting {
        /// The time.
        #[serde(rename = "expectedMicros")]
        expected: SimTime,
    },
    /// Its network interfaces for tasks of the mode `awsvpc` are taken.
    Interfaces {
        /// The interfaces that the task needs.
        needed: u32,
        /// Those that are free.
        free: u32,
        /// All of the instance for such tasks, by its type.
        limit: u32,
        /// The tasks that have one.
        held_by: Vec<TaskName>,
    },
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

impl Sight<'_> {
    /// The instances of the task's providers, each with what refused the task: those where it would
    /// fit are left out.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let (request, providers) = (self.request(), self.providers());
        let ids: Vec<InstanceId> = self.hosts().collect();
        let of_task = ids
            .iter()
            .filter(|id| providers.contains(&self.provider(**id)));
        let found: Vec<InstanceId> = of_task
            .filter(|id| !self.cluster.fits(**id, &request))
            .copied()
            .collect();
        self.refusals_on(&found)
    }

    /// What refuses the task on each of these instances.
    pub(super) fn refusals_on(&self, found: &[InstanceId]) -> Vec<Refusal> {
        let request = &self.request();
        let lacks = |id: InstanceId| {
            let all = Lack::CHECKED.into_iter();
            all.filter(move |lack| self.cluster.lacks(id, request, *lack))
        };
        let names_tasks =
            |lack: Lack| matches!(lack, Lack::Ports | Lack::Constraint | Lack::Interface);
        let tasks = match found.iter().any(|id| lacks(*id).any(names_tasks)) {
            true => self.by_instance(),
            false => BTreeMap::new(),
        };
        let expressions = Expressions::of(self);
        let refusal = |id: InstanceId| {
            let there = tasks.get(&id).map_or(&[][..], Vec::as_slice);
            let mut failed = lacks(id).map(|lack| Failed {
                lack,
                code: lack.code(),
                by: match lack {
                    Lack::MemberOf => Shortfall::MemberOf(expressions.unmet_by(self, id)),
                    lack => self.shortfall(id, lack, there),
                },
            });
            Some(Refusal {
                host: HostName::of(self.plan, self.cluster, id),
                first: failed.next()?,
                also: failed.collect(),
            })
        };
        found.iter().filter_map(|id| refusal(*id)).collect()
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
            Lack::Interface => {
                let holders = there.iter().filter(|task| task.shape.interfaces > 0);
                Shortfall::Interfaces {
                    needed: shape.interfaces,
                    free: free.interfaces,
                    limit: self.cluster.pool(instance.pool()).spec.task_interfaces,
                    held_by: holders.filter_map(|task| self.name(task)).collect(),
                }
            }
            Lack::Ports => self.ports(id, &request.requirement.ports, there),
            Lack::Constraint => {
                let group = request.requirement.group;
                let same = there
                    .iter()
                    .filter(|task| self.requirements[task.lane.index()].group == group);
                Shortfall::SameGroup(same.filter_map(|task| self.name(task)).collect())
            }
            Lack::MemberOf => Shortfall::MemberOf(Vec::new()),
            Lack::Agent => {
                let own = self.starting.iter().find(|(_, of)| *of == id);
                match own {
                    Some((expected, _)) => Shortfall::Starting {
                        expected: *expected,
                    },
                    None => Shortfall::State(self.notes.state(id)),
                }
            }
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

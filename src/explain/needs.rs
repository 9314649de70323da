//! What a task requires of an instance.

use crate::cluster::{NetworkMode, Port, Protocol, RevisionId, Shape, Task, WorkId};
use crate::plan::{Demand, Plan, Target};
use crate::units::{Cpu, MIB, Memory};
use serde::Serialize;

/// What a task requires of an instance.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Needs {
    /// CPU reserved. In JSON `cpuUnits`, in ECS's units of 1/1024 vCPU.
    #[serde(rename = "cpuUnits", serialize_with = "cpu_units")]
    pub cpu: Cpu,
    /// Memory reserved. In JSON `memoryMib`.
    #[serde(rename = "memoryMib", serialize_with = "mebibytes")]
    pub memory: Memory,
    /// Whole GPUs.
    pub gpus: u32,
    /// Network interfaces of the instance: one in the network mode `awsvpc`.
    pub interfaces: u32,
    /// The network mode.
    pub network_mode: &'static str,
    /// Host ports: `8080/tcp`.
    pub ports: Vec<String>,
    /// At most one task of the group per instance.
    pub distinct_instance: bool,
    /// The expressions of the constraints `memberOf`.
    pub member_of: Vec<String>,
    /// The processor architecture, where the task definition names one.
    pub architecture: Option<&'static str>,
    /// The operating system, where the task definition names one.
    pub operating_system: Option<&'static str>,
}

impl Needs {
    /// What a task needs, with the resources that were drawn for it.
    pub(super) fn of(plan: &Plan, work: WorkId, revision: RevisionId, shape: Shape) -> Self {
        let (demand, _) = asked(plan, work, revision);
        let distinct_instance = match work {
            WorkId::Entry(entry) => plan.tasks[entry.index()].distinct_instance,
            WorkId::Service(service) => plan.services[service.index()].distinct_instance,
        };
        let interfaces = match demand.network_mode {
            NetworkMode::Awsvpc if !demand.on_fargate => 1,
            _ => 0,
        };
        Self {
            cpu: shape.cpu,
            memory: shape.memory,
            gpus: shape.gpus,
            interfaces,
            network_mode: match demand.network_mode {
                NetworkMode::Bridge => "bridge",
                NetworkMode::Host => "host",
                NetworkMode::Awsvpc => "awsvpc",
                NetworkMode::None => "none",
            },
            ports: demand.host_ports.iter().map(|port| named(*port)).collect(),
            distinct_instance,
            member_of: demand
                .member_of
                .iter()
                .map(|query| query.text().to_string())
                .collect(),
            architecture: demand.architecture.map(|of| of.name()),
            operating_system: demand.operating_system.map(|of| of.name()),
        }
    }
}

/// What the task definition of a revision asks for, and where its tasks may run.
pub(super) fn asked(plan: &Plan, work: WorkId, revision: RevisionId) -> (&Demand, &Target) {
    match work {
        WorkId::Entry(entry) => {
            let entry = &plan.tasks[entry.index()];
            (&entry.demand, &entry.target)
        }
        WorkId::Service(service) => {
            let service = &plan.services[service.index()];
            if plan.deployments.is_empty() {
                return (&service.demand, &service.target);
            }
            let parts = service.revision(plan.task_revision(revision).number);
            (parts.demand, parts.target)
        }
    }
}

/// Where the tasks of an entry or service may run.
pub(super) fn target(plan: &Plan, work: WorkId) -> &Target {
    match work {
        WorkId::Entry(entry) => &plan.tasks[entry.index()].target,
        WorkId::Service(service) => &plan.services[service.index()].target,
    }
}

/// True for a task that runs on Fargate.
pub(super) fn is_on_fargate(plan: &Plan, work: WorkId, task: &Task) -> bool {
    plan.is_on_fargate(asked(plan, work, task.revision).1)
}

/// `8080/tcp`.
pub(super) fn named(port: Port) -> String {
    let protocol = match port.protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    };
    format!("{}/{protocol}", port.number)
}

/// CPU in ECS's units of 1/1024 vCPU.
pub(super) fn as_units(cpu: Cpu) -> f64 {
    cpu.as_vcpus_f64() * 1024.0
}

/// Memory in MiB, as ECS counts it.
pub(super) fn as_mebibytes(memory: Memory) -> f64 {
    memory.as_bytes() as f64 / MIB as f64
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
pub(super) fn cpu_units<S: serde::Serializer>(cpu: &Cpu, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(as_units(*cpu))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
pub(super) fn mebibytes<S: serde::Serializer>(of: &Memory, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(as_mebibytes(*of))
}

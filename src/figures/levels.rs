//! Levels: quantities that have a value at each time of a run, which `expect` can compare at a time
//! or within an interval. One row per level.

use super::definition::{Definition, figures};
use super::figure::all_and_each;
use super::measure::Of;
use super::names::Names;
use serde::{Deserialize, Serialize};

figures! {
    /// Levels of capacity providers: `capacity.<provider>…`; `all` is every provider together.
    ProviderLevel {
        Instances: "instances", Count, Neither,
            "registered instances, from registration to termination: failed, draining and disconnected ones included";
        InstancesLaunching: "instances.launching", Count, Neither,
            "instances from their launch until they register";
        InstancesDraining: "instances.draining", Count, Neither, "instances that are DRAINING";
        InstancesFailed: "instances.failed", Count, Lower,
            "instances that have failed and are not terminated";
        InstancesDesired: "instances.desired", Count, Neither,
            "the desired capacity of the Auto Scaling group; of `all` the sum";
        Tasks: "tasks", Count, Neither,
            "tasks that have capacity of the provider: starting, running or stopping";
        CpuTotal: "cpu.total", Vcpu, Neither, "registered CPU of instances that have not failed";
        CpuReserved: "cpu.reserved", Share, Higher,
            "share of that CPU that tasks have reserved; none without CPU, on Fargate always 1";
        CpuUsed: "cpu.used", Share, Higher,
            "share of that CPU that running tasks use; on Fargate of the billed size. Of services with a `load` or a `worker` it is what they used up to the latest minute or change, of other tasks what they requested";
        MemoryTotal: "memory.total", Gib, Neither,
            "registered memory of instances that have not failed";
        MemoryReserved: "memory.reserved", Share, Higher,
            "share of that memory that tasks have reserved; none without memory, on Fargate always 1";
        MemoryUsed: "memory.used", Share, Higher,
            "share of that memory that running tasks use; on Fargate of the billed size. Of services whose `load` says what memory they use it is what they used up to the latest minute or change, of other tasks what they requested";
        GpuTotal: "gpu.total", Gpus, Neither, "GPUs of instances that have not failed";
        GpuReserved: "gpu.reserved", Share, Higher, "share of these GPUs that tasks have reserved";
        Reservation: "capacityProviderReservation", Percent, Neither,
            "the metric `CapacityProviderReservation` at its latest measurement; none of `all` and without managed scaling";
    }
}

figures! {
    /// Levels of standalone work: `tasks.<entry>…`; `all` is every entry together.
    TasksLevel {
        Running: "running", Count, Neither, "tasks on capacity (starting or running)";
        Waiting: "waiting", Count, Lower, "tasks without capacity, in the job queue or in PROVISIONING";
        InSystem: "inSystem", Count, Neither, "tasks waiting or on capacity";
    }
}

figures! {
    /// Levels of services: `service.<name>…`; `all` is every service but daemons together.
    ServiceLevel {
        Desired: "desired", Count, Neither, "desired count; none for daemons";
        Running: "running", Count, Neither, "tasks whose last and desired status are RUNNING";
        Healthy: "healthy", Count, Neither, "tasks that count as healthy";
        Pending: "pending", Count, Lower,
            "tasks with desired status RUNNING that are not yet RUNNING";
        Waiting: "waiting", Count, Lower,
            "desired tasks without capacity: in PROVISIONING, or refused and tried again; none for daemons";
    }
}

/// What a level measures: its kind, its subject, and which level of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelOf {
    /// Of capacity providers.
    Capacity(Of, ProviderLevel),
    /// Of entries of `tasks`.
    Tasks(Of, TasksLevel),
    /// Of services.
    Service(Of, ServiceLevel),
}

impl LevelOf {
    /// The row of the level: unit, direction and documentation.
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::Capacity(_, level) => level.definition(),
            Self::Tasks(_, level) => level.definition(),
            Self::Service(_, level) => level.definition(),
        }
    }
}

/// A level of a plan with its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelPath {
    /// `capacity.ec2.instances`, `service.web.running`.
    pub path: String,
    /// What it measures.
    pub measure: LevelOf,
}

/// Every level of a plan with these names.
pub fn levels(names: &Names) -> Vec<LevelPath> {
    let mut levels = Vec::new();
    let mut add = |kind: &str, name: &str, measure: LevelOf| {
        let path = format!("{kind}.{name}.{}", measure.definition().suffix);
        levels.push(LevelPath { path, measure });
    };
    for (of, name) in all_and_each(&names.providers) {
        for level in ProviderLevel::ALL {
            let of_one = of != Of::All || *level != ProviderLevel::Reservation;
            if of_one {
                add("capacity", name, LevelOf::Capacity(of, *level));
            }
        }
    }
    for (of, name) in all_and_each(&names.tasks) {
        for level in TasksLevel::ALL {
            add("tasks", name, LevelOf::Tasks(of, *level));
        }
    }
    if !names.services.is_empty() {
        for (of, name) in all_and_each(&names.services) {
            for level in ServiceLevel::ALL {
                add("service", name, LevelOf::Service(of, *level));
            }
        }
    }
    levels
}

//! The changes that are tried.

use crate::explain::hosts::{HostName, TaskName};
use crate::explain::needs::{cpu_units, mebibytes};
use crate::simulation::HostState;
use crate::units::{Cpu, Memory, SimTime};
use serde::Serialize;

/// A change that would have placed the task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum Change {
    /// Less CPU or memory, or less of both.
    Smaller {
        /// CPU instead.
        #[serde(rename = "cpuUnits", serialize_with = "cpu_units")]
        cpu: Cpu,
        /// Memory instead.
        #[serde(rename = "memoryMib", serialize_with = "mebibytes")]
        memory: Memory,
    },
    /// Fewer GPUs.
    FewerGpus {
        /// GPUs instead.
        gpus: u32,
    },
    /// Host ports are free on an instance: tasks that have them leave it.
    FreedPorts {
        /// The tasks that leave.
        tasks: Vec<TaskName>,
        /// Their instance.
        instance: u64,
    },
    /// Dynamic host ports instead of these fixed ones.
    DynamicPorts {
        /// The fixed ports.
        ports: Vec<String>,
    },
    /// Without the constraint `distinctInstance`.
    WithoutDistinctInstance,
    /// Without these expressions of the constraints `memberOf`.
    WithoutMemberOf {
        /// The expressions.
        expressions: Vec<String>,
    },
    /// A task definition for another platform.
    OtherPlatform {
        /// The processor architecture instead.
        architecture: &'static str,
        /// The operating system instead.
        operating_system: &'static str,
    },
    /// Without a network interface of its own: the network mode `bridge` or `host`.
    WithoutInterface,
    /// An instance that is given no tasks is ACTIVE and connected.
    Active {
        /// The instance.
        instance: u64,
        /// Its state.
        state: HostState,
    },
    /// No change: an instance that is starting takes the task when it has registered.
    Starting {
        /// The instance.
        instance: u64,
        /// When it will register.
        #[serde(rename = "expectedMicros")]
        expected: SimTime,
    },
    /// The job queue does not wait for its head: `jobQueue.order: skipAhead`.
    SkipAhead,
    /// One more instance, or several where tasks before this one take the first ones.
    MoreInstances {
        /// Their number.
        instances: u32,
        /// Its type.
        instance_type: String,
        /// Its capacity provider.
        provider: String,
        /// Its zone.
        zone: String,
        /// The price of the type per hour, in USD; `None` where the plan has none.
        usd_per_hour: Option<f64>,
        /// The price of all of them per hour, in USD.
        usd_per_hour_together: Option<f64>,
        /// Instances that are starting, and that are not counted in the number; they are not enough.
        starting: u32,
        /// The `maxSize` of the Auto Scaling group and the one that they need, where it must be raised.
        max_size: Option<[u32; 2]>,
    },
    /// Another capacity provider.
    OtherProvider {
        /// The provider.
        provider: String,
    },
}

/// A change that was tried and would have placed the task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// Where the task would have been placed; `None`: on the additional instance.
    pub placed_on: Option<HostName>,
}

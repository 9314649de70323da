//! Why tasks have no capacity, as figures and pages name it.

use serde::{Deserialize, Serialize};

/// Why tasks have no capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitReason {
    /// An attribute is missing, such as the processor's architecture.
    Attribute,
    /// A placement constraint `memberOf` is not met.
    MemberOf,
    /// Too little CPU is free.
    Cpu,
    /// Too little memory is free.
    Memory,
    /// A host port is taken.
    Ports,
    /// Too few GPUs are free.
    Gpu,
    /// No network interface is free.
    Interface,
    /// The constraint `distinctInstance` is not met.
    Constraint,
    /// There is no instance that may be given tasks.
    NoInstance,
    /// Fargate has no capacity.
    Fargate,
    /// A limit of AWS: tasks in PROVISIONING, Fargate's launch rate or its quota of vCPUs.
    Limit,
    /// The head of the job queue has no room, and the others stand behind it.
    Queue,
}

impl WaitReason {
    /// Every reason, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Attribute,
        Self::MemberOf,
        Self::Cpu,
        Self::Memory,
        Self::Ports,
        Self::Gpu,
        Self::Interface,
        Self::Constraint,
        Self::NoInstance,
        Self::Fargate,
        Self::Limit,
        Self::Queue,
    ];

    /// Its name in the paths of figures and in `events.jsonl`: `waiting.cpu.mean`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Ports => "ports",
            Self::Gpu => "gpu",
            Self::Interface => "interface",
            Self::MemberOf => "memberOf",
            Self::Constraint => "constraint",
            Self::NoInstance => "noInstance",
            Self::Fargate => "fargate",
            Self::Limit => "limit",
            Self::Queue => "queue",
        }
    }

    /// What is lacking, in words: `CPU`, `a free host port`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Attribute => "a required attribute",
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Ports => "a free host port",
            Self::Gpu => "GPUs",
            Self::Interface => "a network interface",
            Self::MemberOf => "what `memberOf` demands",
            Self::Constraint => "an instance without a task of the same group",
            Self::NoInstance => "an instance: there was none",
            Self::Fargate => "capacity of Fargate",
            Self::Limit => "room within a limit of AWS",
            Self::Queue => "a place in front of the job queue",
        }
    }
}

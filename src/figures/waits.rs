//! Why tasks have no capacity, as figures and pages name it. Each reason is a figure of services and
//! of standalone work: `waiting.<reason>.mean`.

use super::definition::{Better, Definition, Unit};
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
    /// The head of the job queue has no room, and the others stand behind it; or tasks of an earlier
    /// arrival of their schedule have not left.
    Queue,
}

/// The rows of the figures, in the order of [`WaitReason::ALL`].
static FIGURES: [Definition; WaitReason::ALL.len()] = [
    row(
        "waiting.attribute.mean",
        "of the waiting tasks, those for which the closest instance lacks an attribute, time mean; here and below by the latest task that found no room, looked at once a minute at most",
    ),
    row(
        "waiting.memberOf.mean",
        "of the waiting tasks, those of which no instance meets `memberOf`, time mean",
    ),
    row(
        "waiting.cpu.mean",
        "of the waiting tasks, those for which the closest instance has too little free CPU, time mean",
    ),
    row(
        "waiting.memory.mean",
        "of the waiting tasks, those for which it has too little free memory, time mean",
    ),
    row(
        "waiting.ports.mean",
        "of the waiting tasks, those of which a host port is taken on it, time mean",
    ),
    row(
        "waiting.gpu.mean",
        "of the waiting tasks, those for which it has too few free GPUs, time mean",
    ),
    row(
        "waiting.interface.mean",
        "of the waiting tasks, those for which it has no free network interface, time mean",
    ),
    row(
        "waiting.constraint.mean",
        "of the waiting tasks, those that `distinctInstance` keeps from it, time mean",
    ),
    row(
        "waiting.noInstance.mean",
        "of the waiting tasks, those for which there is no instance at all, time mean",
    ),
    row(
        "waiting.fargate.mean",
        "of the waiting tasks, those for which Fargate has no capacity, time mean",
    ),
    row(
        "waiting.limit.mean",
        "of the waiting tasks, those that a limit of AWS holds back: tasks in PROVISIONING, or Fargate's launch rate or quota, time mean",
    ),
    row(
        "waiting.queue.mean",
        "of the waiting tasks, those behind the head of the job queue, or behind tasks of an earlier arrival of their schedule, time mean",
    ),
];

/// The row of one figure.
const fn row(suffix: &'static str, doc: &'static str) -> Definition {
    Definition {
        suffix,
        unit: Unit::Count,
        better: Better::Lower,
        pooled: false,
        doc,
    }
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

    /// The row of the figure of the tasks that wait for this reason.
    pub fn definition(self) -> &'static Definition {
        &FIGURES[self as usize]
    }

    /// Its name in the paths of figures and in `events.jsonl`: the `cpu` of `waiting.cpu.mean`.
    pub fn name(self) -> &'static str {
        self.definition().suffix.split('.').nth(1).unwrap_or("")
    }

    /// ECS's code for it, where there is one (facts/ecs.md 58, 114); else words.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Attribute => "ATTRIBUTE",
            Self::Cpu => "RESOURCE:CPU",
            Self::Memory => "RESOURCE:MEMORY",
            Self::Ports => "RESOURCE:PORTS",
            Self::Gpu => "RESOURCE:GPU",
            Self::Interface => "RESOURCE:ENI",
            Self::MemberOf => "MemberOf placement constraint unsatisfied",
            Self::Constraint => "DistinctInstance placement constraint unsatisfied",
            Self::NoInstance => "AGENT",
            Self::Fargate => "RESOURCE:FARGATE",
            Self::Limit => "a limit of AWS",
            Self::Queue => "the head of the job queue",
        }
    }

    /// What is lacking, in words: `CPU`, `a free host port`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Attribute => "the required platform",
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
            Self::Queue => "their turn in the queue",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_name_of_its_reason() {
        for (number, reason) in WaitReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, number);
            let name = serde_json::to_string(&reason).expect("it is a name");
            assert_eq!(name, format!("\"{}\"", reason.name()));
        }
    }
}

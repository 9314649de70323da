//! The resources and the platform that tasks require.

use crate::catalog::{Architecture, OperatingSystem};
use crate::cluster::{NetworkMode, Port, Query};
use crate::engine::random::Distribution;
use crate::units::{Cpu, Memory};

/// The requirements of each task of an entry or service: values of the task definition, or values
/// drawn when the task is created, where the entry's `overrides` have a law. Columns of a trace
/// override both.
#[derive(Clone, Debug)]
pub struct Demand {
    /// CPU reserved (facts/ecs.md 12).
    pub cpu: Drawn<Cpu>,
    /// Memory reserved (facts/ecs.md 12).
    pub memory: MemoryDemand,
    /// Whole GPUs (facts/ecs.md 15).
    pub gpus: u32,
    /// Host ports reserved on the instance: only in bridge mode with a static port, and in
    /// host mode (facts/ecs.md 13).
    pub host_ports: Vec<Port>,
    /// The network mode; `awsvpc` reserves a network interface of the instance.
    pub network_mode: NetworkMode,
    /// The processor that the definition's `runtimePlatform` demands; `None`: any.
    pub architecture: Option<Architecture>,
    /// The operating system that `runtimePlatform` demands; `None`: any.
    pub operating_system: Option<OperatingSystem>,
    /// The constraints `memberOf` on the instance, of the task definition and of the entry or service
    /// (facts/ecs.md 96).
    pub member_of: Vec<Query>,
    /// Fargate's ephemeral storage; 20 GiB unless set (facts/ecs.md 26).
    pub ephemeral_storage: Memory,
    /// True for a task on Fargate: a drawn or traced size is rounded up to the smallest valid size.
    pub on_fargate: bool,
    /// True when the task as a whole has a `cpu`: then its containers together cannot use more
    /// (facts/ecs.md 251). On Fargate every task has one.
    pub cpu_is_limit: bool,
    /// True when the task as a whole has a `memory`: then its containers together may not use more.
    /// On Fargate every task has one.
    pub memory_is_limit: bool,
}

/// A fixed value, or a law from which one is drawn per task.
#[derive(Clone, Debug)]
pub enum Drawn<T> {
    /// The same for every task.
    Fixed(T),
    /// Drawn when the task is created. CPU in ECS units, memory in bytes; rounded to a whole unit
    /// or MiB.
    From(Distribution),
}

/// How a task's memory is given.
#[derive(Clone, Debug)]
pub enum MemoryDemand {
    /// An amount.
    Absolute(Drawn<Memory>),
    /// Bytes per vCPU of the task's CPU, drawn per task; rounded to a whole MiB.
    PerVcpu(Distribution),
}

impl Demand {
    /// True when the memory of a task limits what its containers use together (facts/ecs.md 64).
    pub fn limits_memory(&self) -> bool {
        self.on_fargate || self.memory_is_limit
    }

    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        self.cpu.is_certain()
            && match &self.memory {
                MemoryDemand::Absolute(memory) => memory.is_certain(),
                MemoryDemand::PerVcpu(law) => law.is_certain(),
            }
    }
}

impl<T> Drawn<T> {
    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::From(law) => law.is_certain(),
        }
    }
}

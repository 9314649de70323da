//! What a task takes from an instance: one resource vector for every orchestrator.

use super::{GroupId, PoolId};
use crate::units::{Cpu, Memory};
use serde::{Deserialize, Serialize};

/// A resource that placement looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
}

/// The amounts that a task takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    /// CPU reserved.
    pub cpu: Cpu,
    /// Memory reserved.
    pub memory: Memory,
    /// Network interfaces: one in `awsvpc` mode (facts/ecs.md 120), else none.
    pub interfaces: u32,
    /// Whole GPUs (facts/ecs.md 15).
    pub gpus: u32,
}

impl Shape {
    /// What is left of it once another is taken away; nothing where that is more.
    pub fn less(&self, other: &Self) -> Self {
        Self {
            cpu: Cpu::base(self.cpu.as_base().saturating_sub(other.cpu.as_base())),
            memory: Memory::bytes(
                self.memory
                    .as_bytes()
                    .saturating_sub(other.memory.as_bytes()),
            ),
            interfaces: self.interfaces.saturating_sub(other.interfaces),
            gpus: self.gpus.saturating_sub(other.gpus),
        }
    }
}

/// What all tasks of an entry demand of an instance besides amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Pools of the right provider, architecture and operating system, ascending.
    pub pools: Vec<PoolId>,
    /// Host ports that must be free.
    pub ports: Vec<Port>,
    /// The group that the task counts to.
    pub group: GroupId,
    /// Every task of the group is on another instance (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// It is a daemon's: an instance with nothing else counts as empty (facts/ecs.md 139).
    pub daemon: bool,
}

impl Requirement {
    /// True when the pool is eligible.
    #[inline]
    pub fn allows(&self, pool: PoolId) -> bool {
        match self.pools.as_slice() {
            [only] => *only == pool,
            pools => pools.binary_search(&pool).is_ok(),
        }
    }
}

/// What one task asks of the cluster.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The amounts.
    pub shape: Shape,
    /// The rest.
    pub requirement: &'a Requirement,
}

/// Why an instance has no room (facts/ecs.md 114, 115).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lack {
    /// `ATTRIBUTE`: wrong provider, architecture or operating system.
    Attribute,
    /// `RESOURCE:CPU`.
    Cpu,
    /// `RESOURCE:MEMORY`.
    Memory,
    /// `RESOURCE:PORTS`.
    Ports,
    /// `RESOURCE:GPU`.
    Gpu,
    /// `RESOURCE:ENI`.
    Interface,
    /// `distinctInstance` is not met.
    Constraint,
    /// `AGENT`: it takes no tasks: not registered, draining, disconnected or gone.
    Agent,
}

/// A network mode (facts/ecs.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkMode {
    /// Docker's bridge; the default on EC2.
    Bridge,
    /// The instance's own network.
    Host,
    /// An interface per task.
    Awsvpc,
    /// No network.
    None,
}

/// A host port with its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// 1 to 65535.
    pub number: u16,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

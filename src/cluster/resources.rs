//! The resources and conditions that a task requires of an instance.

use super::{Condition, GroupId, InstanceId, PoolId};
use crate::units::{Cpu, Memory};
use serde::{Deserialize, Serialize};

/// A resource that placement policies compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
}

/// The resources that a task reserves.
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
    /// The difference of each resource; zero where `other` has more.
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

/// The conditions that all tasks of a lane put on an instance, in addition to amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Eligible pools, ascending: those of the lane's provider, architecture and operating
    /// system.
    pub pools: Vec<PoolId>,
    /// Host ports that the task reserves; they must be free (facts/ecs.md 13, 14).
    pub ports: Vec<Port>,
    /// The task group that the task is counted in (facts/ecs.md 33).
    pub group: GroupId,
    /// True when an instance takes at most one task of the group: `distinctInstance`
    /// (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// The constraints `memberOf` (facts/ecs.md 96).
    pub member_of: MemberOf,
    /// True for a daemon task. An instance that has only daemon tasks counts as empty
    /// (facts/ecs.md 139).
    pub daemon: bool,
}

/// What the constraints `memberOf` of a lane come to on each pool. Pools on which they always hold
/// are in neither list, so that a task pays nothing for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberOf {
    /// The pools, ascending, on which they never hold. They are not among
    /// [`Requirement::pools`], and would be without the constraints.
    pub excluded: Vec<PoolId>,
    /// The eligible pools, ascending, whose instances are compared one by one.
    pub conditions: Vec<(PoolId, Condition)>,
    /// True when some condition can differ between two instances without tasks.
    pub tells_empty_apart: bool,
}

impl MemberOf {
    /// Adds the pools of which these are the conditions, ascending.
    pub fn new(pools: impl IntoIterator<Item = (PoolId, Condition)>) -> Self {
        let mut made = Self::default();
        for (pool, condition) in pools {
            match condition {
                Condition::Always(true) => {}
                Condition::Always(false) => made.excluded.push(pool),
                _ => {
                    made.tells_empty_apart |= condition.tells_empty_apart();
                    made.conditions.push((pool, condition));
                }
            }
        }
        made
    }

    /// True when the constraints never hold on the pool.
    pub fn excludes(&self, pool: PoolId) -> bool {
        self.excluded.binary_search(&pool).is_ok()
    }

    /// The condition on the instances of a pool; `None` when there is none.
    pub(super) fn condition(&self, pool: PoolId) -> Option<&Condition> {
        let found = self.conditions.binary_search_by_key(&pool, |(of, _)| *of);
        found.ok().map(|at| &self.conditions[at].1)
    }

    /// True when a placement of another task can make an instance meet the constraints.
    pub fn can_come_true_by_a_placement(&self) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.any(|(_, condition)| condition.can_come_true_by_a_placement())
    }
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

/// All that one task requires of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The resources.
    pub shape: Shape,
    /// The conditions.
    pub requirement: &'a Requirement,
}

/// Why a request does not fit an instance (facts/ecs.md 114, 115). The names in code font are
/// ECS's failure reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lack {
    /// `ATTRIBUTE`: wrong provider, architecture or operating system.
    Attribute,
    /// `MemberOf placement constraint unsatisfied` (facts/ecs.md 58). It is compared before the
    /// resources: what the instances lack that the constraint allows tells more.
    MemberOf,
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
    /// The constraint `distinctInstance` is not met.
    Constraint,
    /// `AGENT`: the instance takes no tasks, because it has not registered, is draining, is
    /// disconnected or is terminated.
    Agent,
}

impl Lack {
    /// Every kind, in the order in which ECS checks them (facts/ecs.md 115).
    pub const ALL: [Self; 9] = [
        Self::Attribute,
        Self::MemberOf,
        Self::Cpu,
        Self::Memory,
        Self::Ports,
        Self::Gpu,
        Self::Interface,
        Self::Constraint,
        Self::Agent,
    ];

    /// Every kind, in the order in which the first lack of one instance is named (facts/ecs.md 115).
    pub const CHECKED: [Self; 9] = [
        Self::Agent,
        Self::Attribute,
        Self::MemberOf,
        Self::Cpu,
        Self::Memory,
        Self::Ports,
        Self::Gpu,
        Self::Interface,
        Self::Constraint,
    ];

    /// ECS's code for it (facts/ecs.md 58, 114). For `distinctInstance` ECS documents none; this one
    /// is formed like that of `memberOf`.
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
            Self::Agent => "AGENT",
        }
    }
}

/// How many instances a task was compared with, and how many of them lacked what. Each instance is
/// counted once, by the first of ECS's checks that it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lacks {
    /// The instances that could be given tasks at that time.
    pub instances: u32,
    /// The number of instances by [`Lack`], in the order of [`Lack::ALL`].
    counts: [u32; 9],
    /// The closest matching instance and the first check that it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closest: Option<(InstanceId, Lack)>,
}

impl Lacks {
    /// Counts `instances` more instances, all of which lack the same; nothing where that is `None`.
    pub fn add(&mut self, instances: u32, lack: Option<Lack>) {
        self.instances += instances;
        if let Some(lack) = lack {
            self.counts[lack as usize] += instances;
        }
    }

    /// The number of instances that lack this.
    pub fn count(&self, lack: Lack) -> u32 {
        self.counts[lack as usize]
    }

    /// Names the closest matching instance.
    pub(crate) fn name_closest(&mut self, instance: InstanceId, lack: Lack) {
        self.closest = Some((instance, lack));
    }

    /// The closest matching instance, where one was named (facts/ecs.md 115).
    pub fn closest_instance(&self) -> Option<InstanceId> {
        self.closest.map(|(instance, _)| instance)
    }

    /// What the closest matching instance lacks (facts/ecs.md 115); where none was named, the latest of the
    /// checks that an instance fails. Without instances it is the agent.
    pub fn closest(&self) -> Lack {
        if let Some((_, lack)) = self.closest {
            return lack;
        }
        let mut lacks = Lack::ALL.into_iter().rev();
        lacks
            .find(|lack| self.count(*lack) > 0)
            .unwrap_or(Lack::Agent)
    }
}

/// A network mode (facts/ecs.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkMode {
    /// `bridge`: Docker's virtual network; the default on EC2.
    Bridge,
    /// `host`: the network of the instance.
    Host,
    /// `awsvpc`: an elastic network interface per task; the only mode on Fargate.
    Awsvpc,
    /// `none`: no network.
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

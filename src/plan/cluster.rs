//! The capacity of a plan: zones, instance types and capacity providers.

use super::{AutoScalingGroup, InstanceManagement, Target};
use crate::catalog::{Architecture, CpuCredits, OperatingSystem, SpotOffer};
use crate::units::{Cpu, Decimal, Memory, Span, Usd};
use std::collections::BTreeMap;

/// The speed of a processor with which times of CPU are measured.
pub const REFERENCE_SPEED: Decimal = Decimal::whole(1);

/// The capacity of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Availability Zones, in the order of the file.
    pub zones: Vec<String>,
    /// Every instance type in use.
    pub instance_types: Vec<InstanceType>,
    /// Capacity providers, in the order of the file.
    pub providers: Vec<Provider>,
}

/// A capacity provider: named capacity that tasks are placed on.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name; `FARGATE` for Fargate.
    pub name: String,
    /// Its capacity.
    pub capacity: Capacity,
}

/// The capacity of a capacity provider.
#[derive(Clone, Debug)]
pub enum Capacity {
    /// A fixed fleet: instances that exist from the start to the end of the run, registered in this
    /// order. The instances of a member are divided over its zones in turn.
    Fleet(Vec<FleetMember>),
    /// An Auto Scaling group, or the instances of ECS Managed Instances.
    Group(Box<AutoScalingGroup>),
    /// Fargate.
    Fargate,
    /// Fargate Spot: spare capacity that AWS may reclaim (facts/ecs.md 234).
    FargateSpot,
}

impl Capacity {
    /// True for Fargate and Fargate Spot, which have no instances.
    pub fn is_fargate(&self) -> bool {
        matches!(self, Self::Fargate | Self::FargateSpot)
    }

    /// True for ECS Managed Instances.
    pub fn is_managed_instances(&self) -> bool {
        matches!(self, Self::Group(group) if group.managed_instances.is_some())
    }

    /// True when ECS adds instances for tasks that wait in PROVISIONING (facts/ecs.md 42d, 54).
    pub fn grows_for_tasks(&self) -> bool {
        matches!(self, Self::Group(group) if group.grows_for_tasks())
    }

    /// The name of its kind. A strategy has providers of one kind only (facts/ecs.md 42).
    pub fn kind(&self) -> &'static str {
        if self.is_fargate() {
            "Fargate"
        } else if self.is_managed_instances() {
            "Managed Instances"
        } else {
            "EC2"
        }
    }
}

impl Cluster {
    /// The providers that tasks with a target may go to, with their indices. Tasks of the launch type
    /// EC2 go to all instances but those of Managed Instances (facts/ecs.md 42e).
    pub fn providers_of<'c>(
        &'c self,
        target: &Target,
    ) -> impl Iterator<Item = (usize, &'c Provider)> + use<'c> {
        let wanted = target.providers();
        let all = self.providers.iter().enumerate();
        all.filter(move |(index, provider)| match wanted.is_empty() {
            true => !provider.capacity.is_managed_instances(),
            false => wanted.contains(index),
        })
    }
}

/// Some equal instances of a fixed fleet.
#[derive(Clone, Debug)]
pub struct FleetMember {
    /// Index into [`Cluster::instance_types`].
    pub instance_type: usize,
    /// Number of instances.
    pub count: Count,
    /// Indices into [`Cluster::zones`]. The n-th instance of the whole fleet takes the n-th of
    /// these zones, counted cyclically.
    pub zones: Vec<usize>,
    /// Custom attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The version of the ECS agent, with which `agentVersion` is compared; `None`: not known.
    pub agent_version: Option<String>,
    /// The size of the gp3 root volume; `None` for none.
    pub root_volume: Option<Memory>,
    /// The credit option of burstable instances; `None`: that of their family.
    pub cpu_credits: Option<CpuCredits>,
}

impl Provider {
    /// `targetCapacity` in percent; 100 without managed scaling.
    pub fn target_capacity(&self) -> u32 {
        let scaling = match &self.capacity {
            Capacity::Group(group) => group.managed_scaling,
            _ => None,
        };
        scaling.map_or(100, |scaling| scaling.target_capacity)
    }
}

/// The number of instances of a fleet member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// A fixed number of instances.
    Fixed(u32),
    /// The smallest number of instances with which no task waits longer than the bound in any of
    /// seeds 1 to N. The runner finds it. Members that are to fit share one number.
    Fit {
        /// The longest wait that is still accepted.
        longest_wait: Span,
    },
}

/// An EC2 instance type, or one of the user's own.
#[derive(Clone, Debug)]
pub struct InstanceType {
    /// `m6i.large`, or the name of a type of the user's own.
    pub name: String,
    /// Registered CPU: vCPU × 1,024 units (facts/ecs.md 37).
    pub cpu: Cpu,
    /// Registered memory (facts/ecs.md 37 to 39).
    pub memory: Memory,
    /// The memory that its operating system reports: the containers and the system share it. It is
    /// the registered memory and what `ECS_RESERVED_MEMORY` keeps (facts/ecs.md 37).
    pub os_memory: Memory,
    /// Whole GPUs that ECS assigns to tasks: those of NVIDIA.
    pub gpus: u32,
    /// Number of `awsvpc` tasks that it can hold at once (facts/ecs.md 120 to 122).
    pub task_interfaces: u32,
    /// True when its instances have a trunk interface, which is attached before they take tasks
    /// (facts/ecs.md 120, 123).
    pub trunked: bool,
    /// Its attributes besides those of ECS, by name.
    pub attributes: BTreeMap<String, String>,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub operating_system: OperatingSystem,
    /// On-Demand price per hour; `None` where the catalog has none. A plan with instances of a type
    /// without a price is not valid.
    pub price_per_hour: Option<Usd>,
    /// Spot price and interruption band; `None` where the Spot Advisor does not list the type in
    /// the region, and for a type of the user's own without them.
    pub spot: Option<SpotOffer>,
    /// How fast a vCPU works on requests, as a multiple of the reference; above zero.
    pub speed: Decimal,
    /// True for a type the scenario defines itself.
    pub own: bool,
}

impl InstanceType {
    /// The fee per hour for an instance as a Managed Instance, in a run that starts at a time in Unix
    /// seconds; `None` where the price on demand is not known.
    pub fn management_fee(&self, management: &InstanceManagement, start: i64) -> Option<Usd> {
        let name = if self.own { "" } else { self.name.as_str() };
        Some(management.fee_per_hour(name, self.price_per_hour?, start))
    }
}

//! The capacity of a plan: zones, instance types and capacity providers.

use super::AutoScalingGroup;
use crate::catalog::{Architecture, OperatingSystem, SpotOffer};
use crate::units::{Cpu, Memory, Span, Usd};
use std::collections::BTreeMap;

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
    /// What stands behind it.
    pub capacity: Capacity,
}

/// What stands behind a capacity provider.
#[derive(Clone, Debug)]
pub enum Capacity {
    /// Instances that are there from start to end, registered in this order, each member's
    /// copies over its zones in turn.
    Fleet(Vec<FleetMember>),
    /// Instances that come and go.
    Group(Box<AutoScalingGroup>),
    /// Serverless.
    Fargate,
    /// Serverless, on spare capacity that AWS takes back (facts/ecs.md 234).
    FargateSpot,
}

impl Capacity {
    /// True for what has no instances.
    pub fn is_fargate(&self) -> bool {
        matches!(self, Self::Fargate | Self::FargateSpot)
    }
}

/// Some equal instances of a fixed fleet.
#[derive(Clone, Debug)]
pub struct FleetMember {
    /// Index into [`Cluster::instance_types`].
    pub instance_type: usize,
    /// How many.
    pub count: Count,
    /// Indices into [`Cluster::zones`]; the first instance of the fleet starts at the first
    /// zone, and the turn goes on over all members.
    pub zones: Vec<usize>,
    /// Custom attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The size of the gp3 root volume; `None` for none.
    pub root_volume: Option<Memory>,
}

/// How many instances a fleet member has.
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
    /// `m6i.large`, or the name the user gave.
    pub name: String,
    /// Registered CPU: vCPU × 1,024 units (facts/ecs.md 37).
    pub cpu: Cpu,
    /// Registered memory (facts/ecs.md 37 to 39).
    pub memory: Memory,
    /// Whole GPUs.
    pub gpus: u32,
    /// How many `awsvpc` tasks it can hold at once (facts/ecs.md 120 to 122).
    pub task_interfaces: u32,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub operating_system: OperatingSystem,
    /// Price of an hour on demand; `None` where the catalog's cell is empty (then it is an
    /// error to have a positive count, found when the plan is made).
    pub price_per_hour: Option<Usd>,
    /// What it costs on Spot and how safe it is; `None` where the Spot Advisor does not list
    /// it in the region, and for a type of one's own that is not given it.
    pub spot: Option<SpotOffer>,
    /// True for a type the scenario defines itself.
    pub own: bool,
}

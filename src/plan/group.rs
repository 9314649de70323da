//! Auto Scaling groups, the instances of Managed Instances, ECS managed scaling, and the Spot market.

pub use crate::policy::provisioning::group::{AllocationStrategy, TerminationPolicy};

use super::{ManagedInstances, PullBehavior};
use crate::catalog::CpuCredits;
use crate::engine::random::Distribution;
use crate::units::{Memory, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Instances of a capacity provider that are launched and terminated during the run: those of an
/// Auto Scaling group, or those of ECS Managed Instances (`managed_instances`).
#[derive(Clone, Debug)]
pub struct AutoScalingGroup {
    /// Indices into [`Cluster::instance_types`](super::Cluster::instance_types), the
    /// preferred first.
    pub types: Vec<usize>,
    /// Indices into [`Cluster::zones`](super::Cluster::zones).
    pub zones: Vec<usize>,
    /// `minSize`.
    pub min_size: u32,
    /// `maxSize`.
    pub max_size: u32,
    /// `desiredCapacity` at the start.
    pub desired_capacity: u32,
    /// True: the instances of the start are registered and warm at time zero, as if they had run
    /// before. False: they are launched at time zero and boot.
    pub registered_at_start: bool,
    /// The purchase options and the choice of instance types.
    pub mix: InstancesDistribution,
    /// The order of terminations (facts/ecs.md 162).
    pub termination_policy: TerminationPolicy,
    /// `newInstancesProtectedFromScaleIn`.
    pub protected_from_scale_in: bool,
    /// Custom attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The version of the ECS agent, with which `agentVersion` is compared; `None`: not known.
    pub agent_version: Option<String>,
    /// The size of the gp3 root volume; `None` for none.
    pub root_volume: Option<Memory>,
    /// The credit option of burstable instances; `None`: that of their family.
    pub cpu_credits: Option<CpuCredits>,
    /// Seconds from the launch until the agent has registered; `None`: the assumption.
    pub boot: Option<Distribution>,
    /// ECS managed scaling, if it is enabled.
    pub managed_scaling: Option<ManagedScaling>,
    /// `managedTerminationProtection` (facts/ecs.md 158).
    pub managed_termination_protection: bool,
    /// `managedDraining` (facts/ecs.md 160).
    pub managed_draining: bool,
    /// `ECS_ENABLE_SPOT_INSTANCE_DRAINING` (facts/ecs.md 229).
    pub spot_instance_draining: bool,
    /// `ECS_IMAGE_PULL_BEHAVIOR`.
    pub pull_behavior: PullBehavior,
    /// The settings of ECS Managed Instances: ECS launches and terminates the instances itself,
    /// without sizes and desired capacity. `None` for an Auto Scaling group.
    pub managed_instances: Option<ManagedInstances>,
}

impl AutoScalingGroup {
    /// True when ECS adds instances for tasks that wait in PROVISIONING: by managed scaling, or as
    /// Managed Instances (facts/ecs.md 42d, 54).
    pub fn grows_for_tasks(&self) -> bool {
        self.managed_scaling.is_some() || self.managed_instances.is_some()
    }
}

/// `mixedInstancesPolicy.instancesDistribution` (facts/ecs.md 168).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstancesDistribution {
    /// `onDemandBaseCapacity`.
    pub on_demand_base_capacity: u32,
    /// `onDemandPercentageAboveBaseCapacity`, 0 to 100; 100: no Spot.
    pub on_demand_percentage_above_base: u32,
    /// `onDemandAllocationStrategy`.
    pub on_demand_allocation: AllocationStrategy,
    /// `spotAllocationStrategy`.
    pub spot_allocation: AllocationStrategy,
}

impl Default for InstancesDistribution {
    fn default() -> Self {
        Self {
            on_demand_base_capacity: 0,
            on_demand_percentage_above_base: 100,
            on_demand_allocation: AllocationStrategy::Prioritized,
            spot_allocation: AllocationStrategy::PriceCapacityOptimized,
        }
    }
}

/// ECS managed scaling (facts/ecs.md 147 to 157).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagedScaling {
    /// `targetCapacity` in percent, 1 to 100.
    pub target_capacity: u32,
    /// `minimumScalingStepSize`.
    pub minimum_step: u32,
    /// `maximumScalingStepSize`.
    pub maximum_step: u32,
    /// `instanceWarmupPeriod`.
    pub instance_warmup: Span,
}

/// The Spot market: how often AWS interrupts instances.
#[derive(Clone, Debug, Default)]
pub struct SpotMarket {
    /// The model of interruptions of instances.
    pub interruptions: Interruptions,
    /// The model of interruptions of Fargate tasks. `Bands`: the assumption, as the Spot Advisor
    /// does not list Fargate.
    pub fargate_interruptions: Interruptions,
    /// Records of pools, which override `interruptions` for their types and zones.
    pub series: Vec<SpotSeries>,
}

/// The model of the interruptions of Spot pools.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Interruptions {
    /// By the type's band in the Spot Advisor (facts/platform.md 8.4.2 to 8.4.4).
    #[default]
    Bands,
    /// The same probability per instance and month for all types, 0 to below 1.
    PerMonth(f64),
    /// The same rate for all types: how often an instance is interrupted in an hour of its life, at
    /// most [`MOST_PER_HOUR`](Self::MOST_PER_HOUR).
    PerHour(f64),
}

impl Interruptions {
    /// The highest rate: once a second.
    pub const MOST_PER_HOUR: f64 = 3_600.0;
}

/// The recorded availability of one pool.
#[derive(Clone, Debug)]
pub struct SpotSeries {
    /// Index of the instance type; `None`: every type that has no record of its own there.
    pub instance_type: Option<usize>,
    /// Index of the zone.
    pub zone: usize,
    /// Time between two records.
    pub gap: Span,
    /// Number of instances that the pool can hold, per record. The last value applies to the end of
    /// the run. In a binary record 1 means any number.
    pub levels: Arc<[u32]>,
    /// True when the record holds only zeros and ones.
    pub is_binary: bool,
}

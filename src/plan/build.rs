//! Plans built by hand: constructors with the defaults of a scenario file, to be completed by
//! struct update.

use super::{
    Arrivals, Assumptions, AutoScalingGroup, Behavior, Capacity, Cluster, Container, Count, Demand,
    DeploymentRules, Drawn, FleetMember, Image, InstanceType, InstancesDistribution, Layer,
    ManagedInstances, ManagedScaling, MemoryDemand, OnNoCapacity, OnStillRunning, PlacementRule,
    Plan, Prices, Provider, PullBehavior, REFERENCE_SPEED, RateShape, Registry, Retry, Scheduling,
    Service, Target, TaskEntry, TerminationPolicy, Trace, TraceRow,
};
use crate::catalog::{self, Architecture, OperatingSystem};
use crate::cluster::NetworkMode;
use crate::engine::random::{CountLaw, Distribution};
use crate::units::{Cpu, Memory, Rate, SimTime, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Number of `awsvpc` tasks that an instance type of the user's own holds, unless set: in practice
/// no limit.
pub const OWN_TASK_INTERFACES: u32 = 10_000;

/// The size of the root volume of instances of the catalog, unless set.
pub const ROOT_VOLUME: Memory = Memory::gib(30);

/// The largest number of tasks of a service (facts/ecs.md 43).
pub const MOST_TASKS: u32 = 5_000;

/// Time from SIGTERM to SIGKILL, unless set (facts/ecs.md 23).
const STOP_TIMEOUT: Span = Span::seconds(30);

impl Plan {
    /// A plan for a region with its prices, three zones and ECR; it ends when all work has
    /// left.
    pub fn new(scenario: impl Into<String>, region: &str) -> Self {
        Self {
            scenario: scenario.into(),
            region: region.into(),
            cluster: Cluster {
                zones: ["a", "b", "c"].map(|zone| format!("{region}{zone}")).into(),
                ..Cluster::default()
            },
            registries: vec![Registry {
                name: "ECR".into(),
                limit: None,
            }],
            prices: Prices::of_region(region),
            ..Self::default()
        }
    }
}

impl Prices {
    /// The catalog's prices of a region; all `None` for a region that the catalog does not have.
    pub fn of_region(region: &str) -> Self {
        Self {
            fargate_x86: catalog::fargate_prices(region, Architecture::X86),
            fargate_arm: catalog::fargate_prices(region, Architecture::Arm),
            services: catalog::service_prices(region).unwrap_or_default(),
            storage_month_hours: None,
            month_hours: None,
            extra: Vec::new(),
        }
    }
}

impl Provider {
    /// A fixed fleet.
    pub fn fleet(name: impl Into<String>, members: Vec<FleetMember>) -> Self {
        Self::of(name, Capacity::Fleet(members))
    }

    /// An Auto Scaling group.
    pub fn group(name: impl Into<String>, group: AutoScalingGroup) -> Self {
        Self::of(name, Capacity::Group(Box::new(group)))
    }

    /// Fargate, under AWS's name for it.
    pub fn fargate() -> Self {
        Self::of("FARGATE", Capacity::Fargate)
    }

    /// Fargate Spot, under AWS's name for it.
    pub fn fargate_spot() -> Self {
        Self::of("FARGATE_SPOT", Capacity::FargateSpot)
    }

    fn of(name: impl Into<String>, capacity: Capacity) -> Self {
        Self {
            name: name.into(),
            capacity,
        }
    }
}

impl FleetMember {
    /// A fixed number of instances in the first zone, without a root volume.
    pub fn new(instance_type: usize, count: u32) -> Self {
        Self {
            instance_type,
            count: Count::Fixed(count),
            zones: vec![0],
            attributes: BTreeMap::new(),
            agent_version: None,
            root_volume: None,
            cpu_credits: None,
        }
    }
}

impl AutoScalingGroup {
    /// A group of one type on demand in the first zone, at its least size at the start, with
    /// gp3 root volumes of 30 GiB and without managed scaling.
    pub fn new(instance_type: usize, min_size: u32, max_size: u32) -> Self {
        Self {
            types: vec![instance_type],
            zones: vec![0],
            min_size,
            max_size,
            desired_capacity: min_size,
            registered_at_start: true,
            mix: InstancesDistribution::default(),
            termination_policy: TerminationPolicy::Default,
            protected_from_scale_in: false,
            attributes: BTreeMap::new(),
            agent_version: None,
            root_volume: Some(ROOT_VOLUME),
            cpu_credits: None,
            boot: None,
            managed_scaling: None,
            managed_termination_protection: false,
            managed_draining: true,
            spot_instance_draining: false,
            pull_behavior: PullBehavior::Default,
            managed_instances: None,
        }
    }

    /// `max_size` of Managed Instances, whose number is not limited (facts/ecs.md 42a).
    pub const MOST_MANAGED: u32 = 1_000_000;

    /// ECS Managed Instances of these types on demand in the first zone, with data volumes of 80 GiB
    /// (facts/ecs.md 42h).
    pub fn managed_instances(types: Vec<usize>) -> Self {
        let first = types.first().copied().unwrap_or(0);
        Self {
            types,
            registered_at_start: false,
            root_volume: Some(Memory::gib(80)),
            managed_instances: Some(ManagedInstances::default()),
            ..Self::new(first, 0, Self::MOST_MANAGED)
        }
    }
}

impl Default for ManagedScaling {
    /// AWS's defaults (facts/ecs.md 147 to 150).
    fn default() -> Self {
        Self {
            target_capacity: 100,
            minimum_step: 1,
            maximum_step: 10_000,
            instance_warmup: Span::seconds(300),
        }
    }
}

impl InstanceType {
    /// A type of the catalog with its prices in a region; `None` when the catalog does not
    /// have it. [`nearest_instance_type`](catalog::nearest_instance_type) finds the nearest name.
    pub fn of_catalog(name: &str, region: &str) -> Option<Self> {
        let facts = catalog::instance_type(name)?;
        let share = Assumptions::default().registered_memory_share;
        Some(Self {
            name: name.into(),
            cpu: facts.registered_cpu(),
            memory: facts.registered_memory(share),
            os_memory: facts.registered_memory(share),
            gpus: facts.ecs_gpus(),
            task_interfaces: facts.task_interfaces(),
            trunked: false,
            attributes: BTreeMap::new(),
            architecture: facts.architecture,
            operating_system: OperatingSystem::Linux,
            speed: REFERENCE_SPEED,
            price_per_hour: catalog::on_demand_price(region, name),
            spot: catalog::spot(region, name),
            own: false,
        })
    }

    /// A type of your own that registers these amounts, without a price.
    pub fn new(name: impl Into<String>, cpu: Cpu, memory: Memory) -> Self {
        Self {
            name: name.into(),
            cpu,
            memory,
            os_memory: memory,
            gpus: 0,
            task_interfaces: OWN_TASK_INTERFACES,
            trunked: false,
            attributes: BTreeMap::new(),
            architecture: Architecture::X86,
            operating_system: OperatingSystem::Linux,
            speed: REFERENCE_SPEED,
            price_per_hour: None,
            spot: None,
            own: true,
        }
    }
}

impl Demand {
    /// A fixed size on EC2, in bridge mode without host ports. The CPU is that of the task as a whole, which
    /// is a hard limit; the memory is not.
    pub fn new(cpu: Cpu, memory: Memory) -> Self {
        Self {
            cpu: Drawn::Fixed(cpu),
            memory: MemoryDemand::Absolute(Drawn::Fixed(memory)),
            gpus: 0,
            host_ports: Vec::new(),
            network_mode: NetworkMode::Bridge,
            architecture: None,
            operating_system: None,
            member_of: Vec::new(),
            ephemeral_storage: Memory::gib(20),
            on_fargate: false,
            cpu_is_limit: true,
            memory_is_limit: false,
        }
    }

    /// A fixed size on Fargate, on Linux and x86.
    pub fn fargate(cpu: Cpu, memory: Memory) -> Self {
        Self {
            network_mode: NetworkMode::Awsvpc,
            architecture: Some(Architecture::X86),
            operating_system: Some(OperatingSystem::Linux),
            on_fargate: true,
            ..Self::new(cpu, memory)
        }
    }
}

impl Default for Demand {
    /// 1 vCPU and 2 GiB on EC2.
    fn default() -> Self {
        Self::new(Cpu::vcpus(1), Memory::gib(2))
    }
}

impl TaskEntry {
    /// Tasks of 1 vCPU and 2 GiB that wait in the job queue for any instance; none arrives yet,
    /// and each ends at once.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            definition: format!("{name}:1"),
            group: format!("family:{name}"),
            name,
            target: Target::AnyInstance,
            placement: PlacementRule::Ecs(Vec::new()),
            arrivals: Arrivals::At(Arc::default()),
            count: CountLaw::Fixed(1),
            demand: Demand::default(),
            duration: Distribution::Constant(0.0),
            on_no_capacity: OnNoCapacity::Queue,
            distinct_instance: false,
            containers: Arc::default(),
            retry: Retry::default(),
            on_still_running: OnStillRunning::Start,
            flexible_window: Span::ZERO,
        }
    }
}

impl Default for TaskEntry {
    fn default() -> Self {
        Self::new("tasks")
    }
}

impl Service {
    /// A service with a number of tasks of 1 vCPU and 2 GiB on any instance, spread over zones
    /// and instances as ECS does by default (facts/ecs.md 87).
    pub fn new(name: impl Into<String>, desired_count: u32) -> Self {
        let name = name.into();
        Self {
            definition: format!("{name}:1"),
            name,
            target: Target::AnyInstance,
            placement: Self::default_placement(),
            distinct_instance: false,
            scheduling: Scheduling::Replica,
            desired_count,
            min_capacity: 0,
            max_capacity: MOST_TASKS,
            deployment: DeploymentRules::default(),
            zone_rebalancing: false,
            health_check_grace_period: Span::ZERO,
            demand: Demand::default(),
            containers: Arc::default(),
            scheduled: Vec::new(),
            target_tracking: Vec::new(),
            step_scaling: Vec::new(),
            predictive_scaling: Vec::new(),
            high_resolution: Vec::new(),
            load: None,
            worker: None,
            targets: None,
            other_targets: Vec::new(),
            revisions: Vec::new(),
        }
    }
}

impl Container {
    /// An essential container of an image (an index into the plan's images), which waits for
    /// no other and runs until it is stopped.
    pub fn new(name: impl Into<String>, image: usize) -> Self {
        Self {
            name: name.into(),
            image,
            essential: true,
            depends_on: Vec::new(),
            start_timeout: None,
            stop_timeout: STOP_TIMEOUT,
            health_check: None,
            restart: None,
            memory_limit: None,
            behavior: Behavior::default(),
        }
    }
}

impl Image {
    /// An image of one layer in the first registry, unpacked by the assumed ratio. Images of
    /// one `digest` share the layer.
    pub fn new(name: impl Into<String>, digest: usize, compressed: Memory) -> Self {
        let ratio = Assumptions::default().compression_ratio;
        let unpacked = Memory::from_bytes_f64(compressed.as_bytes() as f64 * ratio);
        Self {
            name: name.into(),
            layers: vec![Layer {
                digest,
                compressed,
                unpacked,
            }],
            registry: 0,
            assumed: false,
            missing: false,
        }
    }
}

impl Arrivals {
    /// A Poisson process of one rate that ends after a number of tasks.
    pub fn poisson(rate: Rate, limit: u64) -> Self {
        Self::Poisson {
            rate: RateShape::Constant(rate),
            limit: Some(limit),
        }
    }

    /// Listed times, in any order.
    pub fn at(times: impl IntoIterator<Item = SimTime>) -> Self {
        let mut times: Vec<SimTime> = times.into_iter().collect();
        times.sort_unstable();
        Self::At(times.into())
    }

    /// Tasks that an iterator gives, each with its own run time and, where it has them, sizes;
    /// in any order.
    pub fn rows(rows: impl IntoIterator<Item = TraceRow>) -> Self {
        Self::Trace(Arc::new(rows.into_iter().collect()))
    }
}

impl FromIterator<TraceRow> for Trace {
    /// The rows in order of arrival; those of one time keep their order.
    fn from_iter<I: IntoIterator<Item = TraceRow>>(rows: I) -> Self {
        let mut rows: Vec<TraceRow> = rows.into_iter().collect();
        rows.sort_by_key(|row| row.arrival);
        Self {
            rows,
            ..Self::default()
        }
    }
}

impl TraceRow {
    /// One task of the entry's size.
    pub fn new(arrival: SimTime, duration: Span) -> Self {
        Self {
            arrival,
            duration,
            cpu: None,
            memory: None,
            gpu_millis: None,
            count: 1,
        }
    }
}

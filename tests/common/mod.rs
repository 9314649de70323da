//! Small worlds for the tests of truths: a plan with nothing in it that a test does not
//! name, and queues said as clusters. A server is one slot: a vCPU of one large instance, or
//! an instance with room for exactly one task; infinitely many servers are Fargate.

#![allow(
    dead_code,
    reason = "every test file is a crate of its own and uses its share of this one"
)]

pub mod audit;
pub mod constraints;
pub mod law;
pub mod observers;
pub mod oracle;
pub mod worlds;

use ecsim::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices};
use ecsim::cluster::Field;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, FleetMember, InstanceType, JobQueue,
    MemoryDemand, NetworkMode, OnNoCapacity, PlacementRule, Plan, Prices, Provider, QueueOrder,
    RateShape, Retry, Target, TaskEntry, Until,
};
use ecsim::units::{Cpu, Memory, Rate, Span, Usd};
use std::collections::BTreeMap;

/// Seconds in a unit of time of the queues: long enough for the clock's microseconds to
/// make no difference.
pub const UNIT: f64 = 100.0;

/// Units of time as a span.
pub fn units(units: f64) -> Span {
    Span::from_seconds_f64(units * UNIT)
}

/// A law of run times with this mean, in units of time.
pub fn exponential(mean: f64) -> Distribution {
    Distribution::Exponential { mean: mean * UNIT }
}

/// Always the same, in units of time.
pub fn constant(value: f64) -> Distribution {
    Distribution::Constant(value * UNIT)
}

/// Poisson arrivals, so many in a unit of time.
pub fn poisson(rate: f64) -> Arrivals {
    let rate = Rate::per_second(rate / UNIT).expect("rates of the tests are not negative");
    Arrivals::Poisson {
        rate: RateShape::Constant(rate),
        limit: None,
    }
}

/// Where the tasks of a queue are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servers {
    /// One instance with so many vCPUs.
    OneInstance(u32),
    /// So many instances with one vCPU each.
    OneTaskInstances(u32),
    /// Without limit.
    Fargate,
}

/// An instance type with so many vCPUs, memory beyond need, and no price.
pub fn instance_type(vcpus: u64) -> InstanceType {
    InstanceType {
        name: format!("own.{vcpus}"),
        cpu: Cpu::vcpus(vcpus),
        memory: Memory::gib(1024),
        os_memory: Memory::gib(1024),
        gpus: 0,
        task_interfaces: 1000,
        architecture: Architecture::X86,
        operating_system: OperatingSystem::Linux,
        price_per_hour: Some(Usd::ZERO),
        spot: None,
        own: true,
        ..InstanceType::new("", Cpu::ZERO, Memory::ZERO)
    }
}

/// So many instances of a type in the first zone.
pub fn member(instance_type: usize, count: u32) -> FleetMember {
    FleetMember {
        instance_type,
        count: Count::Fixed(count),
        zones: vec![0],
        attributes: BTreeMap::new(),
        root_volume: None,
        ..FleetMember::new(0, 0)
    }
}

/// Tasks of one vCPU that wait for room on the first provider.
pub fn entry(name: &str, arrivals: Arrivals, duration: Distribution) -> TaskEntry {
    TaskEntry {
        name: name.into(),
        definition: format!("{name}:1"),
        group: format!("family:{name}"),
        target: Target::Provider(0),
        placement: PlacementRule::FirstFit,
        arrivals,
        count: 1.into(),
        demand: Demand {
            cpu: Drawn::Fixed(Cpu::vcpus(1)),
            memory: MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(1))),
            gpus: 0,
            host_ports: Vec::new(),
            network_mode: NetworkMode::Host,
            architecture: None,
            operating_system: None,
            ephemeral_storage: Memory::gib(20),
            on_fargate: false,
            memory_is_limit: false,
            ..Demand::default()
        },
        duration,
        on_no_capacity: OnNoCapacity::Queue,
        distinct_instance: false,
        containers: [].into(),
        retry: Retry::default(),
        ..TaskEntry::default()
    }
}

/// A plan of these entries on a fleet of these types and members.
pub fn plan_on(types: Vec<InstanceType>, members: Vec<FleetMember>, tasks: Vec<TaskEntry>) -> Plan {
    plan_with(
        types,
        vec![Provider {
            name: "fleet".into(),
            capacity: Capacity::Fleet(members),
        }],
        tasks,
    )
}

/// A plan of these entries on these providers, in one zone, without delays, until drained.
pub fn plan_with(
    instance_types: Vec<InstanceType>,
    providers: Vec<Provider>,
    tasks: Vec<TaskEntry>,
) -> Plan {
    let free = FargatePrices {
        vcpu_hour: Usd::ZERO,
        gb_hour: Usd::ZERO,
        storage_gb_hour: Some(Usd::ZERO),
        spot: None,
    };
    Plan {
        scenario: "truths".into(),
        variant: "base".into(),
        region: "us-east-1".into(),
        start_unix_seconds: 0,
        until: Until::Drained,
        warm_up: Span::ZERO,
        cluster: Cluster {
            zones: vec!["us-east-1a".into()],
            instance_types,
            providers,
        },
        job_queue: JobQueue {
            order: QueueOrder::HeadOfLine,
            limit: None,
        },
        tasks,
        delays: Delays::None,
        prices: Prices {
            fargate_x86: Some(free),
            fargate_arm: Some(free),
            services: ServicePrices {
                gp3_gb_month: Some(Usd::ZERO),
                ..ServicePrices::default()
            },
            storage_month_hours: None,
            month_hours: None,
            extra: Vec::new(),
        },
        ..Plan::default()
    }
}

/// A queue with one kind of customers.
pub fn queue(servers: Servers, arrivals: Arrivals, service: Distribution) -> Plan {
    let mut tasks = entry("customers", arrivals, service);
    match servers {
        Servers::OneInstance(vcpus) => plan_on(
            vec![instance_type(u64::from(vcpus))],
            vec![member(0, 1)],
            vec![tasks],
        ),
        Servers::OneTaskInstances(count) => {
            plan_on(vec![instance_type(1)], vec![member(0, count)], vec![tasks])
        }
        Servers::Fargate => {
            tasks.demand.on_fargate = true;
            tasks.demand.network_mode = NetworkMode::Awsvpc;
            tasks.demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::gib(2)));
            let fargate = Provider {
                name: "FARGATE".into(),
                capacity: Capacity::Fargate,
            };
            plan_with(Vec::new(), vec![fargate], vec![tasks])
        }
    }
}

/// The same plan, reported for so many units of time after so many of warm-up.
pub fn steady(mut plan: Plan, warm_up: f64, reported: f64) -> Plan {
    plan.warm_up = units(warm_up);
    plan.until = Until::Elapsed(units(warm_up + reported));
    plan
}

/// Who finds no room is refused at once: a loss system.
pub fn without_waiting(mut plan: Plan) -> Plan {
    for entry in &mut plan.tasks {
        entry.on_no_capacity = OnNoCapacity::Fail;
    }
    plan
}

/// Every entry places its tasks by this rule.
pub fn placed_by(mut plan: Plan, rule: &PlacementRule) -> Plan {
    for entry in &mut plan.tasks {
        entry.placement = rule.clone();
    }
    plan
}

/// CPU, for rules that pack or spread by it.
pub const CPU: Field = Field::Cpu;

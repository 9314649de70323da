//! The two reference workloads as plans, so that benchmarks need no files.

use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, FleetMember, InstanceType, JobQueue,
    MemoryDemand, NetworkMode, OnNoCapacity, PlacementRule, Plan, Prices, Provider, QueueOrder,
    RateShape, Retry, Strategy, Target, TaskEntry, Until,
};
use ecsim::units::{Cpu, GIB, Memory, Rate, Span, Usd};
use std::collections::BTreeMap;

/// `steady`: nearly no task waits. See `scenarios/bench/steady.yaml`.
pub fn steady(hosts: u32, tasks: u64) -> Plan {
    let binpack = [ecsim::plan::Field::Cpu, ecsim::plan::Field::Memory].map(Strategy::Binpack);
    plan(
        hosts,
        tasks,
        22.0,
        PlacementRule::Ecs(binpack.into()),
        JobQueue {
            order: QueueOrder::HeadOfLine,
            limit: None,
        },
    )
}

/// `saturated`: 1.1 times the load that fits; up to 10,000 tasks wait. See
/// `scenarios/bench/saturated.yaml`.
pub fn saturated(hosts: u32, tasks: u64) -> Plan {
    let binpack = [ecsim::plan::Field::Cpu, ecsim::plan::Field::Memory].map(Strategy::Binpack);
    plan(
        hosts,
        tasks,
        30.3,
        PlacementRule::Ecs(binpack.into()),
        JobQueue {
            order: QueueOrder::SkipAhead,
            limit: Some(10_000),
        },
    )
}

fn plan(
    hosts: u32,
    tasks: u64,
    rate_per_1000_hosts: f64,
    placement: PlacementRule,
    job_queue: JobQueue,
) -> Plan {
    let rack = InstanceType {
        name: "rack".into(),
        cpu: Cpu::vcpus(16),
        memory: Memory::gib(64),
        os_memory: Memory::gib(64),
        gpus: 0,
        task_interfaces: 10_000,
        architecture: Architecture::X86,
        operating_system: OperatingSystem::Linux,
        price_per_hour: Some(Usd::ZERO),
        spot: None,
        own: true,
        ..InstanceType::new("", Cpu::ZERO, Memory::ZERO)
    };
    let gib = GIB as f64;
    let rate = rate_per_1000_hosts * f64::from(hosts) / 1000.0;
    let rate = Rate::per_second(rate).expect("it is finite");
    Plan {
        scenario: "bench".into(),
        variant: format!("h{hosts}"),
        region: "us-east-1".into(),
        start_unix_seconds: 1_767_225_600,
        until: Until::Drained,
        warm_up: Span::ZERO,
        cluster: Cluster {
            zones: vec!["us-east-1a".into()],
            instance_types: vec![rack],
            providers: vec![Provider {
                name: "racks".into(),
                capacity: Capacity::Fleet(vec![FleetMember {
                    instance_type: 0,
                    count: Count::Fixed(hosts),
                    zones: vec![0],
                    attributes: BTreeMap::new(),
                    root_volume: None,
                    ..FleetMember::new(0, 0)
                }]),
            }],
        },
        job_queue,
        tasks: vec![TaskEntry {
            name: "jobs".into(),
            definition: "job:1".into(),
            group: "family:job".into(),
            target: Target::Provider(0),
            placement,
            arrivals: Arrivals::Poisson {
                rate: RateShape::Constant(rate),
                limit: Some(tasks),
            },
            count: 1.into(),
            demand: Demand {
                cpu: Drawn::From(Distribution::OneOf(
                    [256.0, 512.0, 1024.0, 2048.0, 4096.0].into(),
                )),
                memory: MemoryDemand::PerVcpu(Distribution::Uniform {
                    low: 2.0 * gib,
                    high: 8.0 * gib,
                }),
                gpus: 0,
                host_ports: Vec::new(),
                network_mode: NetworkMode::Host,
                architecture: None,
                operating_system: None,
                ephemeral_storage: Memory::gib(20),
                on_fargate: false,
                memory_is_limit: true,
                ..Demand::default()
            },
            // Mean 300 s, sigma of the logarithm 1.
            duration: Distribution::LogNormal {
                mu: libm::log(300.0) - 0.5,
                sigma: 1.0,
            },
            on_no_capacity: OnNoCapacity::Queue,
            distinct_instance: false,
            containers: [].into(),
            retry: Retry::default(),
            ..TaskEntry::default()
        }],
        delays: Delays::None,
        prices: Prices::default(),
        ..Plan::default()
    }
}

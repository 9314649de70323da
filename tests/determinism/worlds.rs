//! Worlds: small, but every law, rule and kind of capacity has its place in one of them.

use ecsim::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices};
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, Field, FleetMember, InstanceType,
    JobQueue, MemoryDemand, NetworkMode, OnNoCapacity, PlacementRule, Plan, Port, Prices, Protocol,
    Provider, QueueOrder, RateShape, Retry, SpreadField, Strategy, Study, Target, TaskEntry, Trace,
    TraceRow, Until,
};
use ecsim::units::{Cpu, Memory, Rate, SimTime, Span, Usd};
use std::collections::BTreeMap;

pub fn usd(text: &str) -> Usd {
    text.parse().expect("a price")
}

pub fn kind(name: &str, vcpus: u64, memory: Memory, price: &str) -> InstanceType {
    InstanceType {
        name: name.into(),
        cpu: Cpu::vcpus(vcpus),
        memory,
        os_memory: memory,
        gpus: 0,
        task_interfaces: 8,
        architecture: Architecture::X86,
        operating_system: OperatingSystem::Linux,
        price_per_hour: Some(usd(price)),
        spot: None,
        own: true,
        ..InstanceType::new("", Cpu::ZERO, Memory::ZERO)
    }
}

pub fn member(instance_type: usize, count: Count) -> FleetMember {
    FleetMember {
        instance_type,
        count,
        zones: vec![0, 1, 2],
        attributes: BTreeMap::from([("rack".into(), format!("r{instance_type}"))]),
        root_volume: Some(Memory::gib(30)),
        ..FleetMember::new(0, 0)
    }
}

pub fn fleet(counts: [u32; 2]) -> Provider {
    let members = counts.iter().enumerate();
    let members = members.map(|(kind, count)| member(kind, Count::Fixed(*count)));
    Provider {
        name: "fleet".into(),
        capacity: Capacity::Fleet(members.collect()),
    }
}

pub fn poisson(per_second: f64) -> Arrivals {
    Arrivals::Poisson {
        rate: RateShape::Constant(rate(per_second)),
        limit: None,
    }
}

pub fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate")
}

pub fn renewal(gap: Distribution) -> Arrivals {
    Arrivals::Renewal { gap, limit: None }
}

/// Tasks of a quarter to two vCPU with drawn memory, on the first provider.
pub fn entry(name: &str, arrivals: Arrivals, duration: Distribution) -> TaskEntry {
    let gib = (1u64 << 30) as f64;
    TaskEntry {
        name: name.into(),
        definition: format!("{name}:1"),
        group: format!("family:{name}"),
        target: Target::Provider(0),
        placement: PlacementRule::FirstFit,
        arrivals,
        count: 1.into(),
        demand: Demand {
            cpu: Drawn::From(Distribution::OneOf([256.0, 512.0, 1024.0, 2048.0].into())),
            memory: MemoryDemand::PerVcpu(Distribution::Uniform {
                low: gib,
                high: 6.0 * gib,
            }),
            gpus: 0,
            host_ports: Vec::new(),
            network_mode: NetworkMode::Bridge,
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

pub fn plan(providers: Vec<Provider>, tasks: Vec<TaskEntry>) -> Plan {
    let fargate = |cpu, memory| FargatePrices {
        vcpu_hour: usd(cpu),
        gb_hour: usd(memory),
        storage_gb_hour: Some(usd("0.000111")),
        spot: None,
    };
    Plan {
        scenario: "determinism".into(),
        variant: "base".into(),
        region: "us-east-1".into(),
        start_unix_seconds: 1_767_225_600,
        until: Until::Elapsed(Span::hours(6)),
        warm_up: Span::seconds(1800),
        cluster: Cluster {
            zones: ["us-east-1a", "us-east-1b", "us-east-1c"]
                .map(String::from)
                .into(),
            instance_types: vec![
                kind("small", 4, Memory::gib(15), "0.192"),
                kind("large", 8, Memory::mib(31_129), "0.4032"),
            ],
            providers,
        },
        job_queue: JobQueue {
            order: QueueOrder::HeadOfLine,
            limit: None,
        },
        tasks,
        delays: Delays::None,
        prices: Prices {
            fargate_x86: Some(fargate("0.04048", "0.004445")),
            fargate_arm: Some(fargate("0.03238", "0.00356")),
            services: ServicePrices {
                gp3_gb_month: Some(usd("0.08")),
                ..ServicePrices::default()
            },
            storage_month_hours: None,
            month_hours: None,
            extra: Vec::new(),
        },
        ..Plan::default()
    }
}

pub fn study(variants: Vec<Plan>) -> Study {
    Study {
        name: "determinism".into(),
        seeds: 5,
        ..Study::of_plans(variants)
    }
}

pub fn named(mut plan: Plan, variant: &str) -> Plan {
    plan.variant = variant.into();
    plan
}

/// Every placement rule on a busy fleet over three zones, with a queue that fills up.
pub fn placements() -> Study {
    let spread_zones = Strategy::Spread(SpreadField::Attribute("ecs.availability-zone".into()));
    let rules = [
        ("random", PlacementRule::Ecs(Vec::new())),
        (
            "spread",
            PlacementRule::Ecs(vec![
                spread_zones.clone(),
                Strategy::Spread(SpreadField::InstanceId),
            ]),
        ),
        (
            "binpack",
            PlacementRule::Ecs(vec![
                Strategy::Spread(SpreadField::Attribute("rack".into())),
                Strategy::Binpack(Field::Memory),
                Strategy::Binpack(Field::Cpu),
            ]),
        ),
        (
            "zones-then-random",
            PlacementRule::Ecs(vec![spread_zones, Strategy::Random]),
        ),
        ("first", PlacementRule::FirstFit),
        ("next", PlacementRule::NextFit),
        ("best", PlacementRule::BestFit(Field::Memory)),
        ("worst", PlacementRule::WorstFit(Field::Cpu)),
        ("fewest", PlacementRule::FewestTasks),
        ("dot", PlacementRule::DotProduct),
    ];
    let variant = |(name, rule): (&str, PlacementRule)| {
        let lasts = Distribution::LogNormal {
            mu: 5.0,
            sigma: 1.0,
        };
        let mut tasks = vec![
            entry("batch", poisson(0.15), lasts.clone()),
            entry(
                "burst",
                renewal(Distribution::Exponential { mean: 600.0 }),
                lasts,
            ),
        ];
        tasks[1].count = 12.into();
        tasks[1].target = Target::AnyInstance;
        tasks[1].demand.network_mode = NetworkMode::Awsvpc;
        for task in &mut tasks {
            task.placement = rule.clone();
        }
        let mut plan = named(plan(vec![fleet([5, 4])], tasks), name);
        plan.job_queue = JobQueue {
            order: QueueOrder::SkipAhead,
            limit: Some(20),
        };
        plan
    };
    study(rules.into_iter().map(variant).collect())
}

/// Every law of randomness, one entry each, on Fargate and on a fleet.
pub fn laws() -> Study {
    let exponential = |mean| Distribution::Exponential { mean };
    let gaps_and_durations = [
        ("constant", Distribution::Constant(90.5)),
        ("exponential", exponential(120.0)),
        (
            "erlang",
            Distribution::Erlang {
                shape: 3,
                mean: 100.0,
            },
        ),
        (
            "gamma",
            Distribution::Gamma {
                shape: 0.7,
                scale: 150.0,
            },
        ),
        (
            "gamma-wide",
            Distribution::Gamma {
                shape: 4.2,
                scale: 30.0,
            },
        ),
        (
            "weibull",
            Distribution::Weibull {
                shape: 0.8,
                scale: 100.0,
            },
        ),
        (
            "lognormal",
            Distribution::LogNormal {
                mu: 4.5,
                sigma: 0.5,
            },
        ),
        (
            "pareto",
            Distribution::Pareto {
                minimum: 40.0,
                shape: 1.5,
            },
        ),
        (
            "uniform",
            Distribution::Uniform {
                low: 60.0,
                high: 180.0,
            },
        ),
        ("one-of", Distribution::OneOf([60.0, 90.0, 240.25].into())),
        (
            "mixture",
            Distribution::mixture([(0.9, exponential(60.0)), (0.1, exponential(600.0))]),
        ),
        (
            "empirical",
            Distribution::Empirical([1.5, 30.0, 31.0, 500.0].into()),
        ),
    ];
    let mut tasks: Vec<TaskEntry> = gaps_and_durations
        .into_iter()
        .map(|(name, law)| entry(name, renewal(law.clone()), law))
        .collect();
    let sinusoidal = RateShape::Sinusoidal {
        mean: rate(0.02),
        amplitude: rate(0.015),
        period: Span::hours(3),
        shift: Span::seconds(1200),
    };
    let piecewise = RateShape::Piecewise {
        steps: vec![
            (Span::ZERO, rate(0.01)),
            (Span::seconds(2400), rate(0.0)),
            (Span::seconds(3600), rate(0.05)),
        ],
        every: Some(Span::seconds(5400)),
    };
    for (name, rate) in [("sinusoidal", sinusoidal), ("piecewise", piecewise)] {
        let limit = Some(500);
        tasks.push(entry(
            name,
            Arrivals::Poisson { rate, limit },
            exponential(200.0),
        ));
    }
    let fargate = Provider {
        name: "FARGATE".into(),
        capacity: Capacity::Fargate,
    };
    let mut on_fargate = tasks.clone();
    for (index, task) in on_fargate.iter_mut().enumerate() {
        task.demand.on_fargate = true;
        task.demand.network_mode = NetworkMode::Awsvpc;
        task.demand.ephemeral_storage = Memory::gib(20 + index as u64);
        task.demand.architecture = (index % 2 == 1).then_some(Architecture::Arm);
    }
    let mut slow_start = plan(vec![fleet([20, 10])], tasks.clone());
    slow_start.delays = Delays::Start(Span::millis(7_250));
    study(vec![
        named(plan(vec![fleet([20, 10])], tasks), "fleet"),
        named(slow_start, "slow-start"),
        named(plan(vec![fargate], on_fargate), "fargate"),
    ])
}

/// A fleet whose size is found, played until the work is done.
pub fn fit() -> Study {
    let limit = Some(400);
    let arrivals = Arrivals::Poisson {
        rate: RateShape::Constant(rate(0.05)),
        limit,
    };
    let lasts = Distribution::Exponential { mean: 400.0 };
    let mut tasks = vec![entry("jobs", arrivals, lasts)];
    tasks[0].placement = PlacementRule::Ecs(vec![Strategy::Binpack(Field::Cpu)]);
    let with_bound = |seconds| {
        let count = Count::Fit {
            longest_wait: Span::seconds(seconds),
        };
        let members = vec![member(0, Count::Fixed(1)), member(1, count)];
        let provider = Provider {
            name: "fitting".into(),
            capacity: Capacity::Fleet(members),
        };
        let mut plan = plan(vec![provider], tasks.clone());
        plan.until = Until::Drained;
        plan.warm_up = Span::ZERO;
        plan
    };
    study(vec![
        named(with_bound(0), "nobody-waits"),
        named(with_bound(300), "five-minutes"),
    ])
}

/// Nothing left to chance: a trace and listed times, a static port, refusals.
pub fn listed() -> Study {
    let row = |index: u64| TraceRow {
        arrival: SimTime::micros(index / 2 * 17_000_001),
        duration: Span::micros(30_000_000 + index * index * 7_919 % 900_000_000),
        cpu: Some(Cpu::millis(100 + index * 37 % 1900)),
        memory: Some(Memory::mib(64 + index * 101 % 4000)),
        gpu_millis: None,
        count: 1 + (index % 3) as u32,
    };
    let trace = Trace {
        rows: (0..1500).map(row).collect(),
        ..Trace::default()
    };
    let times = (0..40u64).map(|n| SimTime::micros(n * n * 10_000_000));
    let constant = Distribution::Constant(600.0);
    let mut tasks = vec![
        entry("trace", Arrivals::Trace(trace.into()), constant.clone()),
        entry("daemon", Arrivals::At(times.collect()), constant),
    ];
    tasks[0].placement = PlacementRule::BestFit(Field::Cpu);
    tasks[1].demand.cpu = Drawn::Fixed(Cpu::units(128));
    tasks[1].demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(128)));
    tasks[1].demand.host_ports = vec![Port {
        protocol: Protocol::Tcp,
        number: 8125,
    }];
    tasks[1].on_no_capacity = OnNoCapacity::Fail;
    let mut plan = plan(vec![fleet([8, 5])], tasks);
    plan.until = Until::Drained;
    study(vec![plan])
}

pub fn worlds() -> [(&'static str, Study); 4] {
    [
        ("placements", placements()),
        ("laws", laws()),
        ("fit", fit()),
        ("listed", listed()),
    ]
}

//! Random small worlds from a seed: mixed fleets over zones, Fargate, several entries, all
//! placement rules, both queue orders, limits, delays, GPUs, interfaces and ports.

use super::{entry, instance_type, plan_with};
use ecsim::catalog::{Architecture, FargatePrices};
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    Arrivals, Capacity, Count, Delays, Drawn, Field, FleetMember, JobQueue, MemoryDemand,
    NetworkMode, OnNoCapacity, PlacementRule, Plan, Port, Protocol, Provider, QueueOrder,
    RateShape, SpreadField, Strategy, Target, TaskEntry, Trace, TraceRow,
};
use ecsim::units::{Cpu, GIB, Memory, Rate, SimTime, Span, Usd};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a world may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Everything, with drawn arrivals, sizes and run times.
    Drawn,
    /// Arrivals, sizes and run times from traces; no two tasks arrive at one time.
    Listed,
    /// As listed, without Fargate.
    ListedOnFleets,
}

/// Picks parts of a world.
pub struct Dice(pub SplitMix64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    pub fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    pub fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }
}

/// The world of a seed; always until drained.
pub fn world(seed: u64, kind: Kind) -> Plan {
    let mut dice = Dice(SplitMix64(seed));
    let zones = dice.between(1, 3) as usize;
    let types: Vec<_> = (0..dice.between(1, 3))
        .map(|number| {
            let mut made = instance_type(dice.of(&[1, 2, 4, 8]));
            made.name = format!("type-{number}");
            made.memory = Memory::mib(1_024 * dice.between(2, 16) + dice.below(3) * 100);
            made.gpus = dice.of(&[0, 0, 1, 4]);
            made.task_interfaces = dice.of(&[2, 3, 10]);
            if dice.one_in(4) {
                made.architecture = Architecture::Arm;
            }
            made.price_per_hour = Some(Usd::nanos(i128::from(dice.below(2_000_000_000))));
            made
        })
        .collect();
    let mut providers = Vec::new();
    for number in 0..dice.between(1, 2) {
        let members = (0..dice.between(1, 3))
            .map(|_| fleet_member(&mut dice, types.len(), zones))
            .collect();
        providers.push(Provider {
            name: format!("fleet-{number}"),
            capacity: Capacity::Fleet(members),
        });
    }
    let fleets = providers.len();
    if kind != Kind::ListedOnFleets && dice.one_in(2) {
        providers.push(Provider {
            name: "FARGATE".into(),
            capacity: Capacity::Fargate,
        });
    }
    let entries = dice.between(1, 5);
    let tasks = (0..entries)
        .map(|number| {
            let on = dice.below(providers.len() as u64) as usize;
            let mut made = task_entry(&mut dice, number, entries, kind);
            if on >= fleets {
                made.target = Target::Provider(on);
                made.demand.on_fargate = true;
                made.demand.network_mode = NetworkMode::Awsvpc;
                made.demand.host_ports.clear();
                made.demand.gpus = 0;
                made.demand.ephemeral_storage = Memory::gib(dice.of(&[20, 21, 100]));
            } else if dice.one_in(3) {
                made.target = Target::AnyInstance;
            } else {
                made.target = Target::Provider(on);
            }
            made
        })
        .collect();
    let mut plan = plan_with(types, providers, tasks);
    plan.cluster.zones = (0..zones).map(|zone| format!("zone-{zone}")).collect();
    plan.job_queue = JobQueue {
        order: dice.of(&[QueueOrder::HeadOfLine, QueueOrder::SkipAhead]),
        limit: dice.of(&[None, None, Some(0), Some(3), Some(20)]),
    };
    plan.delays = dice.of(&[Delays::None, Delays::Start(Span::millis(1_500))]);
    let prices = FargatePrices {
        vcpu_hour: Usd::nanos(40_480_001),
        gb_hour: Usd::nanos(4_445_003),
        storage_gb_hour: Some(Usd::nanos(111_007)),
        spot: None,
    };
    plan.prices.fargate_x86 = Some(prices);
    plan.prices.fargate_arm = Some(FargatePrices {
        vcpu_hour: Usd::nanos(32_380_009),
        ..prices
    });
    plan.prices.services.gp3_gb_month = Some(Usd::nanos(80_000_003));
    plan.prices.storage_month_hours = dice.of(&[None, Some(730)]);
    plan
}

fn fleet_member(dice: &mut Dice, types: usize, zones: usize) -> FleetMember {
    let first = dice.below(zones as u64) as usize;
    let spread = dice.between(1, zones as u64) as usize;
    let mut attributes = BTreeMap::new();
    if dice.one_in(2) {
        attributes.insert("rack".to_string(), dice.of(&["a", "b"]).to_string());
    }
    FleetMember {
        instance_type: dice.below(types as u64) as usize,
        count: Count::Fixed(dice.between(1, 6) as u32),
        zones: (0..spread).map(|turn| (first + turn) % zones).collect(),
        attributes,
        root_volume: dice.of(&[None, Some(Memory::gib(30))]),
        ..FleetMember::new(0, 0)
    }
}

fn task_entry(dice: &mut Dice, number: u64, entries: u64, kind: Kind) -> TaskEntry {
    let duration = match dice.below(4) {
        0 => Distribution::Constant(dice.between(0, 90) as f64),
        1 => Distribution::LogNormal {
            mu: 3.0,
            sigma: 1.5,
        },
        _ => Distribution::Exponential {
            mean: dice.between(1, 300) as f64,
        },
    };
    let arrivals = match kind {
        Kind::Drawn => drawn_arrivals(dice),
        Kind::Listed | Kind::ListedOnFleets => trace(dice, number, entries),
    };
    let mut made = entry(&format!("entry-{number}"), arrivals, duration);
    made.group = format!("group-{}", dice.below(3));
    made.placement = placement_rule(dice);
    made.count = dice.of(&[1, 1, 1, 3]).into();
    made.demand.cpu = match dice.below(3) {
        0 => Drawn::From(Distribution::OneOf([256.0, 512.0, 2_048.0].into())),
        _ => Drawn::Fixed(Cpu::units(256 * dice.between(0, 6))),
    };
    made.demand.memory = match dice.below(3) {
        0 => MemoryDemand::PerVcpu(Distribution::Uniform {
            low: GIB as f64,
            high: 4.0 * GIB as f64,
        }),
        _ => MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(dice.between(1, 3_000)))),
    };
    made.demand.gpus = dice.of(&[0, 0, 0, 1, 2]);
    made.demand.network_mode = dice.of(&[
        NetworkMode::Bridge,
        NetworkMode::Host,
        NetworkMode::Awsvpc,
        NetworkMode::None,
    ]);
    if dice.one_in(4) && made.demand.network_mode != NetworkMode::Awsvpc {
        made.demand.host_ports = (0..dice.between(1, 2))
            .map(|_| Port {
                protocol: dice.of(&[Protocol::Tcp, Protocol::Udp]),
                number: dice.of(&[80, 443]),
            })
            .collect();
    }
    if dice.one_in(5) {
        made.demand.architecture = Some(dice.of(&[Architecture::X86, Architecture::Arm]));
    }
    made.on_no_capacity = dice.of(&[OnNoCapacity::Queue, OnNoCapacity::Queue, OnNoCapacity::Fail]);
    made
}

fn drawn_arrivals(dice: &mut Dice) -> Arrivals {
    let limit = Some(dice.between(0, 120));
    let rate = Rate::per_second(dice.of(&[0.02, 0.1, 1.0])).expect("a rate");
    match dice.below(4) {
        0 => Arrivals::Renewal {
            gap: Distribution::OneOf([0.0, 1.0, 30.0].into()),
            limit,
        },
        1 => Arrivals::At(
            (0..dice.below(60))
                .map(|turn| SimTime::micros(turn / 3 * 7_000_000))
                .collect(),
        ),
        2 => Arrivals::Poisson {
            rate: RateShape::Piecewise {
                steps: vec![(Span::ZERO, rate), (Span::seconds(60), Rate::default())],
                every: Some(Span::seconds(100)),
            },
            limit,
        },
        _ => Arrivals::Poisson {
            rate: RateShape::Constant(rate),
            limit,
        },
    }
}

/// Rows whose times belong to this entry alone: microseconds that leave its number when
/// divided by the number of entries.
fn trace(dice: &mut Dice, number: u64, entries: u64) -> Arrivals {
    let mut at = number;
    let rows = (0..dice.between(0, 120)).map(|_| {
        at += entries * (1 + dice.below(20_000_000));
        TraceRow {
            arrival: SimTime::micros(at),
            duration: Span::micros(dice.below(300_000_000)),
            cpu: Some(Cpu::units(256 * dice.between(0, 8))),
            memory: Some(Memory::mib(dice.between(1, 4_000))),
            gpu_millis: dice.of(&[None, Some(0), Some(0), Some(300), Some(2_000)]),
            count: dice.of(&[1, 1, 2]),
        }
    });
    let rows = rows.collect();
    Arrivals::Trace(Arc::new(Trace {
        rows,
        ..Trace::default()
    }))
}

pub fn placement_rule(dice: &mut Dice) -> PlacementRule {
    let field = dice.of(&[Field::Cpu, Field::Memory]);
    match dice.below(12) {
        0 => PlacementRule::FirstFit,
        1 => PlacementRule::NextFit,
        2 => PlacementRule::BestFit(field),
        3 => PlacementRule::WorstFit(field),
        4 => PlacementRule::FewestTasks,
        5 => PlacementRule::DotProduct,
        6 => PlacementRule::Ecs(Vec::new()),
        _ => PlacementRule::Ecs((0..dice.between(1, 4)).map(|_| strategy(dice)).collect()),
    }
}

fn strategy(dice: &mut Dice) -> Strategy {
    let attribute = |name: &str| Strategy::Spread(SpreadField::Attribute(name.into()));
    match dice.below(9) {
        0 | 1 => Strategy::Binpack(Field::Cpu),
        2 | 3 => Strategy::Binpack(Field::Memory),
        4 => Strategy::Spread(SpreadField::InstanceId),
        5 | 6 => attribute("ecs.availability-zone"),
        7 => attribute("rack"),
        _ => Strategy::Random,
    }
}

/// An instance as the plan says it, without asking the program.
#[derive(Clone, Debug)]
pub struct Site {
    /// Index of its provider.
    pub provider: usize,
    /// Index of its type.
    pub instance_type: usize,
    /// Index of its zone.
    pub zone: usize,
    /// Its custom attributes.
    pub attributes: BTreeMap<String, String>,
}

/// All instances in order of registration: fleet by fleet, member by member, each over its
/// zones, the turn going on from member to member.
pub fn sites(plan: &Plan) -> Vec<Site> {
    let mut sites = Vec::new();
    for (provider, planned) in plan.cluster.providers.iter().enumerate() {
        let Capacity::Fleet(members) = &planned.capacity else {
            continue;
        };
        let mut turn = 0;
        for member in members {
            let Count::Fixed(count) = member.count else {
                panic!("the worlds have fixed counts");
            };
            for _ in 0..count {
                sites.push(Site {
                    provider,
                    instance_type: member.instance_type,
                    zone: member.zones[turn % member.zones.len()],
                    attributes: member.attributes.clone(),
                });
                turn += 1;
            }
        }
    }
    sites
}

//! Storms: random small worlds with fleets, Auto Scaling groups, Spot, Fargate, services,
//! daemons, work that is retried, faults and delays, each from a number that is printed when
//! it fails. The program's own assertions are on; beside them a reader keeps the books.

mod common;

use common::worlds::{Dice, placement_rule};
use common::*;
use ecsim::catalog::{FargatePrices, FargateSpotPrices, InterruptionBand, SpotOffer};
use ecsim::engine::Reader;
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    AllocationStrategy, Arrivals, Assumptions, AutoScalingGroup, Behavior, Capacity, Checkpoint,
    Condition, Container, Delays, DeploymentConfiguration, DeploymentRules, Drawn, Fault,
    FaultKind, HealthCheck, Image, InstanceManagement, InstancesDistribution, Interruptions, Layer,
    ManagedInstances, ManagedScaling, MemoryDemand, NetworkMode, Occurrence, OnNoCapacity, Plan,
    ProbeFailure, Provider, PullBehavior, QueueOrder, Registry, RestartPolicy, Retry, Rework,
    ScaleInAfter, Scheduling, Service, StrategyItem, Target, TaskEntry, TerminationPolicy, Until,
};
use ecsim::pricing::price;
use ecsim::runner::{built_in_scheduler, price_book};
use ecsim::simulation::{self, Fact, TaskFact};
use ecsim::units::{Cpu, Decimal, Memory, SimTime, Span, Usd};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DIGESTS: u64 = 8;

fn law(dice: &mut Dice, most: u64) -> Distribution {
    let mean = dice.between(1, most) as f64;
    match dice.below(3) {
        0 => Distribution::Constant(mean),
        1 => Distribution::Exponential { mean },
        _ => Distribution::Uniform {
            low: 0.0,
            high: mean,
        },
    }
}

/// The world of a seed.
fn world(seed: u64) -> Plan {
    let mut dice = Dice(SplitMix64(seed));
    let dice = &mut dice;
    let zones = dice.between(1, 3) as usize;
    let types: Vec<_> = (0..dice.between(1, 3))
        .map(|number| {
            let mut made = instance_type(dice.of(&[1, 2, 4, 8]));
            made.name = format!("type-{number}");
            made.memory = Memory::mib(1_024 * dice.between(2, 16));
            made.task_interfaces = dice.of(&[2, 3, 10]);
            made.price_per_hour = Some(Usd::nanos(100_000_000));
            made.spot = Some(SpotOffer {
                band: dice.of(&InterruptionBand::ALL),
                saving_percent: 70,
                price_per_hour: Some(Usd::nanos(30_000_000)),
            });
            made
        })
        .collect();
    let mut providers: Vec<Provider> = Vec::new();
    for number in 0..dice.between(1, 4) {
        let capacity = match dice.below(6) {
            0 => Capacity::Fargate,
            1 => Capacity::FargateSpot,
            2 => Capacity::Fleet(vec![member(
                dice.below(types.len() as u64) as usize,
                dice.between(1, 5) as u32,
            )]),
            _ => {
                let made = group(dice, types.len(), zones);
                let is_managed = dice.one_in(4);
                let made = if is_managed {
                    managed(dice, made)
                } else {
                    made
                };
                Capacity::Group(Box::new(made))
            }
        };
        providers.push(Provider {
            name: format!("provider-{number}"),
            capacity,
        });
    }
    let mut plan = plan_with(types, providers, Vec::new());
    plan.cluster.zones = (0..zones).map(|zone| format!("zone-{zone}")).collect();
    plan.images = (0..3).map(|number| image(dice, number)).collect();
    plan.registries = vec![Registry {
        name: "ECR".into(),
        limit: dice.of(&[None, None, Some((20, Span::seconds(600)))]),
    }];
    plan.job_queue.order = dice.of(&[QueueOrder::HeadOfLine, QueueOrder::SkipAhead]);
    plan.job_queue.limit = dice.of(&[None, None, Some(3)]);
    plan.tasks = (0..dice.between(0, 3))
        .map(|number| work(dice, &plan, number))
        .collect();
    plan.services = (0..dice.between(0, 3))
        .map(|number| service(dice, &plan, number))
        .collect();
    plan.faults = (0..dice.below(5))
        .map(|number| fault(dice, &plan, number))
        .collect();
    plan.spot.interruptions = dice.of(&[
        Interruptions::Bands,
        Interruptions::PerMonth(0.999_9),
        Interruptions::PerMonth(0.999_999),
        Interruptions::PerHour(6.0),
    ]);
    plan.delays = dice.of(&[
        Delays::None,
        Delays::Start(Span::seconds(7)),
        Delays::Realistic,
        Delays::Realistic,
        Delays::Realistic,
    ]);
    plan.assumptions = Arc::new(assumptions(dice));
    plan.warm_up = Span::seconds(dice.of(&[0, 600]));
    let hours = dice.of(&[1, 3, 12]);
    plan.until = match plan.tasks.is_empty() || dice.one_in(2) {
        true => Until::Elapsed(Span::hours(hours)),
        // Work that waits for what never comes would never leave.
        false if plan.tasks.iter().all(|entry| can_end(&plan, entry)) => Until::Drained,
        false => Until::Elapsed(Span::hours(hours)),
    };
    let prices = FargatePrices {
        vcpu_hour: Usd::nanos(40_480_001),
        gb_hour: Usd::nanos(4_445_003),
        storage_gb_hour: Some(Usd::nanos(111_007)),
        spot: Some(FargateSpotPrices {
            vcpu_hour: Usd::nanos(12_000_001),
            gb_hour: Usd::nanos(1_400_003),
        }),
    };
    plan.prices.fargate_x86 = Some(prices);
    plan.prices.fargate_arm = Some(prices);
    plan
}

/// Its tasks end for certain: they are not started again and again, wait for no container
/// that may never be ready, and for no room that may never come.
fn can_end(plan: &Plan, entry: &TaskEntry) -> bool {
    let is_limited = entry.retry.attempts.is_some();
    let is_plain = |c: &Container| c.depends_on.is_empty() && c.restart.is_none();
    is_limited
        && entry.containers.iter().all(is_plain)
        && (entry.on_no_capacity == OnNoCapacity::Fail || plan.is_on_fargate(&entry.target))
}

fn image(dice: &mut Dice, number: u64) -> Image {
    let layers = (0..dice.between(1, 5)).map(|_| {
        let compressed = Memory::mib(dice.between(1, 300));
        Layer {
            digest: dice.below(DIGESTS) as usize,
            compressed,
            unpacked: Memory::bytes(compressed.as_bytes() * 2),
        }
    });
    let mut layers: Vec<Layer> = layers.collect();
    layers.sort_by_key(|layer| layer.digest);
    layers.dedup_by_key(|layer| layer.digest);
    // The same digest is the same layer in every image.
    for layer in &mut layers {
        layer.compressed = Memory::mib(10 * (layer.digest as u64 + 1));
        layer.unpacked = Memory::mib(25 * (layer.digest as u64 + 1));
    }
    Image {
        name: format!("image-{number}"),
        layers,
        registry: 0,
        assumed: false,
        missing: dice.one_in(20),
    }
}

/// The same types and zones as ECS Managed Instances.
fn managed(dice: &mut Dice, group: AutoScalingGroup) -> AutoScalingGroup {
    AutoScalingGroup {
        zones: group.zones,
        mix: InstancesDistribution {
            on_demand_percentage_above_base: dice.of(&[0, 100]),
            ..InstancesDistribution::default()
        },
        root_volume: group.root_volume,
        boot: group.boot,
        managed_instances: Some(ManagedInstances {
            scale_in_after: dice.of(&[
                ScaleInAfter::Assumed,
                ScaleInAfter::Never,
                ScaleInAfter::After(Span::ZERO),
                ScaleInAfter::After(Span::seconds(300)),
            ]),
        }),
        ..AutoScalingGroup::managed_instances(group.types)
    }
}

fn group(dice: &mut Dice, types: usize, zones: usize) -> AutoScalingGroup {
    let managed = dice.one_in(2);
    let protects = managed && dice.one_in(3);
    let first = dice.below(types as u64) as usize;
    let count = dice.between(1, types as u64) as usize;
    let min_size = dice.of(&[0, 0, 1, 2]);
    let allocation = |dice: &mut Dice| {
        dice.of(&[
            AllocationStrategy::Prioritized,
            AllocationStrategy::LowestPrice,
            AllocationStrategy::PriceCapacityOptimized,
        ])
    };
    AutoScalingGroup {
        types: (0..count).map(|turn| (first + turn) % types).collect(),
        zones: (0..dice.between(1, zones as u64) as usize).collect(),
        min_size,
        max_size: min_size + dice.between(0, 8) as u32,
        desired_capacity: dice.between(0, 4) as u32,
        registered_at_start: dice.between(0, 1) == 1,
        mix: InstancesDistribution {
            on_demand_base_capacity: dice.of(&[0, 1]),
            on_demand_percentage_above_base: dice.of(&[0, 50, 100]),
            on_demand_allocation: AllocationStrategy::Prioritized,
            spot_allocation: allocation(dice),
        },
        termination_policy: dice.of(&[
            TerminationPolicy::Default,
            TerminationPolicy::OldestInstance,
            TerminationPolicy::NewestInstance,
        ]),
        protected_from_scale_in: protects,
        attributes: BTreeMap::new(),
        root_volume: dice.of(&[None, Some(Memory::gib(30))]),
        boot: dice.of(&[None, None, Some(Distribution::Constant(40.0))]),
        managed_scaling: managed.then(|| ManagedScaling {
            target_capacity: dice.of(&[50, 80, 100, 100]),
            minimum_step: dice.of(&[1, 1, 3]),
            maximum_step: dice.of(&[1, 10_000]),
            instance_warmup: Span::seconds(dice.of(&[0, 60, 300])),
        }),
        managed_termination_protection: protects,
        managed_draining: dice.one_in(2),
        spot_instance_draining: dice.one_in(2),
        pull_behavior: dice.of(&[
            PullBehavior::Default,
            PullBehavior::Always,
            PullBehavior::Once,
            PullBehavior::PreferCached,
        ]),
        managed_instances: None,
    }
}

fn containers(dice: &mut Dice, is_service: bool) -> Vec<Container> {
    let count = dice.between(1, 3) as usize;
    let mut made: Vec<Container> = Vec::new();
    for number in 0..count {
        let is_last = number + 1 == count;
        let essential = is_last || dice.one_in(3);
        let check = dice.one_in(3).then(|| HealthCheck {
            interval: Span::seconds(dice.of(&[5, 30])),
            timeout: Span::seconds(dice.of(&[2, 5, 60])),
            retries: dice.between(1, 3) as u32,
            start_period: Span::seconds(dice.of(&[0, 60])),
        });
        let mut depends_on = Vec::new();
        for (earlier, other) in made.iter().enumerate() {
            if dice.one_in(3) {
                let ends = other.behavior.run_time.is_some() && !other.essential;
                let condition = match (ends, other.health_check) {
                    (true, _) => dice.of(&[Condition::Complete, Condition::Success]),
                    (false, Some(_)) => Condition::Healthy,
                    (false, None) => Condition::Start,
                };
                depends_on.push((earlier, condition));
            }
        }
        made.push(Container {
            name: format!("container-{number}"),
            image: dice.below(3) as usize,
            essential,
            depends_on,
            start_timeout: dice.of(&[None, Some(Span::seconds(60))]),
            stop_timeout: Span::seconds(dice.of(&[2, 30, 120])),
            health_check: check,
            restart: dice.one_in(4).then(|| RestartPolicy {
                ignored_exit_codes: dice.of(&[vec![], vec![0]]),
                attempt_period: Span::seconds(60),
            }),
            memory_limit: dice.of(&[None, Some(Memory::mib(500))]),
            behavior: behavior(dice, essential && is_service),
        });
    }
    made
}

fn behavior(dice: &mut Dice, stays: bool) -> Behavior {
    let ends = !stays && dice.one_in(2);
    Behavior {
        run_time: ends.then(|| law(dice, 200)),
        exit_code: dice.of(&[0, 0, 0, 3]),
        time_to_healthy: law(dice, 100),
        crashes_per_hour: dice.of(&[0.0, 0.0, 0.5, 20.0]),
        health_failures_per_hour: dice.of(&[0.0, 0.0, 2.0]),
        probe_failure: dice.of(&[ProbeFailure::Refused, ProbeFailure::Hangs]),
        start_failure: dice.of(&[0.0, 0.0, 0.1, 1.0]),
        memory_use: dice.of(&[None, Some(Distribution::Constant(600.0 * 1_048_576.0))]),
        memory_growth: law(dice, 900),
        stop_time: law(dice, 60),
    }
}

/// One provider, any instance, or several of one kind.
fn target(dice: &mut Dice, plan: &Plan) -> Target {
    let providers = &plan.cluster.providers;
    let first = dice.below(providers.len() as u64) as usize;
    let is_fargate = |at: usize| providers[at].capacity.is_fargate();
    let same: Vec<usize> = (0..providers.len())
        .filter(|at| is_fargate(*at) == is_fargate(first))
        .collect();
    match dice.below(4) {
        0 if !is_fargate(first) => Target::AnyInstance,
        1 if same.len() > 1 => {
            let item = |(at, provider): (usize, &usize)| StrategyItem {
                provider: *provider,
                base: if at == 0 { dice.below(3) as u32 } else { 0 },
                weight: dice.between(1, 3) as u32,
            };
            Target::Strategy(same.iter().enumerate().map(item).collect())
        }
        _ => Target::Provider(first),
    }
}

/// True when all that a target may lead to has managed scaling.
fn provisions(plan: &Plan, target: &Target) -> bool {
    let providers = target.providers();
    !providers.is_empty()
        && providers.iter().all(|at| {
            let capacity = &plan.cluster.providers[*at].capacity;
            capacity.grows_for_tasks()
        })
}

fn demand(dice: &mut Dice, on_fargate: bool) -> ecsim::plan::Demand {
    let mut demand = entry("", Arrivals::At([].into()), Distribution::Constant(1.0)).demand;
    demand.cpu = Drawn::Fixed(Cpu::units(dice.of(&[256, 512, 1_024])));
    demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(dice.of(&[512, 1_024]))));
    demand.network_mode = dice.of(&[NetworkMode::Bridge, NetworkMode::Awsvpc]);
    if on_fargate {
        demand.on_fargate = true;
        demand.cpu = Drawn::Fixed(Cpu::units(256));
        demand.network_mode = NetworkMode::Awsvpc;
    }
    demand
}

fn work(dice: &mut Dice, plan: &Plan, number: u64) -> TaskEntry {
    let target = target(dice, plan);
    let on_fargate = plan.is_on_fargate(&target);
    let times = (0..dice.between(0, 40)).map(|turn| {
        let at = turn / dice.between(1, 3) * 40_000_000;
        SimTime::micros(at + dice.below(2))
    });
    let mut times: Vec<SimTime> = times.collect();
    times.sort_unstable();
    let duration = law(dice, 1_500);
    let mut made = entry(
        &format!("work-{number}"),
        Arrivals::At(times.into()),
        duration,
    );
    made.demand = demand(dice, on_fargate);
    made.placement = placement_rule(dice);
    made.count = dice.of(&[1, 1, 4]).into();
    made.on_no_capacity = match provisions(plan, &target) {
        true => dice.of(&[OnNoCapacity::Provisioning, OnNoCapacity::Queue]),
        false => dice.of(&[OnNoCapacity::Queue, OnNoCapacity::Fail]),
    };
    made.target = target;
    made.distinct_instance = !on_fargate && dice.one_in(5);
    if dice.one_in(2) {
        made.containers = containers(dice, false).into();
    }
    let rework = dice.of(&[Rework::Restart, Rework::Resume, Rework::Redraw]);
    made.retry = Retry {
        attempts: dice.of(&[Some(1), Some(3), Some(10)]),
        work: rework,
        delay: law(dice, 60),
        checkpoint: match rework {
            Rework::Restart => dice.of(&[
                Checkpoint::None,
                Checkpoint::Parts(3),
                Checkpoint::Every(Span::seconds(100)),
            ]),
            _ => Checkpoint::None,
        },
    };
    made
}

fn service(dice: &mut Dice, plan: &Plan, number: u64) -> Service {
    let target = target(dice, plan);
    let on_fargate = plan.is_on_fargate(&target);
    let is_daemon = !on_fargate && dice.one_in(4);
    Service {
        name: format!("service-{number}"),
        definition: format!("service-{number}:1"),
        placement: placement_rule(dice),
        distinct_instance: !on_fargate && dice.one_in(5),
        scheduling: match is_daemon {
            true => Scheduling::Daemon,
            false => Scheduling::Replica,
        },
        desired_count: dice.of(&[0, 1, 3, 12]),
        min_capacity: 0,
        max_capacity: u32::MAX,
        deployment: DeploymentRules {
            percentages: DeploymentConfiguration {
                minimum_healthy_percent: if is_daemon { 0 } else { dice.of(&[0, 50, 100]) },
                maximum_percent: if is_daemon {
                    100
                } else {
                    dice.of(&[100, 150, 200])
                },
            },
            ..DeploymentRules::default()
        },
        zone_rebalancing: !is_daemon && dice.one_in(2),
        health_check_grace_period: Span::seconds(dice.of(&[0, 120])),
        demand: demand(dice, on_fargate),
        containers: containers(dice, true).into(),
        scheduled: Vec::new(),
        revisions: Vec::new(),
        target,
    }
}

fn fault(dice: &mut Dice, plan: &Plan, number: u64) -> Fault {
    let zones = plan.cluster.zones.len() as u64;
    let zone = dice.one_in(2).then(|| dice.below(zones) as usize);
    let works: Vec<_> = plan.works().collect();
    let has_works = !works.is_empty();
    let work =
        (has_works && dice.one_in(2)).then(|| works[dice.below(works.len() as u64) as usize]);
    let (provider, container) = (None, None);
    let kind = match dice.below(11) {
        0 => FaultKind::InstanceFailure {
            provider,
            zone,
            instances: dice.of(&[None, None, Some(vec![0, 2])]),
            repair_crews: dice.of(&[None, Some(1)]),
            replaced: dice.one_in(2),
        },
        1 => FaultKind::ContainerCrash { work, container },
        2 => FaultKind::HealthCheckFailure { work, container },
        3 => FaultKind::OutOfMemory { work, container },
        4 => FaultKind::RegistryOutage { registry: None },
        5 => FaultKind::BadImage { image: 0 },
        6 => FaultKind::ZoneOutage {
            zone,
            share: Distribution::Uniform {
                low: 0.0,
                high: 1.0,
            },
        },
        7 => FaultKind::InsufficientCapacity {
            instance_type: None,
            zone,
            spot_only: dice.one_in(2),
        },
        8 => FaultKind::AgentDisconnect {
            provider,
            zone,
            instances: dice.of(&[None, Some(vec![0, 1, 3])]),
        },
        9 => FaultKind::ControlPlaneOutage,
        _ => FaultKind::FargateHostLoss,
    };
    let may_end = !matches!(
        kind,
        FaultKind::ContainerCrash { .. }
            | FaultKind::HealthCheckFailure { .. }
            | FaultKind::OutOfMemory { .. }
            | FaultKind::FargateHostLoss
    );
    let must_end = may_end && !matches!(kind, FaultKind::InstanceFailure { .. });
    let lasts = must_end || may_end && dice.one_in(2);
    let occurs = match dice.one_in(2) {
        true => {
            let times = (0..dice.between(1, 4)).map(|turn| 100 + 700 * turn + dice.below(600));
            let times = times.map(|seconds| SimTime::ZERO + Span::seconds(seconds));
            Occurrence::At(times.collect())
        }
        false => Occurrence::Every(Distribution::Exponential {
            mean: dice.of(&[300.0, 3_000.0]),
        }),
    };
    Fault {
        name: format!("fault-{number}"),
        kind,
        occurs,
        lasts: lasts.then(|| law(dice, 900)),
    }
}

fn assumptions(dice: &mut Dice) -> Assumptions {
    let plain = Assumptions::default();
    if dice.one_in(2) {
        return plain;
    }
    Assumptions {
        provisioning_timeout: Span::seconds(dice.of(&[300, 1_800])),
        provisioning_limit: dice.of(&[3, 500]),
        service_scheduler_period: Span::seconds(dice.of(&[1, 10, 60])),
        capacity_metric_delay: Span::seconds(dice.of(&[0, 60, 150])),
        fargate_launch_bucket: dice.of(&[(100, Decimal::whole(20)), (1, Decimal::whole(1))]),
        fargate_vcpu_quota: dice.of(&[2, 4_000]),
        fargate_spot_interruption: dice.of(&[0.05, 0.999_999]),
        service_launch_rate: dice.of(&[10, 500]),
        spot_notice: Span::seconds(dice.of(&[0, 120])),
        sibling_launch_errors: dice.of(&[(0.2, Span::hours(1)), (0.9, Span::hours(3))]),
        fixed_fleet_replacement: Span::seconds(dice.of(&[60, 3_600])),
        disconnect_notice: Span::seconds(dice.of(&[0, 60])),
        managed_instances: InstanceManagement {
            look_interval: Span::seconds(dice.of(&[0, 5, 60])),
            tasks_per_instance: dice.of(&[1, 2, 1_000]),
            maximum_age: Span::seconds(dice.of(&[1_200, 1_209_600])),
            drain_for: Span::seconds(dice.of(&[300, 604_800])),
            ..InstanceManagement::default()
        },
        ..plain
    }
}

// The books.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Waiting,
    OnCapacity,
    Running,
    Stopping,
    Gone,
}

/// What may happen on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Up,
    Draining,
    Down,
}

/// Where every task is, and what is the same twice.
#[derive(Default)]
struct Books {
    tasks: BTreeMap<(usize, u64), Where>,
    /// Every instance that has registered.
    instances: BTreeMap<usize, Host>,
    /// Of those that are up or draining: ECS knows that their agents are away.
    away: BTreeSet<usize>,
    /// Faults that put the control plane out, and how many of them do.
    control_plane: Vec<usize>,
    out: u32,
    gone: u64,
    facts: u64,
    /// Facts of one instant.
    at_once: u32,
    hash: u64,
    last: SimTime,
}

impl Books {
    /// Nothing is placed or heard of where the agent is away.
    fn is_heard_of(&self, of: &TaskFact) {
        if let Some(instance) = of.task.instance {
            assert!(!self.away.contains(&instance.index()), "{of:?}");
        }
    }

    fn is_on_a_living_host(&self, of: &TaskFact) {
        if let Some(instance) = of.task.instance {
            assert_ne!(self.instances[&instance.index()], Host::Down, "{of:?}");
        }
    }

    fn go(&mut self, of: &TaskFact, from: &[Where], to: Where) {
        let name = (of.task.revision.index(), of.task.ordinal);
        let at = self.tasks.get_mut(&name).expect("who acts has arrived");
        assert!(from.contains(at), "{name:?} goes from {at:?} to {to:?}");
        *at = to;
        self.gone += u64::from(to == Where::Gone);
        if let Some(instance) = of.task.instance {
            let state = self.instances.get(&instance.index());
            assert!(state.is_some(), "an instance that has never registered");
        }
    }
}

impl Reader<Fact> for Books {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        assert!(now >= self.last, "time goes on");
        self.at_once = if now == self.last {
            self.at_once + 1
        } else {
            0
        };
        assert!(self.at_once < 20_000, "time stands still: {fact:?}");
        self.last = now;
        self.facts += 1;
        for byte in format!("{now:?} {fact:?}").bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        use Where::{Gone, OnCapacity, Running, Stopping, Waiting};
        match fact {
            Fact::TaskArrived(of) => {
                let name = (of.task.revision.index(), of.task.ordinal);
                assert_eq!(self.tasks.insert(name, Waiting), None, "{name:?}");
            }
            Fact::TaskPlaced(of) => {
                if let Some(instance) = of.task.instance {
                    let is_up = self.instances.get(&instance.index());
                    assert_eq!(is_up, Some(&Host::Up), "placed where nobody may be");
                }
                self.is_heard_of(of);
                assert_eq!(self.out, 0, "placed without a control plane: {of:?}");
                self.go(of, &[Waiting], OnCapacity);
            }
            Fact::TaskStarted(of) => {
                self.is_on_a_living_host(of);
                self.is_heard_of(of);
                self.go(of, &[OnCapacity], Running);
            }
            Fact::TaskHealth(of, true) => self.is_on_a_living_host(of),
            Fact::TaskStopping(of, _) => self.go(of, &[OnCapacity, Running], Stopping),
            Fact::TaskFinished(of) => {
                let name = (of.task.revision.index(), of.task.ordinal);
                if self.tasks[&name] == Running {
                    self.is_on_a_living_host(of);
                }
                self.go(of, &[Running, Stopping], Gone);
            }
            Fact::TaskStopped(of, _) => {
                self.go(of, &[Waiting, OnCapacity, Running, Stopping], Gone);
            }
            Fact::TaskInterrupted(of, ..) => {
                self.go(of, &[OnCapacity, Running, Stopping], Waiting);
            }
            Fact::TaskRejected(of, _) => self.go(of, &[Waiting], Gone),
            Fact::SubmissionRefused(of, _) => self.go(of, &[Waiting], Waiting),
            Fact::InstanceRegistered(of) | Fact::InstanceRecovered(of) => {
                self.instances.insert(of.instance.index(), Host::Up);
                self.away.remove(&of.instance.index());
            }
            Fact::InstanceDraining(of) => {
                self.instances.insert(of.instance.index(), Host::Draining);
            }
            Fact::InstanceFailed(of) | Fact::InstanceGone(of, _) => {
                self.instances.insert(of.instance.index(), Host::Down);
                self.away.remove(&of.instance.index());
            }
            Fact::InstanceLaunched(of) => {
                assert_eq!(self.out, 0, "launched without a control plane: {of:?}");
            }
            Fact::FaultBegan(of, _) if self.control_plane.contains(of) => self.out += 1,
            Fact::FaultEnded(of, _) if self.control_plane.contains(of) => self.out -= 1,
            Fact::AgentDisconnected(of) => {
                let is_new = self.away.insert(of.instance.index());
                assert!(is_new, "whoever is away does not leave: {of:?}");
            }
            Fact::AgentReconnected(of) => {
                let was_away = self.away.remove(&of.instance.index());
                assert!(was_away, "whoever comes back was away: {of:?}");
            }
            _ => {}
        }
    }
}

fn play(plan: &Plan, seed: u64) -> (Books, simulation::Outcome) {
    let is_outage = |fault: &Fault| matches!(fault.kind, FaultKind::ControlPlaneOutage);
    let faults = plan.faults.iter().enumerate();
    let outages = faults.filter(|(_, fault)| is_outage(fault));
    let mut books = Books {
        control_plane: outages.map(|(number, _)| number).collect(),
        ..Books::default()
    };
    let scheduler = built_in_scheduler(plan);
    let outcome = simulation::run(
        plan,
        seed,
        scheduler,
        simulation::Limits::default(),
        &mut books,
        |books: &Books| {
            assert!(books.facts < 5_000_000, "it never ends");
            true
        },
    );
    (books, outcome.expect("built-in policies do not fail"))
}

/// Plays the world of a number and compares what must hold in every world.
fn check(number: u64) {
    let plan = world(number);
    let (books, outcome) = play(&plan, number);
    assert!(!outcome.too_long && !outcome.stopped);
    let arrived = books.tasks.len() as u64;
    assert_eq!(
        arrived,
        books.gone + outcome.unfinished,
        "who has come and not gone is there"
    );
    if plan.until == Until::Drained {
        let is_work = |(entry, _): &(usize, u64)| *entry < plan.tasks.len();
        let mut left = books.tasks.iter().filter(|(name, _)| is_work(name));
        assert!(left.all(|(_, at)| *at == Where::Gone));
        assert_eq!(outcome.end, books.last.max(outcome.end));
    }
    let bill = price(&outcome.usage, &price_book(&plan)).expect("everything has a price");
    assert!(bill.lines.iter().all(|line| line.cost >= Usd::ZERO));
    let (again, _) = play(&plan, number);
    assert_eq!((books.facts, books.hash), (again.facts, again.hash));
}

/// Plays worlds on all processors; says which number failed.
fn storm(numbers: std::ops::Range<u64>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let first = numbers.start;
    let jobs = (numbers.end - first) as usize;
    let mut failed = Vec::new();
    ecsim::runner::in_order(
        jobs,
        threads,
        |job| {
            let number = first + job as u64;
            std::panic::catch_unwind(|| check(number))
                .err()
                .map(|_| number)
        },
        |_, number| {
            failed.extend(number);
            true
        },
    );
    assert!(failed.is_empty(), "these worlds fail: {failed:?}");
}

#[test]
fn two_hundred_storms() {
    storm(1..201);
}

#[cfg(feature = "long")]
#[test]
fn ten_thousand_storms() {
    storm(201..10_201);
}

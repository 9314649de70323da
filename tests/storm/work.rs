//! Random standalone work and services, with their containers.

use crate::common::worlds::{Dice, placement_rule};
use crate::common::*;
use crate::world::*;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Behavior, Checkpoint, Condition, Container, DeploymentConfiguration, DeploymentRules,
    Drawn, HealthCheck, MemoryDemand, NetworkMode, OnNoCapacity, OnStillRunning, Plan,
    ProbeFailure, RestartPolicy, Retry, Rework, Schedule, Scheduling, Service, StrategyItem,
    Target, TaskEntry,
};
use ecsim::units::{Cpu, Memory, SimTime, Span};

pub fn containers(dice: &mut Dice, is_service: bool) -> Vec<Container> {
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

pub fn behavior(dice: &mut Dice, stays: bool) -> Behavior {
    let ends = !stays && dice.one_in(2);
    Behavior {
        run_time: ends.then(|| law(dice, 200)),
        exit_code: dice.of(&[0, 0, 0, 3]),
        time_to_healthy: law(dice, 100),
        crashes_per_hour: dice.of(&[0.0, 0.0, 0.5, 20.0]),
        health_failures_per_hour: dice.of(&[0.0, 0.0, 2.0]),
        probe_failure: dice.of(&[ProbeFailure::Refused, ProbeFailure::Hangs]),
        start_failure: dice.of(&[0.0, 0.0, 0.1, 1.0]),
        cpu_use: dice.of(&[Cpu::ZERO, Cpu::ZERO, Cpu::units(100), Cpu::vcpus(3)]),
        memory_use: dice.of(&[None, Some(Distribution::Constant(600.0 * 1_048_576.0))]),
        memory_growth: law(dice, 900),
        stop_time: law(dice, 60),
    }
}

/// One provider, any instance, or several of one kind.
pub fn target(dice: &mut Dice, plan: &Plan) -> Target {
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

/// True when all that a target may lead to grows for waiting tasks.
pub fn provisions(plan: &Plan, target: &Target) -> bool {
    let providers = target.providers();
    !providers.is_empty()
        && providers.iter().all(|at| {
            let capacity = &plan.cluster.providers[*at].capacity;
            capacity.grows_for_tasks()
        })
}

pub fn demand(dice: &mut Dice, on_fargate: bool) -> ecsim::plan::Demand {
    let mut demand = entry("", Arrivals::At([].into()), Distribution::Constant(1.0)).demand;
    demand.cpu = Drawn::Fixed(Cpu::units(dice.of(&[256, 512, 1_024])));
    demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(dice.of(&[512, 1_024]))));
    demand.network_mode = dice.of(&[NetworkMode::Bridge, NetworkMode::Awsvpc]);
    // Without a `cpu` of the task as a whole it may use what its neighbours leave.
    demand.cpu_is_limit = !dice.one_in(3);
    if on_fargate {
        demand.on_fargate = true;
        demand.cpu = Drawn::Fixed(Cpu::units(256));
        demand.network_mode = NetworkMode::Awsvpc;
    }
    demand
}

pub fn work(dice: &mut Dice, plan: &Plan, number: u64) -> TaskEntry {
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
    if dice.one_in(3) {
        scheduled(dice, &mut made);
    }
    made
}

/// Arrivals of a schedule that look at earlier tasks, or have a window.
fn scheduled(dice: &mut Dice, made: &mut TaskEntry) {
    let text = dice.of(&[
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "at(1970-01-01T00:10:00)",
    ]);
    let schedule = Schedule::parse(text, &jiff::tz::TimeZone::UTC);
    made.arrivals = Arrivals::Schedule(schedule.expect("a schedule"));
    made.flexible_window = Span::seconds(dice.of(&[0, 60, 900]));
    made.on_still_running = dice.of(&[
        OnStillRunning::Start,
        OnStillRunning::Skip,
        OnStillRunning::Queue,
        OnStillRunning::Replace,
        OnStillRunning::Replace,
    ]);
}

pub fn service(dice: &mut Dice, plan: &Plan, number: u64) -> Service {
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
        target_tracking: Vec::new(),
        step_scaling: Vec::new(),
        predictive_scaling: Vec::new(),
        high_resolution: Vec::new(),
        load: None,
        worker: None,
        targets: None,
        other_targets: Vec::new(),
        revisions: Vec::new(),
        target,
    }
}

//! Worlds for the worked examples, and a diary of what happens in them.

pub use crate::common::*;
pub use ecsim::cluster::Task;
use ecsim::cluster::{ServiceId, WorkId};
use ecsim::engine::Reader;
pub use ecsim::engine::random::Distribution;
use ecsim::plan::{AllocationStrategy, DeploymentRules, PullBehavior, Schedule};
pub use ecsim::plan::{
    Arrivals, Assumptions, AutoScalingGroup, Behavior, Capacity, Container, Delays, Drawn, Fault,
    FaultKind, HealthCheck, Image, InstancesDistribution, Layer, ManagedScaling, MemoryDemand,
    NetworkMode, Occurrence, OnNoCapacity, PlacementRule, Plan, Provider, Registry,
    ScheduledAction, Scheduling, Service, Target, TaskEntry, TerminationPolicy, Until,
};
pub use ecsim::policy::services::{PlacementDelays, StartDelays};
use ecsim::runner::built_in_scheduler;
use ecsim::scenario::{Embedded, Request, load};
pub use ecsim::simulation::{self, Fact, StopReason};
pub use ecsim::units::{Cpu, Decimal, Memory, Ratio, SimTime, Span, Usd};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Everything that has happened, with its times.
#[derive(Default)]
pub struct Diary {
    pub facts: Vec<(SimTime, Fact)>,
    pub cost: f64,
}

impl Reader<Fact> for Diary {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.facts.push((now, *fact));
    }
}

impl Diary {
    /// Seconds at which facts happen that `of` says something about, with what it says.
    pub fn times<T>(&self, of: impl Fn(&Fact) -> Option<T>) -> Vec<(f64, T)> {
        let said = |(at, fact): &(SimTime, Fact)| Some((seconds(*at), of(fact)?));
        self.facts.iter().filter_map(said).collect()
    }

    /// Seconds at which tasks of an entry are placed, with ordinal and instance.
    pub fn placed(&self, entry: usize) -> Vec<(f64, (u64, usize))> {
        self.times(|fact| match fact {
            Fact::TaskPlaced(of) if of.task.revision.index() == entry => {
                let instance = of.task.instance.map_or(usize::MAX, |id| id.index());
                Some((of.task.ordinal, instance))
            }
            _ => None,
        })
    }

    /// Seconds at which tasks of an entry are RUNNING, by ordinal.
    pub fn started(&self, entry: usize) -> Vec<(f64, u64)> {
        self.times(|fact| match fact {
            Fact::TaskStarted(of) => ordinal(&of.task, entry),
            _ => None,
        })
    }

    /// Seconds at which tasks of an entry become healthy, by ordinal.
    pub fn healthy(&self, entry: usize) -> Vec<(f64, u64)> {
        self.times(|fact| match fact {
            Fact::TaskHealth(of, true) => ordinal(&of.task, entry),
            _ => None,
        })
    }

    /// Seconds at which tasks of an entry are to stop, by ordinal, and why.
    pub fn stopping(&self, entry: usize) -> Vec<(f64, (u64, StopReason))> {
        self.times(|fact| match fact {
            Fact::TaskStopping(of, why) => Some((ordinal(&of.task, entry)?, *why)),
            _ => None,
        })
    }

    /// Seconds at which tasks of an entry are STOPPED, by ordinal, and why.
    pub fn stopped(&self, entry: usize) -> Vec<(f64, (u64, StopReason))> {
        self.times(|fact| match fact {
            Fact::TaskStopped(of, why) => Some((ordinal(&of.task, entry)?, *why)),
            _ => None,
        })
    }

    /// Seconds at which tasks of an entry end well, by ordinal.
    pub fn finished(&self, entry: usize) -> Vec<(f64, u64)> {
        self.times(|fact| match fact {
            Fact::TaskFinished(of) => ordinal(&of.task, entry),
            _ => None,
        })
    }

    /// Seconds at which a group's desired capacity changes, from and to.
    pub fn scaled(&self) -> Vec<(f64, (u32, u32))> {
        self.times(|fact| match fact {
            Fact::GroupScaled { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
    }
}

/// The first run of a scenario.
pub fn play(text: &str) -> Diary {
    play_seed(text, 1)
}

/// The run of a scenario with a seed.
pub fn play_seed(text: &str, seed: u64) -> Diary {
    diary(&plan_of(text), seed)
}

/// The plan of the first variant of a scenario.
pub fn plan_of(text: &str) -> Plan {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(format!("ecsim-life-{process}-{number}.yaml"));
    std::fs::write(&path, text).expect("it can be written");
    let request = Request {
        path: &path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let loaded = load(&request, &Embedded);
    std::fs::remove_file(&path).expect("it was written");
    let mut study = loaded.expect("the scenario is right").study;
    study.variants.swap_remove(0)
}

fn ordinal(task: &Task, entry: usize) -> Option<u64> {
    (task.revision.index() == entry).then_some(task.ordinal)
}

pub fn seconds(at: SimTime) -> f64 {
    at.as_micros() as f64 / 1e6
}

pub fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + Span::seconds(seconds)
}

/// Plays a plan with a seed and keeps a diary.
pub fn diary(plan: &Plan, seed: u64) -> Diary {
    let mut diary = Diary::default();
    let scheduler = built_in_scheduler(plan);
    let outcome = simulation::run(
        plan,
        seed,
        scheduler,
        simulation::Limits::default(),
        &mut diary,
    )
    .expect("built-in policies do not fail");
    let book = ecsim::runner::price_book(plan);
    let bill = ecsim::pricing::price(&outcome.usage, &book).expect("all has a price");
    diary.cost = bill.total().as_nanos() as f64 / 1e9;
    diary
}

/// A plan with one image without layers, for so long.
pub fn plan(providers: Vec<Provider>, vcpus: u64, lasts: Span) -> Plan {
    let mut plan = plan_with(vec![instance_type(vcpus)], providers, Vec::new());
    plan.images = vec![image(&[])];
    plan.registries = vec![Registry {
        name: "ECR".into(),
        limit: None,
    }];
    plan.until = Until::Elapsed(lasts);
    plan
}

/// So many instances of the first type, in the first zone.
pub fn fleet(count: u32) -> Provider {
    Provider {
        name: "fleet".into(),
        capacity: Capacity::Fleet(vec![member(0, count)]),
    }
}

pub fn on_fargate() -> Provider {
    Provider {
        name: "FARGATE".into(),
        capacity: Capacity::Fargate,
    }
}

/// An Auto Scaling group of the first type in the first zone, from nothing up to so many,
/// without managed scaling; instances boot at once unless delays are realistic, also those of the
/// start.
pub fn group(most: u32) -> AutoScalingGroup {
    AutoScalingGroup {
        types: vec![0],
        zones: vec![0],
        min_size: 0,
        max_size: most,
        desired_capacity: 0,
        registered_at_start: false,
        mix: InstancesDistribution {
            spot_allocation: AllocationStrategy::LowestPrice,
            ..InstancesDistribution::default()
        },
        termination_policy: TerminationPolicy::Default,
        protected_from_scale_in: false,
        attributes: BTreeMap::new(),
        agent_version: None,
        root_volume: None,
        boot: None,
        managed_scaling: None,
        managed_termination_protection: false,
        managed_draining: false,
        spot_instance_draining: false,
        pull_behavior: PullBehavior::Default,
        cpu_credits: None,
        managed_instances: None,
    }
}

pub fn managed() -> Option<ManagedScaling> {
    Some(ManagedScaling {
        target_capacity: 100,
        minimum_step: 1,
        maximum_step: 10_000,
        instance_warmup: Span::seconds(300),
    })
}

pub fn provider(group: AutoScalingGroup) -> Provider {
    Provider {
        name: "group".into(),
        capacity: Capacity::Group(Box::new(group)),
    }
}

/// An image of layers with these compressed megabytes, which unpack to nothing.
pub fn image(megabytes: &[u64]) -> Image {
    let layer = |(digest, size): (usize, &u64)| Layer {
        digest,
        compressed: Memory::bytes(size * 1_000_000),
        unpacked: Memory::bytes(0),
    };
    Image {
        name: "image:1".into(),
        layers: megabytes.iter().enumerate().map(layer).collect(),
        registry: 0,
        assumed: false,
        missing: false,
    }
}

/// An essential container that runs until it is stopped.
pub fn container(name: &str) -> Container {
    Container {
        name: name.into(),
        image: 0,
        essential: true,
        depends_on: Vec::new(),
        start_timeout: None,
        stop_timeout: Span::seconds(30),
        health_check: None,
        restart: None,
        memory_limit: None,
        behavior: Behavior::default(),
    }
}

/// The same, which exits by itself.
pub fn exits(mut container: Container, after: f64, code: i32) -> Container {
    container.behavior.run_time = Some(Distribution::Constant(after));
    container.behavior.exit_code = code;
    container
}

/// Work of one vCPU of this many arrivals at seconds, with these containers.
pub fn work(times: &[u64], containers: Vec<Container>, lasts: f64) -> TaskEntry {
    let times = times.iter().map(|second| at(*second)).collect();
    let mut made = entry("work", Arrivals::At(times), Distribution::Constant(lasts));
    made.containers = containers.into();
    made
}

/// A service of so many tasks of one vCPU with one container on the first provider.
pub fn service(desired: u32) -> Service {
    let demand = entry("", Arrivals::At([].into()), Distribution::Constant(0.0)).demand;
    Service {
        name: "service".into(),
        definition: "service:1".into(),
        target: Target::Provider(0),
        placement: PlacementRule::FirstFit,
        distinct_instance: false,
        scheduling: Scheduling::Replica,
        desired_count: desired,
        min_capacity: 0,
        max_capacity: u32::MAX,
        deployment: DeploymentRules::default(),
        zone_rebalancing: false,
        health_check_grace_period: Span::ZERO,
        demand,
        containers: [container("main")].into(),
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

/// The same on Fargate, with so many CPU units and MiB per task.
pub fn fargate_service(desired: u32, cpu: u64, memory: u64) -> Service {
    let mut made = service(desired);
    made.demand.on_fargate = true;
    made.demand.network_mode = NetworkMode::Awsvpc;
    made.demand.cpu = Drawn::Fixed(Cpu::units(cpu));
    made.demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(memory)));
    made
}

/// At a minute of the first hour the desired count becomes another.
pub fn scales_at(mut service: Service, minute: u32, desired: u32) -> Service {
    let text = format!("at(1970-01-01T00:{minute:02}:00)");
    service.scheduled.push(ScheduledAction {
        name: "change".into(),
        schedule: Schedule::parse(&text, &jiff::tz::TimeZone::UTC).expect("a time"),
        desired_count: Some(desired),
        min_capacity: None,
        max_capacity: None,
    });
    service
}

/// Times that are drawn become sure: the agent takes 2 s, a container starts in 0.6 s.
pub fn sure() -> Assumptions {
    Assumptions {
        container_start: Distribution::Constant(0.6),
        interface_attach: Distribution::Constant(4.0),
        instance_boot: Distribution::Constant(45.0),
        ..Assumptions::default()
    }
}

/// These instances, by launch, fail at a second, and come back after `lasts`.
pub fn instances_fail(instances: Vec<u32>, second: u64, lasts: Option<f64>) -> Fault {
    Fault {
        name: "failures".into(),
        kind: FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: Some(instances),
            repair_crews: None,
            replaced: false,
        },
        occurs: Occurrence::At(vec![at(second)]),
        lasts: lasts.map(Distribution::Constant),
    }
}

/// The health checks of everything, or of one service, fail from a second on.
pub fn checks_fail(service: Option<usize>, second: u64) -> Fault {
    Fault {
        name: "sick".into(),
        kind: FaultKind::HealthCheckFailure {
            work: service.map(|service| WorkId::Service(ServiceId::new(service))),
            container: None,
        },
        occurs: Occurrence::At(vec![at(second)]),
        lasts: None,
    }
}

/// The container is probed every 10 s; the third failure counts.
pub fn probed(mut container: Container) -> Container {
    container.health_check = Some(HealthCheck {
        interval: Span::seconds(10),
        timeout: Span::seconds(5),
        retries: 3,
        start_period: Span::ZERO,
    });
    container
}

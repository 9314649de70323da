//! The contract: same scenario, same seed, same version, same bytes, on any number of
//! threads, in any build profile, on any platform; and one part's luck is its own.
//!
//! `fingerprints.txt` holds what four fixed worlds have always given. When a change is
//! meant to move them, say so in the changelog and write the file anew:
//!
//! ```text
//! ECSIM_UPDATE=1 cargo test --test determinism
//! ```

use ecsim::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices};
use ecsim::cluster::Asked;
use ecsim::engine::Reader;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, Field, FleetMember, InstanceType,
    JobQueue, MemoryDemand, NetworkMode, OnNoCapacity, PlacementRule, Plan, Port, Prices, Protocol,
    Provider, QueueOrder, RateShape, Retry, SpreadField, Strategy, Study, Target, TaskEntry, Trace,
    TraceRow, Until,
};
use ecsim::report::{UsageNames, UsageWriter, cost, runs, summary, utilization};
use ecsim::runner::{self, Finished, Options, Results, Sink, built_in_scheduler};
use ecsim::simulation::{self, Fact, TaskFact};
use ecsim::units::{Cpu, Memory, Rate, SimTime, Span, Usd};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

// Worlds: small, but every law, rule and kind of capacity has its place in one of them.

fn usd(text: &str) -> Usd {
    text.parse().expect("a price")
}

fn kind(name: &str, vcpus: u64, memory: Memory, price: &str) -> InstanceType {
    InstanceType {
        name: name.into(),
        cpu: Cpu::vcpus(vcpus),
        memory,
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

fn member(instance_type: usize, count: Count) -> FleetMember {
    FleetMember {
        instance_type,
        count,
        zones: vec![0, 1, 2],
        attributes: BTreeMap::from([("rack".into(), format!("r{instance_type}"))]),
        root_volume: Some(Memory::gib(30)),
        ..FleetMember::new(0, 0)
    }
}

fn fleet(counts: [u32; 2]) -> Provider {
    let members = counts.iter().enumerate();
    let members = members.map(|(kind, count)| member(kind, Count::Fixed(*count)));
    Provider {
        name: "fleet".into(),
        capacity: Capacity::Fleet(members.collect()),
    }
}

fn poisson(per_second: f64) -> Arrivals {
    Arrivals::Poisson {
        rate: RateShape::Constant(rate(per_second)),
        limit: None,
    }
}

fn rate(per_second: f64) -> Rate {
    Rate::per_second(per_second).expect("a rate")
}

fn renewal(gap: Distribution) -> Arrivals {
    Arrivals::Renewal { gap, limit: None }
}

/// Tasks of a quarter to two vCPU with drawn memory, on the first provider.
fn entry(name: &str, arrivals: Arrivals, duration: Distribution) -> TaskEntry {
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
    }
}

fn plan(providers: Vec<Provider>, tasks: Vec<TaskEntry>) -> Plan {
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
            },
            storage_month_hours: None,
            month_hours: None,
            extra: Vec::new(),
        },
        ..Plan::default()
    }
}

fn study(variants: Vec<Plan>) -> Study {
    Study {
        name: "determinism".into(),
        seeds: 5,
        ..Study::of_plans(variants)
    }
}

fn named(mut plan: Plan, variant: &str) -> Plan {
    plan.variant = variant.into();
    plan
}

/// Every placement rule on a busy fleet over three zones, with a queue that fills up.
fn placements() -> Study {
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
fn laws() -> Study {
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
fn fit() -> Study {
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
fn listed() -> Study {
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

fn worlds() -> [(&'static str, Study); 4] {
    [
        ("placements", placements()),
        ("laws", laws()),
        ("fit", fit()),
        ("listed", listed()),
    ]
}

// What a study gives, as bytes.

/// Collects `usage.csv`.
struct Usage(UsageWriter<Vec<u8>>);

impl Sink for Usage {
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()> {
        let names = UsageNames::of(run.plan);
        self.0.run(&run.plan.variant, run.seed, run.usage, &names)
    }
}

/// The files of a study by their names.
type Files = BTreeMap<&'static str, Vec<u8>>;

fn play(study: &Study, seeds: &[u64], threads: usize, sink: &mut dyn Sink) -> Results {
    play_plans(study, seeds, threads, sink).0
}

/// The results, and the plans with the counts that were found.
fn play_plans(
    study: &Study,
    seeds: &[u64],
    threads: usize,
    sink: &mut dyn Sink,
) -> (Results, Vec<Plan>) {
    let options = Options {
        seeds: seeds.to_vec(),
        threads: NonZeroUsize::new(threads),
        ..Options::default()
    };
    let stop = AtomicBool::new(false);
    let played = runner::run(study, &options, &built_in_scheduler, sink, &(), &stop);
    played.expect("it plays")
}

fn files(study: &Study, seeds: &[u64], threads: usize) -> Files {
    let mut usage = Usage(UsageWriter::begin(Vec::new()).expect("memory takes all"));
    let results = play(study, seeds, threads, &mut usage);
    let written = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("memory takes all");
        bytes
    };
    BTreeMap::from([
        ("summary.json", written(&|out| summary(&results, out))),
        ("runs.csv", written(&|out| runs(&results, out))),
        ("cost.csv", written(&|out| cost(&results, out))),
        (
            "utilization.csv",
            written(&|out| utilization(&results, out)),
        ),
        ("usage.csv", usage.0.finish().expect("memory takes all")),
    ])
}

/// The files of seeds 1 to 5.
fn five_seeds(study: &Study, threads: usize) -> Files {
    files(study, &[1, 2, 3, 4, 5], threads)
}

fn assert_same(name: &str, one: &Files, other: &Files) {
    for (file, bytes) in one {
        let same = *bytes == other[file];
        assert!(same, "{name}: {file} differs");
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes every fact of a run, in order.
#[derive(Default)]
struct FactHash(Sha256);

impl Reader<Fact> for FactHash {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let (kind, fact): (u64, &TaskFact) = match fact {
            Fact::TaskArrived(fact) => (1, fact),
            Fact::TaskPlaced(fact) => (2, fact),
            Fact::TaskStarted(fact) => (3, fact),
            Fact::TaskFinished(fact) => (4, fact),
            Fact::TaskRejected(fact, _) => (5, fact),
            _ => return,
        };
        let task = &fact.task;
        let numbers = [
            kind,
            now.as_micros(),
            task.revision.index() as u64,
            task.ordinal,
            task.instance.map_or(u64::MAX, |id| id.index() as u64),
            task.zone.index() as u64,
            task.shape.cpu.as_base(),
            task.shape.memory.as_bytes(),
        ];
        for number in numbers {
            self.0.update(number.to_le_bytes());
        }
    }
}

/// The hash of every fact of seed 1, over all variants.
fn facts(study: &Study) -> String {
    let (_, plans) = play_plans(study, &[1], 1, &mut ());
    let mut reader = FactHash::default();
    for plan in &plans {
        simulation::run(
            plan,
            1,
            built_in_scheduler(plan),
            simulation::Limits::default(),
            &mut reader,
            |_| true,
        )
        .expect("built-in policies do not fail");
    }
    let digest = reader.0.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for (name, study) in worlds() {
        let one = five_seeds(&study, 1);
        for threads in [1, 2, 4] {
            assert_same(name, &one, &five_seeds(&study, threads));
        }
    }
}

/// Every file of a folder by its path, with the files of folders in it.
fn tree(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            tree(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(&path).expect("the file is there"));
        }
    }
}

#[test]
fn the_program_writes_the_same_folder_on_any_number_of_threads() {
    for scenario in ["quickstart", "placement", "trace"] {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let play = |threads: &str, out: &str| {
            let out = folder.path().join(out);
            let file = format!("{}/scenarios/{scenario}.yaml", env!("CARGO_MANIFEST_DIR"));
            let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
                .args(["run", &file, "--seeds", "3", "--tasks", "--events"])
                .args(["--threads", threads, "--out"])
                .arg(&out)
                .output()
                .expect("the program starts");
            let talk = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{talk}");
            let mut files = BTreeMap::from([("stdout".to_string(), output.stdout)]);
            tree(&out, "", &mut files);
            files
        };
        let one = play("1", "first");
        assert!(one.len() > 8, "{:?}", one.keys());
        for (threads, out) in [("1", "again"), ("2", "two"), ("4", "four")] {
            let other = play(threads, out);
            assert!(one.keys().eq(other.keys()), "{:?}", other.keys());
            for (name, bytes) in &one {
                assert!(*bytes == other[name], "{scenario}: {name} differs");
            }
        }
    }
}

#[test]
fn every_build_gives_the_fingerprints_it_always_gave() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fingerprints.txt");
    let mut found = String::from(
        "# world, file, SHA-256; see tests/determinism.rs\n\
         # `facts` is what happened in seed 1, without any report.\n",
    );
    for (name, study) in worlds() {
        for (file, bytes) in five_seeds(&study, 2) {
            found.push_str(&format!("{name} {file} {}\n", sha256(&bytes)));
        }
        found.push_str(&format!("{name} facts {}\n", facts(&study)));
    }
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::write(path, &found).expect("the file can be written");
    }
    let known = std::fs::read_to_string(path).expect("the fingerprints are there");
    let moved: Vec<&str> = found
        .lines()
        .filter(|line| !known.lines().any(|known| known == *line))
        .collect();
    assert!(moved.is_empty(), "moved:\n{}", moved.join("\n"));
    assert_eq!(known, found);
}

#[test]
fn a_seed_plays_the_same_alone_and_beside_others() {
    for (name, study) in worlds() {
        // `count: fit` looks at the study's seeds whatever is played.
        let together = play(&study, &[1, 2, 3, 4, 5], 2, &mut ());
        let alone = play(&study, &[4], 1, &mut ());
        for (one, all) in alone.variants.iter().zip(&together.variants) {
            assert_eq!(one.runs[0].seed, all.runs[3].seed);
            assert_eq!(
                one.runs[0].values, all.runs[3].values,
                "{name} {}",
                one.name
            );
        }
    }
}

#[test]
fn variants_that_are_equal_do_not_differ_at_all() {
    for (name, study) in worlds() {
        let plan = &study.variants[0];
        let twins = ["one", "two", "three"].map(|variant| named(plan.clone(), variant));
        let results = play(&self::study(twins.into()), &[1, 2, 3, 4], 2, &mut ());
        for variant in &results.variants[1..] {
            assert!(variant.against_first.iter().any(Option::is_some));
            for difference in variant.against_first.iter().flatten() {
                let mean = difference.estimate.mean;
                assert!(mean.is_none_or(|mean| mean == 0.0), "{name}: {mean:?}");
            }
        }
    }
}

/// What a client submits: nothing that a policy or the capacity could change.
#[derive(Default, PartialEq, Eq)]
struct Workload(Vec<(SimTime, usize, u64, Span, Asked)>);

impl Reader<Fact> for Workload {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::TaskArrived(TaskFact { task, .. }) = fact {
            let entry = task.revision.index();
            self.0
                .push((now, entry, task.ordinal, task.duration, task.asked));
        }
    }
}

fn workload(plan: &Plan, seed: u64) -> Workload {
    let mut workload = Workload::default();
    simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        &mut workload,
        |_| true,
    )
    .expect("built-in policies do not fail");
    workload
}

#[test]
fn no_policy_moves_an_arrival_or_a_duration() {
    let study = placements();
    let known = workload(&study.variants[0], 7);
    assert!(known.0.len() > 3000);
    for plan in &study.variants {
        assert!(workload(plan, 7) == known, "{}", plan.variant);
        let mut other = plan.clone();
        other.job_queue.order = QueueOrder::HeadOfLine;
        other.job_queue.limit = None;
        other.cluster.providers = vec![fleet([2, 9])];
        other.delays = Delays::Start(Span::seconds(30));
        assert!(workload(&other, 7) == known, "{} elsewhere", plan.variant);
    }
    assert!(workload(&study.variants[0], 8) != known);
}

#[test]
fn fargate_and_a_fleet_face_the_same_work() {
    let study = laws();
    for plan in &study.variants[1..] {
        assert!(workload(plan, 3) == workload(&study.variants[0], 3));
    }
}

#[test]
fn an_entry_more_moves_nobody_elses_luck() {
    // Plenty of room: entries share the fleet, and nobody waits.
    let lasts = Distribution::LogNormal {
        mu: 5.0,
        sigma: 1.5,
    };
    let a = entry("a", poisson(0.02), lasts.clone());
    let z = entry("z", renewal(lasts.clone()), lasts.clone());
    let other = entry("other", poisson(0.05), lasts);
    let figures = |tasks: Vec<TaskEntry>| {
        let results = play(
            &study(vec![plan(vec![fleet([300, 0])], tasks)]),
            &[1, 2],
            2,
            &mut (),
        );
        let variant = &results.variants[0];
        let mut of_entry: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
        for (index, summary) in variant.figures.iter().enumerate() {
            let values = variant.runs.iter().map(|run| run.values[index]);
            of_entry.insert(summary.figure.path.clone(), values.collect());
        }
        of_entry.retain(|path, _| path.starts_with("tasks.a.") || path.starts_with("tasks.z."));
        // The share of all arrivals is about the others as well.
        of_entry.retain(|path, _| !path.ends_with(".arrived.share"));
        of_entry
    };
    let known = figures(vec![a.clone(), z.clone()]);
    assert!(known.len() > 20, "{:?}", known.keys());
    assert!(
        known["tasks.a.arrived.count"]
            .iter()
            .all(|v| v > &Some(300.0))
    );
    for tasks in [
        vec![other.clone(), a.clone(), z.clone()],
        vec![a.clone(), other.clone(), z.clone()],
        vec![z.clone(), a.clone(), other],
        vec![z, a],
    ] {
        assert_eq!(figures(tasks), known);
    }
}

//! Schedules that every correct simulator shares, computed by two engines written apart
//! from this one (facts/validation.md section 3): generated jobs, fixed clusters, and the
//! hash of who ran where and when. Each is played through a scenario file and a trace, as
//! anybody would, by the library and by the program; and from a plan built by hand, so that
//! a difference shows whether the reader or the model made it.

use ecsim::catalog::{Architecture, OperatingSystem};
use ecsim::cluster::Task;
use ecsim::engine::Reader;
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    Arrivals, Capacity, Cluster, Count, Delays, Demand, Drawn, Fault, FaultKind, Field,
    FleetMember, InstanceType, JobQueue, MemoryDemand, NetworkMode, Occurrence, OnNoCapacity,
    PlacementRule, Plan, Prices, Provider, QueueOrder, Retry, Target, TaskEntry, Trace, TraceRow,
    Until,
};
use ecsim::runner::built_in_scheduler;
use ecsim::scenario::{self, Embedded};
use ecsim::simulation::{self, Fact};
use ecsim::units::{Cpu, Memory, SimTime, Span, Usd};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// CPU units and MiB.
type Size = (u64, u64);

const SHAPES_A: &[Size] = &[(256, 512), (512, 1024), (1024, 2048), (2048, 4096)];
const SHAPES_B: &[Size] = &[
    (256, 512),
    (256, 2048),
    (512, 4096),
    (1024, 2048),
    (1024, 8192),
    (2048, 4096),
    (4096, 8192),
    (4096, 30720),
];

/// One of the known schedules. Times in milliseconds.
struct Case {
    name: &'static str,
    seed: u64,
    jobs: usize,
    longest_gap: u64,
    durations: (u64, u64),
    shapes: &'static [Size],
    /// Instances in the order of their indices.
    fleet: &'static [(u32, Size)],
    placement: PlacementRule,
    order: QueueOrder,
    /// A job without room is refused instead of queued.
    loss: bool,
    start: u64,
    failures: &'static [Failures],
    known: Known,
}

/// Times at which an instance fails, to be back 45 s later.
struct Failures {
    instance: u32,
    at: &'static [u64],
}

/// The k-th of forty failures is instance 5k mod 16's, 60.777 k seconds from the start.
const FAILURES: &[Failures] = &[
    Failures {
        instance: 0,
        at: &[972432, 1944864],
    },
    Failures {
        instance: 1,
        at: &[790101, 1762533],
    },
    Failures {
        instance: 2,
        at: &[607770, 1580202],
    },
    Failures {
        instance: 3,
        at: &[425439, 1397871, 2370303],
    },
    Failures {
        instance: 4,
        at: &[243108, 1215540, 2187972],
    },
    Failures {
        instance: 5,
        at: &[60777, 1033209, 2005641],
    },
    Failures {
        instance: 6,
        at: &[850878, 1823310],
    },
    Failures {
        instance: 7,
        at: &[668547, 1640979],
    },
    Failures {
        instance: 8,
        at: &[486216, 1458648, 2431080],
    },
    Failures {
        instance: 9,
        at: &[303885, 1276317, 2248749],
    },
    Failures {
        instance: 10,
        at: &[121554, 1093986, 2066418],
    },
    Failures {
        instance: 11,
        at: &[911655, 1884087],
    },
    Failures {
        instance: 12,
        at: &[729324, 1701756],
    },
    Failures {
        instance: 13,
        at: &[546993, 1519425],
    },
    Failures {
        instance: 14,
        at: &[364662, 1337094, 2309526],
    },
    Failures {
        instance: 15,
        at: &[182331, 1154763, 2127195],
    },
];

/// What is known about a schedule.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    input_sha256: &'static str,
    schedule_sha256: &'static str,
    placed: usize,
    rejected: usize,
    attempts: u32,
    makespan: u64,
    wait_sum: u64,
    wait_max: u64,
    waited: usize,
    wait_p95: u64,
    wait_p99: u64,
    peak_running: usize,
    peak_pending: usize,
    cpu_ms: u128,
    instances_used: usize,
}

fn d1() -> Case {
    Case {
        name: "D1",
        seed: 1,
        jobs: 50,
        longest_gap: 4000,
        durations: (10_000, 60_000),
        shapes: SHAPES_A,
        fleet: &[(4, (4096, 8192))],
        placement: PlacementRule::BestFit(Field::Cpu),
        order: QueueOrder::HeadOfLine,
        loss: false,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "25bda9718f463c9f91393de96b263563ec02c8ff0a8fc45af097304db685503a",
            schedule_sha256: "b76a7e2b98009ff90209406d86a91af2cdb0386217dfe884ac3d445763270873",
            placed: 50,
            rejected: 0,
            attempts: 50,
            makespan: 166_224,
            wait_sum: 80_499,
            wait_max: 13_122,
            waited: 9,
            wait_p95: 10_903,
            wait_p99: 13_122,
            peak_running: 18,
            peak_pending: 6,
            cpu_ms: 1_535_570_688,
            instances_used: 4,
        },
    }
}

fn d2() -> Case {
    Case {
        name: "D2",
        seed: 2,
        jobs: 5000,
        longest_gap: 1200,
        durations: (5000, 55_000),
        shapes: SHAPES_B,
        fleet: &[(26, (4096, 30720))],
        placement: PlacementRule::FirstFit,
        order: QueueOrder::HeadOfLine,
        loss: false,
        start: 1500,
        failures: &[],
        known: Known {
            input_sha256: "82735fa46f9197691749e8bedd0ac7bfee229501418ff7e4002920286c72d9ce",
            schedule_sha256: "22bc3f87b7b2c209b55074ff7b90920ba0a6814c155f0f2b4b2052c881a50dcf",
            placed: 5000,
            rejected: 0,
            attempts: 5000,
            makespan: 3_063_567,
            wait_sum: 2_970_237,
            wait_max: 11_178,
            waited: 904,
            wait_p95: 4566,
            wait_p99: 7492,
            peak_running: 69,
            peak_pending: 21,
            cpu_ms: 259_443_289_088,
            instances_used: 26,
        },
    }
}

fn d3() -> Case {
    Case {
        name: "D3",
        seed: 3,
        jobs: 100_000,
        longest_gap: 120,
        durations: (1000, 179_000),
        shapes: SHAPES_B,
        fleet: &[
            (200, (8192, 15360)),
            (150, (8192, 31744)),
            (100, (16384, 31744)),
            (50, (4096, 31744)),
        ],
        placement: PlacementRule::BestFit(Field::Memory),
        order: QueueOrder::SkipAhead,
        loss: false,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "50acce82d26f0e77599f1c5e88b27e30d349f738e2d6cae323effd6a8379c8cc",
            schedule_sha256: "60c5eb67ff146cc22a6fe1cea8a074bfad672f05a582d51da9a66207af3e8d43",
            placed: 100_000,
            rejected: 0,
            attempts: 100_000,
            makespan: 6_147_823,
            wait_sum: 4_119_230,
            wait_max: 10_788,
            waited: 2030,
            wait_p95: 0,
            wait_p99: 1450,
            peak_running: 1605,
            peak_pending: 28,
            cpu_ms: 14_942_201_522_944,
            instances_used: 500,
        },
    }
}

fn d5() -> Case {
    Case {
        name: "D5",
        seed: 5,
        jobs: 5000,
        longest_gap: 1200,
        durations: (5000, 65_000),
        shapes: SHAPES_A,
        fleet: &[(16, (4096, 8192))],
        placement: PlacementRule::FewestTasks,
        order: QueueOrder::SkipAhead,
        loss: false,
        start: 0,
        failures: FAILURES,
        known: Known {
            input_sha256: "0a61dfa57cadd829f7b6978a1550a5c6492e4c1378474995e5b531c4d513c503",
            schedule_sha256: "713d4bc5b5a09e5a94ca3b22086421132799aa90d97e5cab59b844dbf75f7e3e",
            placed: 5000,
            rejected: 0,
            attempts: 5153,
            makespan: 3_087_161,
            wait_sum: 16_984_306,
            wait_max: 122_963,
            waited: 1763,
            wait_p95: 18_335,
            wait_p99: 32_849,
            peak_running: 72,
            peak_pending: 21,
            cpu_ms: 169_615_715_072,
            instances_used: 16,
        },
    }
}

fn d6() -> Case {
    Case {
        name: "D6",
        seed: 6,
        jobs: 20_000,
        longest_gap: 220,
        durations: (2000, 20_000),
        shapes: SHAPES_B,
        fleet: &[(20, (2048, 7680)), (12, (4096, 15360)), (8, (8192, 31744))],
        placement: PlacementRule::DotProduct,
        order: QueueOrder::HeadOfLine,
        loss: true,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "96c57aa95ad9493067d64ee3133f0bce03779cb3f937c70ec481b8230c054089",
            schedule_sha256: "f5109008a64392e6dc5e5042162aa9ba29268f45c0637d2c2e1a549cbd56c387",
            placed: 15_503,
            rejected: 4497,
            attempts: 15_503,
            makespan: 2_216_811,
            wait_sum: 0,
            wait_max: 0,
            waited: 0,
            wait_p95: 0,
            wait_p99: 0,
            peak_running: 102,
            peak_pending: 0,
            cpu_ms: 166_389_725_440,
            instances_used: 31,
        },
    }
}

/// A generated job. Times in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Job {
    arrival: u64,
    duration: u64,
    cpu: u64,
    memory: u64,
}

impl Case {
    fn jobs(&self) -> Vec<Job> {
        let mut generator = SplitMix64(self.seed);
        let mut draw = |below: u64| generator.next_u64() % below;
        let (shortest, longest) = self.durations;
        let mut arrival = 0;
        let next = |_| {
            arrival += draw(self.longest_gap + 1);
            let duration = shortest + draw(longest - shortest + 1);
            let (cpu, memory) = self.shapes[draw(self.shapes.len() as u64) as usize];
            Job {
                arrival,
                duration,
                cpu,
                memory,
            }
        };
        (0..self.jobs).map(next).collect()
    }

    /// The plan, built by hand.
    fn plan(&self) -> Plan {
        let row = |job: Job| TraceRow {
            arrival: SimTime::micros(job.arrival * 1000),
            duration: Span::millis(job.duration),
            cpu: Some(Cpu::units(job.cpu)),
            memory: Some(Memory::mib(job.memory)),
            gpu_millis: None,
            count: 1,
        };
        let rows = self.jobs().into_iter().map(row).collect();
        let kind = |(cpu, memory): Size| InstanceType {
            name: format!("node-{cpu}-{memory}"),
            cpu: Cpu::units(cpu),
            memory: Memory::mib(memory),
            gpus: 0,
            task_interfaces: 0,
            architecture: Architecture::X86,
            operating_system: OperatingSystem::Linux,
            price_per_hour: Some(Usd::ZERO),
            spot: None,
            own: true,
            ..InstanceType::new("", Cpu::ZERO, Memory::ZERO)
        };
        let member = |(index, (count, _)): (usize, &(u32, Size))| FleetMember {
            instance_type: index,
            count: Count::Fixed(*count),
            zones: vec![0],
            attributes: BTreeMap::new(),
            root_volume: None,
            ..FleetMember::new(0, 0)
        };
        Plan {
            scenario: self.name.into(),
            variant: "base".into(),
            region: "us-east-1".into(),
            start_unix_seconds: 0,
            until: Until::Drained,
            warm_up: Span::ZERO,
            cluster: Cluster {
                zones: vec!["us-east-1a".into()],
                instance_types: self.fleet.iter().map(|(_, size)| kind(*size)).collect(),
                providers: vec![Provider {
                    name: "nodes".into(),
                    capacity: Capacity::Fleet(self.fleet.iter().enumerate().map(member).collect()),
                }],
            },
            job_queue: JobQueue {
                order: self.order,
                limit: None,
            },
            tasks: vec![TaskEntry {
                name: "jobs".into(),
                definition: "job:1".into(),
                group: "family:job".into(),
                target: Target::Provider(0),
                placement: self.placement.clone(),
                arrivals: Arrivals::Trace(
                    Trace {
                        rows,
                        ..Trace::default()
                    }
                    .into(),
                ),
                count: 1.into(),
                demand: Demand {
                    cpu: Drawn::Fixed(Cpu::units(1)),
                    memory: MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(128))),
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
                duration: Distribution::Constant(1.0),
                distinct_instance: false,
                containers: [].into(),
                retry: self.retry(),
                on_no_capacity: if self.loss {
                    OnNoCapacity::Fail
                } else {
                    OnNoCapacity::Queue
                },
            }],
            delays: match self.start {
                0 => Delays::None,
                start => Delays::Start(Span::millis(start)),
            },
            prices: Prices::default(),
            faults: self.failures.iter().map(fault).collect(),
            ..Plan::default()
        }
    }

    /// Who is struck starts again from zero, as often as it takes.
    fn retry(&self) -> Retry {
        match self.failures {
            [] => Retry::default(),
            _ => Retry {
                attempts: None,
                ..Retry::default()
            },
        }
    }
}

fn fault(failures: &Failures) -> Fault {
    let at = failures.at.iter();
    Fault {
        name: format!("node-{}", failures.instance),
        kind: FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: Some(vec![failures.instance]),
            repair_crews: None,
            replaced: false,
        },
        occurs: Occurrence::At(at.map(|millis| SimTime::micros(millis * 1000)).collect()),
        lasts: Some(Distribution::Constant(45.0)),
    }
}

// The scenario as files.

const HEADER: &str = "arrived,lasts,cpu_units,memory_mib\n";

fn csv_rows(jobs: &[Job]) -> String {
    let row = |job: &Job| {
        let Job {
            arrival,
            duration,
            cpu,
            memory,
        } = job;
        format!("{arrival},{duration},{cpu},{memory}\n")
    };
    jobs.iter().map(row).collect()
}

impl Case {
    /// The scenario's text, with the trace in these files beside it.
    fn yaml(&self, zones: &str, trace_files: &str) -> String {
        let number = |size: u64| format!("node-{}", size);
        let types: String = (0..)
            .zip(self.fleet)
            .map(|(index, (_, (cpu, memory)))| {
                format!(
                    "  - {{ name: {}, vcpu: {}, memory: {memory} MiB, \
                     registeredMemory: {memory} MiB, price: $0.10/h }}\n",
                    number(index),
                    cpu / 1024,
                )
            })
            .collect();
        let members: String = (0..)
            .zip(self.fleet)
            .map(|(index, (count, _))| {
                let name = number(index);
                format!("        - {{ instanceType: {name}, count: {count} }}\n")
            })
            .collect();
        let policy = match self.placement {
            PlacementRule::FirstFit => "firstFit",
            PlacementRule::BestFit(Field::Cpu) => "{ bestFit: cpu }",
            PlacementRule::BestFit(Field::Memory) => "{ bestFit: memory }",
            PlacementRule::DotProduct => "dotProduct",
            PlacementRule::FewestTasks => "fewestTasks",
            _ => panic!("no known schedule uses another rule"),
        };
        let order = match self.order {
            QueueOrder::HeadOfLine => "headOfLine",
            QueueOrder::SkipAhead => "skipAhead",
        };
        let delays = match self.start {
            0 => "none".to_string(),
            start => format!("{{ start: {start}ms }}"),
        };
        let (retry, faults) = self.yaml_of_failures();
        let without_room = if self.loss { "fail" } else { "queue" };
        format!(
            "ecsim: 1\n\
             name: {name}\n\
             region: us-east-1\n\
             until: drained\n\
             seeds: 1\n\
             instanceTypes:\n\
             {types}\
             cluster:\n\
             \x20 availabilityZones: [{zones}]\n\
             \x20 capacityProviders:\n\
             \x20   - name: nodes\n\
             \x20     fleet:\n\
             {members}\
             taskDefinitions:\n\
             \x20 - family: job\n\
             \x20   networkMode: host\n\
             \x20   containerDefinitions: [{{ name: job, image: test/job:1, memory: 128 }}]\n\
             tasks:\n\
             \x20 - name: jobs\n\
             \x20   taskDefinition: job\n\
             \x20   placementPolicy: {policy}\n\
             \x20   onNoCapacity: {without_room}\n\
             {retry}\
             \x20   trace:\n\
             \x20     files: [{trace_files}]\n\
             \x20     columns:\n\
             \x20       arrival: {{ column: arrived, unit: ms }}\n\
             \x20       duration: {{ column: lasts, unit: ms }}\n\
             \x20       cpu: {{ column: cpu_units, unit: units }}\n\
             \x20       memory: {{ column: memory_mib, unit: MiB }}\n\
             jobQueue: {{ order: {order} }}\n\
             delays: {delays}\n\
             {faults}",
            name = self.name,
        )
    }

    /// The keys `retry` of the entry and `faults`; nothing without failures.
    fn yaml_of_failures(&self) -> (&str, String) {
        if self.failures.is_empty() {
            return ("", String::new());
        }
        let fault = |Failures { instance, at }: &Failures| {
            let at: Vec<String> = at.iter().map(|millis| format!("{millis}ms")).collect();
            let at = at.join(", ");
            format!(
                "  - {{ name: node-{instance}, instanceFailure: {{ instances: [{instance}] }}, \
                 at: [{at}], lasts: 45s }}\n"
            )
        };
        let faults: String = self.failures.iter().map(fault).collect();
        let retry = "    retry: { attempts: unlimited, work: restart }\n";
        (retry, format!("faults:\n{faults}"))
    }

    /// Writes the scenario and its trace into a folder.
    fn write(&self, folder: &Path, zones: &str) -> PathBuf {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("the folder is ours");
            path
        };
        write("jobs.csv", &(HEADER.to_string() + &csv_rows(&self.jobs())));
        write("scenario.yaml", &self.yaml(zones, "jobs.csv"))
    }
}

/// The plan that a scenario file with one variant means.
fn load(path: &Path) -> Plan {
    let request = scenario::Request {
        path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let loaded = scenario::load(&request, &Embedded)
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert_eq!(loaded.warnings.len(), 0);
    let [plan] = loaded.study.variants.try_into().expect("one variant");
    plan
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}

/// What became of a job. Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Refused,
    Ran {
        node: usize,
        start: u64,
        end: u64,
        attempts: u32,
    },
}

/// Follows a run by its facts.
#[derive(Default)]
struct Schedule {
    fates: Vec<Option<Fate>>,
    /// The instant of the last fact.
    now: SimTime,
    pending: usize,
    running: usize,
    /// The most at the end of an instant.
    peak_pending: usize,
    peak_running: usize,
}

fn whole_millis(time: SimTime) -> u64 {
    let micros = time.as_micros();
    assert!(micros.is_multiple_of(1000), "{micros} µs");
    micros / 1000
}

impl Schedule {
    fn decide(&mut self, task: &Task, fate: Fate) {
        let id = task.ordinal as usize;
        if self.fates.len() <= id {
            self.fates.resize(id + 1, None);
        }
        assert_eq!(self.fates[id].replace(fate), None, "job {id} has one fate");
    }

    fn end_of_instant(&mut self) {
        self.peak_pending = self.peak_pending.max(self.pending);
        self.peak_running = self.peak_running.max(self.running);
    }
}

impl Reader<Fact> for Schedule {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if now > self.now {
            self.end_of_instant();
            self.now = now;
        }
        match fact {
            Fact::TaskArrived(_) => self.pending += 1,
            Fact::TaskPlaced(_) => {
                self.pending -= 1;
                self.running += 1;
            }
            Fact::TaskRejected(fact, _) => {
                self.pending -= 1;
                self.decide(&fact.task, Fate::Refused);
            }
            Fact::TaskFinished(fact) => {
                self.running -= 1;
                let task = &fact.task;
                let node = task.instance.expect("it ran on an instance").index();
                let (start, end) = (whole_millis(task.placed), whole_millis(now));
                let attempts = task.attempts;
                let fate = Fate::Ran {
                    node,
                    start,
                    end,
                    attempts,
                };
                self.decide(task, fate);
            }
            Fact::TaskInterrupted(..) => {
                self.running -= 1;
                self.pending += 1;
            }
            _ => {}
        }
    }
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines that a schedule is known by: id, node, start, end, attempts.
fn lines(fates: &[Fate]) -> String {
    let mut text = String::new();
    for (id, fate) in fates.iter().enumerate() {
        let written = match fate {
            Fate::Refused => writeln!(text, "{id},-1,-1,-1,0"),
            Fate::Ran {
                node,
                start,
                end,
                attempts,
            } => {
                writeln!(text, "{id},{node},{start},{end},{attempts}")
            }
        };
        written.expect("a string takes all");
    }
    text
}

/// Sums up a schedule as the table of known ones does.
fn assert_known(case: &Case, fates: &[Fate], peaks: Option<(usize, usize)>) {
    let jobs = case.jobs();
    assert_eq!(fates.len(), jobs.len());
    let input: String = jobs
        .iter()
        .enumerate()
        .map(|(id, job)| {
            let Job {
                arrival,
                duration,
                cpu,
                memory,
            } = job;
            format!("{id},{arrival},{duration},{cpu},{memory}\n")
        })
        .collect();
    let mut waits = Vec::new();
    let (mut makespan, mut cpu_ms, mut all_attempts) = (0, 0, 0);
    let mut used = vec![false; case.fleet.iter().map(|(count, _)| *count as usize).sum()];
    for (job, fate) in jobs.iter().zip(fates) {
        if let Fate::Ran {
            node,
            start,
            end,
            attempts,
        } = *fate
        {
            all_attempts += attempts;
            waits.push(start - job.arrival);
            makespan = makespan.max(end);
            cpu_ms += u128::from(job.cpu) * u128::from(end - start);
            used[node] = true;
        }
    }
    waits.sort_unstable();
    // The index of quantile q is ⌈q n⌉ - 1.
    let quantile = |percent: usize| waits[(percent * waits.len()).div_ceil(100) - 1];
    let (input_sha256, schedule_sha256) = (sha256(&input), sha256(&lines(fates)));
    let known = &case.known;
    let (peak_running, peak_pending) = peaks.unwrap_or((known.peak_running, known.peak_pending));
    let got = Known {
        // Shown as they are when they differ.
        input_sha256: input_sha256.leak(),
        schedule_sha256: schedule_sha256.leak(),
        placed: waits.len(),
        rejected: fates.len() - waits.len(),
        attempts: all_attempts,
        makespan,
        wait_sum: waits.iter().sum(),
        wait_max: waits.last().copied().unwrap_or(0),
        waited: waits.iter().filter(|wait| **wait > 0).count(),
        wait_p95: quantile(95),
        wait_p99: quantile(99),
        peak_running,
        peak_pending,
        cpu_ms,
        instances_used: used.iter().filter(|used| **used).count(),
    };
    assert_eq!(got, *known, "{}", case.name);
}

/// Plays a plan and compares all that is known.
fn check(case: &Case, plan: &Plan) -> Vec<Fate> {
    assert!(plan.is_without_chance() || !case.failures.is_empty());
    let mut schedule = Schedule::default();
    let scheduler = built_in_scheduler(plan);
    let outcome = simulation::run(
        plan,
        1,
        scheduler,
        simulation::Limits::default(),
        &mut schedule,
        |_| true,
    )
    .expect("built-in policies do not fail");
    schedule.end_of_instant();
    assert_eq!(outcome.unfinished, 0);
    assert_eq!(whole_millis(outcome.end), case.known.makespan);
    let peaks = (schedule.peak_running, schedule.peak_pending);
    let fates: Option<Vec<Fate>> = schedule.fates.into_iter().collect();
    let fates = fates.expect("every job has a fate");
    assert_known(case, &fates, Some(peaks));
    fates
}

/// Plays a case through its files, with the library.
fn check_files(case: &Case, zones: &str) -> Vec<Fate> {
    let folder = folder();
    check(case, &load(&case.write(folder.path(), zones)))
}

/// The fates that `tasks.csv` tells of.
fn fates_of_rows(path: &Path, jobs: usize) -> Vec<Fate> {
    let mut fates = vec![None; jobs];
    let mut file = csv::Reader::from_path(path).expect("the file is there");
    let columns = file.headers().expect("it has a header").clone();
    for row in file.records() {
        let row = row.expect("a row of the same length");
        let cell = |name: &str| {
            let column = columns.iter().position(|column| column == name);
            &row[column.expect("the column is there")]
        };
        let millis = |name: &str| {
            let micros = cell(name).parse().expect("microseconds");
            whole_millis(SimTime::micros(micros))
        };
        assert_eq!((cell("entry"), cell("group")), ("jobs", "family:job"));
        let fate = match cell("outcome") {
            "rejected" => {
                assert_eq!((cell("instanceIndex"), cell("attempts")), ("", "0"));
                Fate::Refused
            }
            outcome => {
                assert_eq!(outcome, "finished");
                Fate::Ran {
                    node: cell("instanceIndex").parse().expect("an index"),
                    start: millis("startedMicros"),
                    end: millis("endedMicros"),
                    attempts: cell("attempts").parse().expect("a number"),
                }
            }
        };
        let id: usize = cell("ordinal").parse().expect("a number");
        assert_eq!(fates[id].replace(fate), None, "job {id} has one row");
    }
    let fates: Option<Vec<Fate>> = fates.into_iter().collect();
    fates.expect("every job has a row")
}

/// Plays a case with the program and reads its reports.
fn check_program(case: &Case) {
    let folder = folder();
    let scenario = case.write(folder.path(), "us-east-1a");
    let out = folder.path().join("reports");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .args(["run", "--quiet", "--reports", "files", "--tasks", "--out"])
        .args([&out, &scenario])
        .output()
        .expect("the program starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    let reports = out.join(case.name);
    let fates = fates_of_rows(&reports.join("tasks.csv"), case.jobs);
    assert_known(case, &fates, None);
    let summary = std::fs::read(reports.join("summary.json")).expect("the file is there");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    let figure = |path: &str| {
        let figure = &summary["variants"]["base"][format!("tasks.jobs.{path}")];
        figure["mean"]
            .as_f64()
            .unwrap_or_else(|| panic!("no {path}"))
    };
    let known = &case.known;
    let seconds = |millis: u64| millis as f64 / 1000.0;
    let placed = known.placed as f64;
    for (path, value) in [
        ("arrived.count", case.jobs as f64),
        ("finished.count", placed),
        ("rejected.count", known.rejected as f64),
        ("rejected.share", known.rejected as f64 / case.jobs as f64),
        ("unfinished.count", 0.0),
        ("wait.mean", seconds(known.wait_sum) / placed),
        ("wait.max", seconds(known.wait_max)),
        ("waited.share", known.waited as f64 / placed),
        ("running.max", known.peak_running as f64),
        ("waiting.max", known.peak_pending as f64),
    ] {
        // A task that is started again waited for its first place alone; the sheet's wait is
        // up to the last attempt.
        if !case.failures.is_empty() && path.starts_with("wait") {
            continue;
        }
        let found = figure(path);
        let error = (found - value).abs();
        assert!(error <= 1e-12 * value, "{} {path}: {found}", case.name);
    }
}

#[test]
fn the_generator_gives_its_published_numbers() {
    let mut generator = SplitMix64(1_234_567);
    let got = [(); 3].map(|()| generator.next_u64());
    let known = [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ];
    assert_eq!(got, known);
}

#[test]
fn d1_best_fit_with_a_blocking_head() {
    let fates = check_files(&d1(), "us-east-1a");
    let tail = "40,0,89005,140026,1\n41,2,102281,123197,1\n42,1,102281,136997,1\n\
                43,3,102281,127837,1\n44,2,103404,147423,1\n45,3,114239,166224,1\n\
                46,2,114239,146073,1\n47,0,114239,153513,1\n48,1,114239,141712,1\n\
                49,3,120615,141137,1\n";
    assert!(lines(&fates).ends_with(tail));
}

#[test]
fn d2_first_fit_with_a_start_up_that_holds_resources() {
    check_files(&d2(), "us-east-1a");
}

#[test]
fn d3_best_fit_by_memory_skipping_ahead() {
    check_files(&d3(), "us-east-1a");
}

#[test]
fn d5_fewest_tasks_with_failures_and_restarts() {
    check_files(&d5(), "us-east-1a");
}

#[test]
fn d6_dot_product_with_refusals() {
    check_files(&d6(), "us-east-1a");
}

#[test]
fn the_program_reports_the_same_schedules() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check_program(&case);
    }
}

#[test]
fn plans_built_by_hand_give_the_same_schedules() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check(&case, &case.plan());
    }
}

#[test]
fn zones_change_nothing_for_policies_that_do_not_look_at_them() {
    for case in [d1(), d2(), d3(), d5(), d6()] {
        check_files(&case, "us-east-1a, us-east-1b, us-east-1c");
    }
}

#[test]
fn the_order_of_rows_and_the_number_of_files_change_nothing() {
    let case = d2();
    let jobs = case.jobs();
    let folder = folder();
    // The later part first, where no two jobs arrive together.
    let middle = (jobs.len() / 2..)
        .find(|id| jobs[*id].arrival > jobs[id - 1].arrival)
        .expect("jobs go on arriving");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("the folder is ours");
    };
    let (early, late) = (csv_rows(&jobs[..middle]), csv_rows(&jobs[middle..]));
    write("one.csv", &format!("{HEADER}{late}{early}"));
    write("one.yaml", &case.yaml("us-east-1a", "one.csv"));
    write("late.csv", &format!("{HEADER}{late}"));
    write("early.csv", &format!("{HEADER}{early}"));
    write("two.yaml", &case.yaml("us-east-1a", "late.csv, early.csv"));
    for scenario in ["one.yaml", "two.yaml"] {
        check(&case, &load(&folder.path().join(scenario)));
    }
}

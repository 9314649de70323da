//! The CPU of instances: bursting, neighbours, CPU credits and the speed of processors (facts/ecs.md 251,
//! 254; facts/platform.md 1.4).

use crate::world::*;
use ecsim::cluster::ServiceId;
use ecsim::simulation::{CpuCreditAmounts, Requests};

/// A run of an hour of these services on one instance of a type; each service is `(name, CPU of its
/// container or "task: …" for that of the task, rate, further keys of its load)`.
fn played(instance: &str, services: &[(&str, &str, &str, &str)], more: &str) -> Diary {
    let mut definitions = String::new();
    let mut list = String::new();
    for (name, cpu, rate, load) in services {
        let of_task = cpu.strip_prefix("task: ");
        let task = of_task.map_or(String::new(), |cpu| format!("cpu: {cpu}, "));
        let container = match of_task {
            Some(_) => String::new(),
            None => format!("cpu: {cpu}, "),
        };
        definitions += &format!(
            "  - {{ family: {name}, {task}containerDefinitions: [{{ name: {name}, image: w, {container}memory: 100 }}] }}\n"
        );
        list += &format!(
            "  - {{ serviceName: {name}, taskDefinition: {name}, desiredCount: 1, load: {{ requestsPerSecond: {rate}, cpuPerRequest: 10ms{load} }} }}\n"
        );
    }
    play(&format!(
        "\
ecsim: 1
name: cpu
until: 1h
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: ec2, fleet: [{{ count: 1, {instance} }}] }}]
taskDefinitions:
{definitions}services:
{list}delays: none
{more}
"
    ))
}

/// What passed of the requests of a service from a second on.
fn passed_from(diary: &Diary, service: usize, second: u64) -> Requests {
    let mut total = Requests::default();
    for (now, fact) in &diary.facts {
        if let Fact::Requests(of, passed) = fact
            && *of == ServiceId::new(service)
            && *now > at(second)
        {
            total.add(passed);
        }
    }
    total
}

/// Requests per second that a service serves after the first ten minutes.
fn served(diary: &Diary, service: usize) -> f64 {
    let passed = passed_from(diary, service, 600);
    passed.served as f64 / 1e12 / passed.span.as_seconds_f64()
}

fn close(got: f64, wanted: f64) {
    assert!((got / wanted - 1.0).abs() < 0.01, "{got}, not {wanted}");
}

const TWO: &str = "instanceType: c6i.large";
const BOUNDED: &str = ", maxConcurrency: 1000, timeout: 1s";

#[test]
fn ecs_251_two_equal_tasks_that_want_all_get_half_each() {
    let services = [
        ("a", "512", "300/s", BOUNDED),
        ("b", "512", "300/s", BOUNDED),
    ];
    let diary = played(TWO, &services, "");
    close(served(&diary, 0), 100.0);
    close(served(&diary, 1), 100.0);
}

#[test]
fn ecs_251_tasks_that_want_all_get_parts_by_their_cpu_shares() {
    let services = [
        ("a", "1024", "300/s", BOUNDED),
        ("b", "512", "300/s", BOUNDED),
    ];
    let diary = played(TWO, &services, "");
    close(served(&diary, 0), 400.0 / 3.0);
    close(served(&diary, 1), 200.0 / 3.0);
}

#[test]
fn ecs_251_the_part_of_an_idle_neighbour_can_be_used_and_a_task_level_cpu_is_a_cap() {
    let idle = ("b", "512", "20/s", "");
    let diary = played(TWO, &[("a", "512", "300/s", BOUNDED), idle], "");
    close(served(&diary, 0), 180.0);
    close(served(&diary, 1), 20.0);
    let diary = played(TWO, &[("a", "task: 512", "300/s", BOUNDED), idle], "");
    close(served(&diary, 0), 50.0);
    close(served(&diary, 1), 20.0);
    let limited = ", maxConcurrency: 1000, timeout: 1s, cpuLimit: 1024";
    let diary = played(TWO, &[("a", "512", "300/s", limited), idle], "");
    close(served(&diary, 0), 100.0);
}

/// AWS's example: 512 units are reserved and 2,048 used, which is 400 % (facts/ecs.md 254).
#[test]
fn ecs_254_a_task_that_bursts_has_a_utilization_above_100_per_cent() {
    let diary = played("instanceType: c6i.xlarge", &[("a", "512", "200/s", "")], "");
    let passed = passed_from(&diary, 0, 600);
    assert_eq!(passed.utilization(), Some(400_000_000));
    close(served(&diary, 0), 200.0);
}

/// A neighbour that becomes busy takes its part back, and the queue that it has caused is worked off when it
/// is idle again. All that time no more than the CPU of the instance is used.
#[test]
fn a_noisy_neighbour_slows_a_task_down_for_as_long_as_it_is_busy() {
    let busy = "{ piecewise: { steps: [{ at: 0s, rate: 10/s }, { at: 1200s, rate: 300/s }, { at: 1260s, rate: 10/s }] } }";
    let services = [
        ("a", "512", "120/s", ", timeout: 60s, maxConcurrency: 10000"),
        ("b", "512", busy, ", timeout: 30s, maxConcurrency: 10000"),
    ];
    let diary = played(TWO, &services, "");
    let queued = |from: u64, to: u64| -> u128 {
        let all = diary
            .facts
            .iter()
            .filter(|(now, _)| (at(from)..=at(to)).contains(now));
        let of_a = all.filter_map(|(_, fact)| match fact {
            Fact::Requests(of, passed) if of.index() == 0 => Some(passed.queued),
            _ => None,
        });
        of_a.max().unwrap_or(0) / 1_000_000_000_000
    };
    // 120/s arrive, and 100/s are served for a minute.
    assert_eq!(queued(0, 1_200), 0);
    assert_eq!(queued(1_201, 1_260), 1_200);
    assert_eq!(queued(1_800, 3_600), 0);
    let all = [0, 1].map(|service| passed_from(&diary, service, 0));
    assert_eq!(
        all[0].served + all[0].timed_out + all[0].queued,
        all[0].offered
    );
    let used: u128 = all.iter().map(|of| of.cpu_used).sum();
    let most = 2 * u128::from(Cpu::BASE_PER_VCPU) * 3_600_000_000;
    assert!(used <= most, "{used} of {most}");
    let needed: f64 = all.iter().map(|of| of.served as f64 / 1e14).sum();
    close(used as f64 / 128_000.0 / 1e6, needed);
}

/// Work without a load uses what `cpuUse` says, for as long as it is RUNNING.
#[test]
fn a_job_is_a_neighbour_too() {
    let job = "\
tasks:
  - { name: batch, taskDefinition: job, duration: 30m, behavior: { cpuUse: 2 vCPU }, arrivals: { at: [20m] } }
";
    let definitions = |diary: &str| diary.to_string();
    let text = format!(
        "\
ecsim: 1
name: job
until: 1h
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: ec2, fleet: [{{ count: 1, {TWO} }}] }}]
taskDefinitions:
  - {{ family: web, containerDefinitions: [{{ name: web, image: w, cpu: 1024, memory: 100 }}] }}
  - {{ family: job, containerDefinitions: [{{ name: job, image: w, cpu: 512, memory: 100 }}] }}
services:
  - {{ serviceName: web, taskDefinition: web, desiredCount: 1, load: {{ requestsPerSecond: 300/s, cpuPerRequest: 10ms{BOUNDED} }} }}
{job}delays: none
"
    );
    let diary = play(&definitions(&text));
    let rate = |from: u64, to: u64| {
        let before = passed_from(&diary, 0, from).served - passed_from(&diary, 0, to).served;
        before as f64 / 1e12 / (to - from) as f64
    };
    close(rate(0, 1_200), 200.0);
    close(rate(1_200, 3_000), 400.0 / 3.0);
    close(rate(3_000, 3_600), 200.0);
}

/// A processor of speed 2 serves twice as many, and uses half the CPU for each.
#[test]
fn a_faster_processor_serves_more() {
    let types = "instanceTypes: [{ name: fast, vcpu: 2, memory: 4 GiB, price: $0.1/h, speed: 2 }]";
    let diary = played(
        "instanceType: fast",
        &[("a", "512", "600/s", BOUNDED)],
        types,
    );
    close(served(&diary, 0), 400.0);
    let diary = played(
        "instanceType: fast",
        &[("a", "512", "100/s", BOUNDED)],
        types,
    );
    let passed = passed_from(&diary, 0, 600);
    assert_eq!(passed.utilization(), Some(100_000_000), "0.5 vCPU");
}

/// The CPU credits that were measured last, in credits: balance, surplus, and all that was charged.
fn credits(diary: &Diary) -> (f64, f64, f64) {
    let all: Vec<CpuCreditAmounts> = diary
        .times(|fact| match fact {
            Fact::CpuCredits(_, amounts) => Some(*amounts),
            _ => None,
        })
        .into_iter()
        .map(|(_, amounts)| amounts)
        .collect();
    let last = all.last().expect("credits are measured");
    let charged: u128 = all.iter().map(|of| of.charged).sum();
    (
        last.balance as f64 / 1e6,
        last.surplus as f64 / 1e6,
        charged as f64 / 128_000.0 / 60e6,
    )
}

/// A `t3.large` earns 36 credits an hour; 0.9 vCPU spend 54.
#[test]
fn platform_1_4_credits_follow_the_use_of_cpu() {
    let full = "assumptions: { creditsAtStart: 100% }";
    let services = [("a", "512", "90/s", "")];
    let diary = played("instanceType: t3.large", &services, full);
    assert_eq!(credits(&diary), (846.0, 0.0, 0.0));
    let diary = played("instanceType: t3.large", &services, "");
    assert_eq!(credits(&diary), (0.0, 18.0, 0.0), "unlimited by default");
    let few = [("a", "512", "30/s", "")];
    let diary = played("instanceType: t3.large", &few, "");
    assert_eq!(credits(&diary), (18.0, 0.0, 0.0));
}

/// In standard mode an instance without credits serves what its baseline of 0.6 vCPU is enough for.
#[test]
fn platform_1_4_without_credits_a_standard_instance_is_throttled_to_its_baseline() {
    let standard = "instanceType: t3.large, creditSpecification: { cpuCredits: standard }";
    let services = [("a", "512", "90/s", BOUNDED)];
    let diary = played(standard, &services, "");
    close(served(&diary, 0), 60.0);
    assert_eq!(credits(&diary), (0.0, 0.0, 0.0));
    // 1.4 vCPU above the baseline spend 84 credits an hour: 8.64 credits last for 6.17 minutes.
    let some = "assumptions: { creditsAtStart: 1% }";
    let diary = played(standard, &[("a", "512", "300/s", BOUNDED)], some);
    let throttled = diary.times(|fact| match fact {
        Fact::CpuCredits(_, amounts) => Some(amounts.throttled.as_seconds_f64()),
        _ => None,
    });
    let all: f64 = throttled.iter().map(|(_, seconds)| seconds).sum();
    close(all, 3_600.0 - 8.64 / 84.0 * 3_600.0);
    close(served(&diary, 0), 60.0);
}

/// 2 vCPU for an hour spend 84 more than a `t3.large` earns. They are charged when it is terminated.
#[test]
fn platform_1_4_6_surplus_credits_are_charged_at_termination() {
    let services = [("a", "512", "300/s", BOUNDED)];
    let ends = "actions: [{ at: 59m, terminateInstances: { capacityProvider: ec2, count: 1 } }]";
    let diary = played("instanceType: t3.large", &services, ends);
    let (balance, surplus, charged) = credits(&diary);
    assert_eq!((balance, surplus), (0.0, 0.0));
    close(charged, 84.0 * 59.0 / 60.0);
    // A vCPU-hour costs 0.05 dollars (facts/pricing.md 2).
    let without = played("instanceType: t3.large", &[("a", "512", "1/s", "")], ends);
    close(diary.cost - without.cost, charged / 60.0 * 0.05);
}

/// A run of a service and of more work on these instances; `load` is all that its load says, and each of its tasks
/// reserves `cpu` units.
fn shared(
    (instances, until): (&str, &str),
    (tasks, cpu): (u32, u32),
    load: &str,
    more: &str,
) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: cpu
until: {until}
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: ec2, fleet: [{{ {instances} }}] }}]
taskDefinitions:
  - {{ family: web, containerDefinitions: [{{ name: web, image: w, cpu: {cpu}, memory: 100 }}] }}
  - {{ family: job, containerDefinitions: [{{ name: job, image: w, cpu: 512, memory: 100 }}] }}
  - {{ family: capped, cpu: 256, containerDefinitions: [{{ name: capped, image: w, memory: 100 }}] }}
services:
  - {{ serviceName: web, taskDefinition: web, desiredCount: {tasks}, load: {{ {load} }} }}
{more}
delays: none
"
    ))
}

/// The number of times at which the requests of the service were counted, each of which is a change of a rate or
/// a division of the CPU.
fn changes(diary: &Diary) -> usize {
    diary
        .times(|fact| matches!(fact, Fact::Requests(..)).then_some(()))
        .len()
}

/// No more than this CPU is used at any time.
fn uses_at_most(diary: &Diary, vcpus: u64) {
    let mut parts = Vec::new();
    for (now, fact) in &diary.facts {
        if let Fact::Requests(_, passed) = fact {
            let micros = passed.span.as_micros();
            let rate = passed.cpu_used as f64 / micros as f64;
            parts.push((now.as_micros() - micros, now.as_micros(), rate));
        }
    }
    let most = (vcpus * Cpu::BASE_PER_VCPU) as f64;
    for (begin, ..) in &parts {
        let then = parts.iter().filter(|of| (of.0..of.1).contains(begin));
        let used: f64 = then.map(|of| of.2).sum();
        // A whole number of requests per microsecond is counted.
        assert!(
            used <= most * 1.000_001,
            "{used} of {most} from {begin} µs on"
        );
    }
}

const STANDARD: &str = "creditSpecification: { cpuCredits: standard }";

/// 0.6 vCPU are wanted, with noise, and the baseline is 0.4.
#[test]
fn the_cpu_of_a_throttled_instance_is_divided_only_when_something_changes() {
    let hosts = format!("instanceType: t3.medium, count: 1, {STANDARD}");
    let load = "requestsPerSecond: 20/s, noise: 5%, cpuPerRequest: 30ms, timeout: 5s";
    let diary = shared((&hosts, "1h"), (3, 100), load, "");
    let changes = changes(&diary);
    assert!(changes <= 240, "{changes}");
    uses_at_most(&diary, 2);
}

/// A queue of an instance without credits is worked off with its baseline, while what comes wants less than that.
#[test]
fn a_queue_of_a_throttled_instance_is_worked_off_without_divisions() {
    let hosts = format!("instanceType: t3.micro, count: 1, {STANDARD}");
    let load = "requestsPerSecond: { piecewise: { steps: [{ at: 0s, rate: 40/s }, { at: 1200s, rate: 19.9/s }] } }, \
                cpuPerRequest: 10ms, timeout: 20s, maxConcurrency: 100";
    let diary = shared((&hosts, "3h"), (1, 512), load, "");
    let changes = changes(&diary);
    assert!(changes <= 10, "{changes}");
    // 400 requests wait, and 20/s are served.
    let empty = diary.facts.iter().find(|(now, fact)| match fact {
        Fact::Requests(_, passed) => *now > at(1_200) && passed.queued == 0,
        _ => false,
    });
    close(empty.map_or(0.0, |(now, _)| seconds(*now)), 5_200.0);
}

/// Three tasks cannot use each unit of the baseline: the rest is not kept as credits.
#[test]
fn a_throttled_instance_stays_throttled() {
    let hosts = format!("instanceType: t3.medium, count: 1, {STANDARD}");
    let steady = "requestsPerSecond: 20/s, cpuPerRequest: 30ms, timeout: 5s, maxConcurrency: 1000";
    let diary = shared((&hosts, "1h"), (3, 100), steady, "");
    let throttled: f64 = diary
        .times(|fact| match fact {
            Fact::CpuCredits(_, amounts) => Some(amounts.throttled.as_seconds_f64()),
            _ => None,
        })
        .iter()
        .map(|(_, seconds)| seconds)
        .sum();
    assert_eq!(throttled, 3_600.0);
    assert_eq!(credits(&diary), (0.0, 0.0, 0.0));
    let changes = changes(&diary);
    assert!(changes <= 10, "{changes}");
    close(served(&diary, 0), 0.4 / 0.03);
}

/// When a neighbour has ended, tasks of which requests wait get its CPU, and not more than there is.
#[test]
fn requests_that_wait_are_served_with_no_more_cpu_than_there_is() {
    let job = "\
tasks:
  - { name: batch, taskDefinition: job, duration: 10m, behavior: { cpuUse: 2 vCPU }, arrivals: { at: [10m30s] } }
";
    let load = "requestsPerSecond: 12/s, cpuPerRequest: 100ms, timeout: 100s";
    let one = "instanceType: m5.large, count: 1";
    let diary = shared((one, "40m"), (4, 100), load, job);
    uses_at_most(&diary, 2);
    let waiting = passed_from(&diary, 0, 0).queued;
    assert_eq!(waiting, 0, "all has been served in the end");
    // Tasks of two instances, with noise.
    let load = "requestsPerSecond: 24/s, noise: 10%, cpuPerRequest: 100ms, timeout: 100s";
    let two = "instanceType: m5.large, count: 2";
    uses_at_most(&shared((two, "40m"), (7, 100), load, job), 4);
}

/// A job with the CPU of its task as a whole uses no more than that, whatever it would use.
#[test]
fn ecs_251_a_job_has_the_limit_of_its_task() {
    let job = "\
tasks:
  - { name: batch, taskDefinition: capped, duration: 2h, behavior: { cpuUse: 2048 }, arrivals: { at: [0s] } }
";
    let load = "requestsPerSecond: 5/s, cpuPerRequest: 10ms";
    let diary = shared(
        ("instanceType: t3.medium, count: 1", "1h"),
        (1, 100),
        load,
        job,
    );
    // 24 credits an hour are earned, and 15 and 3 spent.
    assert_eq!(credits(&diary), (6.0, 0.0, 0.0));
}

/// A task that can use all of its instance serves what one serves with that limit, in the same time.
#[test]
fn a_task_alone_on_its_instance_has_its_size() {
    let one = "instanceType: m5.large, count: 1";
    for more in ["", ", maxConcurrency: 4"] {
        let load = format!("requestsPerSecond: 18/s, cpuPerRequest: 100ms{more}");
        let free = shared((one, "10m"), (1, 2048), &load, "");
        let limited = shared((one, "10m"), (1, 2048), &(load + ", cpuLimit: 2048"), "");
        assert_eq!(passed_from(&free, 0, 0), passed_from(&limited, 0, 0));
    }
}

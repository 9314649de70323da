//! The figures about capacity and services that fail, computed by hand: availability, the
//! time to detect and to replace, and what faults cost.

use crate::world::*;
use ecsim::engine::Reader;
use ecsim::metrics::{CapacityLevel, Observed};
use ecsim::plan::{Fault, FaultKind, Occurrence, Study};
use ecsim::runner::{self, Finished, Options, Results, Sink, VariantResults};

fn study(plans: Vec<Plan>) -> Study {
    Study {
        name: "figures".into(),
        ..Study::of_plans(plans)
    }
}

fn results(plans: Vec<Plan>, seeds: u64, sink: &mut dyn Sink) -> Results {
    let options = Options {
        seeds: (1..=seeds).collect(),
        threads: None,
        ..Options::default()
    };
    let never = false.into();
    let scheduler = &runner::built_in_scheduler;
    let study = study(plans);
    let played = runner::run(&study, &options, scheduler, sink, &(), &never);
    played.expect("a valid plan runs").0
}

/// The figures of a plan with seed 1.
struct Figures(Results);

impl Figures {
    fn of(plan: &Plan) -> Self {
        Self(results(vec![plan.clone()], 1, &mut ()))
    }

    fn get(&self, path: &str) -> Option<f64> {
        let variant = &self.0.variants[0];
        let place = variant.figures.iter().position(|f| f.figure.path == path);
        variant
            .runs
            .value(0, place.expect("there is such a figure"))
    }

    /// Mean and maximum of `detect` or `replace` of the service, which `all` repeats.
    fn spread(&self, what: &str) -> Option<(f64, f64)> {
        let get = |name: &str, of: &str| self.get(&format!("service.{name}.{what}.{of}"));
        for of in ["mean", "max"] {
            assert_eq!(get("service", of), get("all", of));
        }
        Some((get("service", "mean")?, get("service", "max")?))
    }
}

/// Once, at this second.
fn once(kind: FaultKind, second: u64) -> Fault {
    Fault {
        name: "fault".into(),
        kind,
        occurs: Occurrence::At(vec![at(second)]),
        lasts: None,
    }
}

/// The first instance fails at this second.
fn first_fails(second: u64) -> Fault {
    let kind = FaultKind::InstanceFailure {
        provider: None,
        zone: None,
        instances: Some(vec![0]),
        repair_crews: None,
        replaced: false,
    };
    once(kind, second)
}

/// A service whose times are sure, on so many instances with room for one task each, of
/// which the first fails at this second. The tasks are RUNNING at 3 s and healthy at 43 s.
fn failing_host(service: Service, hosts: u32, second: u64, lasts: u64) -> Plan {
    let mut plan = plan(vec![fleet(hosts)], 1, Span::seconds(lasts));
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.services = vec![service];
    plan.faults = vec![first_fails(second)];
    plan
}

/// Of 2 × 200 instance seconds one fails for 50, or from 100 on.
#[test]
fn capacity_is_unavailable_while_an_instance_has_failed() {
    let mut plan = plan(vec![fleet(2), on_fargate()], 1, Span::seconds(200));
    plan.faults = vec![first_fails(100)];
    let figures = Figures::of(&plan);
    assert_eq!(figures.get("capacity.fleet.available.share"), Some(0.75));
    assert_eq!(figures.get("capacity.all.available.share"), Some(0.75));
    assert_eq!(figures.get("capacity.FARGATE.available.share"), None);
    plan.faults[0].lasts = Some(Distribution::Constant(50.0));
    let figures = Figures::of(&plan);
    assert_eq!(figures.get("capacity.fleet.available.share"), Some(0.875));
    // The first half is not reported: 50 of 2 x 100.
    plan.warm_up = Span::seconds(100);
    let figures = Figures::of(&plan);
    assert_eq!(figures.get("capacity.fleet.available.share"), Some(0.75));
}

/// One of two instances is down for 50 of 200 s.
#[test]
fn the_time_at_each_level_is_known_where_it_is_asked_for() {
    let mut plan = plan(vec![fleet(2)], 1, Span::seconds(200));
    plan.faults = vec![first_fails(100)];
    plan.faults[0].lasts = Some(Distribution::Constant(50.0));
    let never = false.into();
    let scheduler = &runner::built_in_scheduler;
    let observed = Observed::with_times(&plan);
    let played = runner::play_with(&plan, 1, scheduler, &never, observed);
    let (played, mut observed) = played.expect("a valid plan runs");
    observed.finish(played.end);
    let fleet = &observed.instances.providers[0];
    let down = fleet.down.times.as_deref().expect("they were asked for");
    assert_eq!((down.share(0), down.share(1)), (Some(0.75), Some(0.25)));
    assert_eq!(
        (down.quantile(0.75), down.quantile(0.76)),
        (Some(0), Some(1))
    );
    let there = fleet.there.times.as_deref().expect("they were asked for");
    assert_eq!((there.minimum(), there.maximum()), (Some(2), Some(2)));
    let figures = Figures::of(&plan);
    assert_eq!(figures.get("capacity.all.instances.max"), Some(2.0));
    let plain = &played.observed.instances.providers[0];
    assert_eq!(
        (plain.down.integral, &plain.down.times),
        (fleet.down.integral, &None)
    );
}

/// A group's instance is there from 45 s, fails at 145 s, and is given up two minutes later;
/// the next is there from 310 s to the end at 410 s. The boot in between counts for nothing.
#[test]
fn an_instance_that_a_group_replaces_is_down_until_it_is_given_up() {
    let group = AutoScalingGroup {
        desired_capacity: 1,
        min_size: 1,
        ..group(1)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::seconds(410));
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.faults = vec![first_fails(145)];
    let share = 1.0 - 120.0 / (220.0 + 100.0);
    let figures = Figures::of(&plan);
    assert_eq!(figures.get("capacity.group.available.share"), Some(share));
}

/// Dead at 200 s, which ECS notices after 180 s (facts/ecs.md 237); the replacement is
/// healthy 43 s later.
#[test]
fn ecs_237_a_dead_host_is_detected_after_180_seconds() {
    let figures = Figures::of(&failing_host(service(2), 3, 200, 600));
    assert_eq!(figures.spread("detect"), Some((180.0, 180.0)));
    assert_eq!(figures.spread("replace"), Some((223.0, 223.0)));
    assert_eq!(figures.get("service.all.running.max"), Some(2.0));
    // The shortfall is the same, seen from the service.
    assert_eq!(figures.get("service.service.recovery.max"), Some(223.0));
}

/// Two hosts are full. One dies at 200 s, and ECS shows its task as RUNNING up to 380 s: the capacity
/// is gone, so that the task neither reserves nor uses any (facts/ecs.md 237).
#[test]
fn ecs_237_a_dead_task_reserves_no_capacity() {
    let figures = Figures::of(&failing_host(service(2), 2, 200, 600));
    for what in ["cpu.reserved", "memory.reserved", "cpu.used", "memory.used"] {
        let share = figures
            .get(&format!("capacity.all.{what}"))
            .expect("there is capacity");
        assert!(share <= 1.0, "{what}: {share}");
    }
    let (reserved, used) = ("capacity.all.cpu.reserved", "capacity.all.cpu.used");
    assert_eq!(figures.get(reserved), Some(1.0));
    // Of 800 s of instances, two tasks start for 3 s.
    assert_eq!(figures.get(used), Some(794.0 / 800.0));
}

/// A host that dies while its task starts has lost nobody: that is a start that failed.
#[test]
fn a_task_that_never_was_healthy_is_no_loss() {
    let figures = Figures::of(&failing_host(service(1), 2, 20, 600));
    assert_eq!(figures.spread("detect"), None);
    assert_eq!(figures.spread("replace"), None);
}

#[test]
fn a_loss_without_replacement_counts_up_to_the_end() {
    let figures = Figures::of(&failing_host(service(2), 2, 100, 1_000));
    assert_eq!(figures.spread("detect"), Some((180.0, 180.0)));
    assert_eq!(figures.spread("replace"), Some((900.0, 900.0)));
}

/// Noticed at 280 s; at 360 s one task is enough.
#[test]
fn a_loss_that_needs_no_replacement_any_more_is_forgotten() {
    let plan = failing_host(scales_at(service(2), 6, 1), 2, 100, 1_000);
    let figures = Figures::of(&plan);
    assert_eq!(figures.spread("detect"), Some((180.0, 180.0)));
    assert_eq!(figures.spread("replace"), None);
}

/// The warm-up ends after the loss, and before anybody has noticed.
#[test]
fn a_loss_before_the_reported_time_is_left_out() {
    let mut plan = failing_host(service(2), 3, 200, 600);
    plan.warm_up = Span::seconds(250);
    let figures = Figures::of(&plan);
    assert_eq!(figures.spread("detect"), None);
    assert_eq!(figures.spread("replace"), None);
}

/// Two tasks whose checks fail from 100 s on: the third failing probe is at 120 s, and the
/// replacements pass their first at 130 s.
#[test]
fn ecs_17_a_failing_check_is_detected_by_its_last_retry() {
    let mut service = service(2);
    let main = probed(container("main"));
    service.containers = [main].into();
    let mut plan = plan(vec![fleet(4)], 1, Span::seconds(200));
    plan.services = vec![service];
    let kind = FaultKind::HealthCheckFailure {
        work: Some(ecsim::cluster::WorkId::Service(
            ecsim::cluster::ServiceId::new(0),
        )),
        container: None,
    };
    plan.faults = vec![once(kind, 93)];
    let figures = Figures::of(&plan);
    assert_eq!(figures.spread("detect"), Some((27.0, 27.0)));
    assert_eq!(figures.spread("replace"), Some((37.0, 37.0)));
}

/// It exits at 103 s, which is known at once; the scheduler's next round is at 110 s, and the
/// next task is healthy at 153 s. That one exits at 213 s.
#[test]
fn an_exit_is_not_detected_but_replaced() {
    let mut service = service(1);
    service.containers = [exits(container("main"), 100.0, 1)].into();
    let mut plan = failing_host(service, 1, 200, 200);
    plan.faults.clear();
    let figures = Figures::of(&plan);
    assert_eq!(figures.spread("detect"), None);
    assert_eq!(figures.spread("replace"), Some((50.0, 50.0)));
}

/// What is scaled in or drained is not lost.
#[test]
fn scale_in_loses_nobody() {
    let mut plan = failing_host(scales_at(service(2), 5, 1), 2, 200, 600);
    plan.faults.clear();
    let figures = Figures::of(&plan);
    assert_eq!(
        figures.get("service.service.stopped.scaledIn.count"),
        Some(1.0)
    );
    assert_eq!(figures.spread("replace"), None);
}

/// Fargate sees the loss of a host at once; the next task takes its 30 s to start.
#[test]
fn the_loss_of_a_fargate_host_is_detected_at_once() {
    let mut plan = plan(vec![on_fargate()], 1, Span::seconds(500));
    plan.delays = Delays::Start(Span::seconds(30));
    plan.services = vec![fargate_service(1, 256, 512)];
    plan.faults = vec![once(FaultKind::FargateHostLoss, 200)];
    let figures = Figures::of(&plan);
    assert_eq!(figures.spread("detect"), Some((0.0, 0.0)));
    assert_eq!(figures.spread("replace"), Some((30.0, 30.0)));
}

/// A task of ten minutes on Fargate at $0.36 an hour, whose host dies after five.
fn interrupted() -> Plan {
    let mut plan = plan(vec![on_fargate()], 1, Span::ZERO);
    plan.until = Until::Drained;
    let mut tasks = work(&[0], vec![container("main")], 600.0);
    tasks.demand = fargate_service(0, 1_024, 2_048).demand;
    tasks.retry.attempts = None;
    plan.tasks = vec![tasks];
    let prices = plan.prices.fargate_x86.as_mut();
    prices.expect("the plan has prices").vcpu_hour = Usd::nanos(360_000_000);
    plan.faults = vec![once(FaultKind::FargateHostLoss, 300)];
    plan
}

/// Fifteen minutes are billed instead of ten, of which five had to be done again.
#[test]
fn faults_cost_what_the_same_run_without_them_does_not() {
    let figures = Figures::of(&interrupted());
    assert_eq!(figures.get("cost.total"), Some(0.09));
    assert_eq!(figures.get("faults.cost"), Some(0.03));
    assert_eq!(figures.get("faults.struck.count"), Some(1.0));
    let month = figures.get("faults.costPerMonth").expect("it has a cost");
    assert!((month - 0.03 * 730.0 * 4.0).abs() < 1e-9, "{month}");
    assert_eq!(figures.get("tasks.all.lost.hours"), Some(5.0 / 60.0));
}

/// Two of three strikes lie in the reported time; of what is drawn for each container or
/// Fargate task by itself it is not known how often it strikes.
#[test]
fn faults_strike_so_often() {
    let mut plan = interrupted();
    plan.until = Until::Elapsed(Span::seconds(900));
    plan.warm_up = Span::seconds(100);
    plan.faults[0].occurs = Occurrence::At(vec![at(50), at(100), at(500)]);
    let struck = |plan: &Plan| Figures::of(plan).get("faults.struck.count");
    assert_eq!(struck(&plan), Some(2.0));
    plan.faults.push(Fault {
        occurs: Occurrence::Every(Distribution::Exponential { mean: 1e6 }),
        ..once(FaultKind::FargateHostLoss, 0)
    });
    assert_eq!(struck(&plan), None);
}

/// Faults can save money: while a group replaces an instance, it pays for none. 258 and
/// 137.5 s are billed instead of 402.5 s.
#[test]
fn faults_can_cost_less_than_nothing() {
    let group = AutoScalingGroup {
        desired_capacity: 1,
        min_size: 1,
        ..group(1)
    };
    let mut plan = plan(vec![provider(group)], 1, Span::seconds(410));
    plan.cluster.instance_types[0].price_per_hour = Some(Usd::nanos(3_600_000_000));
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.faults = vec![first_fails(145)];
    let figures = Figures::of(&plan);
    let cost = figures.get("faults.cost").expect("it has a cost");
    assert!((cost + 0.007).abs() < 1e-12, "{cost}");
}

/// How many runs have ended.
#[derive(Default)]
struct Runs(Vec<(String, u64)>);

impl Sink for Runs {
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()> {
        self.0.push((run.plan.variant.clone(), run.seed));
        Ok(())
    }
}

/// A plan without chance is played once and counts for every seed; one with chance is played with
/// each.
#[test]
fn a_variant_without_chance_is_played_once() {
    let fixed = plan(vec![fleet(2)], 1, Span::seconds(7_200));
    let mut drawn = fixed.clone();
    drawn.variant = "drawn".into();
    drawn.delays = Delays::Realistic;
    assert!(fixed.is_without_chance() && !drawn.is_without_chance());
    let mut runs = Runs::default();
    let results = results(vec![fixed, drawn], 3, &mut runs);
    let seeds = |variant: &str| -> Vec<u64> {
        let runs = runs.0.iter().filter(|(name, _)| name == variant);
        runs.map(|(_, seed)| *seed).collect()
    };
    assert_eq!(seeds("base"), [1]);
    assert_eq!(seeds("drawn"), [1, 2, 3]);
    for variant in &results.variants {
        assert_eq!(variant.runs.seeds(), [1, 2, 3]);
        let cost = &variant.bill[0].cost;
        assert_eq!((cost.n, cost.half_width), (3, Some(0.0)));
    }
}

/// What a variant's faults cost is, seed by seed, its cost less that of a variant that has
/// none; and nobody hears of the runs that were played for it.
#[test]
fn the_twin_of_a_run_is_the_run_of_a_variant_without_faults() {
    let every = |kind, mean| Fault {
        occurs: Occurrence::Every(Distribution::Exponential { mean }),
        ..once(kind, 0)
    };
    let mut faulty = interrupted();
    faulty.delays = Delays::Realistic;
    let times = (0..20).map(|turn| turn * 300).collect::<Vec<u64>>();
    faulty.tasks[0].arrivals = work(&times, Vec::new(), 0.0).arrivals;
    faulty.tasks[0].duration = Distribution::Exponential { mean: 600.0 };
    faulty.faults = vec![every(FaultKind::FargateHostLoss, 1_200.0)];
    let mut calm = faulty.clone();
    calm.variant = "calm".into();
    calm.faults.clear();
    let mut runs = Runs::default();
    let found = results(vec![faulty, calm], 5, &mut runs);
    let runs: Vec<(&str, u64)> = runs
        .0
        .iter()
        .map(|(name, seed)| (&name[..], *seed))
        .collect();
    let wanted = ["base", "calm"].map(|name| (1..=5).map(move |seed| (name, seed)));
    assert_eq!(runs, wanted.into_iter().flatten().collect::<Vec<_>>());
    let [faulty, calm] = &found.variants[..] else {
        panic!("two variants")
    };
    let place = |of: &VariantResults, path: &str| {
        let mut paths = of.figures.iter().map(|f| f.figure.path.as_str());
        paths.position(|found| found == path)
    };
    assert_eq!(place(calm, "faults.cost"), None);
    let place = |path| place(faulty, path).expect("it is there");
    let (total, more) = (place("cost.total"), place("faults.cost"));
    for (faulty, calm) in faulty.runs.rows().zip(calm.runs.rows()) {
        let value = |of: Option<f64>| of.expect("it has a cost");
        let difference = value(faulty.values[total]) - value(calm.values[total]);
        assert!(difference > 0.0);
        assert!((value(faulty.values[more]) - difference).abs() < 1e-9);
    }
    let interval = faulty.figures.at(more).estimate.half_width;
    assert!(interval.is_some_and(|half_width| half_width > 0.0));
}

/// A scaled service with a load on two providers, and a service that works on a queue.
const MEASURED: &str = "\
ecsim: 1
name: use
until: 3h
warmUp: 10m30s
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders:
    - { name: a, fleet: [{ count: 6, instanceType: m6i.large }] }
    - { name: b, fleet: [{ count: 6, instanceType: c6i.large }] }
taskDefinitions:
  - { family: web, cpu: 0.5 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w }] }
queues: [{ queueName: mail, messagesPerSecond: 3/s }]
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 3
    capacityProviderStrategy: [{ capacityProvider: a, weight: 2 }, { capacityProvider: b, weight: 1 }]
    load:
      requestsPerSecond: { sinusoidal: { mean: 100/s, amplitude: 50/s, period: 1h } }
      noise: 10%
      cpuPerRequest: 10ms
      idleCpu: 0.02 vCPU
      idleMemory: 100 MiB
      memoryPerRequest: 1 MiB
    scaling:
      minCapacity: 2
      maxCapacity: 12
      targetTracking: [{ policyName: cpu, metric: ECSServiceAverageCPUUtilization, targetValue: 50 }]
  - serviceName: mail
    taskDefinition: web
    desiredCount: 3
    capacityProviderStrategy: [{ capacityProvider: a, weight: 1 }]
    worker: { queueName: mail, cpuPerMessage: 100ms }
delays: realistic
";

/// All CPU and memory that the tasks use in the reported time is used on the capacity providers, and nothing else.
#[test]
fn the_use_of_capacity_is_that_of_the_tasks() {
    for warm_up in [Span::ZERO, Span::seconds(630)] {
        let mut plan = plan_of(MEASURED);
        plan.warm_up = warm_up;
        let diary = diary(&plan, 1);
        let mut observed = Observed::new(&plan);
        let (mut cpu, mut memory, mut of_mail) = (0, 0, 0);
        let origin = SimTime::ZERO + warm_up;
        for (now, fact) in &diary.facts {
            observed.read(*now, fact);
            let after = |span: Span| now.since(origin).min(span).as_micros();
            match fact {
                // Rates are constant in the time of a fact: the part in the reported time is a share of it.
                Fact::Requests(_, passed) => {
                    let (span, after) = (passed.span.as_micros(), after(passed.span));
                    cpu += passed.cpu_used * u128::from(after) / u128::from(span);
                    memory += passed.memory_used * u128::from(after) / u128::from(span);
                }
                Fact::Messages(_, passed) => {
                    let (span, after) = (passed.span.as_micros(), after(passed.span));
                    cpu += passed.cpu_used * u128::from(after) / u128::from(span);
                    of_mail += passed.cpu_used * u128::from(after) / u128::from(span);
                }
                _ => {}
            }
        }
        observed.finish(at(3 * 3600));
        let integral = |provider, level| observed.levels.capacity_integral(provider, level);
        let used = [0, 1].map(|provider| integral(provider, CapacityLevel::CpuUsed));
        assert!(
            (used[0] + used[1] - cpu as i128).abs() < 10,
            "{used:?} {cpu}"
        );
        assert!(used[0] > of_mail as i128 && used[1] > 0 && of_mail > 0);
        // Of the memory of the workers nothing is known: it counts as requested.
        let level = CapacityLevel::MemoryUsed;
        let memory_used = integral(0, level) + integral(1, level);
        let of_mail = 3 * (1_i128 << 30) * i128::from((at(3 * 3600) - origin).as_micros());
        let missing = memory as i128 + of_mail - memory_used;
        assert!((0..of_mail / 100).contains(&missing), "{missing}");
    }
}

/// The figures of a bad release v2 at 30 min and of a good v3 at `second`, whose deployments shift requests
/// (`shifts`) or replace tasks one after the other.
fn bad_then_good(shifts: bool, second: &str) -> Figures {
    let keys = match shifts {
        true => {
            "loadBalancers: [{ targetGroupName: blue, containerName: web, advancedConfiguration: { alternateTargetGroupName: green } }]\n    deploymentConfiguration: { strategy: BLUE_GREEN, bakeTimeInMinutes: 7 }"
        }
        false => "",
    };
    let text = format!(
        "\
ecsim: 1
name: attributed
until: 2h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: c6i.4xlarge, count: 4 }}] }}]
loadBalancers:
  - {{ name: shop, targetGroups: [{{ name: blue, deregistrationEnds: whenIdle }}, {{ name: green, deregistrationEnds: whenIdle }}] }}
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    load: {{ requestsPerSecond: 100/s, cpuPerRequest: 15ms }}
    {keys}
deployments:
  - {{ name: v2, service: web, at: 30m, forceNewDeployment: true, bad: {{ failure: errors, errorShare: 50% }} }}
  - {{ name: v3, service: web, at: {second}, forceNewDeployment: true }}
"
    );
    Figures::of(&plan_of(&text))
}

/// Requests to bad tasks are those of the bad release, also where a good deployment begins at the instant up to
/// which they are counted.
#[test]
fn requests_of_a_bad_release_are_not_those_of_the_good_one_after_it() {
    for (shifts, second, minutes) in [(true, "34m", 4.0), (false, "90m", 60.0)] {
        let figures = bad_then_good(shifts, second);
        let of = |name: &str, what: &str| figures.get(&format!("deployment.{name}.{what}"));
        let bad = of("v2", "badRequests.count").expect("it has requests");
        let most = minutes * 60.0 * 100.0;
        assert!((0.8 * most..=1.05 * most).contains(&bad), "{second}: {bad}");
        let errors = of("v2", "errors.count").expect("it has requests");
        assert!((errors / bad - 0.5).abs() < 0.01, "{second}: {errors}");
        for what in ["badRequests.count", "errors.count"] {
            assert_eq!(of("v3", what), Some(0.0), "{second} {what}");
        }
        let shares = ["badRequests.deploymentShare", "errors.deploymentShare"];
        assert_eq!(shares.map(|what| of("v3", what)), [Some(0.0); 2]);
    }
}

//! `expect:` on levels at a time, within intervals and on events, as a scenario plays them.

use ecsim::runner::{self, Options, Verdict, built_in_scheduler};
use ecsim::scenario::load_text;
use std::sync::atomic::AtomicBool;

/// The verdicts on these expectations on a service of three tasks of one vCPU on three instances of
/// two, for an hour without delays. At 10 m one instance drains, at 20 m the service has five tasks,
/// at 30 m one is stopped.
fn verdicts(expectations: &[&str]) -> Vec<Verdict> {
    let lines: Vec<String> = expectations.iter().map(|e| format!("  - {e}\n")).collect();
    verdicts_of(&format!(
        "\
ecsim: 1
name: expectations
region: us-east-1
until: 1h
delays: none
seeds: 3
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: three, fleet: [{{ instanceType: m5.large, count: 3 }}] }}]
taskDefinitions:
  - {{ family: a, cpu: 1024, memory: 512, networkMode: host, containerDefinitions: [{{ name: a, image: a }}] }}
services:
  - serviceName: web
    taskDefinition: a
    desiredCount: 3
    launchType: EC2
    placementStrategy: [{{ type: binpack, field: cpu }}]
actions:
  - {{ at: 10m, updateContainerInstancesState: {{ status: DRAINING, instances: [0] }} }}
  - {{ at: 20m, updateService: {{ service: web, desiredCount: 5 }} }}
  - {{ at: 30m, stopTask: {{ service: web }} }}
expect:
{}",
        lines.concat()
    ))
}

/// The verdicts of a whole scenario.
pub fn verdicts_of(text: &str) -> Vec<Verdict> {
    let loaded = load_text("test.yaml", text, &[], &ecsim::scenario::Embedded);
    let study = loaded
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)))
        .study;
    let options = Options {
        seeds: (1..=u64::from(study.seeds)).collect(),
        threads: None,
        memory_limit: None,
    };
    let (results, _) = runner::run(
        &study,
        &options,
        &built_in_scheduler,
        &mut (),
        &(),
        &AtomicBool::new(false),
    )
    .expect("it can be played");
    results.verdicts
}

/// All of these hold.
fn hold(expectations: &[&str]) {
    for verdict in verdicts(expectations) {
        assert!(verdict.passed, "{}: {}", verdict.text, verdict.found);
        assert_eq!((verdict.held, verdict.seed), (Some(3), None));
        assert_eq!(verdict.sentence, None);
    }
}

/// None of these holds, and each says this.
fn fail(expectations: &[(&str, &str)]) {
    let lines: Vec<&str> = expectations.iter().map(|(line, _)| *line).collect();
    for (verdict, (_, wanted)) in verdicts(&lines).iter().zip(expectations) {
        assert!(!verdict.passed, "{}", verdict.text);
        assert_eq!(verdict.sentence.as_deref(), Some(*wanted));
        assert_eq!((verdict.held, verdict.seed), (Some(0), Some(1)));
    }
}

#[test]
fn a_level_counts_after_all_events_of_its_instant() {
    hold(&[
        "{ figure: service.web.running, at: 0s, equals: 3 }",
        "{ figure: capacity.three.instances.draining, at: 9m59s, equals: 0 }",
        "{ figure: capacity.three.instances.draining, at: 10m, equals: 1 }",
        "{ figure: service.web.desired, at: 1199s, equals: 3 }",
        "{ figure: service.all.desired, at: 20m, equals: 5 }",
        "{ figure: service.web.running, at: 1h, equals: 4 }",
        "{ figure: service.web.waiting, at: 1h, equals: 1 }",
        "{ figure: capacity.three.tasks, at: 25m, equals: 4 }",
        "{ figure: capacity.all.instances, at: 1h, equals: 3 }",
        "{ figure: capacity.three.cpu.total, at: 5m, equals: 6 }",
        "{ figure: capacity.three.cpu.reserved, at: 5m, equals: 50% }",
        "{ figure: capacity.three.memory.total, at: 5m, above: 20 GiB }",
    ]);
}

#[test]
fn the_bounds_hold_all_the_time_of_an_interval() {
    hold(&[
        "{ figure: service.web.running, to: 10m, equals: 3 }",
        // The replacements are healthy before the old tasks stop.
        "{ figure: service.web.running, from: 10m, to: 20m, atLeast: 3, atMost: 5 }",
        "{ figure: service.web.running, from: 11m, to: 20m, equals: 3 }",
        "{ figure: service.web.desired, from: 20m, equals: 5 }",
        "{ figure: service.web.desired.mean, from: 10m, to: 30m, equals: 4 }",
        "{ figure: service.web.desired.min, from: 10m, to: 30m, equals: 3 }",
        "{ figure: service.web.desired.max, from: 10m, to: 20m, equals: 3 }",
        "{ figure: service.web.desired.max, from: 10m, to: 1201s, equals: 5 }",
    ]);
}

#[test]
fn events_are_counted_and_have_times() {
    hold(&[
        "{ event: TaskStopped, service: web, where: { stopCode: UserInitiated }, at: 30m }",
        "{ event: TaskStopped, service: web, where: { stopCode: ServiceSchedulerInitiated }, equals: 2 }",
        "{ event: TaskPlaced, from: 0s, to: 1s, equals: 3 }",
        "{ event: TaskPlaced, nth: 4, notBefore: 10m, before: 11m }",
        "{ event: TaskPlaced, from: 10m, nth: 1, at: 10m }",
        "{ event: TaskRejected, to: 20m, equals: 0 }",
        "{ event: TaskRejected, where: { reason: noRoom }, nth: 1, at: 20m }",
        "{ event: InstanceDraining, where: { instance: 0, zone: us-east-1a }, equals: 1 }",
        "{ event: SERVICE_TASK_PLACEMENT_FAILURE, service: web, where: { reason: 'RESOURCE:CPU' }, nth: 1, at: 20m }",
        "{ event: SERVICE_TASK_PLACEMENT_FAILURE, where: { reason: 'RESOURCE:MEMORY' }, equals: 0 }",
    ]);
}

#[test]
fn what_came_instead_is_said_in_a_sentence() {
    fail(&[
        (
            "{ figure: service.web.running, at: 25m, equals: 5 }",
            "service.web.running at 25m was 4 in seed 1; expected 5",
        ),
        (
            "{ figure: service.web.desired, from: 5m, to: 30m, atMost: 4 }",
            "service.web.desired was 5 at 20m in seed 1; expected at most 4 from 5m to 30m",
        ),
        (
            "{ figure: service.web.desired.mean, from: 10m, to: 30m, below: 4 }",
            "service.web.desired.mean from 10m to 30m was 4 in seed 1; expected below 4",
        ),
        (
            "{ figure: capacity.three.instances.desired, at: 5m, equals: 3 }",
            "capacity.three.instances.desired had no value at 5m in seed 1; expected 3",
        ),
        (
            "{ event: TaskPlaced, service: web, nth: 4, notBefore: 11m }",
            "event 4 of TaskPlaced of service web came at 10m in seed 1; expected not before 11m",
        ),
        (
            "{ event: TaskStopped, where: { stopCode: UserInitiated }, nth: 2, after: 6m }",
            "event 2 of TaskStopped (stopCode UserInitiated) did not come in seed 1: there was 1 such event; expected after 6m",
        ),
        (
            "{ event: TaskPlaced, to: 1s, atMost: 2 }",
            "TaskPlaced came 3 times up to 1s in seed 1; expected at most 2",
        ),
    ]);
}

#[test]
fn a_run_that_ends_before_the_time_does_not_hold() {
    let text = "\
ecsim: 1
name: short
region: us-east-1
until: drained
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: one, fleet: [{ instanceType: m5.large, count: 1 }] }]
taskDefinitions:
  - { family: a, cpu: 1024, memory: 512, containerDefinitions: [{ name: a, image: a }] }
tasks:
  - { name: jobs, taskDefinition: a, arrivals: { at: [0s] }, count: 3, duration: 5m }
expect:
  - { figure: tasks.jobs.running, at: 5m, equals: 1 }
  - { figure: tasks.jobs.waiting, to: 5m, equals: 1 }
  - { figure: tasks.jobs.running, at: 1h, equals: 0 }
  - { event: TaskRejected, from: 1h, equals: 0 }
  - { event: WorkWaits, tasks: jobs, where: { reason: cpu }, equals: 1 }
";
    let verdicts = verdicts_of(text);
    let sentences: Vec<Option<&str>> = verdicts.iter().map(|v| v.sentence.as_deref()).collect();
    assert_eq!(
        sentences,
        [
            None,
            None,
            Some(
                "tasks.jobs.running had no value at 1h in seed 1: the run ended at 10m; expected 0"
            ),
            Some("the run in seed 1 ended at 10m, before 1h; expected 0 of TaskRejected"),
            None,
        ]
    );
}

#[test]
fn all_seeds_or_a_share_of_them_must_hold() {
    let text = |in_seeds: &str| {
        format!(
            "\
ecsim: 1
name: seeds
region: us-east-1
until: 1h
seeds: 8
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: one, fleet: [{{ instanceType: m5.large, count: 1 }}] }}]
taskDefinitions:
  - {{ family: a, cpu: 1024, memory: 512, containerDefinitions: [{{ name: a, image: a }}] }}
tasks:
  - {{ name: jobs, taskDefinition: a, arrivals: {{ poisson: 60/h }}, duration: 30s }}
variants: [{{ name: x }}, {{ name: y, until: 2h }}]
expect:
  - {{ event: TaskArrived, variant: x, nth: 1, notAfter: 1m{in_seeds} }}
"
        )
    };
    // The first arrival has an exponential time with a mean of a minute.
    let all = &verdicts_of(&text(""))[0];
    let held = all.held.expect("it is checked in runs");
    assert!(!all.passed && held > 0 && held < 8, "{held}");
    let sentence = all.sentence.as_deref().expect("it failed");
    let seed = all.seed.expect("a seed broke it");
    assert!(
        sentence.ends_with(&format!(
            " in seed {seed} of variant x; expected not after 1m"
        )),
        "{sentence}"
    );
    assert!(verdicts_of(&text(", inSeeds: 10%"))[0].passed);
    let most = &verdicts_of(&text(", inSeeds: 99%"))[0];
    let sentence = most.sentence.as_deref().expect("it failed");
    let end = format!(" in 99% of the runs; it held in {held} of 8 runs");
    assert!(sentence.ends_with(&end), "{sentence}");
}

#[test]
fn sequences_have_a_value_for_each_task_launch_and_arrival() {
    let text = "\
ecsim: 1
name: sequences
region: us-east-1
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b]
  capacityProviders:
    - name: g
      autoScalingGroup:
        { instanceTypes: [m5.large], minSize: 0, maxSize: 3, boot: [5m, 30s, 1m] }
    - { name: one, fleet: [{ instanceType: m5.large, count: 8 }] }
taskDefinitions:
  - { family: a, cpu: 256, memory: 256, containerDefinitions: [{ name: a, image: a }] }
services:
  - serviceName: web
    taskDefinition: a
    desiredCount: 2
    capacityProviderStrategy: [{ capacityProvider: one, weight: 1 }]
    behavior: { runTime: [400s, 10d] }
tasks:
  - name: jobs
    taskDefinition: a
    arrivals: { every: [10s, 20s, 1h] }
    count: [3, 1]
    duration: [400s, 100s, 50s]
    capacityProviderStrategy: [{ capacityProvider: one, weight: 1 }]
actions: [{ at: 1m, setDesiredCapacity: { capacityProvider: g, desiredCapacity: 3 } }]
expect:
  - { event: TaskArrived, tasks: jobs, nth: 3, at: 10s }
  - { event: TaskArrived, tasks: jobs, nth: 4, at: 30s }
  - { event: TaskArrived, tasks: jobs, equals: 4 }
  - { event: TaskFinished, where: { task: 0 }, at: 410s }
  - { event: TaskFinished, where: { task: 1 }, at: 110s }
  - { event: TaskFinished, where: { task: 2 }, at: 60s }
  - { event: TaskFinished, where: { task: 3 }, at: 80s }
  - { event: TaskStopped, service: web, nth: 1, at: 400s }
  - { event: TaskStopped, service: web, equals: 1 }
  - { event: InstanceRegistered, capacityProvider: g, nth: 1, at: 90s }
  - { event: InstanceRegistered, capacityProvider: g, nth: 2, at: 2m }
  - { event: InstanceRegistered, capacityProvider: g, nth: 3, at: 6m }
";
    for verdict in verdicts_of(text) {
        assert!(verdict.passed, "{}: {}", verdict.text, verdict.found);
        // Nothing is drawn: the run counts for every seed.
        assert_eq!(verdict.seed, None);
    }
}

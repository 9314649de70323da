//! Tasks behind a load balancer: registration, health checks, deregistration, and the requests that
//! reach them (facts/ecs.md 52, 196, 200, 203, 211; facts/platform.md 4.1, 4.4).

use crate::world::*;
use ecsim::simulation::{Requests, TargetChange};

/// A service of `desired` tasks on Fargate behind a load balancer. `group` are keys of its target group,
/// `service` keys of the service, `behavior` that of its container, `more` keys of the scenario.
fn balanced(desired: u32, group: &str, service: &str, behavior: &str, more: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: balanced
until: 1h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers: [{{ name: shop, targetGroups: [{{ name: web{group} }}] }}]
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}], behavior: {{ {behavior} }} }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: {desired}
    launchType: FARGATE
    loadBalancers: [{{ targetGroupName: web, containerName: web, containerPort: 80 }}]
    load: {{ requestsPerSecond: 60/s, cpuPerRequest: 10ms }}
    {service}
delays: none
{more}
"
    ))
}

fn changes(diary: &Diary) -> Vec<(f64, (u64, TargetChange))> {
    diary.times(|fact| match fact {
        Fact::Target(of, change, 0) => Some((of.task.ordinal, *change)),
        _ => None,
    })
}

/// Seconds at which targets change in this way, with the ordinals of the tasks.
fn when(diary: &Diary, wanted: TargetChange) -> Vec<(f64, u64)> {
    let all = changes(diary).into_iter();
    let those = all.filter(|(_, (_, change))| *change == wanted);
    those.map(|(at, (task, _))| (at, task)).collect()
}

/// Whole requests of the run: offered, served, refused, failed and timed out.
fn requests(diary: &Diary) -> [u128; 5] {
    let mut all = Requests::default();
    for (_, fact) in &diary.facts {
        if let Fact::Requests(_, passed) = fact {
            all.add(passed);
        }
    }
    let whole = |amount: u128| amount / u128::from(Requests::PER_REQUEST);
    [
        all.offered,
        all.served,
        all.refused,
        all.failed,
        all.timed_out,
    ]
    .map(whole)
}

#[test]
fn platform_4_1_4_one_check_makes_a_new_target_healthy_and_its_task_with_it() {
    use TargetChange::{Healthy, Registered};
    let played = balanced(1, "", "", "", "");
    assert_eq!(
        changes(&played),
        [(0.0, (0, Registered)), (30.0, (0, Healthy))]
    );
    assert_eq!(played.healthy(0), [(30.0, 0)]);
    // 30 s without a healthy target: 503. 60/s are served then.
    assert_eq!(requests(&played), [216_000, 214_200, 1_800, 0, 0]);
}

/// 5 checks × 30 s: each new task takes 2.5 min.
#[test]
fn ecs_200_with_the_healthy_threshold_for_new_targets_a_task_is_healthy_after_150_s() {
    let played = balanced(2, ", initialThresholdCount: 5", "", "", "");
    assert_eq!(played.healthy(0), [(150.0, 0), (150.0, 1)]);
}

/// An old task is deregistered, and its containers run on for the deregistration delay. It is STOPPED at
/// its end.
#[test]
fn ecs_200_a_replaced_task_drains_for_the_deregistration_delay() {
    use TargetChange::Deregistered;
    let release = "deployments: [{ name: v2, service: web, at: 10m, forceNewDeployment: true }]";
    let played = balanced(1, "", "", "", release);
    // The new task is started at 600 s and healthy at 630 s; the old one then drains for 300 s.
    assert_eq!(when(&played, Deregistered), [(630.0, 0)]);
    let stopped = played.times(|fact| match fact {
        Fact::TaskStopped(of, why) => Some((of.task.ordinal, *why)),
        _ => None,
    });
    assert_eq!(stopped, [(930.0, (0, StopReason::Replaced))]);
    // The release loses no request: only those of the first 30 s are refused.
    assert_eq!(requests(&played), [216_000, 214_200, 1_800, 0, 0]);
    let idle = ", deregistrationEnds: whenIdle";
    let played = balanced(1, idle, "", "", release);
    let stopped = played.times(|fact| match fact {
        Fact::TaskStopped(of, _) => Some(of.task.ordinal),
        _ => None,
    });
    assert_eq!(stopped, [(630.0, 0)]);
}

/// The container is ready after 100 s: two checks at 30 and 60 s have failed.
#[test]
fn ecs_203_a_slow_start_without_a_grace_period_is_replaced_for_ever() {
    let slow = "timeToHealthy: 100s";
    let played = balanced(1, "", "", slow, "");
    let why = StopReason::FailedTargetHealthChecks;
    // At 60 s another task is started first (facts/ecs.md 202), which is unhealthy at 120 s.
    let stopping = played.stopping(0);
    assert!(stopping.len() > 10, "{stopping:?}");
    assert!(stopping.iter().all(|(_, (_, of))| *of == why));
    assert_eq!(played.healthy(0), []);
    // With a grace period of 4 min: ready at 100 s, five checks from 120 s on, healthy at 240 s.
    let grace = "healthCheckGracePeriodSeconds: 240";
    let played = balanced(1, "", grace, slow, "");
    assert_eq!(played.healthy(0), [(240.0, 0)]);
    assert_eq!(played.stopping(0), []);
}

/// When every target is unhealthy, all get requests.
#[test]
fn platform_4_1_5_with_unhealthy_targets_alone_the_load_balancer_fails_open() {
    let grace = "healthCheckGracePeriodSeconds: 240";
    let played = balanced(1, "", grace, "timeToHealthy: 100s", "");
    // Refused until it is unhealthy at 60 s, failed until it is ready at 100 s, served from then on.
    let [offered, served, refused, failed, timed_out] = requests(&played);
    assert_eq!((refused, failed, timed_out), (3_600, 2_400, 0));
    assert_eq!(served, offered - 6_000);
}

/// The host of one of two tasks dies at 1,000 s. The checks of 1,020 and 1,050 s have no answer until 5 s
/// later; until then half of the requests fail.
#[test]
fn platform_4_1_3_requests_fail_until_the_checks_find_a_dead_host() {
    let played = play(
        "\
ecsim: 1
name: dead
until: 1h
cluster: { availabilityZones: [us-east-1a], capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 2 }] }] }
loadBalancers: [{ name: shop, targetGroups: [{ name: web }] }]
taskDefinitions:
  - { family: web, containerDefinitions: [{ name: web, image: w, cpu: 1024, memory: 512 }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 2
    placementStrategy: [{ type: spread, field: instanceId }]
    loadBalancers: [{ targetGroupName: web, containerName: web, containerPort: 80 }]
    load: { requestsPerSecond: 60/s, cpuPerRequest: 10ms }
faults: [{ name: host, at: 1000s, instanceFailure: { instances: [1] } }]
delays: realistic
",
    );
    let unhealthy = when(&played, TargetChange::Unhealthy);
    let [(found, task)] = unhealthy[..] else {
        panic!("{unhealthy:?}");
    };
    let registered = when(&played, TargetChange::Registered);
    let (since, _) = *registered
        .iter()
        .find(|(_, of)| *of == task)
        .expect("it was");
    // The second check after the loss, and its time-out.
    let checks = ((1_000.0 - since) / 30.0).ceil() + 1.0;
    assert!((found - (since + checks * 30.0 + 5.0)).abs() < 1e-5);
    let failed = requests(&played)[3] as f64;
    let wanted = 30.0 * (found - 1_000.0);
    assert!(
        (failed - wanted).abs() < 2.0,
        "{failed} instead of {wanted}"
    );
    // ECS replaces it before it notices the loss of the host.
    let stopping = played.stopping(0);
    assert_eq!(stopping[0].1, (task, StopReason::FailedTargetHealthChecks));
}

/// A release whose containers never answer is counted by the circuit breaker, and rolled back.
#[test]
fn ecs_211_the_circuit_breaker_counts_failed_target_health_checks() {
    let breaker =
        "deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }";
    let release = "deployments: [{ name: v2, service: web, at: 10m, forceNewDeployment: true, bad: { failure: healthCheck } }]";
    let played = balanced(2, "", breaker, "", release);
    let failed = played.times(|fact| match fact {
        Fact::Deployment(_, of) => Some(of.event),
        _ => None,
    });
    let text = format!("{failed:?}");
    assert!(text.contains("CircuitBreaker"), "{text}");
    assert!(text.contains("RolledBack"), "{text}");
    // The old tasks serve all the time.
    assert_eq!(requests(&played)[3], 0);
    assert_eq!(requests(&played)[2], 1_800);
}

/// An essential container exits: its requests fail at once, and the target is deregistered.
#[test]
fn a_task_that_exits_is_deregistered_at_once() {
    let played = balanced(2, "", "", "runTime: 20m", "");
    let gone = when(&played, TargetChange::Deregistered);
    assert_eq!(gone[0].0, 1_200.0);
    let stopped = played.stopped(0);
    assert_eq!(stopped[0].0, 1_200.0, "it does not wait for the delay");
}

/// A service behind two load balancers. `first` and `second` are keys of its target groups, `more` keys of the
/// scenario.
fn twice_balanced(first: &str, second: &str, behavior: &str, more: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: twice
until: 1h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers:
  - {{ name: shop, targetGroups: [{{ name: web{first} }}] }}
  - {{ name: office, targetGroups: [{{ name: admin{second} }}] }}
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}], behavior: {{ {behavior} }} }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 1
    launchType: FARGATE
    loadBalancers:
      - {{ targetGroupName: web, containerName: web, containerPort: 80 }}
      - {{ targetGroupName: admin, containerName: web, containerPort: 81 }}
    load: {{ requestsPerSecond: 60/s, cpuPerRequest: 10ms }}
delays: none
{more}
"
    ))
}

/// A task is healthy when both of its targets are; its requests come through the first target group. It drains
/// for the longer of both delays.
#[test]
fn a_task_with_two_target_groups_is_healthy_when_both_of_its_targets_are() {
    let second = ", initialThresholdCount: 5, deregistrationDelay: 10m";
    let release = "deployments: [{ name: v2, service: web, at: 10m, forceNewDeployment: true }]";
    let played = twice_balanced("", second, "", release);
    assert_eq!(played.healthy(0), [(150.0, 0)]);
    assert_eq!(requests(&played), [216_000, 214_200, 1_800, 0, 0]);
    let of_second = played.times(|fact| match fact {
        Fact::Target(of, change, 1) => Some((of.task.ordinal, *change)),
        _ => None,
    });
    use TargetChange::{Deregistered, Healthy, Registered};
    let of_both = |task, at| [(at, (task, Registered)), (at + 150.0, (task, Healthy))];
    let mut wanted = of_both(0, 0.0).to_vec();
    wanted.extend(of_both(1, 600.0));
    wanted.push((750.0, (0, Deregistered)));
    assert_eq!(of_second, wanted);
    let stopped = played.stopped(0);
    assert_eq!(stopped, [(1_350.0, (0, StopReason::Replaced))]);
    // Both load balancers are billed; the requests are capacity units of the first alone.
    let one = balanced(1, "", "", "", release).cost;
    let two = twice_balanced("", "", "", release).cost;
    assert!((two - one - 0.0225).abs() < 1e-6, "{two} {one}");
}

/// It answers after 20 s: the first target group checks at 30 s, the second has failed twice at 10 s.
#[test]
fn a_task_is_replaced_when_one_of_its_targets_is_unhealthy() {
    let second = ", healthCheckIntervalSeconds: 5, healthCheckTimeoutSeconds: 2";
    let played = twice_balanced("", second, "timeToHealthy: 20s", "");
    let stopping = played.stopping(0);
    let why = StopReason::FailedTargetHealthChecks;
    assert!(stopping.len() > 10, "{stopping:?}");
    assert!(stopping.iter().all(|(_, (_, of))| *of == why));
}

/// A load balancer without a service does not keep a run from its end.
#[test]
fn a_run_ends_with_its_work_beside_an_unused_load_balancer() {
    let played = play(
        "\
ecsim: 1
name: unused
until: drained
cluster: { availabilityZones: [us-east-1a], capacityProviders: [{ name: FARGATE }] }
loadBalancers: [{ name: shop, targetGroups: [{ name: web }] }]
taskDefinitions:
  - { family: job, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: job, image: w }] }
tasks: [{ name: job, taskDefinition: job, launchType: FARGATE, arrivals: { at: [10s] }, duration: 90m }]
delays: none
",
    );
    assert_eq!(played.finished(0), [(5_410.0, 0)]);
    // An hour and a half of a load balancer at $0.0225, and of a task at $0.04937.
    let hours = 1.5 + 10.0 / 3_600.0;
    let wanted = 0.0225 * hours + 0.049_37 * 1.5;
    assert!(
        (played.cost - wanted).abs() < 1e-6,
        "{} {wanted}",
        played.cost
    );
}

//! Targets that get different shares of the requests: slow start, and zones that are kept apart
//! (facts/platform.md 4.1.2, 4.1.9, 4.2.2).

use crate::world::*;
use ecsim::simulation::{Requests, TargetChange};

/// Plays a service on Fargate whose tasks of 1 vCPU serve 100 requests per second each, some at once.
/// `zones` are its zones, `balancer` keys of the load balancer, `group` of the target group, `load` of the
/// load, `more` of the scenario.
fn play_shares(zones: &str, [balancer, group, load, more]: [&str; 4], desired: u32) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: shares
until: 30m
cluster: {{ availabilityZones: [{zones}], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers: [{{ name: shop{balancer}, targetGroups: [{{ name: web{group} }}] }}]
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: {desired}
    launchType: FARGATE
    loadBalancers: [{{ targetGroupName: web, containerName: web, containerPort: 80 }}]
    load: {{ {load} }}
delays: none
{more}
"
    ))
}

/// What became of the requests from one second on to another. The times must be those of changes.
fn requests(diary: &Diary, from: f64, to: f64) -> Requests {
    let mut all = Requests::default();
    for (at, fact) in &diary.facts {
        if let Fact::Requests(_, passed) = fact {
            let end = seconds(*at);
            let begin = end - passed.span.as_seconds_f64();
            if begin > from - 1e-3 && end < to + 1e-3 {
                all.add(passed);
            }
        }
    }
    all
}

/// A load of this rate with CPU times that are all 10 ms. A task begins no more than it can serve.
fn load(per_second: u32) -> String {
    format!(
        "requestsPerSecond: {per_second}/s, cpuPerRequest: 10ms, maxConcurrency: 10, timeout: 1s"
    )
}

/// A load of this rate with CPU times of 10 ms in the mean, in both modes.
fn both_modes(per_second: u32) -> [String; 2] {
    let load = format!(
        "requestsPerSecond: {per_second}/s, cpuPerRequest: {{ exponential: {{ mean: 10ms }} }}, maxConcurrency: 8, timeout: 10s"
    );
    [load.clone(), format!("{load}, mode: exact")]
}

fn whole(amount: u128) -> f64 {
    amount as f64 / Requests::PER_REQUEST as f64
}

/// Offered = served + refused + failed + timed out + waiting.
fn are_conserved(diary: &Diary) {
    let all = requests(diary, 0.0, 1e9);
    let last = diary.facts.iter().rev().find_map(|(_, fact)| match fact {
        Fact::Requests(_, passed) => Some(passed.queued),
        _ => None,
    });
    let gone = all.served + all.errors + all.refused + all.failed + all.timed_out;
    assert_eq!(all.offered, gone + last.unwrap_or(0));
}

const SECOND: &str = "actions: [{ at: 10m, updateService: { service: web, desiredCount: 2 } }]";

/// 150/s come to a task that serves 100/s. A second one is healthy at 630 s. In ten steps of 10 s its weight is
/// 0.05, 0.15, … 0.95, beside the 1 of the first, which gets 150 ÷ (1 + weight) per second. It cannot serve all
/// as long as the weight is below 0.5.
#[test]
fn platform_4_1_2_the_share_of_a_new_target_grows() {
    let lost = |load: &str, slow: &str| {
        let played = play_shares("us-east-1a", ["", slow, load, SECOND], 1);
        are_conserved(&played);
        whole(requests(&played, 630.0, 1_800.0).timed_out)
    };
    assert_eq!(lost(&load(150), ""), 0.0);
    let steps =
        [0.05, 0.15, 0.25, 0.35, 0.45].map(|weight| 10.0 * (150.0 / (1.0 + weight) - 100.0));
    let wanted: f64 = steps.iter().sum();
    let timed_out = lost(&load(150), ", slowStart: 100s");
    assert!((timed_out - wanted).abs() < 2.0, "{timed_out} {wanted}");
    // Single requests: what is served during the slow start. In equal shares both tasks would serve all, and
    // the 1,000 requests that wait.
    let [fluid, exact] = both_modes(150).map(|load| {
        let played = play_shares("us-east-1a", ["", ", slowStart: 100s", &load, SECOND], 1);
        whole(requests(&played, 630.0, 730.0).served)
    });
    assert!(fluid < 14_700.0, "{fluid}");
    assert!((exact / fluid - 1.0).abs() < 0.03, "{exact} {fluid}");
}

/// The response times of single requests during a slow start are those of the fluid model, but for noise.
#[test]
fn response_times_in_a_slow_start_are_alike_in_both_modes() {
    let [fluid, exact] = both_modes(90).map(|load| {
        let played = play_shares("us-east-1a", ["", ", slowStart: 15m", &load, SECOND], 1);
        let passed = requests(&played, 630.0, 1_530.0);
        [passed.served_p50, passed.served_p99].map(|of| of as f64 / passed.served as f64 / 1e6)
    });
    for (fluid, exact) in fluid.into_iter().zip(exact) {
        assert!((fluid / exact - 1.0).abs() < 0.15, "{fluid} {exact}");
    }
}

/// Tasks that are registered together with an empty target group have no slow start. A third has.
#[test]
fn platform_4_1_2_targets_of_an_empty_group_have_no_slow_start() {
    let third = "actions: [{ at: 10m, updateService: { service: web, desiredCount: 3 } }]";
    let lost = |more: &str, desired: u32, from: f64| {
        let keys = ["", ", slowStart: 100s", &load(210), more];
        let played = play_shares("us-east-1a", keys, desired);
        whole(requests(&played, from, 1_800.0).timed_out)
    };
    // All 3 from the start: 70/s each.
    assert_eq!(lost("", 3, 30.0), 0.0);
    // 105/s each of the first two, then 210 ÷ (2 + weight): up to a weight of 0.1 it is more than 100/s.
    let wanted = 2.0 * 10.0 * (210.0 / 2.05 - 100.0);
    let timed_out = lost(third, 2, 630.0);
    assert!((timed_out - wanted).abs() < 2.0, "{timed_out} {wanted}");
}

/// A target that was registered before any other was healthy has no slow start, also when it becomes healthy later
/// than the other. The first is healthy at 30 s, the second at 50 s; each then gets 75/s.
#[test]
fn platform_4_1_2_a_target_that_was_registered_before_any_was_healthy_has_no_slow_start() {
    for load in [load(150), format!("{}, mode: exact", load(150))] {
        let second = "actions: [{ at: 20s, updateService: { service: web, desiredCount: 2 } }]";
        let keys = ["", ", slowStart: 300s", &load, second];
        let played = play_shares("us-east-1a", keys, 1);
        are_conserved(&played);
        assert!(requests(&played, 30.0, 50.0).queued > 0);
        // In the exact mode what waits at the first target at 50 s stays there, and some of it times out. With a slow
        // start it would be 150 ÷ (1 + weight) − 100 per second up to a weight of 0.5: about 2,000.
        let lost = whole(requests(&played, 50.0, 1_800.0).timed_out);
        assert!(lost < 300.0, "{lost}");
    }
}

/// Plays tasks on Fargate of 100/s each with a slow start. Gives the time at which the last one becomes healthy, and
/// the requests that time out from then on.
fn lost_together(tasks: u32, per_second: u32, ready: u32, faults: &str) -> (f64, f64) {
    let played = play(&format!(
        "\
ecsim: 1
name: together
until: 30m
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers: [{{ name: shop, targetGroups: [{{ name: web, slowStart: 300s, healthCheckIntervalSeconds: 10 }}] }}]
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 2 GB
    containerDefinitions: [{{ name: web, image: w, restartPolicy: {{ enabled: true, restartAttemptPeriod: 60 }} }}]
    behavior: {{ timeToHealthy: {ready}s }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: {tasks}
    launchType: FARGATE
    healthCheckGracePeriodSeconds: 3600
    loadBalancers: [{{ targetGroupName: web, containerName: web, containerPort: 80 }}]
    load: {{ {} }}
{faults}
delays: none
",
        load(per_second)
    ));
    are_conserved(&played);
    let healthy = played.healthy(0).into_iter().map(|(at, _)| at);
    let last = healthy.fold(0.0, f64::max);
    (last, whole(requests(&played, last, 1_800.0).timed_out))
}

/// Targets that fail their first checks and then become healthy together have no slow start; nor have targets that
/// crash and become healthy again together.
#[test]
fn platform_4_1_2_targets_that_become_healthy_together_have_no_slow_start() {
    // Unhealthy at 20 s, ready at 70 s, five checks.
    assert_eq!(lost_together(4, 300, 70, ""), (110.0, 0.0));
    let crash = "faults: [{ name: c, containerCrash: { service: web, container: web }, at: 10m }]";
    let (last, lost) = lost_together(2, 150, 45, crash);
    assert!(last > 640.0 && lost == 0.0, "{last} {lost}");
}

/// Two zones that are kept apart have a task each, at which 450 requests wait. One task is deregistered: what waits
/// is served by the other zone.
#[test]
fn what_waits_in_a_zone_goes_to_the_others_with_its_last_target() {
    let load = "requestsPerSecond: { piecewise: { steps: [{ at: 0s, rate: 20/s }, { at: 570s, rate: 230/s }, { at: 600s, rate: 30/s }] } }, cpuPerRequest: 10ms, maxConcurrency: 10, timeout: 60s";
    let one = "actions: [{ at: 600s, updateService: { service: web, desiredCount: 1 } }]";
    for mode in ["", ", mode: exact"] {
        let keys = ["", ", crossZone: false", &format!("{load}{mode}"), one];
        let played = play_shares("us-east-1a, us-east-1b", keys, 2);
        are_conserved(&played);
        let all = requests(&played, 30.0, 1_800.0);
        assert_eq!((all.timed_out, all.failed), (0, 0), "{mode}");
    }
}

/// A target that was unhealthy has a slow start when it is healthy again. The container of the first task exits
/// 20 min after its start, and is restarted; that of the second one goes on for five minutes longer.
#[test]
fn platform_4_1_2_a_target_that_is_healthy_again_has_a_slow_start() {
    let lost = |slow: &str| {
        let played = play(&format!(
            "\
ecsim: 1
name: again
until: 1h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers: [{{ name: shop, targetGroups: [{{ name: web, healthyThresholdCount: 2{slow} }}] }}]
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 2 GB
    containerDefinitions: [{{ name: web, image: w, restartPolicy: {{ enabled: true }} }}]
    behavior: {{ runTime: 20m, timeToHealthy: 90s }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 1
    launchType: FARGATE
    healthCheckGracePeriodSeconds: 3600
    loadBalancers: [{{ targetGroupName: web, containerName: web, containerPort: 80 }}]
    load: {{ requestsPerSecond: 150/s, cpuPerRequest: 10ms, maxConcurrency: 10, timeout: 1s }}
actions: [{{ at: 10m, updateService: {{ service: web, desiredCount: 2 }} }}]
delays: none
"
        ));
        let mut healthy = played.healthy(0).into_iter().map(|(at, _)| at);
        let again = healthy.find(|at| *at > 1_200.0).expect("it is");
        (
            again,
            whole(requests(&played, again, again + 100.0).timed_out),
        )
    };
    let (at, without) = lost("");
    let (same, with) = lost(", slowStart: 100s");
    assert_eq!(at, same);
    assert!(with - without > 900.0, "{with} {without} at {at}");
}

/// Three tasks in two zones: one has two of them. With the zones apart its task gets half of 240/s, which is
/// more than the 100/s that it can serve.
#[test]
fn platform_4_2_2_zones_get_equal_parts_where_they_are_kept_apart() {
    let zones = "us-east-1a, us-east-1b";
    let lost = |balancer: &str, group: &str, load: &str| {
        let played = play_shares(zones, [balancer, group, load, ""], 3);
        are_conserved(&played);
        whole(requests(&played, 30.0, 1_800.0).timed_out)
    };
    let wanted = 20.0 * 1_770.0;
    for (balancer, group) in [("", ", crossZone: false"), (", type: network", "")] {
        let fluid = lost(balancer, group, &load(240));
        // 100 wait at the end.
        assert!((fluid - (wanted - 100.0)).abs() < 2.0, "{fluid} {wanted}");
        let [fluid, exact] = both_modes(240).map(|load| lost(balancer, group, &load));
        assert!((exact / fluid - 1.0).abs() < 0.15, "{exact} {fluid}");
    }
    for (balancer, group) in [("", ""), (", type: network, crossZone: true", "")] {
        assert_eq!(lost(balancer, group, &load(240)), 0.0);
    }
}

/// A zone is lost at 20 min. Its part of the requests fails until the checks find its targets; then the other
/// zones get it.
#[test]
fn a_zone_without_a_healthy_target_gets_no_requests() {
    let played = play(
        "\
ecsim: 1
name: zone
until: 1h
cluster:
  availabilityZones: [us-east-1a, us-east-1b]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 4 }] }]
loadBalancers: [{ name: tcp, type: network, targetGroups: [{ name: web }] }]
taskDefinitions:
  - { family: web, containerDefinitions: [{ name: web, image: w, cpu: 2048, memory: 512 }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    loadBalancers: [{ targetGroupName: web, containerName: web, containerPort: 80 }]
    load: { requestsPerSecond: 100/s, cpuPerRequest: 10ms }
faults: [{ name: b, zoneOutage: { availabilityZone: us-east-1b, share: 100% }, at: 20m, lasts: 30m }]
delays: realistic
",
    );
    are_conserved(&played);
    // Half of the requests fail until the second of both targets is unhealthy.
    let unhealthy = played.times(|fact| match fact {
        Fact::Target(_, TargetChange::Unhealthy, _) => Some(()),
        _ => None,
    });
    let [_, (found, ())] = unhealthy[..] else {
        panic!("{unhealthy:?}");
    };
    assert!(found > 1_240.0 && found < 1_275.0, "{found}");
    let failed = whole(requests(&played, 1_200.0, 3_600.0).failed);
    let wanted = 50.0 * (found - 1_200.0);
    assert!((failed - wanted).abs() < 1.0, "{failed} {wanted}");
    let later = requests(&played, found, 3_600.0);
    assert_eq!((later.failed, later.refused, later.timed_out), (0, 0, 0));
}

/// The same on an instance whose CPU the tasks share: each may use one of its two vCPUs.
#[test]
fn a_slow_start_on_an_instance_whose_cpu_is_shared() {
    let played = play(&format!(
        "\
ecsim: 1
name: shared
until: 30m
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: m5.large, count: 1 }}] }}] }}
loadBalancers: [{{ name: shop, targetGroups: [{{ name: web, slowStart: 100s, crossZone: false }}] }}]
taskDefinitions:
  - {{ family: web, containerDefinitions: [{{ name: web, image: w, cpu: 512, memory: 512 }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 1
    loadBalancers: [{{ targetGroupName: web, containerName: web, containerPort: 80 }}]
    load: {{ {}, cpuLimit: 1 vCPU }}
delays: none
{SECOND}
",
        load(150)
    ));
    are_conserved(&played);
    let steps = [0.05, 0.15, 0.25, 0.35, 0.45];
    let wanted: f64 = steps
        .iter()
        .map(|weight| 10.0 * (150.0 / (1.0 + weight) - 100.0))
        .sum();
    let timed_out = whole(requests(&played, 630.0, 1_800.0).timed_out);
    assert!((timed_out - wanted).abs() < 2.0, "{timed_out} {wanted}");
}

/// A rule divides 100/s between two services; after ten minutes the second gets all. What is random in the rate
/// is the same for both.
#[test]
fn a_rule_divides_requests_between_services() {
    let offered = |rates: &str| {
        let service = |name: &str| {
            format!(
                "  - {{ serviceName: {name}, taskDefinition: web, desiredCount: 1, launchType: FARGATE, loadBalancers: [{{ targetGroupName: {name}, containerName: web }}], load: {{ cpuPerRequest: 1ms }} }}\n"
            )
        };
        let played = play(&format!(
            "\
ecsim: 1
name: rule
until: 30m
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers:
  - name: shop
    targetGroups: [{{ name: web }}, {{ name: api }}]
    listenerRules:
      - name: site
        requestsPerSecond: {rates}
        forward: {{ targetGroups: [{{ targetGroupName: web, weight: 3 }}, {{ targetGroupName: api, weight: 1 }}] }}
        changes: [{{ at: 10m, forward: {{ targetGroups: [{{ targetGroupName: api }}] }} }}]
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
{}{}delays: none
",
            service("web"),
            service("api")
        ));
        let of = |wanted: usize, from: f64, to: f64| {
            let passed = played.facts.iter().filter_map(|(at, fact)| match fact {
                Fact::Requests(service, passed) if service.index() == wanted => Some((*at, passed)),
                _ => None,
            });
            let within = passed.filter(|(at, _)| seconds(*at) > from && seconds(*at) <= to);
            whole(within.map(|(_, passed)| passed.offered).sum())
        };
        [0, 1].map(|index| [of(index, 0.0, 600.0), of(index, 600.0, 1_800.0)])
    };
    assert_eq!(offered("100/s"), [[45_000.0, 0.0], [15_000.0, 120_000.0]]);
    let [[web, none], [api, later]] =
        offered("[{ randomWalk: { mean: 100/s, deviation: 50%, relaxationTime: 5m } }]");
    assert!((web / api - 3.0).abs() < 1e-6, "{web} {api}");
    assert!(none == 0.0 && later > 0.0 && (web + api - 60_000.0).abs() > 100.0);
}

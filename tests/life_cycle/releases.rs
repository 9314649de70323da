//! Releases that hang, fail or supersede another, written as scenarios: which revision serves meanwhile, and
//! daemons (facts/ecs.md 194, 202, 206 to 212, 258).

use crate::deployments::{BACK, BEGAN, TRIPPED, deployments, failed_tasks, outcomes};
use crate::world::*;
use ecsim::simulation::{DeploymentCause, DeploymentEvent};

/// Four tasks of v1 are healthy, four of v2 are RUNNING without a health status when v3 comes: those of v2
/// stop, as only healthy tasks count for the minimum.
#[test]
fn ecs_194_running_tasks_that_are_not_healthy_do_not_count_for_the_minimum() {
    let played = play(
        "\
ecsim: 1
name: unknown
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.4xlarge, count: 1 }] }]
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 1 GB
    containerDefinitions: [{ name: web, image: w, healthCheck: { command: [CMD, x], startPeriod: 300 } }]
services:
  - { serviceName: web, taskDefinition: web, desiredCount: 4, launchType: EC2 }
deployments:
  - { name: v2, service: web, at: 10m, forceNewDeployment: true, behavior: { timeToHealthy: 2h } }
  - { name: v3, service: web, at: 12m, forceNewDeployment: true, behavior: { timeToHealthy: 0s } }
",
    );
    let of_v1: Vec<f64> = played.stopping(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(of_v1, [750.0; 4], "those of v3 are healthy at 12 min 30 s");
}

/// v2 cannot start and its deployment hangs. Tasks of v1 that become UNHEALTHY are replaced by tasks of v1,
/// which stop when those are healthy.
#[test]
fn ecs_202_a_task_is_replaced_by_one_of_its_revision_while_a_deployment_hangs() {
    let played = play(
        "\
ecsim: 1
name: hangs
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.4xlarge, count: 1 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w, healthCheck: { command: [CMD, x] } }] }
services:
  - { serviceName: web, taskDefinition: web, desiredCount: 4, launchType: EC2 }
deployments:
  - { name: v2, service: web, at: 10m, forceNewDeployment: true, bad: { probability: 100%, failure: start } }
faults:
  - { name: hc, healthCheckFailure: { service: web, container: web }, at: 30m }
",
    );
    let ordinals = |of: Vec<(f64, u64)>| of.into_iter().map(|(_, of)| of).collect::<Vec<u64>>();
    let of_v1: Vec<(f64, u64)> = played
        .placed(0)
        .iter()
        .map(|(at, of)| (*at, of.0))
        .collect();
    let (first, later) = of_v1.split_at(4);
    assert_eq!(ordinals(first.to_vec()), [0, 1, 2, 3]);
    assert_eq!(later.len(), 4, "{later:?}");
    let stops = played.stopping(0);
    assert_eq!(stops.len(), 4, "{stops:?}");
    for (at, (ordinal, why)) in stops {
        assert!(ordinal < 4 && at > later[0].0, "task {ordinal} at {at}");
        assert_eq!(why, StopReason::FailedHealthChecks);
    }
}

/// v2 has replaced v1 and bakes when v3 comes, which cannot start: v2 serves, so that its UNHEALTHY tasks are
/// replaced by tasks of v2.
#[test]
fn ecs_202_the_revision_that_serves_is_kept_though_its_deployment_has_not_completed() {
    let played = play(
        "\
ecsim: 1
name: serves
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.4xlarge, count: 1 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w, healthCheck: { command: [CMD, x] } }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    launchType: EC2
    deploymentConfiguration: { alarms: { enable: true, alarmNames: [few] }, bakeTimeInMinutes: 30 }
alarms:
  - { alarmName: few, metricName: DesiredTaskCount, service: web, comparisonOperator: LessThanThreshold, threshold: 1 }
deployments:
  - { name: v2, service: web, at: 35m, forceNewDeployment: true }
  - { name: v3, service: web, at: 40m, forceNewDeployment: true, bad: { probability: 100%, failure: start } }
faults:
  - { name: hc, healthCheckFailure: { service: web, container: web }, at: 50m }
",
    );
    let replaced = vec![(1, StopReason::FailedHealthChecks); 4];
    let whys = |revision| played.stopping(revision).into_iter().map(|(_, of)| of.1);
    assert!(whys(0).all(|why| why == StopReason::Replaced));
    assert_eq!(whys(1).map(|why| (1, why)).collect::<Vec<_>>(), replaced);
    assert_eq!(played.placed(0).len(), 4, "none of v1 is started again");
    assert_eq!(played.placed(1).len(), 8, "those of v2 are replaced");
}

/// The deployment of v2 hangs. Two of four tasks of v1 are needed after the scale-in; after the scale-out to
/// eight no task of v1 is started.
#[test]
fn ecs_202_a_replaced_revision_does_not_grow_when_the_service_scales_out() {
    let played = play(
        "\
ecsim: 1
name: scales
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.4xlarge, count: 2 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{ name: web, image: w }] }
services:
  - { serviceName: web, taskDefinition: web, desiredCount: 4, launchType: EC2 }
deployments:
  - { name: v2, service: web, at: 10m, forceNewDeployment: true, bad: { probability: 100%, failure: start } }
actions:
  - { at: 20m, updateService: { service: web, desiredCount: 2 } }
  - { at: 30m, updateService: { service: web, desiredCount: 8 } }
",
    );
    let stops: Vec<f64> = played.stopping(0).iter().map(|(at, _)| *at).collect();
    assert_eq!(stops, [1_200.0, 1_200.0]);
    assert_eq!(played.placed(0).len(), 4);
}

/// v2 fails at its start in one of three zones. As soon as it runs in the others only health counts.
#[test]
fn ecs_211_starts_that_fail_count_until_a_task_of_the_deployment_is_running() {
    let scenario = |zone: &str| {
        play(&format!(
            "\
ecsim: 1
name: stages
until: 2h
delays: realistic
cluster:
  availabilityZones: [us-east-1a, us-east-1b, us-east-1c]
  capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: c6i.2xlarge, count: 3 }}] }}]
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 1 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 6
    launchType: EC2
    deploymentConfiguration: {{ deploymentCircuitBreaker: {{ enable: true, rollback: false }} }}
deployments:
  - {{ name: v2, service: web, at: 10m, forceNewDeployment: true, bad: {{ probability: 100%, failure: start{zone} }} }}
"
        ))
    };
    assert_eq!(outcomes(&scenario("")), [(1, BEGAN(0)), (1, TRIPPED)]);
    let one_zone = scenario(", availabilityZone: us-east-1c");
    assert_eq!(outcomes(&one_zone), [(1, BEGAN(0))]);
    let exits = one_zone.times(|fact| match fact {
        Fact::TaskStopped(of, StopReason::EssentialContainerExited { .. }) => Some(of.task.zone),
        _ => None,
    });
    assert!(exits.len() > 3, "{exits:?}");
    assert!(
        failed_tasks(&one_zone).len() < 3,
        "{:?}",
        failed_tasks(&one_zone)
    );
}

/// A daemon service on `count` instances whose release is `release`, for two hours.
fn daemon(count: u32, release: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: daemon
until: 2h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: c6i.large, count: {count} }}] }}]
taskDefinitions:
  - {{ family: agent, cpu: '256', memory: '512', containerDefinitions: [{{ name: agent, image: a }}] }}
services:
  - serviceName: agent
    taskDefinition: agent
    schedulingStrategy: DAEMON
    launchType: EC2
    deploymentConfiguration: {{ deploymentCircuitBreaker: {{ enable: true, rollback: true }} }}
deployments:
  - {{ name: v2, service: agent, at: 10m, {release} }}
"
    ))
}

#[test]
fn ecs_209_the_desired_count_of_a_daemon_is_its_number_of_instances() {
    let bad = "forceNewDeployment: true, bad: { probability: 100%, failure: start }";
    let played = daemon(20, bad);
    assert_eq!(failed_tasks(&played), (1..=10).collect::<Vec<u32>>());
    let back = [
        (1, BEGAN(0)),
        (1, TRIPPED),
        (0, BACK),
        (0, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), back);
    assert_eq!(failed_tasks(&daemon(2, bad)), [1, 2, 3]);
}

/// The release fits on the large instance, which drains, and not on the small one.
#[test]
fn ecs_212_a_daemon_without_room_has_failed() {
    let played = too_large(
        ", deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }",
        "[{ at: 5m, updateContainerInstancesState: { status: DRAINING, instances: [1] } }]",
    );
    assert_eq!(failed_tasks(&played), [1, 2, 3]);
    let back = [
        (1, BEGAN(0)),
        (1, TRIPPED),
        (0, BACK),
        (0, DeploymentEvent::Completed),
    ];
    assert_eq!(outcomes(&played), back);
}

/// The release fits on the large instance and not on the small one.
#[test]
fn ecs_206_a_deployment_of_daemons_does_not_complete_while_one_has_no_room() {
    let played = too_large("", "[]");
    assert_eq!(outcomes(&played), [(1, BEGAN(0))]);
    assert_eq!(played.placed(1).len(), 1);
}

/// A daemon service on a small and a large instance, with a release that needs the large one.
fn too_large(keys: &str, actions: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: daemon
until: 2h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders:
    - {{ name: fleet, fleet: [{{ instanceType: c6i.large, count: 1 }}, {{ instanceType: c6i.2xlarge, count: 1 }}] }}
taskDefinitions:
  - {{ family: agent, cpu: '256', memory: '512', containerDefinitions: [{{ name: agent, image: a }}] }}
services:
  - {{ serviceName: agent, taskDefinition: agent, schedulingStrategy: DAEMON, launchType: EC2{keys} }}
deployments:
  - {{ name: v2, service: agent, at: 10m, changes: {{ memory: '8192' }} }}
actions: {actions}
"
    ))
}

/// The alarm is in ALARM below two tasks; the daemon has two instances.
#[test]
fn ecs_258_the_desired_task_count_of_a_daemon_is_its_number_of_instances() {
    let played = play(
        "\
ecsim: 1
name: daemon
until: 2h
delays: realistic
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: c6i.large, count: 2 }] }]
taskDefinitions:
  - { family: agent, cpu: '256', memory: '512', containerDefinitions: [{ name: agent, image: a }] }
services:
  - serviceName: agent
    taskDefinition: agent
    schedulingStrategy: DAEMON
    launchType: EC2
    deploymentConfiguration: { alarms: { enable: true, alarmNames: [few] }, bakeTimeInMinutes: 30 }
alarms:
  - { alarmName: few, metricName: DesiredTaskCount, service: agent, comparisonOperator: LessThanThreshold, threshold: 2 }
",
    );
    let of_first: Vec<DeploymentEvent> = deployments(&played).iter().map(|(_, of)| of.1).collect();
    let begun = DeploymentEvent::Began(DeploymentCause::Created);
    assert_eq!(
        of_first,
        [begun, DeploymentEvent::Replaced, DeploymentEvent::Completed]
    );
}

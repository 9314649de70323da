//! Deployments that shift traffic: blue/green, linear and canary, their stages, weights, bake times,
//! alarms and rollback (facts/ecs.md 216 to 220, 224).

use crate::deployments::{BACK, BEGAN, deployments, outcomes};
use crate::world::*;
use DeploymentEvent::{CleansUp, Completed, Failed, TrafficShifted};
use ecsim::simulation::{DeploymentEvent, DeploymentFailure, Requests};

/// A service of `desired` tasks on Fargate behind a load balancer with two target groups, which a new
/// release replaces at 10 min. `strategy` are keys of `deploymentConfiguration`, `load` of its load, `release`
/// of the deployment, `more` of the scenario.
fn shifted(desired: u32, strategy: &str, load: &str, release: &str, more: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: shifted
until: 3h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
loadBalancers:
  - {{ name: shop, targetGroups: [{{ name: blue, deregistrationEnds: whenIdle }}, {{ name: green, deregistrationEnds: whenIdle }}] }}
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: {desired}
    launchType: FARGATE
    loadBalancers: [{{ targetGroupName: blue, containerName: web, advancedConfiguration: {{ alternateTargetGroupName: green }} }}]
    load: {{ requestsPerSecond: 60/s, cpuPerRequest: 10ms{load} }}
    deploymentConfiguration: {{ {strategy} }}
alarms:
  - {{ alarmName: errors, metricName: HTTPCode_Target_5XX_Count, service: web, comparisonOperator: GreaterThanThreshold, threshold: 10 }}
deployments: [{{ name: v2, service: web, at: 10m, forceNewDeployment: true{release} }}]
delays: none
{more}
"
    ))
}

const BLUE_GREEN: &str = "strategy: BLUE_GREEN, bakeTimeInMinutes: 5";
const CANARY: &str = "strategy: CANARY, canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 }, bakeTimeInMinutes: 5";
const LINEAR: &str = "strategy: LINEAR, bakeTimeInMinutes: 5";
const ALARM: &str = ", alarms: { enable: true, rollback: true, alarmNames: [errors] }";

/// The seconds at which requests are shifted, with the weight of the new revision in per cent.
fn weights(diary: &Diary) -> Vec<(f64, u32)> {
    diary.times(|fact| match fact {
        Fact::Deployment(_, of) => match of.event {
            TrafficShifted(weight) => Some(weight / 10_000),
            _ => None,
        },
        _ => None,
    })
}

/// When the events of deployments after the first happen, other than shifts.
fn stages(diary: &Diary) -> Vec<(f64, DeploymentEvent)> {
    let all = deployments(diary)
        .into_iter()
        .filter(|(at, _)| *at >= 600.0);
    let all = all.map(|(at, (_, event))| (at, event));
    all.filter(|(_, event)| {
        !matches!(
            event,
            TrafficShifted(_) | DeploymentEvent::FailedTasks(_) | DeploymentEvent::TurnedBad
        )
    })
    .collect()
}

fn passed(diary: &Diary) -> Requests {
    let mut all = Requests::default();
    for (_, fact) in &diary.facts {
        if let Fact::Requests(_, passed) = fact {
            all.add(passed);
        }
    }
    all
}

fn whole(amount: u128) -> u128 {
    amount / u128::from(Requests::PER_REQUEST)
}

/// The most tasks of the service that ran at one time.
fn most_running(diary: &Diary) -> i64 {
    let changes = diary.times(|fact| match fact {
        Fact::TaskStarted(_) => Some(1),
        Fact::TaskStopped(..) => Some(-1),
        _ => None,
    });
    let running = changes.iter().scan(0, |running, (_, change)| {
        *running += change;
        Some(*running)
    });
    running.max().unwrap_or(0)
}

/// New tasks are started at 600 s and healthy at 630 s.
#[test]
fn ecs_217_218_blue_green_doubles_the_tasks_shifts_all_bakes_and_stops_the_earlier_ones() {
    let played = shifted(4, BLUE_GREEN, "", "", "");
    assert_eq!(weights(&played), [(630.0, 100)]);
    assert_eq!(
        stages(&played),
        [(600.0, BEGAN(0)), (930.0, CleansUp), (931.0, Completed)]
    );
    assert_eq!(most_running(&played), 8);
    let stopping = played.stopping(0);
    assert_eq!(stopping.len(), 4);
    assert!(stopping.iter().all(|(at, _)| *at == 930.0), "{stopping:?}");
    // Only the requests of the first 30 s found no target.
    let all = passed(&played);
    assert_eq!(whole(all.offered - all.served), 1_800);
    assert_eq!((all.errors, all.bad), (0, 0));
}

#[test]
fn ecs_219_ten_percent_each_six_minutes_are_ten_shifts_in_54_minutes() {
    let played = shifted(4, LINEAR, "", "", "");
    let wanted: Vec<(f64, u32)> = (0..10)
        .map(|step: u32| (630.0 + 360.0 * f64::from(step), 10 * (step + 1)))
        .collect();
    assert_eq!(weights(&played), wanted);
    let last = 630.0 + 54.0 * 60.0;
    assert_eq!(stages(&played)[1], (last + 300.0, CleansUp));
}

#[test]
fn ecs_220_a_canary_gets_a_small_share_then_the_rest() {
    let played = shifted(4, CANARY, "", "", "");
    assert_eq!(weights(&played), [(630.0, 10), (930.0, 100)]);
    assert_eq!(stages(&played)[1], (1_230.0, CleansUp));
    let preset = shifted(4, "strategy: CANARY", "", "", "");
    assert_eq!(weights(&preset), [(630.0, 5), (1_230.0, 100)]);
}

/// Half of the answers of the release are errors: 3 of 60 per second at 10 %. The minute from 660 s on has
/// 180, which are seen at 840 s; the deployment polls its alarms each minute from 600 s on.
#[test]
fn ecs_214_224_an_alarm_in_the_canary_moves_all_requests_back_at_once() {
    let bad = ", bad: { failure: errors, errorShare: 50% }";
    let canary = format!("{CANARY}{ALARM}");
    let played = shifted(4, &canary, "", bad, "");
    let failed = weights(&played)[1].0;
    assert_eq!(weights(&played), [(630.0, 10), (failed, 0)]);
    assert!(failed > 630.0 && failed <= 930.0, "{failed}");
    let alarm = Failed(DeploymentFailure::Alarm(0));
    assert_eq!(
        stages(&played),
        [
            (600.0, BEGAN(0)),
            (failed, alarm),
            (failed, BACK),
            (failed + 1.0, Completed)
        ]
    );
    // 6 requests per second met the release, 3 of them had an error.
    let (all, seconds) = (passed(&played), (failed - 630.0) as u128);
    assert_eq!(whole(all.bad), 6 * seconds);
    assert_eq!(whole(all.errors), 3 * seconds);
    // The new tasks stop at once, the earlier ones have never stopped.
    assert!(played.stopping(0).is_empty());
    assert_eq!(played.stopping(1).len() + played.stopping(2).len(), 4);
}

/// The service of `shifted` with the controller of CodeDeploy and these keys of its deployment group.
fn by_code_deploy(group: &str, release: &str) -> Diary {
    let service = format!(
        "{{ deploymentController: {{ type: CODE_DEPLOY }}, deploymentGroup: {{ {group} }} }}"
    );
    let more = format!(
        "variants: [{{ name: code-deploy, services: [{{ serviceName: web, {}] }}]",
        &service[1..]
    );
    shifted(4, "", "", release, &more)
}

#[test]
fn ecs_222_codedeploy_shifts_by_its_configuration_and_waits_before_it_stops_the_earlier_tasks() {
    let wait = "blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 10 } }";
    let canary = format!("deploymentConfigName: ECSCanary10Percent5Minutes, {wait}");
    let played = by_code_deploy(&canary, "");
    assert_eq!(weights(&played), [(630.0, 10), (930.0, 100)]);
    assert_eq!(
        stages(&played),
        [(600.0, BEGAN(0)), (1_530.0, CleansUp), (1_531.0, Completed)]
    );
    assert_eq!(most_running(&played), 8);
    // Without a wait the earlier tasks stop in the round after the last shift.
    let linear = "deploymentConfigName: CodeDeployDefault.ECSLinear10PercentEvery1Minutes";
    let played = by_code_deploy(linear, "");
    let all = weights(&played);
    assert_eq!((all.len(), all[9]), (10, (630.0 + 9.0 * 60.0, 100)));
    assert_eq!(stages(&played)[1], (630.0 + 9.0 * 60.0 + 1.0, CleansUp));
}

#[test]
fn ecs_222_an_alarm_rolls_codedeploy_back_if_its_event_is_named() {
    let bad = ", bad: { failure: errors, errorShare: 50% }";
    let group = "deploymentConfigName: ECSCanary10Percent15Minutes, alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }";
    let back = format!(
        "{group}, autoRollbackConfiguration: {{ enabled: true, events: [DEPLOYMENT_STOP_ON_ALARM] }}"
    );
    let played = by_code_deploy(&back, bad);
    let failed = weights(&played)[1].0;
    assert_eq!(weights(&played), [(630.0, 10), (failed, 0)]);
    assert_eq!(stages(&played)[2], (failed, BACK));
    let stays = by_code_deploy(group, bad);
    assert_eq!(weights(&stays), [(630.0, 10)], "both task sets stay");
}

/// The new tasks never get healthy: CodeDeploy gives up after an hour.
#[test]
fn ecs_222_codedeploy_times_out_after_an_hour_and_rolls_back_only_if_its_event_is_named() {
    let stuck = ", bad: { failure: start }";
    let stays = by_code_deploy("deploymentConfigName: ECSAllAtOnce", stuck);
    let failed = Failed(DeploymentFailure::StageTimedOut);
    assert_eq!(stages(&stays), [(600.0, BEGAN(0)), (4_200.0, failed)]);
    let back = by_code_deploy(
        "autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }",
        stuck,
    );
    assert_eq!(
        stages(&back)[..3],
        [(600.0, BEGAN(0)), (4_200.0, failed), (4_200.0, BACK)]
    );
}

/// CodeDeploy has one deployment at a time: v3 at 11 min waits for the end of v2.
#[test]
fn ecs_222_a_deployment_of_codedeploy_waits_for_the_end_of_the_one_before() {
    let wait = "blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 10 } }";
    let second = " }, { name: v3, service: web, at: 11m, forceNewDeployment: true";
    let played = by_code_deploy(wait, second);
    assert_eq!(weights(&played), [(630.0, 100), (1_262.0, 100)]);
    assert_eq!(
        stages(&played)[..4],
        [
            (600.0, BEGAN(0)),
            (1_230.0, CleansUp),
            (1_231.0, Completed),
            (1_231.0, BEGAN(1)),
        ]
    );
}

/// The deployment with this alarm in the place of that on errors, and with these keys of the load.
fn with_alarm(strategy: &str, alarm: &str, load: &str) -> Diary {
    let more = format!(
        "variants: [{{ name: other, services: [{{ serviceName: web, load: {{ {load} }} }}], alarms: [{{ alarmName: errors, {alarm} }}] }}]"
    );
    shifted(4, &format!("{strategy}{ALARM}"), "", "", &more)
}

/// In the canary the new tasks use 1.5 % of their CPU, the earlier ones 13.5 %, all together 7.5 %.
#[test]
fn ecs_251_an_alarm_sees_the_task_with_the_least_cpu_or_the_mean_of_all() {
    let fails = |statistic: &str, comparison: &str, threshold: u32| {
        let alarm = format!(
            "metricName: CPUUtilization, statistic: {statistic}, comparisonOperator: {comparison}, threshold: {threshold}"
        );
        let played = with_alarm(CANARY, &alarm, "timeout: 60s");
        stages(&played).contains(&(weights(&played)[1].0, Failed(DeploymentFailure::Alarm(0))))
    };
    assert!(fails("Minimum", "LessThanThreshold", 3));
    assert!(!fails("Average", "LessThanThreshold", 3));
    assert!(!fails("Maximum", "LessThanThreshold", 3));
    assert!(fails("Average", "LessThanThreshold", 9));
    assert!(!fails("Maximum", "LessThanThreshold", 9));
}

/// Four tasks at 97.5 % are slow; at 15 % an answer takes a little more than 10 ms.
#[test]
fn ecs_224_an_alarm_on_response_times_rolls_a_deployment_back() {
    let busy = "requestsPerSecond: { piecewise: { steps: [{ at: 0s, rate: 60/s }, { at: 11m, rate: 390/s }] } }";
    let fails = |statistic: &str, load: &str| {
        let alarm = format!("metricName: TargetResponseTime, {statistic}, threshold: 0.05");
        let strategy = "strategy: BLUE_GREEN, bakeTimeInMinutes: 20";
        let played = with_alarm(strategy, &alarm, load);
        let failed = Failed(DeploymentFailure::Alarm(0));
        stages(&played).iter().any(|(_, event)| *event == failed)
    };
    for statistic in ["statistic: Average", "extendedStatistic: p99"] {
        assert!(fails(statistic, busy), "{statistic}");
        assert!(!fails(statistic, "timeout: 60s"), "{statistic}");
    }
}

/// All at once the same alarm finds ten times as many errors; rolling without a canary as well.
#[test]
fn ecs_216_a_canary_shows_a_bad_release_to_fewer_users() {
    let bad = ", bad: { failure: errors, errorShare: 50% }";
    let met = |strategy: &str| {
        let played = shifted(4, &format!("{strategy}{ALARM}"), "", bad, "");
        let last = outcomes(&played).last().copied();
        assert_eq!(last.map(|(_, event)| event), Some(Completed), "{strategy}");
        whole(passed(&played).bad)
    };
    let (canary, all, rolling) = (met(CANARY), met(BLUE_GREEN), met("strategy: ROLLING"));
    assert!(
        canary * 9 < all && canary * 9 < rolling,
        "{canary} {all} {rolling}"
    );
}

#[test]
fn ecs_217_a_canary_of_single_requests_gets_its_share() {
    let exact = ", mode: exact";
    let bad = ", bad: { failure: errors, errorShare: 50% }";
    let played = shifted(4, CANARY, exact, bad, "");
    let all = passed(&played);
    assert_eq!(
        all.offered,
        all.served + all.errors + all.refused + all.failed + all.timed_out + all.queued
    );
    // 10 % of 300 s, then all until the end at 10,800 s.
    let wanted = 60.0 * (0.1 * 300.0 + (10_800.0 - 930.0));
    let bad = whole(all.bad) as f64;
    assert!((bad / wanted - 1.0).abs() < 0.01, "{bad} {wanted}");
    let errors = whole(all.errors) as f64;
    assert!((errors / wanted - 0.5).abs() < 0.01, "{errors} {wanted}");
}

/// The quota has room for six of eight tasks: the stage ends after 24 h.
#[test]
fn ecs_218_without_capacity_for_the_new_tasks_the_stage_times_out_after_24_hours() {
    let played = play(
        "\
ecsim: 1
name: lacking
until: 30h
cluster: { availabilityZones: [us-east-1a], capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 3 }] }] }
loadBalancers: [{ name: shop, targetGroups: [{ name: blue }, { name: green }] }]
taskDefinitions:
  - { family: web, containerDefinitions: [{ name: web, image: w, cpu: 1024, memory: 512 }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    loadBalancers: [{ targetGroupName: blue, containerName: web, advancedConfiguration: { alternateTargetGroupName: green } }]
    deploymentConfiguration: { strategy: BLUE_GREEN, bakeTimeInMinutes: 5 }
deployments: [{ name: v2, service: web, at: 1h, forceNewDeployment: true }]
delays: none
",
    );
    assert_eq!(weights(&played), []);
    let failed = Failed(DeploymentFailure::StageTimedOut);
    let end = 25.0 * 3_600.0;
    let stages = stages(&played);
    assert_eq!(
        stages[..3],
        [(3_600.0, BEGAN(0)), (end, failed), (end, BACK)]
    );
    assert_eq!(stages[3].1, Completed);
    assert!(played.stopping(0).is_empty(), "the earlier tasks serve on");
}

/// A second release at 11 min supersedes the first in its canary.
#[test]
fn ecs_205_a_newer_deployment_takes_all_requests_back_and_begins_anew() {
    let second =
        ", bad: { failure: errors } }, { name: v3, service: web, at: 11m, forceNewDeployment: true";
    let played = shifted(4, CANARY, "", second, "");
    assert_eq!(
        weights(&played),
        [(630.0, 10), (660.0, 0), (690.0, 10), (990.0, 100)]
    );
    assert_eq!(
        outcomes(&played)
            .into_iter()
            .filter(|(_, of)| !matches!(of, TrafficShifted(_)))
            .collect::<Vec<_>>(),
        [
            (1, BEGAN(0)),
            (1, DeploymentEvent::Superseded),
            (2, BEGAN(1)),
            (2, CleansUp),
            (2, Completed)
        ]
    );
    // 6 per second for 30 s met the first release.
    assert_eq!(whole(passed(&played).bad), 180);
}

/// The next deployment shifts from the second target group back to the first.
#[test]
fn ecs_217_the_target_groups_change_places_with_each_deployment() {
    let second = " }, { name: v3, service: web, at: 1h, forceNewDeployment: true";
    let played = shifted(2, BLUE_GREEN, "", second, "");
    assert_eq!(weights(&played), [(630.0, 100), (3_630.0, 100)]);
    let all = passed(&played);
    assert_eq!(whole(all.offered - all.served), 1_800);
    assert_eq!(most_running(&played), 4);
}

/// A scheduled action doubles the desired count in the bake time.
#[test]
fn ecs_217_both_revisions_follow_the_desired_count() {
    let scale = "actions: [{ at: 700s, updateService: { service: web, desiredCount: 6 } }]";
    let played = shifted(4, BLUE_GREEN, "", "", scale);
    assert_eq!(most_running(&played), 12);
    let last = stages(&played).last().copied();
    assert_eq!(last, Some((931.0, Completed)));
}

/// Without rollback the deployment has failed, and both revisions stay as they are.
#[test]
fn ecs_214_without_rollback_both_revisions_and_their_weights_stay() {
    let bad = ", bad: { failure: errors, errorShare: 50% }";
    let alarm = ", alarms: { enable: true, alarmNames: [errors] }";
    let played = shifted(4, &format!("{CANARY}{alarm}"), "", bad, "");
    assert_eq!(weights(&played), [(630.0, 10)]);
    assert_eq!(stages(&played).len(), 2);
    assert!(played.stopping(0).is_empty() && played.stopping(1).is_empty());
}

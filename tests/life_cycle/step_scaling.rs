//! Step scaling policies, several policies at once, scheduled actions beside them, and metrics with a value
//! each 20 seconds (facts/ecs.md 180 to 192).

use crate::world::*;
use ecsim::simulation::{Requests, ScaledBy, ServiceEvent};

/// A service of `desired` tasks of one vCPU on Fargate. `rate` is that of its requests, of 10 ms each,
/// `policies` are keys of `scaling`, `more` are further keys of the scenario.
fn served(desired: u32, rate: &str, policies: &str, more: &str) -> Diary {
    play(&text(desired, rate, policies, more))
}

fn text(desired: u32, rate: &str, policies: &str, more: &str) -> String {
    format!(
        "\
ecsim: 1
name: steps
until: 3h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: {desired}
    launchType: FARGATE
    monitoring: {{ metricConfigurations: [{{ metricNames: [CPUUtilization, MemoryUtilization], resolutionSeconds: 20 }}] }}
    load: {{ requestsPerSecond: {rate}, cpuPerRequest: 10ms }}
    scaling: {{ minCapacity: 1, maxCapacity: 100, {policies} }}
delays: none
{more}
"
    )
}

/// The times at which the desired count is set, what sets it, and the counts.
fn scaled(diary: &Diary) -> Vec<(f64, (ScaledBy, u32))> {
    diary.times(|fact| match fact {
        Fact::Service(_, ServiceEvent::Scaled(of)) => Some((of.by, of.to)),
        _ => None,
    })
}

/// The same without what sets it.
fn counts(diary: &Diary) -> Vec<(f64, u32)> {
    let all = scaled(diary).into_iter();
    all.map(|(at, (_, to))| (at, to)).collect()
}

/// A policy by `kind` with an alarm on CPU; `more` are further keys.
fn steps(kind: &str, threshold: u32, steps: &str, more: &str) -> String {
    format!(
        "{{ policyName: steps, adjustmentType: {kind}, stepAdjustments: [{steps}], alarm: {{ metricName: CPUUtilization, \
         comparisonOperator: GreaterThanOrEqualToThreshold, threshold: {threshold} }}{more} }}"
    )
}

/// A policy that takes tasks away below a threshold for three minutes.
fn steps_in(threshold: u32, adjustment: i32) -> String {
    format!(
        "{{ policyName: in, adjustmentType: ChangeInCapacity, stepAdjustments: [{{ metricIntervalUpperBound: 0, \
         scalingAdjustment: {adjustment} }}], alarm: {{ metricName: CPUUtilization, comparisonOperator: \
         LessThanThreshold, threshold: {threshold}, evaluationPeriods: 3 }} }}"
    )
}

/// Rates from these seconds on.
fn rates(of: &[(u32, u32)]) -> String {
    let steps = of.iter();
    let steps = steps.map(|(second, rate)| format!("{{ at: {second}s, rate: {rate}/s }}"));
    let steps: Vec<String> = steps.collect();
    format!("{{ piecewise: {{ steps: [{}] }} }}", steps.join(", "))
}

/// The steps of the worked example: nothing, 10 per cent from 60 on, 30 per cent from 70 on.
const WORKED: &str = "{ metricIntervalLowerBound: 0, metricIntervalUpperBound: 10, scalingAdjustment: 0 }, \
     { metricIntervalLowerBound: 10, metricIntervalUpperBound: 20, scalingAdjustment: 10 }, \
     { metricIntervalLowerBound: 20, scalingAdjustment: 30 }";

/// 600/s are 60 % of 10 tasks; 770/s are 70 % of 11.
#[test]
fn ecs_188_worked_example() {
    let policy = steps("PercentChangeInCapacity", 50, WORKED, "");
    let policies = format!("stepScaling: [{policy}]");
    let played = served(10, &rates(&[(0, 600), (1_200, 770)]), &policies, "");
    // The first minute ends at 60 s and is seen two minutes later.
    assert_eq!(counts(&played), [(180.0, 11), (1_380.0, 14)]);
    let idle = served(10, &rates(&[(0, 590)]), &policies, "");
    assert_eq!(counts(&idle), [], "the step of 0 % changes nothing");
}

#[test]
fn ecs_185_an_alarm_that_stays_in_alarm_acts_again_when_the_cooldown_is_over() {
    let one = "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }";
    let of = |more: &str| {
        let policy = steps("ChangeInCapacity", 50, one, more);
        counts(&served(2, "400/s", &format!("stepScaling: [{policy}]"), ""))
    };
    // 400/s are 50 % of 8 tasks.
    let long = of("");
    let times = [180.0, 480.0, 780.0, 1_080.0, 1_380.0, 1_680.0, 1_980.0];
    assert_eq!(long, times.into_iter().zip(3..=9).collect::<Vec<_>>());
    let short = of(", cooldown: 60");
    assert_eq!(short[..3], [(180.0, 3), (240.0, 4), (300.0, 5)]);
}

/// In the cooldown of a scale-out by one task a step of three adds two.
#[test]
fn ecs_179_a_larger_step_in_the_cooldown_counts_what_was_added() {
    let two = "{ metricIntervalLowerBound: 0, metricIntervalUpperBound: 20, scalingAdjustment: 1 }, \
         { metricIntervalLowerBound: 20, scalingAdjustment: 3 }";
    let policies = format!("stepScaling: [{}]", steps("ChangeInCapacity", 60, two, ""));
    let played = served(
        10,
        &rates(&[(0, 500), (1_200, 650), (1_320, 1_000)]),
        &policies,
        "",
    );
    assert_eq!(counts(&played)[..2], [(1_380.0, 11), (1_500.0, 13)]);
}

#[test]
fn ecs_186_steps_below_the_threshold_take_tasks_away() {
    let policies = format!("stepScaling: [{}]", steps_in(30, -2));
    let played = served(10, &rates(&[(0, 500), (1_200, 200)]), &policies, "");
    // Three minutes until 1,380 s, seen two minutes later; five minutes later 8 tasks have 25 %.
    assert_eq!(
        counts(&played),
        [(1_500.0, 8), (1_800.0, 6)],
        "6 tasks have 33 %"
    );
    let exact = "{ metricIntervalLowerBound: 0, scalingAdjustment: 25 }";
    let policies = format!("stepScaling: [{}]", steps("ExactCapacity", 50, exact, ""));
    let played = served(10, "800/s", &policies, "");
    assert_eq!(counts(&played), [(180.0, 25)]);
}

#[test]
fn ecs_181_of_several_policies_the_largest_count_wins() {
    let one = "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }";
    let tracking = "targetTracking: [{ policyName: half, metric: ECSServiceAverageCPUUtilization, targetValue: 50 }]";
    let policies = format!(
        "{tracking}, stepScaling: [{}]",
        steps("ChangeInCapacity", 70, one, "")
    );
    let played = served(10, "800/s", &policies, "");
    // The step acts after one minute, the target after three: 10 × 80 ÷ 50.
    let (step, target) = (ScaledBy::StepScaling(0), ScaledBy::TargetTracking(0));
    assert_eq!(
        scaled(&played),
        [(180.0, (step, 11)), (300.0, (target, 16))]
    );
    // A step scales in without the target: 300/s are 43 % of 7 tasks.
    let policies = format!("{tracking}, stepScaling: [{}]", steps_in(45, -1));
    let played = served(8, "300/s", &policies, "");
    assert_eq!(scaled(&played)[0], (300.0, (ScaledBy::StepScaling(0), 7)));
}

#[test]
fn ecs_182_no_step_scales_in_while_a_deployment_is_in_progress() {
    let more = "deployments:\n  - { name: v2, service: web, at: 10m, forceNewDeployment: true, bad: { failure: start } }";
    let policies = format!("stepScaling: [{}]", steps_in(30, -2));
    let rate = rates(&[(0, 500), (1_200, 200)]);
    assert_eq!(counts(&served(10, &rate, &policies, more)), []);
}

#[test]
fn ecs_189_a_scheduled_action_acts_at_once_and_ignores_cooldowns() {
    let one = "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }";
    let policies = format!(
        "scheduledActions: [{{ name: up, schedule: cron(4 0 * * ? *), minCapacity: 20 }}, {{ name: down, schedule: cron(30 0 * * ? *), minCapacity: 1, maxCapacity: 9 }}], stepScaling: [{}]",
        steps("ChangeInCapacity", 50, one, "")
    );
    let played = served(10, "600/s", &policies, "start: 2026-11-02T00:00:00Z");
    let (step, up, down) = (
        ScaledBy::StepScaling(0),
        ScaledBy::ScheduledAction(0),
        ScaledBy::ScheduledAction(1),
    );
    let expected = [(180.0, (step, 11)), (240.0, (up, 20)), (1_800.0, (down, 9))];
    assert_eq!(scaled(&played)[..3], expected);
    assert_eq!(
        scaled(&played).len(),
        3,
        "9 tasks have 67 %, and 9 is the maximum"
    );
}

/// AWS's benchmark with metrics of 20 s: 86 s from the change of the load to the scale-out, here for a change
/// that only whole periods show.
#[test]
fn ecs_192_metrics_of_20_seconds_scale_out_as_published() {
    let policies = "targetTracking: [{ metric: ECSServiceAverageCPUUtilizationHighResolution, targetValue: 50 }]";
    for second in [2_703, 2_708, 2_715] {
        let rate = rates(&[(0, 280), (second, 301)]);
        let (at, to) = counts(&served(6, &rate, policies, ""))[0];
        let after = at - f64::from(second);
        assert!(
            (86.0 * 0.9..=86.0 * 1.1).contains(&after),
            "{second}: {after} s"
        );
        assert_eq!(to, 7);
    }
    // Fifteen minutes in 45 values, and 15 s.
    let played = served(6, &rates(&[(0, 300), (2_700, 150)]), policies, "");
    assert_eq!(counts(&played), [(3_615.0, 3)]);
}

#[test]
fn ecs_252_a_step_follows_values_of_20_seconds() {
    let one = "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }";
    let policy = steps("ChangeInCapacity", 50, one, "");
    let policy = policy.replace("threshold: 50", "threshold: 50, period: 20");
    let played = served(10, "520/s", &format!("stepScaling: [{policy}]"), "");
    assert_eq!(counts(&played), [(35.0, 11)]);
}

/// 300/s for 2 s each are 600 requests in 10 tasks, 60 in each of 10 MiB: with 512 MiB 1,112 of 2,048 MiB.
const IN_MEMORY: &str =
    "300/s, latency: 2s, idleMemory: 512 MiB, memoryPerRequest: 10 MiB, timeout: 20s";

#[test]
fn ecs_251_memory_is_used_by_tasks_and_by_the_requests_in_them() {
    for (mode, within) in [("fluid", 0.002), ("exact", 0.01)] {
        let played = served(10, &format!("{IN_MEMORY}, mode: {mode}"), "", "");
        let mut total = Requests::default();
        for (_, fact) in &played.facts {
            if let Fact::Requests(_, passed) = fact {
                total.add(passed);
            }
        }
        let share = total.memory_used as f64 / total.memory_reserved as f64;
        // At 30 % of a vCPU a request takes 10 ms ÷ 0.7 beside the 2 s.
        let expected = (512.0 + 30.0 * 10.0 * (2.0 + 0.01 / 0.7)) / 2_048.0;
        assert!(
            (share - expected).abs() < within,
            "{mode}: {share} {expected}"
        );
    }
}

#[test]
fn ecs_174_target_tracking_follows_memory() {
    let of = |metric: &str| {
        let policies = format!("targetTracking: [{{ metric: {metric}, targetValue: 45 }}]");
        counts(&served(10, IN_MEMORY, &policies, ""))
    };
    // 10 × 54.6 ÷ 45; 13 tasks have 47.8 %, and so on, as 512 MiB in each task stay.
    let minutes = of("ECSServiceAverageMemoryUtilization");
    assert_eq!(minutes[0], (300.0, 13));
    assert_eq!(minutes.last().map(|(_, to)| *to), Some(15));
    let fast = of("ECSServiceAverageMemoryUtilizationHighResolution");
    assert_eq!(fast[0], (75.0, 13));
}

/// Two days with 200/s, and 600/s from 9 to 17 o'clock: 4 and 12 tasks at 50 %.
fn two_days(mode: &str) -> Diary {
    const HOUR: u32 = 3_600;
    let rate = rates(&[
        (0, 200),
        (9 * HOUR, 600),
        (17 * HOUR, 200),
        (33 * HOUR, 600),
        (41 * HOUR, 200),
    ]);
    let policies = format!(
        "targetTracking: [{{ metric: ECSServiceAverageCPUUtilization, targetValue: 50 }}], predictiveScaling: \
         [{{ policyName: daily, metric: ECSServiceCPUUtilization, targetValue: 50, mode: {mode} }}]"
    );
    let start = "start: 2026-11-02T00:00:00Z";
    play(&text(4, &rate, &policies, start).replace("until: 3h", "until: 48h"))
}

#[test]
fn ecs_190_a_forecast_raises_the_count_before_the_hour_and_never_lowers_it() {
    let predicted = |diary: &Diary| -> Vec<(f64, u32)> {
        let all = scaled(diary).into_iter();
        let own = all.filter(|(_, (by, _))| *by == ScaledBy::PredictiveScaling(0));
        own.map(|(at, (_, to))| (at, to)).collect()
    };
    let played = two_days("ForecastAndScale");
    // Five minutes before the second 9 o'clock. In the first minutes of that hour of the first day requests
    // timed out or waited, so that its mean is not exactly that of 12 tasks.
    let first = predicted(&played)[0];
    assert_eq!(first.0, f64::from(33 * 3_600 - 300));
    assert!((12..=13).contains(&first.1), "{first:?}");
    for (at, (by, to)) in scaled(&played) {
        let day = (33.0 * 3_600.0 - 300.0..41.0 * 3_600.0).contains(&at);
        assert!(!day || to >= 12, "{at} {by:?} {to}");
    }
    let lost = |diary: &Diary| -> u128 {
        let of = |(_, fact): &(SimTime, Fact)| match fact {
            Fact::Requests(_, passed) => passed.timed_out + passed.refused,
            _ => 0,
        };
        let second_day = |(at, _): &&(SimTime, Fact)| seconds(*at) > 86_400.0;
        diary.facts.iter().filter(second_day).map(of).sum()
    };
    let only = two_days("ForecastOnly");
    assert_eq!(predicted(&only), []);
    assert_eq!(lost(&played), 0);
    assert!(lost(&only) > 0);
}

//! Strategies of deployments that shift traffic: what is read, and what is refused (facts/ecs.md 216 to
//! 220, 224).

use super::{problems, valid, with};
use crate::plan::{AlarmMetric, Plan, ReleaseFailure, ServiceMetric, ShiftSteps, TrafficShift};
use crate::units::{Ratio, Span};

/// The valid scenario with a service behind two target groups of one load balancer, and another load
/// balancer. `strategy` are keys of `deploymentConfiguration`, `more` follows the service.
fn scenario(alternate: &str, strategy: &str, more: &str) -> String {
    let text = format!(
        "\
loadBalancers: [{{ name: shop, targetGroups: [{{ name: blue }}, {{ name: green }}] }}, {{ name: other, targetGroups: [{{ name: red }}] }}]
services:
  - serviceName: web
    taskDefinition: report
    desiredCount: 2
    loadBalancers: [{{ targetGroupName: blue, containerName: report{alternate} }}]
    load: {{ requestsPerSecond: 1/s, cpuPerRequest: 15ms }}
    deploymentConfiguration: {{ {strategy} }}
{more}
tasks:
"
    );
    with("tasks:\n", &text)
}

const GREEN: &str = ", advancedConfiguration: { alternateTargetGroupName: green, productionListenerRule: arn, testListenerRule: arn, roleArn: arn }";

fn shift(strategy: &str) -> (Plan, TrafficShift) {
    let plan = valid(&scenario(GREEN, strategy, ""), &[]).study.variants[0].clone();
    let shift = plan.services[0].deployment.shift;
    (plan, shift.expect("it shifts traffic"))
}

fn minutes(minutes: u64) -> Span {
    Span::seconds(60 * minutes)
}

fn share(millionths: u32) -> Ratio {
    Ratio::millionths(millionths).expect("a share")
}

#[test]
fn fact_216_219_220_strategies_have_the_keys_and_defaults_of_the_api() {
    let (plan, blue_green) = shift("strategy: BLUE_GREEN, bakeTimeInMinutes: 10");
    assert_eq!(blue_green.steps, ShiftSteps::AllAtOnce);
    assert_eq!(blue_green.bake_time, minutes(10));
    let targets = plan.services[0]
        .targets
        .as_ref()
        .expect("two target groups");
    assert_eq!((targets.group, targets.alternate), (0, Some(1)));
    let (_, linear) = shift("strategy: LINEAR");
    let (step, bake) = (share(100_000), minutes(6));
    assert_eq!(linear.steps, ShiftSteps::Linear { step, bake });
    assert_eq!(linear.bake_time, minutes(5), "`assumptions.bakeTime`");
    let (_, canary) = shift("strategy: CANARY");
    let (share_of, bake) = (share(50_000), minutes(10));
    assert_eq!(
        canary.steps,
        ShiftSteps::Canary {
            share: share_of,
            bake
        }
    );
    let (_, canary) = shift(
        "strategy: CANARY, canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 0 }, bakeTimeInMinutes: 0",
    );
    let (share_of, bake) = (share(1_000), Span::ZERO);
    let steps = ShiftSteps::Canary {
        share: share_of,
        bake,
    };
    assert_eq!((canary.steps, canary.bake_time), (steps, Span::ZERO));
}

#[test]
fn a_release_may_answer_with_errors() {
    let more = "deployments: [{ name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { failure: errors, errorShare: 20% } }]\nalarms: [{ alarmName: a, metricName: HTTPCode_Target_5XX_Count, service: web, comparisonOperator: GreaterThanThreshold, threshold: 10 }]";
    let text = scenario(GREEN, "strategy: LINEAR", more);
    let plan = valid(&text, &[]).study.variants[0].clone();
    let bad = plan.services[0].revisions[0].bad.as_ref().expect("bad");
    assert_eq!(bad.failure, ReleaseFailure::Errors(share(200_000)));
    assert_eq!(
        plan.alarms[0].metric,
        AlarmMetric::Service(0, ServiceMetric::Target5xxCount)
    );
}

#[test]
fn an_alarm_may_watch_percentiles_of_response_times() {
    let alarm = |keys: &str| {
        format!(
            "alarms: [{{ alarmName: a, service: web, comparisonOperator: GreaterThanThreshold, threshold: 0.5, {keys} }}]"
        )
    };
    let read = |keys: &str| {
        let text = scenario(GREEN, "strategy: LINEAR", &alarm(keys));
        valid(&text, &[]).study.variants[0].alarms[0].metric
    };
    for (keys, wanted) in [
        (
            "metricName: TargetResponseTime",
            ServiceMetric::TargetResponseTime,
        ),
        (
            "metricName: TargetResponseTime, extendedStatistic: p99",
            ServiceMetric::TargetResponseTimeP99,
        ),
        (
            "metricName: TargetResponseTime, extendedStatistic: p99.0",
            ServiceMetric::TargetResponseTimeP99,
        ),
        (
            "metricName: CPUUtilization, statistic: Maximum",
            ServiceMetric::CpuUtilizationMaximum,
        ),
        (
            "metricName: RequestCount, statistic: Sum",
            ServiceMetric::RequestCount,
        ),
    ] {
        assert_eq!(read(keys), AlarmMetric::Service(0, wanted), "{keys}");
    }
    for (keys, said) in [
        (
            "metricName: TargetResponseTime, statistic: Maximum",
            "`TargetResponseTime` has no statistic `Maximum` in the model",
        ),
        (
            "metricName: TargetResponseTime, statistic: p99",
            "`p99` is a percentile",
        ),
        (
            "metricName: TargetResponseTime, extendedStatistic: Average",
            "`Average` is no percentile",
        ),
        (
            "metricName: RunningTaskCount, extendedStatistic: p99",
            "only `TargetResponseTime` has percentiles",
        ),
        (
            "metricName: TargetResponseTime, extendedStatistic: p90",
            "p95",
        ),
    ] {
        let told = problems(&scenario(GREEN, "strategy: LINEAR", &alarm(keys)), &[]);
        assert!(told.contains(said), "{said}:\n{told}");
        assert!(told.contains("alarms.a."), "{told}");
    }
}

#[test]
fn fact_216_218_219_220_what_cannot_be_is_refused() {
    let blue_green = "strategy: BLUE_GREEN, bakeTimeInMinutes: 5";
    let to =
        |name: &str| format!(", advancedConfiguration: {{ alternateTargetGroupName: {name} }}");
    let release = |bad: &str| {
        format!(
            "deployments: [{{ name: v2, service: web, at: 1h, forceNewDeployment: true, bad: {{ {bad} }} }}]"
        )
    };
    for (text, said) in [
        (
            scenario(GREEN, "strategy: BLUE_GREEN", ""),
            "the strategy `BLUE_GREEN` needs `bakeTimeInMinutes`",
        ),
        (
            scenario("", blue_green, ""),
            "the strategy `BLUE_GREEN` needs a second target group",
        ),
        (
            scenario(", advancedConfiguration: {}", blue_green, ""),
            "the target group is missing",
        ),
        (
            scenario(&to("gren"), blue_green, ""),
            "describes no target group `gren`",
        ),
        (
            scenario(&to("blue"), blue_green, ""),
            "`blue` is the first target group as well",
        ),
        (
            scenario(&to("red"), blue_green, ""),
            "`red` is a target group of another load balancer",
        ),
        (
            scenario(
                GREEN,
                "strategy: LINEAR, linearConfiguration: { stepPercent: 2.9 }",
                "",
            ),
            "3 to 100, in steps of 0.1",
        ),
        (
            scenario(
                GREEN,
                "strategy: LINEAR, linearConfiguration: { stepPercent: 3.05 }",
                "",
            ),
            "3.05 is not valid here",
        ),
        (
            scenario(
                GREEN,
                "strategy: LINEAR, linearConfiguration: { stepBakeTimeInMinutes: 1441 }",
                "",
            ),
            "expected a whole number from 0 to 1440",
        ),
        (
            scenario(
                GREEN,
                "strategy: CANARY, canaryConfiguration: { canaryPercent: 0 }",
                "",
            ),
            "0.1 to 100, in steps of 0.1",
        ),
        (
            scenario(GREEN, "strategy: CANARY, linearConfiguration: {}", ""),
            "`linearConfiguration` is of the strategy `LINEAR` only",
        ),
        (
            scenario(GREEN, "canaryConfiguration: {}", ""),
            "`canaryConfiguration` is of the strategy `CANARY` only",
        ),
        (
            scenario(GREEN, "", &release("failure: crash, errorShare: 10%")),
            "`errorShare` has no effect without `failure: errors`",
        ),
        (
            scenario(GREEN, "", &release("failure: errors, errorShare: 0")),
            "a share of 0 has no effect",
        ),
    ] {
        let told = problems(&text, &[]);
        assert!(told.contains(said), "{said}:\n{told}");
    }
}

#[test]
fn fact_216_without_a_load_balancer_or_of_a_daemon_no_traffic_is_shifted() {
    let web = |keys: &str, more: &str| {
        with(
            "tasks:\n",
            &format!(
                "services:\n  - {{ serviceName: web, taskDefinition: report, {keys} }}\n{more}tasks:\n"
            ),
        )
    };
    let canary = "deploymentConfiguration: { strategy: CANARY }";
    let told = problems(&web(&format!("desiredCount: 2, {canary}"), ""), &[]);
    assert!(
        told.contains("the strategy `CANARY` needs a load balancer"),
        "{told}"
    );
    let release = format!(
        "deployments: [{{ name: v2, service: web, at: 1h, forceNewDeployment: true, {canary} }}]\n"
    );
    let told = problems(&web("desiredCount: 2", &release), &[]);
    assert!(
        told.contains("the strategy `CANARY` needs a load balancer"),
        "{told}"
    );
    let daemon = format!("schedulingStrategy: DAEMON, {canary}");
    let told = problems(&web(&daemon, ""), &[]);
    assert!(
        told.contains("its deployments cannot shift traffic"),
        "{told}"
    );
    let errors = "deployments: [{ name: v2, service: web, at: 1h, forceNewDeployment: true, bad: { failure: errors } }]\n";
    let told = problems(&web("desiredCount: 2", errors), &[]);
    assert!(
        told.contains("has no requests that could be answered"),
        "{told}"
    );
}

#[test]
fn fact_224_the_circuit_breaker_has_no_effect_on_a_traffic_shift() {
    let breaker = "strategy: LINEAR, deploymentCircuitBreaker: { enable: true }";
    let study = valid(&scenario(GREEN, breaker, ""), &[]).study;
    let [warning] = &study.warnings[..] else {
        panic!("{:?}", study.warnings)
    };
    assert!(
        warning.contains("the circuit breaker is for the strategy `ROLLING`"),
        "{warning}"
    );
}

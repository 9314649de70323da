//! Step scaling policies and metrics of high resolution: what is read, and what is refused.

use super::{problems, valid, with};
use crate::plan::{
    AdjustmentType, ComparisonOperator, MetricPeriod, Service, ServiceMetric, StepAdjustment,
    TreatMissingData,
};
use crate::units::{Memory, Span};

/// The valid scenario with a service that has these keys.
fn scenario(keys: &str) -> String {
    let service = format!(
        "services:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 2, {keys} }}\ntasks:\n"
    );
    with("tasks:\n", &service)
}

const LOAD: &str = "load: { requestsPerSecond: 10/s, cpuPerRequest: 15ms }";

const ALARM: &str = "alarm: { metricName: CPUUtilization, comparisonOperator: GreaterThanThreshold, threshold: 50 }";

/// A service with a policy that has these keys.
fn policy(keys: &str) -> String {
    scenario(&format!(
        "{LOAD}, scaling: {{ minCapacity: 1, maxCapacity: 9, stepScaling: [{{ {keys} }}] }}"
    ))
}

/// A policy with these steps.
fn steps(steps: &str) -> String {
    policy(&format!(
        "{ALARM}, adjustmentType: ChangeInCapacity, stepAdjustments: [{steps}]"
    ))
}

fn only(text: &str) -> Service {
    let study = valid(text, &[]).study;
    assert!(study.warnings.is_empty(), "{:?}", study.warnings);
    study.variants[0].services[0].clone()
}

#[test]
fn a_policy_is_read_with_its_alarm_and_its_steps() {
    let read = only(&policy(
        "policyName: out, alarm: { metricName: RequestCount, comparisonOperator: LessThanOrEqualToThreshold, threshold: 900, \
         evaluationPeriods: 5, datapointsToAlarm: 3, treatMissingData: notBreaching }, adjustmentType: PercentChangeInCapacity, \
         minAdjustmentMagnitude: 2, cooldown: 60, stepAdjustments: [{ metricIntervalUpperBound: 0, metricIntervalLowerBound: -100, \
         scalingAdjustment: -10 }, { metricIntervalUpperBound: -100, scalingAdjustment: -50 }]",
    ));
    let [policy] = &read.step_scaling[..] else {
        panic!("one policy")
    };
    let alarm = &policy.alarm;
    assert_eq!(
        (policy.name.as_str(), policy.cooldown),
        ("out", Span::seconds(60))
    );
    assert_eq!(alarm.metric, ServiceMetric::RequestCount);
    assert_eq!(alarm.comparison, ComparisonOperator::LessThanOrEqualTo);
    assert_eq!(alarm.threshold, 900_000_000);
    assert_eq!(
        (alarm.datapoints_to_alarm, alarm.evaluation_periods),
        (3, 5)
    );
    assert_eq!(alarm.missing, TreatMissingData::NotBreaching);
    assert_eq!(
        policy.adjustment.kind,
        AdjustmentType::PercentChangeInCapacity
    );
    assert_eq!(policy.adjustment.least, 2);
    // In the order of the intervals.
    let step = |lower, upper, adjustment| StepAdjustment {
        lower,
        upper,
        adjustment,
    };
    let low = step(None, Some(-100_000_000), -50);
    let high = step(Some(-100_000_000), Some(0), -10);
    assert_eq!(policy.steps, [low, high]);
    let plain = only(&steps(
        "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }",
    ));
    let [policy] = &plain.step_scaling[..] else {
        panic!("one policy")
    };
    assert_eq!(
        (policy.name.as_str(), policy.cooldown),
        ("CPUUtilization", Span::seconds(300))
    );
    assert_eq!(policy.alarm.period, MetricPeriod::Minute);
    assert_eq!(policy.alarm.missing, TreatMissingData::Missing);
}

#[test]
fn steps_with_holes_or_overlaps_are_refused() {
    for (written, wanted) in [
        ("", "a step scaling policy needs a step"),
        (
            "{ metricIntervalLowerBound: 0, metricIntervalUpperBound: 10, scalingAdjustment: 1 }, { metricIntervalLowerBound: 20, scalingAdjustment: 2 }",
            "the steps leave a hole: none holds a metric from 60 (threshold 50 + 10) to 70 (threshold 50 + 20)",
        ),
        (
            "{ metricIntervalLowerBound: 0, metricIntervalUpperBound: 15, scalingAdjustment: 1 }, { metricIntervalLowerBound: 10, scalingAdjustment: 2 }",
            "this step overlaps another one, which also holds a metric of 60 (threshold 50 + 10)",
        ),
        (
            "{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }, { metricIntervalLowerBound: 10, scalingAdjustment: 2 }",
            "this step overlaps another one",
        ),
        (
            "{ metricIntervalUpperBound: 0, scalingAdjustment: 1 }, { metricIntervalUpperBound: 10, scalingAdjustment: 2 }",
            "this step overlaps another one without a lower bound",
        ),
        (
            "{ metricIntervalLowerBound: 0, metricIntervalUpperBound: 10, scalingAdjustment: 1 }",
            "no step holds a metric of 60 (threshold 50 + 10) or more",
        ),
        (
            "{ metricIntervalLowerBound: -10, scalingAdjustment: 1 }",
            "no step holds a metric of 40 (threshold 50 − 10) or less",
        ),
        (
            "{ metricIntervalLowerBound: 5, scalingAdjustment: 1 }",
            "the steps do not hold all values above the threshold",
        ),
        (
            "{ metricIntervalUpperBound: 0, scalingAdjustment: -1 }",
            "the steps do not hold all values above the threshold",
        ),
        ("{ scalingAdjustment: 1 }", "this step has no bound"),
        (
            "{ metricIntervalLowerBound: 5, metricIntervalUpperBound: 5, scalingAdjustment: 1 }",
            "the lower bound is not below the upper bound",
        ),
        (
            "{ metricIntervalLowerBound: 0, scalingAdjustment: 1.5 }",
            "this is no adjustment of such a policy",
        ),
        (
            "{ metricIntervalLowerBound: much, scalingAdjustment: 1 }",
            "`much` is not a number",
        ),
    ] {
        let told = problems(&steps(written), &[]);
        assert!(told.contains(wanted), "{written}\n{told}");
        assert!(told.contains("shop.yaml:"), "{told}");
        assert!(told.contains("services.web.scaling.stepScaling"), "{told}");
    }
}

#[test]
fn a_step_is_chosen_by_the_statistic_of_the_alarm_or_of_the_policy() {
    let one = "stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }], adjustmentType: ChangeInCapacity";
    let maximum = ALARM.replace("threshold: 50", "threshold: 50, statistic: Maximum");
    for (keys, wanted) in [
        (format!("{ALARM}, {one}"), ServiceMetric::CpuUtilization),
        (
            format!("{ALARM}, {one}, metricAggregationType: Average"),
            ServiceMetric::CpuUtilization,
        ),
        (
            format!("{ALARM}, {one}, metricAggregationType: Minimum"),
            ServiceMetric::CpuUtilizationMinimum,
        ),
        (
            format!("{maximum}, {one}"),
            ServiceMetric::CpuUtilizationMaximum,
        ),
        (
            format!("{maximum}, {one}, metricAggregationType: Maximum"),
            ServiceMetric::CpuUtilizationMaximum,
        ),
    ] {
        let read = only(&policy(&keys));
        assert_eq!(read.step_scaling[0].alarm.metric, wanted, "{keys}");
    }
}

#[test]
fn what_a_policy_cannot_have_is_refused() {
    let one = "stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }]";
    for (keys, wanted) in [
        (
            format!("{ALARM}, {one}, adjustmentType: ChangeInCapacity, minAdjustmentMagnitude: 2"),
            "`minAdjustmentMagnitude` is for `PercentChangeInCapacity` only",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity, metricAggregationType: Maximum",
                ALARM.replace("threshold: 50", "threshold: 50, statistic: Average")
            ),
            "the alarm has the statistic `Average`: another one for the choice of the step is not modelled",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity, metricAggregationType: Maximum",
                ALARM.replace("CPUUtilization", "RequestCount")
            ),
            "`RequestCount` has no statistic `Maximum` in the model",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("threshold: 50", "threshold: 50, extendedStatistic: p99")
            ),
            "`CPUUtilization` has no statistic `p99` in the model",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace(
                    "CPUUtilization",
                    "CPUUtilization, statistic: Average, extendedStatistic: p99"
                )
            ),
            "a metric has one statistic",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("CPUUtilization", "TargetResponseTime")
            ),
            "`TargetResponseTime` has no value without a target group",
        ),
        (
            format!("{one}, adjustmentType: ChangeInCapacity"),
            "`alarm` is missing",
        ),
        (
            format!("{ALARM}, {one}, adjustmentType: ChangeInCapacty"),
            "ChangeInCapacity",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("CPUUtilization", "RequestCountPerTarget")
            ),
            "`RequestCountPerTarget` has no value without a target group",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("threshold: 50", "threshold: 50, period: 20")
            ),
            "`CPUUtilization` of the service has no value each 20 seconds",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("threshold: 50", "threshold: 50, period: 30")
            ),
            "metrics have no such period",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace("CPUUtilization", "CPUUtilisation")
            ),
            "CPUUtilization",
        ),
        (
            format!(
                "{}, {one}, adjustmentType: ChangeInCapacity",
                ALARM.replace(
                    "threshold: 50",
                    "threshold: 50, evaluationPeriods: 2, datapointsToAlarm: 3"
                )
            ),
            "`3` is not valid here",
        ),
    ] {
        let told = problems(&policy(&keys), &[]);
        assert!(told.contains(wanted), "{keys}\n{told}");
        assert!(told.contains("shop.yaml:"), "{told}");
    }
    let without_load = policy(&format!("{ALARM}, {one}, adjustmentType: ChangeInCapacity"));
    let told = problems(&without_load.replace(&format!("{LOAD}, "), ""), &[]);
    let wanted = "`CPUUtilization` has no value without the requests of the service";
    assert!(told.contains(wanted), "{told}");
}

#[test]
fn metrics_of_high_resolution_are_switched_on_for_each_service() {
    let tracking = "scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageCPUUtilizationHighResolution, targetValue: 50 }] }";
    let monitoring = |seconds: u32| {
        format!(
            "monitoring: {{ metricConfigurations: [{{ metricNames: [CPUUtilization], resolutionSeconds: {seconds} }}] }}"
        )
    };
    let of = |seconds| scenario(&format!("{LOAD}, {tracking}, {}", monitoring(seconds)));
    let read = only(&of(20));
    assert_eq!(read.high_resolution, [ServiceMetric::CpuUtilization]);
    assert!(read.watches(MetricPeriod::TwentySeconds) && !read.watches(MetricPeriod::Minute));
    for text in [of(60), scenario(&format!("{LOAD}, {tracking}"))] {
        let told = problems(&text, &[]);
        let wanted = "`CPUUtilization` of the service has no value each 20 seconds";
        assert!(told.contains(wanted), "{told}");
    }
    let told = problems(&of(30), &[]);
    assert!(told.contains("metrics have no such period"), "{told}");
}

#[test]
fn memory_is_followed_where_the_load_tells_it() {
    let tracking = "scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageMemoryUtilization, targetValue: 50 }] }";
    let told = problems(&scenario(&format!("{LOAD}, {tracking}")), &[]);
    let wanted = "`ECSServiceAverageMemoryUtilization` has no value without memory of the load";
    assert!(
        told.contains(wanted) && told.contains("idleMemory"),
        "{told}"
    );
    let load = LOAD.replace("15ms", "15ms, idleMemory: 100 MiB, memoryPerRequest: 2 MiB");
    let read = only(&scenario(&format!("{load}, {tracking}")))
        .load
        .unwrap();
    assert_eq!(read.idle_memory, Memory::mib(100));
    assert_eq!(read.memory_per_request, Memory::mib(2));
    let alarm = "alarms:\n  - { alarmName: full, metricName: MemoryUtilization, service: web, comparisonOperator: GreaterThanThreshold, threshold: 80 }\ntasks:\n";
    let of = |load: &str| scenario(load).replace("tasks:\n", alarm);
    valid(&of(&load), &[]);
    let told = problems(&of(LOAD), &[]);
    assert!(
        told.contains("`MemoryUtilization` has no value without memory of the load"),
        "{told}"
    );
    let much = LOAD.replace("15ms", "15ms, idleMemory: 900 GiB");
    let told = problems(&scenario(&much), &[]);
    assert!(told.contains("is more than the"), "{told}");
}

#[test]
fn predictive_scaling_is_read_and_checked() {
    let of = |keys: &str| {
        scenario(&format!(
            "{LOAD}, scaling: {{ minCapacity: 1, maxCapacity: 9, predictiveScaling: [{{ metric: ECSServiceCPUUtilization, targetValue: 60{keys} }}] }}"
        ))
    };
    let read = |keys: &str| only(&of(keys)).predictive_scaling[0].clone();
    let plain = read("");
    assert_eq!(
        (plain.name.as_str(), plain.target),
        ("ECSServiceCPUUtilization", 60_000_000)
    );
    assert_eq!(
        (plain.scales, plain.buffer_time),
        (false, Span::seconds(300))
    );
    assert_eq!(plain.max_capacity_buffer, None);
    let full = read(
        ", policyName: p, mode: ForecastAndScale, schedulingBufferTime: 600, maxCapacityBreachBehavior: IncreaseMaxCapacity, maxCapacityBuffer: 10",
    );
    assert!(full.scales && full.max_capacity_buffer == Some(10));
    for (keys, wanted) in [
        (
            ", maxCapacityBuffer: 10",
            "`maxCapacityBuffer` has no effect with `HonorMaxCapacity`",
        ),
        (", schedulingBufferTime: 4000", "`4000` is not valid here"),
        (", mode: ForecastAndScal", "ForecastAndScale"),
    ] {
        let told = problems(&of(keys), &[]);
        assert!(
            told.contains(wanted) && told.contains("shop.yaml:"),
            "{keys}\n{told}"
        );
    }
    let requests = of("").replace("ECSServiceCPUUtilization", "ALBRequestCount");
    let told = problems(&requests, &[]);
    assert!(
        told.contains("`ALBRequestCount` has no value without a target group"),
        "{told}"
    );
}

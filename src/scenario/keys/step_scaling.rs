//! Field tables of step scaling policies, of their alarms, and of metrics of high resolution.

use super::alarm_fields::{
    COMPARISON_OPERATOR, DATAPOINTS_TO_ALARM, EVALUATION_PERIODS, EXTENDED_STATISTIC, STATISTIC,
    THRESHOLD,
};
use super::containers::MOST_SECONDS;
use super::queues::METRIC_DATA_QUERY;
use super::table::{Field, Table, Type};
use crate::plan::ServiceMetric;
use Type::{Choice, Integer, List, Map, Name, Signed};

/// An item of `stepScaling`.
pub static STEP_SCALING: Table = Table {
    name: "stepScaling",
    doc: "A step scaling policy of Application Auto Scaling, with the keys of `StepScalingPolicyConfiguration` (facts/ecs.md 185 to 188). While its alarm is in ALARM, the step that holds the metric changes the desired count in each period; an adjustment is one of the RUNNING tasks.",
    fields: &[
        Field::new("policyName", Name, "name of the policy").rule("that of the metric of the alarm"),
        Field::new("alarm", Map(&POLICY_ALARM), "the alarm that invokes the policy").required(),
        Field::new(
            "adjustmentType",
            Choice(&["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]),
            "what `scalingAdjustment` means: tasks that are added or, where negative, taken away; per cent of the RUNNING tasks, rounded toward zero but at least one task (facts/ecs.md 187); the number of tasks",
        )
        .required(),
        Field::new(
            "stepAdjustments",
            List(&Map(&STEP_ADJUSTMENT)),
            "the steps: intervals of the metric without a hole or an overlap",
        )
        .required(),
        Field::new(
            "cooldown",
            Integer(0, MOST_SECONDS),
            "seconds after a scale-out in which only a larger need scales out again, counted from the tasks that ran before it; and after a scale-in in which none follows (facts/ecs.md 179, 186)",
        )
        .preset("300"),
        Field::new(
            "minAdjustmentMagnitude",
            Integer(1, crate::plan::MOST_TASKS as u64),
            "with `PercentChangeInCapacity`: the least number of tasks of a change (facts/ecs.md 187)",
        ),
        Field::new(
            "metricAggregationType",
            Choice(&["Average", "Minimum", "Maximum"]),
            "the statistic of the metric by which a step is chosen; it is that of the alarm",
        )
        .rule("that of the alarm"),
    ],
};

/// An item of `stepAdjustments`.
pub static STEP_ADJUSTMENT: Table = Table {
    name: "stepAdjustment",
    doc: "A step of a step scaling policy. Its bounds are relative to the threshold of the alarm: with a threshold of 50, a lower bound of 10 is a metric of 60. Above the threshold the lower bound belongs to the step, below it the upper bound (facts/ecs.md 186).",
    fields: &[
        Field::new("metricIntervalLowerBound", Signed, "the lower bound").rule("none"),
        Field::new("metricIntervalUpperBound", Signed, "the upper bound").rule("none"),
        Field::new(
            "scalingAdjustment",
            Signed,
            "a whole number, by which `adjustmentType` changes the tasks",
        )
        .required(),
    ],
};

/// `alarm` of a step scaling policy.
pub static POLICY_ALARM: Table = Table {
    name: "policyAlarm",
    doc: "The alarm of CloudWatch that invokes a step scaling policy, with the keys of `put-metric-alarm`, on a metric of the service.",
    fields: &[
        Field::new(
            "metricName",
            Choice(&ServiceMetric::NAMES),
            "the metric: `CPUUtilization` and `MemoryUtilization` in per cent of what the RUNNING tasks reserve, or requests of a minute, of the service or for each healthy target, those with errors, or seconds until an answer (facts/ecs.md 251), for which the service needs a `load`; or a metric of the queue that its `worker` names (facts/platform.md 12.8)",
        )
        .rule("required without `metrics`"),
        Field::new(
            "metrics",
            List(&Map(&METRIC_DATA_QUERY)),
            "metrics and expressions, one of which returns the value that is compared; excludes `metricName`",
        ),
        COMPARISON_OPERATOR,
        THRESHOLD,
        EVALUATION_PERIODS,
        DATAPOINTS_TO_ALARM,
        Field::new(
            "treatMissingData",
            Choice(&["missing", "ignore", "breaching", "notBreaching"]),
            "what a period without a value counts as. Without a value no step is chosen, whatever the state of the alarm",
        )
        .preset("missing"),
        Field::new(
            "period",
            Integer(20, 60),
            "seconds of a period: 60, or 20 for a metric of high resolution (`monitoring`)",
        )
        .preset("60"),
        STATISTIC,
        EXTENDED_STATISTIC,
        Field::ignored("namespace"),
        Field::ignored("dimensions"),
        Field::ignored("alarmName"),
        Field::ignored("alarmDescription"),
        Field::ignored("alarmActions"),
        Field::ignored("actionsEnabled"),
    ],
};

/// `monitoring`.
pub static MONITORING: Table = Table {
    name: "monitoring",
    doc: "The resolution of the metrics of the service (facts/ecs.md 252).",
    fields: &[Field::new(
        "metricConfigurations",
        List(&Map(&METRIC_CONFIGURATION)),
        "metrics with another resolution than 60 seconds",
    )],
};

/// An item of `metricConfigurations`.
pub static METRIC_CONFIGURATION: Table = Table {
    name: "metricConfiguration",
    doc: "The resolution of metrics of a service. Values of 20 seconds are seen `highResolutionMetricDelay` after their period (facts/ecs.md 191, 192, 252).",
    fields: &[
        Field::new(
            "metricNames",
            List(&Choice(&["CPUUtilization", "MemoryUtilization"])),
            "the metrics",
        )
        .required(),
        Field::new(
            "resolutionSeconds",
            Integer(20, 60),
            "20: the metrics also have a value each 20 seconds, for policies on `ECSServiceAverageCPUUtilizationHighResolution` or `ECSServiceAverageMemoryUtilizationHighResolution` and for alarms with a `period` of 20; or 60",
        )
        .required(),
    ],
};

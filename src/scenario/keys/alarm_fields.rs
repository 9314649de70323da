//! The keys that all alarms have: their condition.

use super::table::{Field, Type};
use Type::{Choice, Integer, Number};

/// `comparisonOperator`.
pub const COMPARISON_OPERATOR: Field = Field::new(
    "comparisonOperator",
    Choice(&[
        "GreaterThanThreshold",
        "GreaterThanOrEqualToThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    ]),
    "the values that breach the threshold",
)
.required();

/// `threshold`.
pub const THRESHOLD: Field = Field::new("threshold", Number, "the threshold").required();

/// `evaluationPeriods`.
pub const EVALUATION_PERIODS: Field = Field::new(
    "evaluationPeriods",
    Integer(1, 1_440),
    "the number of the newest values that are looked at",
)
.preset("1");

/// `datapointsToAlarm`.
pub const DATAPOINTS_TO_ALARM: Field = Field::new(
    "datapointsToAlarm",
    Integer(1, 1_440),
    "the number of those that must breach",
)
.rule("`evaluationPeriods`");

/// `statistic`.
pub const STATISTIC: Field = Field::new(
    "statistic",
    Choice(&["Average", "Sum", "Minimum", "Maximum"]),
    "the statistic of the metric: `Sum` of counts of requests; `Average` of `MemoryUtilization` and `TargetResponseTime`; `Average`, `Minimum` or `Maximum` over the tasks of `CPUUtilization`. Other metrics have one value a minute, so that all statistics are equal",
)
.rule("`Sum` of counts of requests, else `Average`");

/// `extendedStatistic`.
pub const EXTENDED_STATISTIC: Field = Field::new(
    "extendedStatistic",
    Choice(&["p50", "p95", "p99"]),
    "a percentile of `TargetResponseTime`; excludes `statistic`",
);

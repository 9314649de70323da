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

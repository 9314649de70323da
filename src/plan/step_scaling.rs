//! Step scaling policies of Application Auto Scaling (facts/ecs.md 185 to 188).

use super::{ComparisonOperator, MetricMath, MetricPeriod, ServiceMetric, TreatMissingData};
use crate::policy::services::{Adjustment, StepAdjustment};
use crate::units::Span;

/// A step scaling policy: while its alarm is in ALARM, the size of the breach chooses the change of the
/// desired count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepScaling {
    /// `policyName`.
    pub name: String,
    /// The alarm that invokes it.
    pub alarm: PolicyAlarm,
    /// `adjustmentType` and `minAdjustmentMagnitude`: what the numbers of the steps mean.
    pub adjustment: Adjustment,
    /// `stepAdjustments`, from the lowest interval to the highest: each begins where the one before ends.
    pub steps: Vec<StepAdjustment>,
    /// `cooldown`, after a scale-out as after a scale-in.
    pub cooldown: Span,
}

/// The alarm of CloudWatch that invokes a step scaling policy, on a metric of the policy's service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyAlarm {
    /// The metric.
    pub metric: ServiceMetric,
    /// The expression of [`ServiceMetric::Customized`]; `None` for any other metric.
    pub math: Option<MetricMath>,
    /// The period of the metric.
    pub period: MetricPeriod,
    /// Which values breach.
    pub comparison: ComparisonOperator,
    /// The threshold, in millionths of the metric's unit. The bounds of steps are relative to it.
    pub threshold: u64,
    /// `evaluationPeriods`: the number of datapoints that are looked at.
    pub evaluation_periods: u32,
    /// `datapointsToAlarm`: the number of those that must breach.
    pub datapoints_to_alarm: u32,
    /// `treatMissingData`.
    pub missing: TreatMissingData,
}

//! Alarms of CloudWatch that a scenario defines, on the metrics that the model measures.

use super::ServiceMetric;

/// An alarm of CloudWatch on one metric, which has one value a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAlarm {
    /// `alarmName`.
    pub name: String,
    /// The metric.
    pub metric: AlarmMetric,
    /// Which values breach.
    pub comparison: ComparisonOperator,
    /// The threshold, in millionths of the metric's unit.
    pub threshold: u64,
    /// `evaluationPeriods`: the number of datapoints that are looked at.
    pub evaluation_periods: u32,
    /// `datapointsToAlarm`: the number of those that must breach.
    pub datapoints_to_alarm: u32,
}

/// A metric that an alarm may watch (facts/ecs.md 249, 255, 258).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmMetric {
    /// `RunningTaskCount` of a service, by its index.
    RunningTaskCount(usize),
    /// `PendingTaskCount` of a service: tasks that are neither RUNNING nor stopping.
    PendingTaskCount(usize),
    /// `DesiredTaskCount` of a service.
    DesiredTaskCount(usize),
    /// A metric of the requests of a service with a load, by its index, with its statistic.
    Service(usize, ServiceMetric),
    /// `HealthyHostCount` of the target group of a service.
    HealthyHostCount(usize),
    /// `UnHealthyHostCount` of the target group of a service.
    UnhealthyHostCount(usize),
    /// `CPUReservation` of the cluster's instances, in per cent.
    CpuReservation,
    /// `MemoryReservation` of the cluster's instances, in per cent.
    MemoryReservation,
    /// `CapacityProviderReservation` of a capacity provider, by its index, in per cent.
    CapacityProviderReservation(usize),
}

/// `comparisonOperator`: the values that breach the threshold of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// `GreaterThanThreshold`.
    GreaterThan,
    /// `GreaterThanOrEqualToThreshold`.
    GreaterThanOrEqualTo,
    /// `LessThanThreshold`.
    LessThan,
    /// `LessThanOrEqualToThreshold`.
    LessThanOrEqualTo,
}

impl ComparisonOperator {
    /// True when a value breaches the threshold.
    pub fn breaches<T: PartialOrd>(self, value: &T, threshold: &T) -> bool {
        match self {
            Self::GreaterThan => value > threshold,
            Self::GreaterThanOrEqualTo => value >= threshold,
            Self::LessThan => value < threshold,
            Self::LessThanOrEqualTo => value <= threshold,
        }
    }

    /// True when values above the threshold breach.
    pub const fn is_from_above(self) -> bool {
        matches!(self, Self::GreaterThan | Self::GreaterThanOrEqualTo)
    }
}

/// `treatMissingData`: what a period without a datapoint counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreatMissingData {
    /// `missing`: older datapoints are looked at instead; without any the state is INSUFFICIENT_DATA.
    #[default]
    Missing,
    /// `ignore`: the state stays.
    Ignore,
    /// `breaching`.
    Breaching,
    /// `notBreaching`.
    NotBreaching,
}

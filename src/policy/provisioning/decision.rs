//! What managed scaling decides in a minute, and why the desired capacity of a group stays.

use super::Percent;
use crate::units::SimTime;

/// The decision about the group's desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The desired capacity stays.
    Keep(Reason),
    /// The desired capacity rises.
    ScaleOut {
        /// The new desired capacity, above the current one.
        to: u32,
        /// The value of the metric.
        metric: Percent,
        /// The size that follows from the metric, before the limit of the group's maximum.
        wanted: u32,
    },
    /// The desired capacity falls.
    ScaleIn {
        /// The new desired capacity, below the current one.
        to: u32,
        /// The value of the metric.
        metric: Percent,
        /// The size that follows from the metric, before the limits of the step and the group's
        /// minimum.
        wanted: u32,
    },
}

/// Why the desired capacity stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The metric has no datapoint yet.
    NoData,
    /// Neither alarm is in ALARM.
    NoAlarm,
    /// The size that follows from the metric is not above the group's in the high alarm, or not
    /// below it in the low alarm.
    Enough {
        /// The size that follows from the metric.
        wanted: u32,
    },
    /// Instances are in their warm-up: they were launched less than `instanceWarmupPeriod` ago
    /// (facts/ecs.md 150). Neither a scale-out nor a scale-in comes before all warm-ups have ended.
    WarmingUp {
        /// Number of instances in their warm-up.
        instances: u32,
    },
    /// The group is at its maximum.
    AtMaximum {
        /// The size that follows from the metric.
        wanted: u32,
    },
    /// The group is at its minimum.
    AtMinimum {
        /// The size that follows from the metric.
        wanted: u32,
    },
    /// A scale-out was less than 15 minutes ago (facts/ecs.md 155).
    AfterScaleOut {
        /// The time from which scale-in is allowed again.
        until: SimTime,
    },
    /// The last step of scale-in was a short time ago, or the datapoint is from before it
    /// (facts/ecs.md 153).
    AfterScaleIn {
        /// The time from which a step is allowed, if the datapoint is from after the last one.
        until: SimTime,
    },
}

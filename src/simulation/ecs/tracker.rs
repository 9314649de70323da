//! The state of the target tracking policies of a service (facts/ecs.md 175 to 180).

use crate::monitoring::Alarm;
use crate::plan::{ComparisonOperator, ScalingMetric, TargetTracking};
use crate::policy::services::{Tracked, capacity};
use crate::simulation::traffic::ServiceMetrics;
use crate::units::SimTime;
use std::collections::VecDeque;

/// The datapoints of the alarm above the target, all of which must breach (facts/ecs.md 175).
const HIGH_DATAPOINTS: u32 = 3;

/// The datapoints of the alarm below the target (facts/ecs.md 175).
const LOW_DATAPOINTS: u32 = 15;

/// The policies of a service.
#[derive(Default)]
pub(super) struct Tracker {
    pub(super) policies: Vec<TrackedPolicy>,
    /// The cooldown of the latest scale-out, until it is over or a scale-in follows.
    pub(super) scaled_out: Option<ScaledOut>,
    /// No scale-in before this time (facts/ecs.md 179).
    pub(super) scale_in_after: SimTime,
}

/// A scale-out whose cooldown is not over.
#[derive(Clone, Copy)]
pub(super) struct ScaledOut {
    /// The tasks that were RUNNING when the first scale-out of this cooldown was decided.
    pub(super) running: u32,
    pub(super) until: SimTime,
}

/// A policy with its alarms.
pub(super) struct TrackedPolicy {
    high: Alarm<u64>,
    low: Alarm<u64>,
    /// Values of the metric that the alarms have not seen, the oldest first.
    unseen: VecDeque<Option<u64>>,
    /// The value that they have seen last.
    pub(super) seen: Option<u64>,
}

impl Tracker {
    pub(super) fn new(policies: &[TargetTracking]) -> Self {
        let policies = policies.iter().map(|policy| {
            // Below nine tenths of the target (facts/ecs.md 175).
            let low = policy.target - policy.target / 10;
            let alarm =
                |comparison, threshold, count| Alarm::new(comparison, threshold, count, count);
            TrackedPolicy {
                high: alarm(
                    ComparisonOperator::GreaterThan,
                    policy.target,
                    HIGH_DATAPOINTS,
                ),
                low: alarm(ComparisonOperator::LessThan, low, LOW_DATAPOINTS),
                unseen: VecDeque::new(),
                seen: None,
            }
        });
        Self {
            policies: policies.collect(),
            scaled_out: None,
            scale_in_after: SimTime::ZERO,
        }
    }

    /// Adds the metrics of the last minute, which the alarms of the policies see later.
    pub(super) fn add(&mut self, plans: &[TargetTracking], metrics: Option<ServiceMetrics>) {
        for (policy, plan) in self.policies.iter_mut().zip(plans) {
            let value = metrics.and_then(|metrics| match plan.metric {
                ScalingMetric::ServiceAverageCpuUtilization => metrics.cpu_utilization,
                ScalingMetric::AlbRequestCountPerTarget => metrics.requests_per_target,
            });
            policy.unseen.push_back(value);
        }
    }
}

impl TrackedPolicy {
    /// `before` is the number of tasks from which a scale-out counts.
    pub(super) fn see_oldest(
        &mut self,
        plan: &TargetTracking,
        running: u32,
        before: u32,
    ) -> Tracked {
        let value = self.unseen.pop_front().flatten();
        self.seen = value;
        self.high.observe(value);
        self.low.observe(value);
        // Without a value nothing is scaled (facts/ecs.md 180).
        let is_high = value.is_some() && self.high.is_alarm();
        let from = if is_high { before } else { running };
        Tracked {
            is_high,
            is_low: value.is_some() && self.low.is_alarm(),
            scales_in: plan.scales_in,
            capacity: value.map_or(0, |value| capacity(from, value, plan.target)),
        }
    }
}

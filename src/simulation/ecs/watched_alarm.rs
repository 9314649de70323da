//! An alarm of the plan with the values of its metric that it has not seen yet.

use crate::monitoring::Alarm;
use crate::plan::MetricAlarm;
use std::collections::VecDeque;

/// An alarm of the plan, and the values that it has not seen yet.
pub(super) struct WatchedAlarm {
    alarm: Alarm<u64>,
    /// In millionths of the metric's unit, the oldest first; `None`: the metric has no value.
    unseen: VecDeque<Option<u64>>,
}

impl WatchedAlarm {
    pub(super) fn new(plan: &MetricAlarm) -> Self {
        let (points, periods) = (plan.datapoints_to_alarm, plan.evaluation_periods);
        Self {
            alarm: Alarm::new(plan.comparison, plan.threshold, points, periods),
            unseen: VecDeque::new(),
        }
    }

    /// Adds a value that it will see later.
    pub(super) fn add(&mut self, value: Option<u64>) {
        self.unseen.push_back(value);
    }

    /// Sees the oldest value that it has not seen. Returns whether it is in ALARM now and was not
    /// before.
    pub(super) fn see_oldest(&mut self) -> bool {
        let was_alarm = self.alarm.is_alarm();
        self.alarm.observe(self.unseen.pop_front().flatten());
        !was_alarm && self.alarm.is_alarm()
    }

    /// True when it is in ALARM.
    pub(super) fn is_alarm(&self) -> bool {
        self.alarm.is_alarm()
    }
}

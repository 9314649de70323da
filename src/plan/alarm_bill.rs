//! The alarms of a plan that CloudWatch bills.

use super::{MetricMath, MetricPeriod, Plan};

impl Plan {
    /// The metrics of all alarms with a period of a minute, which CloudWatch bills: those of `alarms`, the two of
    /// each target tracking policy, and those that invoke step scaling policies. An alarm on an expression has
    /// all metrics that the expression reads.
    pub fn alarm_metrics(&self) -> u64 {
        let read = |math: &Option<MetricMath>| match math {
            Some(math) => math.metrics().count() as u64,
            None => 1,
        };
        let minute = MetricPeriod::Minute;
        let of_services = self.services.iter().map(|service| {
            let tracking = service.target_tracking.iter();
            let tracking = tracking.filter(|policy| policy.metric.period() == minute);
            let tracking: u64 = tracking.map(|policy| 2 * read(&policy.math)).sum();
            let steps = service.step_scaling.iter().map(|policy| &policy.alarm);
            let steps = steps.filter(|alarm| alarm.period == minute);
            tracking + steps.map(|alarm| read(&alarm.math)).sum::<u64>()
        });
        self.alarms.len() as u64 + of_services.sum::<u64>()
    }

    /// True when there are alarms, and their price is known.
    pub fn bills_alarms(&self) -> bool {
        self.prices.services.alarm_month.is_some() && self.alarm_metrics() > 0
    }
}

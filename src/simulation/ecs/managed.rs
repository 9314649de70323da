//! The state of managed scaling of one provider.

use crate::monitoring::Alarm;
use crate::plan::{self, ComparisonOperator};
use crate::policy::provisioning::managed_scaling::{
    HIGH_ALARM_DATAPOINTS, LOW_ALARM_DATAPOINTS, Rules,
};
use crate::policy::provisioning::{ManagedScaling, Percent, Reservation};
use crate::units::SimTime;
use std::collections::VecDeque;

/// The state of managed scaling of one provider.
pub(super) struct Managed {
    pub(super) plan: plan::ManagedScaling,
    pub(super) scaling: ManagedScaling,
    /// The alarm that leads to a scale-out.
    pub(super) high: Alarm<Percent>,
    /// The alarm that leads to a scale-in.
    pub(super) low: Alarm<Percent>,
    /// Measurements that the alarms have not evaluated, oldest first.
    pub(super) unseen: VecDeque<Unseen>,
    /// The time of the next measurement; `None` while sampling is paused.
    pub(super) next: Option<SimTime>,
    /// The last measurement and its time.
    pub(super) last: Option<(SimTime, Reservation)>,
    /// When a measurement was reported last.
    pub(super) reported: Option<SimTime>,
    /// Tasks or instances have changed since the last measurement.
    pub(super) changed: bool,
}

/// A measurement that the alarms have not evaluated.
#[derive(Clone, Copy)]
pub(super) struct Unseen {
    pub(super) measured: SimTime,
    /// The time of its evaluation.
    pub(super) due: SimTime,
    pub(super) reservation: Reservation,
}

impl Managed {
    pub(super) fn new(plan: plan::ManagedScaling, rules: Rules) -> Self {
        let target = Percent::whole(plan.target_capacity);
        let alarm = |comparison, datapoints| Alarm::new(comparison, target, datapoints, datapoints);
        Self {
            plan,
            scaling: ManagedScaling::new(plan.target_capacity, rules),
            high: alarm(ComparisonOperator::GreaterThan, HIGH_ALARM_DATAPOINTS),
            low: alarm(ComparisonOperator::LessThan, LOW_ALARM_DATAPOINTS),
            unseen: VecDeque::new(),
            next: None,
            last: None,
            reported: None,
            changed: true,
        }
    }

    /// Gives both alarms the same datapoint for this number of periods.
    pub(super) fn observe(&mut self, reservation: Reservation, periods: u64) {
        let metric = Some(reservation.metric(self.plan.target_capacity));
        self.high.observe_repeatedly(metric, periods);
        self.low.observe_repeatedly(metric, periods);
    }
}

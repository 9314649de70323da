//! The state of managed scaling of one provider.

use crate::monitoring::{Alarm, Comparison};
use crate::plan;
use crate::policy::provisioning::managed_scaling::{HIGH_ALARM_DATAPOINTS, LOW_ALARM_DATAPOINTS};
use crate::policy::provisioning::{ManagedScaling, Percent, Reservation};
use crate::units::{Ratio, SimTime};
use std::collections::VecDeque;

/// The state of managed scaling of one provider.
pub(super) struct Managed {
    pub(super) plan: plan::ManagedScaling,
    pub(super) scaling: ManagedScaling,
    /// The alarm that leads to a scale-out.
    pub(super) high: Alarm<Percent>,
    /// The alarm that leads to a scale-in.
    pub(super) low: Alarm<Percent>,
    /// Measurements that the alarms have not evaluated, oldest first, each with the time of its
    /// evaluation.
    pub(super) unseen: VecDeque<(SimTime, Reservation)>,
    /// The time of the next measurement; `None` while sampling is paused.
    pub(super) next: Option<SimTime>,
    /// The last measurement and its time.
    pub(super) last: Option<(SimTime, Reservation)>,
    /// Tasks or instances have changed since the last measurement.
    pub(super) changed: bool,
}

impl Managed {
    pub(super) fn new(plan: plan::ManagedScaling, step: Ratio) -> Self {
        let target = Percent::whole(plan.target_capacity);
        let alarm = |comparison, datapoints| Alarm::new(comparison, target, datapoints, datapoints);
        Self {
            plan,
            scaling: ManagedScaling::new(plan.target_capacity, step),
            high: alarm(Comparison::GreaterThan, HIGH_ALARM_DATAPOINTS),
            low: alarm(Comparison::LessThan, LOW_ALARM_DATAPOINTS),
            unseen: VecDeque::new(),
            next: None,
            last: None,
            changed: true,
        }
    }
}

//! What ECS keeps about the managed scaling of one provider.

use crate::monitoring::{Alarm, Comparison};
use crate::plan;
use crate::policy::provisioning::managed_scaling::{HIGH_ALARM_DATAPOINTS, LOW_ALARM_DATAPOINTS};
use crate::policy::provisioning::{ManagedScaling, Percent, Reservation};
use crate::units::{Ratio, SimTime};
use std::collections::VecDeque;

/// Managed scaling of one provider.
pub(super) struct Managed {
    pub(super) plan: plan::ManagedScaling,
    pub(super) scaling: ManagedScaling,
    pub(super) high: Alarm<Percent>,
    pub(super) low: Alarm<Percent>,
    /// Measured and not seen yet, oldest first, with when each is seen.
    pub(super) unseen: VecDeque<(SimTime, Reservation)>,
    /// When it is measured next; `None` while nothing can change.
    pub(super) next: Option<SimTime>,
    /// The last measurement and its time.
    pub(super) last: Option<(SimTime, Reservation)>,
    /// Something has changed since.
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

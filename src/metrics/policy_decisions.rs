//! How often the scaling policies of a service changed its desired count.

use crate::simulation::{Scaled, ScaledBy};

/// The decisions of policies; scheduled actions do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyDecisions {
    /// Times at which a policy raised the desired count.
    pub scale_outs: u64,
    /// Times at which a policy lowered it.
    pub scale_ins: u64,
}

impl PolicyDecisions {
    /// Counts a change of the desired count.
    pub(super) fn count(&mut self, scaled: &Scaled) {
        if !matches!(scaled.by, ScaledBy::ScheduledAction(_)) {
            self.scale_outs += u64::from(scaled.to > scaled.from);
            self.scale_ins += u64::from(scaled.to < scaled.from);
        }
    }

    /// Adds the decisions for another service.
    pub(super) fn add(&mut self, other: &Self) {
        self.scale_outs += other.scale_outs;
        self.scale_ins += other.scale_ins;
    }
}

//! The times in which the requests of a deployment or of a bad release are counted.

use crate::plan::{Deployment, NextRevision, Plan};
use crate::units::SimTime;

/// The time of a deployment and of its rollback, or of a bad release, in which requests are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The entry of the deployment.
    pub(super) entry: usize,
    pub(super) from: SimTime,
    /// [`SimTime::MAX`] while it is going on.
    pub(super) to: SimTime,
}

impl Window {
    /// The time that belongs to both.
    pub(super) fn common(&self, other: &Self) -> [SimTime; 2] {
        [self.from.max(other.from), self.to.min(other.to)]
    }
}

/// True when the revision of a deployment of the plan may be bad.
pub(super) fn may_be_bad(plan: &Plan, of: &Deployment) -> bool {
    match of.to {
        NextRevision::Number(number) => plan.services[of.service].revision(number).bad.is_some(),
        NextRevision::Previous => false,
    }
}

//! The listener rules of services whose deployments shift traffic: to which of the two target groups of
//! a service the tasks of a revision belong, and the weights of the groups (facts/ecs.md 216, 217).

use crate::cluster::ServiceId;
use crate::plan::ALL_REQUESTS;
use std::collections::{BTreeMap, BTreeSet};

/// The listener rules of services, where they have two target groups.
pub(super) type Listeners = BTreeMap<ServiceId, Listener>;

/// The listener rule of a service.
#[derive(Clone, Debug, Default)]
pub(in crate::simulation) struct Listener {
    /// The numbers of the revisions whose tasks belong to the alternate target group.
    pub(super) in_alternate: BTreeSet<usize>,
    /// The weight of the alternate target group, in millionths; the other group has the rest.
    alternate_weight: u32,
}

impl Listener {
    /// The target group of the tasks of a revision: 0, or 1 for the alternate one.
    pub(in crate::simulation) fn group(&self, number: usize) -> usize {
        usize::from(self.in_alternate.contains(&number))
    }

    /// The weight of a target group in millionths.
    pub(in crate::simulation) const fn weight(&self, group: usize) -> u32 {
        match group {
            0 => ALL_REQUESTS - self.alternate_weight,
            _ => self.alternate_weight,
        }
    }

    /// Gives a target group this weight in millionths, and the other group the rest.
    pub(super) const fn set_weight(&mut self, group: usize, weight: u32) {
        self.alternate_weight = match group {
            0 => ALL_REQUESTS - weight,
            _ => weight,
        };
    }
}

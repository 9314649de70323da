//! Worst fit: the most free of one resource. Not an ECS strategy.

use super::{Placement, Work};
use crate::cluster::{Cluster, Field, InstanceId};
use std::cmp::Reverse;

/// The instance with the most free of a resource that fits; ties to the lowest index.
#[derive(Clone, Copy, Debug)]
pub struct WorstFit(pub Field);

impl Placement for WorstFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        let pools = request.requirement.pools.iter();
        let best = pools.filter_map(|pool| {
            cluster.most_free(*pool, self.0, request, |_, instance| {
                Reverse(instance.free(self.0))
            })
        });
        best.min().map(|(_, id)| id)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

//! Worst fit: the instance with the most free of one resource. Not an ECS strategy.

use super::least::least;
use super::{Placement, Work};
use crate::cluster::{Cluster, Field, InstanceId};
use std::cmp::Reverse;

/// The instance with the most free of a resource among those that fit; ties to the earliest
/// launch.
#[derive(Clone, Copy, Debug)]
pub struct WorstFit(pub Field);

impl Placement for WorstFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        least(&request.requirement.pools, |pool| {
            cluster.most_free(pool, self.0, request, |_, i| Reverse(i.free(self.0)))
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

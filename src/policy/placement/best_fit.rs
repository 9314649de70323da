//! Best fit: the least free of one resource. Not an ECS strategy: `binpack` breaks ties
//! otherwise.

use super::{Placement, Work};
use crate::cluster::{Cluster, Field, InstanceId};

/// The instance with the least free of a resource that still fits; ties to the lowest index.
#[derive(Clone, Copy, Debug)]
pub struct BestFit(pub Field);

impl Placement for BestFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        let pools = request.requirement.pools.iter();
        let best = pools.filter_map(|pool| {
            cluster.least_free(*pool, self.0, false, request, |_, instance| {
                instance.free(self.0)
            })
        });
        best.min().map(|(_, id)| id)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

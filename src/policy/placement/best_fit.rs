//! Best fit: the instance with the least free of one resource. Not an ECS strategy: `binpack`
//! breaks ties by the tasks of the group (facts/ecs.md 83).

use super::least::least;
use super::{Placement, Work};
use crate::cluster::{Cluster, Field, InstanceId};

/// The instance with the least free of a resource among those that fit; ties to the earliest
/// launch.
#[derive(Clone, Copy, Debug)]
pub struct BestFit(pub Field);

impl Placement for BestFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        least(&request.requirement.pools, |pool| {
            cluster.least_free(pool, self.0, false, request, |_, i| i.free(self.0))
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

//! Fewest tasks: spread by count. Not an ECS strategy: `spread` counts only the group's own
//! tasks.

use super::least::least;
use super::{Placement, Work};
use crate::cluster::{Cluster, Counted, InstanceId};

/// The instance with the fewest tasks that fits; ties to the lowest index.
#[derive(Clone, Copy, Debug)]
pub struct FewestTasks;

impl Placement for FewestTasks {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        least(&request.requirement.pools, |pool| {
            cluster.fewest(pool, Counted::All, true, request, |_, i| i.tasks())
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

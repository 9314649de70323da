//! Fewest tasks: the instance with the fewest tasks of all groups. Not an ECS strategy: `spread`
//! counts the tasks of one group.

use super::least::least;
use super::{Placement, Work};
use crate::cluster::{Cluster, Counted, InstanceId};

/// The instance with the fewest tasks among those that fit; ties to the earliest launch.
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

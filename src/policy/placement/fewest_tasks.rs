//! Fewest tasks: spread by count. Not an ECS strategy: `spread` counts only the group's own
//! tasks.

use super::Placement;
use super::least::least;
use crate::cluster::{Cluster, Counted, InstanceId, Request};
use crate::engine::random::Stream;

/// The instance with the fewest tasks that fits; ties to the lowest index.
#[derive(Clone, Copy, Debug)]
pub struct FewestTasks;

impl Placement for FewestTasks {
    fn place(
        &mut self,
        request: &Request<'_>,
        cluster: &Cluster,
        _stream: &mut dyn FnMut() -> Stream,
    ) -> Option<InstanceId> {
        least(&request.requirement.pools, |pool| {
            cluster.fewest(pool, Counted::All, true, request, |_, i| i.tasks())
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

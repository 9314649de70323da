//! Fewest tasks: spread by count. Not an ECS strategy: `spread` counts only the group's own
//! tasks.

use super::Placement;
use crate::cluster::{Cluster, InstanceId, Request};
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
        cluster
            .scan(request, |_, instance| instance.tasks())
            .map(|(_, id)| id)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

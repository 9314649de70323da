//! Worst fit: the most free of one resource. Not an ECS strategy.

use super::Placement;
use super::least::least;
use crate::cluster::{Cluster, Field, InstanceId, Request};
use crate::engine::random::Stream;
use std::cmp::Reverse;

/// The instance with the most free of a resource that fits; ties to the lowest index.
#[derive(Clone, Copy, Debug)]
pub struct WorstFit(pub Field);

impl Placement for WorstFit {
    fn place(
        &mut self,
        request: &Request<'_>,
        cluster: &Cluster,
        _stream: &mut dyn FnMut() -> Stream,
    ) -> Option<InstanceId> {
        least(&request.requirement.pools, |pool| {
            cluster.most_free(pool, self.0, request, |_, i| Reverse(i.free(self.0)))
        })
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

//! First fit: the lowest instance index that fits. Not an ECS strategy.

use super::Placement;
use crate::cluster::{Cluster, InstanceId, Request};
use crate::engine::random::Stream;

/// The lowest instance index that fits.
#[derive(Clone, Copy, Debug)]
pub struct FirstFit;

impl Placement for FirstFit {
    fn place(
        &mut self,
        request: &Request<'_>,
        cluster: &Cluster,
        _stream: &mut dyn FnMut() -> Stream,
    ) -> Option<InstanceId> {
        let pools = &request.requirement.pools;
        pools
            .iter()
            .filter_map(|pool| cluster.first_fit(*pool, request))
            .min()
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

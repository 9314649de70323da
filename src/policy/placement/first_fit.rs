//! First fit: the earliest launched instance that fits. Not an ECS strategy.

use super::{Placement, Work};
use crate::cluster::{Cluster, InstanceId};

/// The earliest launched instance that fits.
#[derive(Clone, Copy, Debug)]
pub struct FirstFit;

impl Placement for FirstFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
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

//! Next fit: go on where the last task went. Not an ECS strategy.

use super::{Placement, Work};
use crate::cluster::{Cluster, InstanceId};

/// The instance that the last task went to, else the next one in turn that fits; after the
/// last instance comes the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct NextFit {
    last: usize,
}

impl Placement for NextFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        let count = cluster.instances().len();
        let turn = (self.last..count).chain(0..self.last.min(count));
        let found = turn
            .map(InstanceId::new)
            .find(|id| cluster.fits(*id, request))?;
        self.last = found.index();
        Some(found)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

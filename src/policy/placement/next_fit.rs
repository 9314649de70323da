//! Next fit: start the search at the instance of the previous placement. Not an ECS strategy.

use super::{Placement, Work};
use crate::cluster::{Cluster, InstanceId};

/// The instance of the previous placement if it fits, else the next one that fits in order of
/// launch; the first instance follows the last.
#[derive(Clone, Copy, Debug, Default)]
pub struct NextFit {
    /// Index of the instance of the previous placement.
    last: usize,
}

impl Placement for NextFit {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let request = &work.request();
        let count = cluster.instances().len();
        let order = (self.last..count).chain(0..self.last.min(count));
        let found = order
            .map(InstanceId::new)
            .find(|id| cluster.fits(*id, request))?;
        self.last = found.index();
        Some(found)
    }

    fn is_greedy(&self) -> bool {
        true
    }
}

//! The choice among pools that several policies share.

use crate::cluster::{InstanceId, PoolId};

/// The least over pools, by key, then by registration. `search` gives the best of one pool
/// with its key.
pub(super) fn least<K: Ord>(
    pools: &[PoolId],
    search: impl Fn(PoolId) -> Option<(K, InstanceId)>,
) -> Option<InstanceId> {
    pools
        .iter()
        .filter_map(|pool| search(*pool))
        .min()
        .map(|(_, id)| id)
}

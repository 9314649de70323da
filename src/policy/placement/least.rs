//! The minimum over pools, which several policies need.

use crate::cluster::{InstanceId, PoolId};

/// The instance with the least key over all pools; ties go to the earliest launch. `search` returns
/// the best instance of one pool with its key.
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

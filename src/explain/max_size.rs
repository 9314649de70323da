//! The `maxSize` of an Auto Scaling group that keeps a task without capacity: the run is played again with
//! larger ones.

use crate::plan::{Capacity, Plan};
use crate::units::SimTime;
use serde::Serialize;

/// The largest number of instances that are added to a group.
pub(super) const MOST_MORE: u32 = 64;

/// The least `maxSize` of a group with which a task gets capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MaxSizeChange {
    /// The capacity provider of the group.
    pub provider: String,
    /// The present `maxSize`.
    pub from: u32,
    /// The least with which the task gets capacity.
    pub to: u32,
    /// When it is placed then.
    #[serde(rename = "placedMicros")]
    pub placed: SimTime,
}

/// The `maxSize` of the group of a capacity provider, to be changed.
pub(super) fn max_size_of<'a>(plan: &'a mut Plan, provider: &str) -> Option<&'a mut u32> {
    let mut providers = plan.cluster.providers.iter_mut();
    match &mut providers.find(|of| of.name == provider)?.capacity {
        Capacity::Group(group) => Some(&mut group.max_size),
        _ => None,
    }
}

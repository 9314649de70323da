//! The ledger of a run and the keys of its meters.

use super::Item;
use serde::{Deserialize, Serialize};

/// The owner of a resource that is billed. Bills list owners in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// A capacity provider: an index into the plan's providers.
    Provider(usize),
    /// The cluster as a whole: resources that belong to no capacity provider.
    Cluster,
}

impl Owner {
    /// The index of the capacity provider, if the owner is one.
    pub const fn provider(self) -> Option<usize> {
        match self {
            Self::Provider(index) => Some(index),
            Self::Cluster => None,
        }
    }
}

/// What a meter counts: the owner, the zone and the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeterKey {
    /// The owner of the resources.
    pub owner: Owner,
    /// Index into the plan's zones; `None` for a resource of the whole region.
    pub zone: Option<usize>,
    /// The item that is counted.
    pub item: Item,
}

/// What a meter counted in one clock hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HourlyUsage {
    /// The clock hour, counted from simulated time zero.
    pub hour: u32,
    /// Index into [`Ledger::meters`].
    pub meter: u32,
    /// The quantity in base units of the item × µs, above 0.
    pub quantity: u128,
}

/// All usage of one run after its warm-up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// The meters, ascending by key.
    pub meters: Vec<MeterKey>,
    /// Non-zero rows, ascending by hour, then meter.
    pub rows: Vec<HourlyUsage>,
    /// By meter: what the rounding to whole seconds and the minimum have added to `rows`, in base
    /// units of the item × µs. Empty where it is not known.
    pub topped_up: Vec<u128>,
}

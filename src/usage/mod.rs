//! The hourly usage ledger: what was used, in integers, without prices.
//!
//! A meter counts one kind of thing of one owner in one zone. Quantities are integrals
//! over time in base units, so that no rounding happens here except AWS's own (whole
//! seconds, minimum durations), which [`Meters`] applies per resource.

mod item;
mod meters;

pub use item::{Item, PricingUnit, Purchase, Service, Terms};
pub use meters::{MeterId, Meters};

use serde::{Deserialize, Serialize};

/// Who is billed. Bills list owners in this order.
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

/// One line of usage: whose, where, what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeterKey {
    /// Who is billed.
    pub owner: Owner,
    /// Index into the plan's zones; `None` for a resource of the whole region.
    pub zone: Option<usize>,
    /// What is counted.
    pub item: Item,
}

/// What a meter counted in one clock hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HourlyUsage {
    /// Hours since the start of the run.
    pub hour: u32,
    /// Index into [`Ledger::meters`].
    pub meter: u32,
    /// The quantity in the item's base unit.
    pub quantity: u128,
}

/// All usage of one run's reported time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// The meters, ascending by key.
    pub meters: Vec<MeterKey>,
    /// Non-zero rows, ascending by hour, then meter.
    pub rows: Vec<HourlyUsage>,
    /// What whole seconds and the minimum have added to `rows`, by meter, in the item's base
    /// unit; empty where it is not known.
    pub topped_up: Vec<u128>,
}

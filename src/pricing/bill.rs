//! The bill of a run and its lines.

use crate::units::Usd;
use crate::usage::{MeterKey, PricingUnit, Service};
use serde::{Deserialize, Serialize};

/// What a run's usage costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// One line per meter, in the order of the ledger.
    pub lines: Vec<BillLine>,
}

/// What one meter's usage costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillLine {
    /// The owner, zone and item of the usage.
    pub meter: MeterKey,
    /// The AWS service that sells it.
    pub service: Service,
    /// AWS's usage type: `USE2-BoxUsage:m6i.large`.
    pub usage_type: String,
    /// The item in words: `m6i.large, on demand`.
    pub label: String,
    /// The pricing unit.
    pub unit: PricingUnit,
    /// The quantity as metered, exact, in the base unit of the meter's item × µs.
    pub usage: u128,
    /// The part of `usage` that the rounding to whole seconds and the minimum have added.
    pub topped_up: u128,
    /// The quantity in pricing units, for reports; GB-months are the sum over the months.
    pub quantity: f64,
    /// Price of one pricing unit.
    pub price: Usd,
    /// Price × quantity, rounded half up to a nano-dollar (by month for GB-months).
    pub cost: Usd,
}

impl BillLine {
    /// The part of the cost that the rounding to whole seconds and the minimum have added, in
    /// dollars: in proportion to the usage.
    pub fn topped_up_cost(&self) -> f64 {
        match self.usage {
            0 => 0.0,
            usage => self.cost.as_dollars_f64() * (self.topped_up as f64 / usage as f64),
        }
    }
}

impl Bill {
    /// The sum of all lines.
    pub fn total(&self) -> Usd {
        self.sum(|_| true)
    }

    /// The sum of the lines for which `wanted` holds.
    pub fn sum(&self, wanted: impl Fn(&BillLine) -> bool) -> Usd {
        self.lines
            .iter()
            .filter(|line| wanted(line))
            .map(|line| line.cost)
            .sum()
    }
}

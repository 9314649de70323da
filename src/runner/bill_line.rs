//! A line of the bill over the seeds.

use crate::stats::Estimate;
use crate::units::Usd;
use crate::usage::{PricingUnit, Service};
use serde::Serialize;

/// A line group of the bill over the seeds, for the reported time of a run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillLineSummary {
    /// The capacity provider that is billed; `None` for resources of the whole cluster.
    pub provider: Option<String>,
    /// The AWS service that bills it.
    pub service: Service,
    /// AWS's usage type: `BoxUsage:m6i.large`.
    pub usage_type: String,
    /// The label on pages: `m6i.large, on demand`.
    pub label: String,
    /// The pricing unit.
    pub unit: PricingUnit,
    /// Price of one unit in dollars.
    pub price: Usd,
    /// Quantity in pricing units.
    pub quantity: Estimate,
    /// Quantity in pricing units per month, each run divided by its own length, so that it is
    /// `cost_per_month` divided by `price`.
    pub quantity_per_month: Estimate,
    /// Cost in dollars.
    pub cost: Estimate,
    /// Cost in dollars per hour of reported time, each run divided by its own length.
    pub cost_per_hour: Estimate,
    /// Cost in dollars per month, likewise.
    pub cost_per_month: Estimate,
    /// Dollars of `cost` that come from billing whole seconds with a minimum of 60 s
    /// (facts/pricing.md 2).
    pub topped_up: Estimate,
}

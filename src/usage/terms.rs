//! The terms on which AWS sells an item.

use super::{PricingUnit, Service};
use crate::catalog;

/// How an item is sold. Its price is in the price book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The service that sells it; the figures `cost.<service>` add up its items.
    pub service: Service,
    /// How it is bought.
    pub purchase: Purchase,
    /// AWS's usage type without the prefix of the region: `BoxUsage:m6i.large`.
    pub usage_type: String,
    /// What is counted, in words: `m6i.large, on demand`.
    pub label: String,
    /// The unit that it is priced in.
    pub unit: PricingUnit,
}

/// The purchase option of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purchase {
    /// At the on-demand price; items with one price only are bought so.
    OnDemand,
    /// At the Spot price.
    Spot,
}

impl Terms {
    /// The usage type as on AWS's bills, with the prefix of the region: `USE2-BoxUsage:c5.large`.
    /// If AWS's prefix is unknown, the name of the region is the prefix.
    pub fn usage_type_in(&self, region: &str) -> String {
        if region == "us-east-1" && !self.service.has_prefix_in_us_east_1() {
            return self.usage_type.clone();
        }
        let prefix = catalog::usage_type_prefix(region).unwrap_or(region);
        format!("{prefix}-{}", self.usage_type)
    }
}

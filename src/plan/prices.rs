//! Unit prices of a plan. The prices of instances are in the instance types.

use crate::catalog::{FargatePrices, ServicePrices};

/// Unit prices other than those of instances. A price is `None` where the catalog has none or the
/// region is unknown. That is an error only when the plan needs the price.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Fargate on Linux, x86.
    pub fargate_x86: Option<FargatePrices>,
    /// Fargate on Linux, ARM.
    pub fargate_arm: Option<FargatePrices>,
    /// Other services, such as EBS.
    pub services: ServicePrices,
    /// Hours in a month for storage; `None` means the calendar month of the usage.
    pub storage_month_hours: Option<u32>,
    /// Hours in the month of `perMonth` figures; 730 unless set.
    pub month_hours: u32,
}

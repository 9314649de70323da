//! Unit prices of a plan, instances left out: those stand with the instance types.

use crate::catalog::{FargatePrices, ServicePrices};

/// Unit prices besides instances; `None` where the catalog's cell is empty or the region is
/// unknown. A missing price is an error only when a quantity needs it.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Fargate on Linux, x86.
    pub fargate_x86: Option<FargatePrices>,
    /// Fargate on Linux, ARM.
    pub fargate_arm: Option<FargatePrices>,
    /// Everything else.
    pub services: ServicePrices,
    /// Hours in a month for storage; `None` means the calendar month of the usage.
    pub storage_month_hours: Option<u32>,
    /// Hours in the month of `perMonth` figures; 730 unless set.
    pub month_hours: u32,
}

//! Unit prices of a plan. The prices of instances are in the instance types.

use crate::catalog::{FargatePrices, ServicePrices};
use crate::units::Usd;

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
    /// Hours in the month of `perMonth` figures; `None`: those of the calendar month where the
    /// reported time is exactly one, else 730. See [`Plan::month`](super::Plan::month).
    pub month_hours: Option<u32>,
    /// Lines of the user's own on the bill, in the order of the file.
    pub extra: Vec<ExtraLine>,
}

/// A line of the user's own on the bill: an item of `costs.extra`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraLine {
    /// Its name, which no other line of the plan has.
    pub name: String,
    /// Its amount per month; see [`Plan::month`](super::Plan::month).
    pub per_month: Usd,
}

impl ExtraLine {
    /// What a name must be, in words.
    pub const NAMES: &'static str = "1 to 100 characters, on one line";

    /// True for a text that can be the name of a line.
    pub fn is_name(text: &str) -> bool {
        !text.trim().is_empty()
            && text.chars().count() <= 100
            && !text.chars().any(char::is_control)
    }
}

//! The hourly usage ledger: what was used, in integers, without prices.
//!
//! A meter counts one item of one owner in one zone. Quantities are integrals over time in base
//! units × µs. The only rounding is AWS's own (whole seconds, minimum durations), which
//! [`Meters`] applies to each resource.

mod families;
mod item;
mod ledger;
mod meter;
mod meters;
mod service;
mod terms;
mod unit;

pub use item::Item;
pub use ledger::{HourlyUsage, Ledger, MeterKey, Owner};
pub use meters::{MeterId, Meters};
pub use service::Service;
pub use terms::{Purchase, Terms};
pub use unit::PricingUnit;

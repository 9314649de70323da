//! Numbers of the outside world: instance types, Fargate sizes, prices, limits. Data files
//! are embedded; each figure has its source and date. No opinions, no simulation.

mod platform;
mod prices;

pub use platform::{Architecture, OperatingSystem};
pub use prices::{FargatePrices, ServicePrices};

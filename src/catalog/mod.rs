//! Published AWS data: instance types, Fargate sizes, prices, interruption bands. The data files
//! are embedded; each figure has its source and date. Policies and the simulation are not here.
//!
//! A table is text that is sorted by its first column. A look-up is a binary search in the text, so
//! that a program that needs three types does not parse 1,380. `docs/catalog.md` says how the files
//! were made.

mod burstable;
mod fargate;
mod instances;
mod load_balancers;
mod platform;
mod prices;
mod regions;
mod search;
mod sources;
mod spot;
mod table;

pub use burstable::{Burstable, BurstableFamily, CpuCredits, burstable};
pub use fargate::{
    FargateQuote, FargateSize, fargate_cpus, fargate_memories, fargate_prices, fargate_quote,
    fargate_quotes, fargate_sizes, smallest_fargate,
};
pub use instances::{
    InstanceTypeFacts, REGISTERED_SHARE, instance_type, instance_types, share_registered,
};
pub use load_balancers::{CapacityUnit, FREE_RULES, LoadBalancerKind};
pub use platform::{Architecture, OperatingSystem};
pub use prices::{
    FargatePrices, FargateSpotPrices, LoadBalancerPrices, ServicePrices, service_prices,
};
pub use regions::{
    Quote, ServiceQuote, on_demand_price, on_demand_quote, regions, service_quotes,
    usage_type_prefix,
};
pub use search::{nearest_instance_type, smallest_instance_type};
pub use sources::Source;
pub use spot::{InterruptionBand, SpotOffer, hazard_per_hour, spot, spot_quote};

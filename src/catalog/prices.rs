//! Unit prices as the model carries them.

use crate::units::Usd;

/// Fargate's unit prices in one region for one architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FargatePrices {
    /// Per vCPU and hour.
    pub vcpu_hour: Usd,
    /// Per GB (1,024³ bytes) and hour.
    pub gb_hour: Usd,
    /// Per GB-hour of ephemeral storage above 20 GB; `None` where the catalog has none.
    pub storage_gb_hour: Option<Usd>,
    /// What Fargate Spot costs; `None` where the catalog has no price.
    pub spot: Option<FargateSpotPrices>,
}

/// Fargate Spot's unit prices in one region for one architecture. Ephemeral storage of a Spot
/// task costs as much as that of any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FargateSpotPrices {
    /// Per vCPU and hour.
    pub vcpu_hour: Usd,
    /// Per GB (1,024³ bytes) and hour.
    pub gb_hour: Usd,
}

/// Unit prices of other services in one region; `None` where the catalog has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServicePrices {
    /// gp3 storage per GB-month.
    pub gp3_gb_month: Option<Usd>,
}

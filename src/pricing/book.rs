//! The unit prices of a run.

use crate::catalog::{Architecture, FargatePrices, ServicePrices};
use crate::units::Usd;
use crate::usage::{Item, Purchase};
use serde::Serialize;
use std::fmt;

/// Unit prices in one region. A missing price is an error only when there is usage of its item.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceBook {
    /// The AWS region, such as `us-east-2`. Usage types have its prefix.
    pub region: String,
    /// Simulated time zero in Unix seconds, on a full hour. It decides the calendar month of each
    /// hour of the ledger.
    pub start_unix_seconds: i64,
    /// Prices of instance types, by their index in the ledger's items.
    pub instances: Vec<InstancePrice>,
    /// Prices of Fargate and Fargate Spot, Linux, x86.
    pub fargate_x86: Option<FargatePrices>,
    /// Prices of Fargate and Fargate Spot, Linux, ARM.
    pub fargate_arm: Option<FargatePrices>,
    /// Prices of other services.
    pub services: ServicePrices,
    /// Hours in a month for storage, at least 1; `None` means those of the calendar month
    /// that the usage falls in.
    pub storage_month_hours: Option<u32>,
}

/// The price of an instance type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstancePrice {
    /// The type's name.
    pub name: String,
    /// Price of an hour on demand.
    pub per_hour: Option<Usd>,
    /// Price of an hour on Spot.
    pub spot_per_hour: Option<Usd>,
    /// The fee for an hour as a Managed Instance, on top of the price (facts/pricing.md 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_per_hour: Option<Usd>,
}

/// The price of a used item is missing in the price book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPrice {
    /// The region of the book.
    pub region: String,
    /// AWS's usage type.
    pub usage_type: String,
    /// The item in words.
    pub label: String,
}

impl PriceBook {
    /// Fargate's prices for an architecture.
    pub fn fargate(&self, architecture: Architecture) -> Option<FargatePrices> {
        match architecture {
            Architecture::X86 => self.fargate_x86,
            Architecture::Arm => self.fargate_arm,
        }
    }

    /// The name of an item's instance type; empty for other items.
    pub(super) fn name(&self, item: Item) -> &str {
        item.instance_type()
            .map_or("", |kind| &self.instances[kind].name)
    }

    /// The price of a unit of an item; `None` where the book has none.
    pub(super) fn price(&self, item: Item, purchase: Purchase) -> Option<Usd> {
        match item {
            Item::Instance(kind) | Item::SpotInstance(kind) => match purchase {
                Purchase::OnDemand => self.instances[kind].per_hour,
                Purchase::Spot => self.instances[kind].spot_per_hour,
            },
            Item::ManagementFee(kind) => self.instances[kind].managed_per_hour,
            Item::LoadBalancer(kind) => Some(self.services.load_balancer(kind)?.hour),
            Item::CapacityUnits(kind) => {
                Some(self.services.load_balancer(kind)?.capacity_unit_hour)
            }
            Item::SurplusCpuCredits(of) => Some(of.surplus_price()),
            Item::RootVolume => self.services.gp3_gb_month,
            Item::FargateCpu(on) | Item::FargateSpotCpu(on) => match purchase {
                Purchase::OnDemand => Some(self.fargate(on)?.vcpu_hour),
                Purchase::Spot => Some(self.fargate(on)?.spot?.vcpu_hour),
            },
            Item::FargateMemory(on) | Item::FargateSpotMemory(on) => match purchase {
                Purchase::OnDemand => Some(self.fargate(on)?.gb_hour),
                Purchase::Spot => Some(self.fargate(on)?.spot?.gb_hour),
            },
            Item::FargateStorage(on) => self.fargate(on)?.storage_gb_hour,
            Item::QueueRequests => self.services.sqs_million_requests,
            Item::Alarms => self.services.alarm_month,
            // No meter counts these: they are priced by `extra`.
            Item::Extra(_) => None,
        }
    }
}

impl fmt::Display for MissingPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no price for {} (`{}`) in `{}`",
            self.label, self.usage_type, self.region
        )
    }
}

impl std::error::Error for MissingPrice {}

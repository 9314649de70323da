//! The prices that a run's usage is priced with.

use crate::catalog::{self, Architecture, FargatePrices};
use crate::units::Usd;
use std::fmt;

/// Unit prices in one region. A missing one is an error only when a quantity needs it.
#[derive(Clone, Debug, Default)]
pub struct PriceBook {
    /// The AWS region; it stands before usage types.
    pub region: String,
    /// The instant of simulated time zero, in Unix seconds; a whole hour. It tells which
    /// calendar month an hour of the ledger lies in.
    pub start_unix_seconds: i64,
    /// Prices of instance types, by their index in the ledger's items.
    pub instances: Vec<InstancePrice>,
    /// Fargate on Linux, x86, and what it costs on Spot.
    pub fargate_x86: Option<FargatePrices>,
    /// Fargate on Linux, ARM, and what it costs on Spot.
    pub fargate_arm: Option<FargatePrices>,
    /// gp3 storage per GB-month.
    pub gp3_gb_month: Option<Usd>,
    /// Hours in a month for storage, at least 1; `None` means those of the calendar month
    /// that the usage falls in.
    pub storage_month_hours: Option<u32>,
}

/// The price of an instance type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancePrice {
    /// The type's name.
    pub name: String,
    /// Price of an hour on demand.
    pub per_hour: Option<Usd>,
    /// Price of an hour on Spot.
    pub spot_per_hour: Option<Usd>,
}

/// Something was used that the price book has no price for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPrice {
    /// The region of the book.
    pub region: String,
    /// AWS's usage type.
    pub usage_type: String,
    /// What is counted, for people.
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

    /// What stands before a usage type; the region itself where AWS's short form is unknown.
    pub(super) fn prefix(&self) -> &str {
        catalog::usage_type_prefix(&self.region).unwrap_or(&self.region)
    }

    /// A usage type of EC2 or EBS, which have no prefix in us-east-1.
    pub(super) fn plain_usage_type(&self, usage_type: &str) -> String {
        match self.region.as_str() {
            "us-east-1" => usage_type.into(),
            _ => format!("{}-{usage_type}", self.prefix()),
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

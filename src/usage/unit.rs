//! The units that AWS prices items in.

use crate::units::{Cpu, GIB, HOUR, SECOND};
use serde::{Deserialize, Serialize};

/// The unit that an item is priced in. Serialized as its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PricingUnit {
    /// Hours of one instance.
    #[serde(rename = "instance-hours")]
    InstanceHours,
    /// Hours of one vCPU.
    #[serde(rename = "vCPU-hours")]
    VcpuHours,
    /// Hours of one GB of 1,024³ bytes.
    #[serde(rename = "GB-hours")]
    GbHours,
    /// Months of one GB of 1,024³ bytes, prorated by the hours of the month.
    #[serde(rename = "GB-months")]
    GbMonths,
    /// Hours of one load balancer.
    #[serde(rename = "hours")]
    Hours,
    /// Hours of one capacity unit of a load balancer.
    #[serde(rename = "LCU-hours")]
    CapacityUnitHours,
    /// Millions of calls.
    #[serde(rename = "million requests")]
    MillionRequests,
    /// Months of something with a price per month, prorated by the hours of the month.
    #[serde(rename = "months")]
    Months,
}

impl PricingUnit {
    /// Its name: `instance-hours`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InstanceHours => "instance-hours",
            Self::VcpuHours => "vCPU-hours",
            Self::GbHours => "GB-hours",
            Self::GbMonths => "GB-months",
            Self::Hours => "hours",
            Self::CapacityUnitHours => "LCU-hours",
            Self::MillionRequests => "million requests",
            Self::Months => "months",
        }
    }

    /// Its name for narrow columns: `h`.
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::InstanceHours => "h",
            Self::VcpuHours => "vCPU-h",
            Self::GbHours => "GB-h",
            Self::GbMonths => "GB-mo",
            Self::Hours => "h",
            Self::CapacityUnitHours => "LCU-h",
            Self::MillionRequests => "M req",
            Self::Months => "mo",
        }
    }

    /// The name of one of it: `instance-hour`.
    pub const fn singular(self) -> &'static str {
        match self {
            Self::InstanceHours => "instance-hour",
            Self::VcpuHours => "vCPU-hour",
            Self::GbHours => "GB-hour",
            Self::GbMonths => "GB-month",
            Self::Hours => "hour",
            Self::CapacityUnitHours => "LCU-hour",
            Self::MillionRequests => "million request",
            Self::Months => "month",
        }
    }

    /// The unit of exact quantities in `usage.csv`: `instance-seconds`.
    pub const fn metered_unit(self) -> &'static str {
        match self {
            Self::InstanceHours => "instance-seconds",
            Self::VcpuHours => "vCPU-seconds",
            Self::GbHours | Self::GbMonths => "GB-seconds",
            Self::CapacityUnitHours => "LCU-seconds",
            Self::MillionRequests => "requests",
            Self::Hours | Self::Months => "seconds",
        }
    }

    /// How many base units × µs a [`metered_unit`](Self::metered_unit) has. Its prime factors
    /// are 2 and 5, so that every quantity is a finite decimal.
    pub const fn per_metered_unit(self) -> u128 {
        let (resource, seconds) = (self.base_units(), SECOND as u128);
        resource * seconds
    }

    /// How many base units × µs the pricing unit has, of calls 10⁻¹² calls; for GB-months, a GB-hour;
    /// for months, an hour.
    pub const fn per_pricing_unit(self) -> u128 {
        let units = match self {
            Self::MillionRequests => 1_000_000 * SECOND,
            _ => HOUR,
        };
        self.base_units() * units as u128
    }

    /// True when quantities are prorated by the hours of the month they fall in.
    pub const fn is_monthly(self) -> bool {
        match self {
            Self::GbMonths | Self::Months => true,
            Self::InstanceHours
            | Self::VcpuHours
            | Self::GbHours
            | Self::Hours
            | Self::MillionRequests
            | Self::CapacityUnitHours => false,
        }
    }

    /// Base units in one instance, vCPU or GB.
    const fn base_units(self) -> u128 {
        match self {
            Self::InstanceHours | Self::Hours | Self::Months => 1,
            // A call has as many units as a capacity unit that is in use for a second.
            Self::CapacityUnitHours | Self::MillionRequests => 1_000_000,
            Self::VcpuHours => Cpu::BASE_PER_VCPU as u128,
            Self::GbHours | Self::GbMonths => GIB as u128,
        }
    }
}

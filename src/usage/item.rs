//! What can be billed: one row for each item says which service sells it, under which usage
//! type, how it is bought and in which unit. Bills, figures and reports read these rows.

use super::families::{
    alarms, fargate, instance, load_balancer, management_fee, queue_requests, root_volume,
    surplus_cpu_credits,
};
use super::terms::{Purchase, Terms};
use super::{PricingUnit, Service};
use crate::catalog::{Architecture, BurstableFamily, LoadBalancerKind};
use serde::{Deserialize, Serialize};

/// What a meter counts, and its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Item {
    /// On-demand instances of a type (index into the plan's types): instance × µs.
    Instance(usize),
    /// Spot instances of a type (index into the plan's types): instance × µs.
    SpotInstance(usize),
    /// gp3 root volumes: bytes × µs.
    RootVolume,
    /// Fargate CPU: 1/128,000 vCPU × µs.
    FargateCpu(Architecture),
    /// Fargate memory: bytes × µs.
    FargateMemory(Architecture),
    /// CPU of tasks on Fargate Spot: 1/128,000 vCPU × µs.
    FargateSpotCpu(Architecture),
    /// Memory of tasks on Fargate Spot: bytes × µs.
    FargateSpotMemory(Architecture),
    /// Fargate ephemeral storage above 20 GiB, of tasks on Spot too: bytes × µs.
    FargateStorage(Architecture),
    /// The fee for Managed Instances of a type (index into the plan's types): instance × µs.
    ManagementFee(usize),
    /// CPU of burstable instances above their credits: 1/128,000 vCPU × µs.
    SurplusCpuCredits(BurstableFamily),
    /// Load balancers of a type: load balancer × µs.
    LoadBalancer(LoadBalancerKind),
    /// Capacity units of load balancers of a type: 1/1,000,000 unit × µs.
    CapacityUnits(LoadBalancerKind),
    /// Calls of SQS: 10⁻¹² calls.
    QueueRequests,
    /// Metrics of alarms of CloudWatch: metric × µs.
    Alarms,
    /// A line of the user's own (index into the plan's lines): µs. No meter counts it.
    Extra(usize),
}

impl Item {
    /// How the item is sold, with usage types as on AWS's bills (facts/pricing.md 2 and 4).
    /// `name` is that of the instance type or of the user's line; other items have none.
    pub fn terms(self, name: &str) -> Terms {
        use Purchase::{OnDemand, Spot};
        match self {
            Self::Instance(_) => instance(OnDemand, name),
            Self::SpotInstance(_) => instance(Spot, name),
            Self::RootVolume => root_volume(),
            Self::FargateCpu(on) => fargate(OnDemand, PricingUnit::VcpuHours, on),
            Self::FargateMemory(on) => fargate(OnDemand, PricingUnit::GbHours, on),
            Self::FargateSpotCpu(on) => fargate(Spot, PricingUnit::VcpuHours, on),
            Self::FargateSpotMemory(on) => fargate(Spot, PricingUnit::GbHours, on),
            Self::FargateStorage(on) => Terms {
                service: Service::Fargate,
                purchase: OnDemand,
                // One usage type for both architectures, and for Spot.
                usage_type: "Fargate-EphemeralStorage-GB-Hours".into(),
                label: format!("Fargate storage above 20 GiB, {}", on.name()),
                unit: PricingUnit::GbHours,
            },
            Self::ManagementFee(_) => management_fee(name),
            Self::SurplusCpuCredits(of) => surplus_cpu_credits(of),
            Self::LoadBalancer(on) => load_balancer("LoadBalancerUsage", PricingUnit::Hours, on),
            Self::CapacityUnits(on) => {
                load_balancer("LCUUsage", PricingUnit::CapacityUnitHours, on)
            }
            Self::QueueRequests => queue_requests(),
            Self::Alarms => alarms(),
            Self::Extra(_) => Terms {
                service: Service::Extra,
                purchase: OnDemand,
                usage_type: name.into(),
                label: name.into(),
                unit: PricingUnit::Months,
            },
        }
    }

    /// The instance type of an item, as an index into the plan's types.
    pub const fn instance_type(self) -> Option<usize> {
        match self {
            Self::Instance(kind) | Self::SpotInstance(kind) | Self::ManagementFee(kind) => {
                Some(kind)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// facts/pricing.md 2.
    #[test]
    fn spot_has_usage_types_of_its_own_and_the_same_units() {
        let terms = |item: Item| item.terms("m5.large");
        let arm = Architecture::Arm;
        for (item, like, usage_type) in [
            (
                Item::SpotInstance(0),
                Item::Instance(0),
                "SpotUsage:m5.large",
            ),
            (
                Item::FargateSpotCpu(arm),
                Item::FargateCpu(arm),
                "SpotUsage-Fargate-ARM-vCPU-Hours:perCPU",
            ),
            (
                Item::FargateSpotMemory(Architecture::X86),
                Item::FargateMemory(Architecture::X86),
                "SpotUsage-Fargate-GB-Hours",
            ),
        ] {
            let (spot, on_demand) = (terms(item), terms(like));
            assert_eq!(spot.usage_type, usage_type);
            assert_eq!(
                (spot.service, spot.unit),
                (on_demand.service, on_demand.unit)
            );
            assert_eq!(
                (spot.purchase, on_demand.purchase),
                (Purchase::Spot, Purchase::OnDemand)
            );
        }
    }

    #[test]
    fn a_metered_unit_divides_every_quantity_into_a_finite_decimal() {
        for unit in [
            PricingUnit::InstanceHours,
            PricingUnit::VcpuHours,
            PricingUnit::GbHours,
            PricingUnit::GbMonths,
            PricingUnit::Hours,
            PricingUnit::CapacityUnitHours,
            PricingUnit::MillionRequests,
            PricingUnit::Months,
        ] {
            let mut rest = unit.per_metered_unit();
            for factor in [2, 5] {
                while rest % factor == 0 {
                    rest /= factor;
                }
            }
            assert_eq!(rest, 1, "{unit:?}");
            let metered = match unit {
                PricingUnit::MillionRequests => 1_000_000,
                _ => 3_600,
            };
            assert_eq!(unit.per_pricing_unit(), metered * unit.per_metered_unit());
            assert_eq!(format!("{}s", unit.singular()), unit.name());
        }
    }
}

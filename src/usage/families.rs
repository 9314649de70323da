//! The terms of items of which AWS sells several kinds under names of one form.

use super::terms::{Purchase, Terms};
use super::{PricingUnit, Service};
use crate::catalog::{Architecture, BurstableFamily, LoadBalancerKind};

/// Hours of an instance of a type.
pub(super) fn instance(purchase: Purchase, name: &str) -> Terms {
    let (usage, how) = match purchase {
        Purchase::OnDemand => ("BoxUsage", "on demand"),
        Purchase::Spot => ("SpotUsage", "Spot"),
    };
    Terms {
        service: Service::Ec2,
        purchase,
        usage_type: format!("{usage}:{name}"),
        label: format!("{name}, {how}"),
        unit: PricingUnit::InstanceHours,
    }
}

/// Hours of the fee for a Managed Instance. AWS's price list names the operation; its usage type is not
/// known (facts/pricing.md 2).
pub(super) fn management_fee(name: &str) -> Terms {
    Terms {
        service: Service::Ecs,
        purchase: Purchase::OnDemand,
        usage_type: format!("ECSManagedInstancesUsage:{name}"),
        label: format!("{name}, management fee"),
        unit: PricingUnit::InstanceHours,
    }
}

/// vCPU-hours of burstable instances above their credits (facts/pricing.md 2).
pub(super) fn surplus_cpu_credits(family: BurstableFamily) -> Terms {
    Terms {
        service: Service::Ec2,
        purchase: Purchase::OnDemand,
        usage_type: format!("CPUCredits:{}", family.name()),
        label: format!("surplus CPU credits, {}", family.name()),
        unit: PricingUnit::VcpuHours,
    }
}

/// Hours of load balancers of a type, or of their capacity units.
pub(super) fn load_balancer(usage_type: &str, unit: PricingUnit, kind: LoadBalancerKind) -> Terms {
    let counted = match unit {
        PricingUnit::CapacityUnitHours => "capacity units",
        _ => "load balancers",
    };
    Terms {
        service: Service::Elb,
        purchase: Purchase::OnDemand,
        usage_type: usage_type.into(),
        label: format!("{counted}, {}", kind.name()),
        unit,
    }
}

/// Fargate's CPU (in vCPU-hours) or memory (in GB-hours).
pub(super) fn fargate(purchase: Purchase, unit: PricingUnit, architecture: Architecture) -> Terms {
    let (resource, priced_by) = match unit {
        PricingUnit::VcpuHours => ("vCPU", "vCPU-Hours:perCPU"),
        PricingUnit::InstanceHours
        | PricingUnit::GbHours
        | PricingUnit::GbMonths
        | PricingUnit::Hours
        | PricingUnit::CapacityUnitHours
        | PricingUnit::MillionRequests
        | PricingUnit::Months => ("memory", "GB-Hours"),
    };
    let (before, spot) = match purchase {
        Purchase::OnDemand => ("", ""),
        Purchase::Spot => ("SpotUsage-", "Spot "),
    };
    let arm = match architecture {
        Architecture::X86 => "",
        Architecture::Arm => "ARM-",
    };
    Terms {
        service: Service::Fargate,
        purchase,
        usage_type: format!("{before}Fargate-{arm}{priced_by}"),
        label: format!("Fargate {spot}{resource}, {}", architecture.name()),
        unit,
    }
}

/// Calls of SQS's standard queues.
pub(super) fn queue_requests() -> Terms {
    Terms {
        service: Service::Sqs,
        purchase: Purchase::OnDemand,
        usage_type: "Requests-Tier1".into(),
        label: "requests of standard queues".into(),
        unit: PricingUnit::MillionRequests,
    }
}

/// Months of the metrics of alarms with a period of a minute (facts/pricing.md 2).
pub(super) fn alarms() -> Terms {
    Terms {
        service: Service::CloudWatch,
        purchase: Purchase::OnDemand,
        usage_type: "CW:AlarmMonitorUsage".into(),
        label: "metrics of alarms".into(),
        unit: PricingUnit::Months,
    }
}

/// GB-months of gp3 root volumes.
pub(super) fn root_volume() -> Terms {
    Terms {
        service: Service::Ebs,
        purchase: Purchase::OnDemand,
        usage_type: "EBS:VolumeUsage.gp3".into(),
        label: "gp3 root volumes".into(),
        unit: PricingUnit::GbMonths,
    }
}

//! Checks that the targets of faults exist in the plan.

use super::super::{FaultKind, Occurrence, Plan};
use super::at::At;
use super::laws;
use crate::cluster::WorkId;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    for fault in &plan.faults {
        let at = at.key(&fault.name);
        subject(plan, &fault.kind, &at);
        if let Occurrence::Every(gap) = &fault.occurs {
            laws::law(gap, &at.key("every"));
        }
        if let Some(lasts) = &fault.lasts {
            laws::law(lasts, &at.key("lasts"));
        }
    }
}

/// The indices of what a fault is about.
fn subject(plan: &Plan, kind: &FaultKind, at: &At<'_>) {
    let within = |key: &str, index: Option<usize>, length: usize, what: &str| {
        if let Some(index) = index {
            at.key(key).index(index, length, what);
        }
    };
    let zones = plan.cluster.zones.len();
    let providers = plan.cluster.providers.len();
    match kind {
        FaultKind::InstanceFailure { provider, zone, .. }
        | FaultKind::AgentDisconnect { provider, zone, .. } => {
            within(
                "capacityProvider",
                *provider,
                providers,
                "capacity provider",
            );
            within("zone", *zone, zones, "zone");
        }
        FaultKind::ContainerCrash { work, .. }
        | FaultKind::HealthCheckFailure { work, .. }
        | FaultKind::OutOfMemory { work, .. } => {
            let tasks = (plan.tasks.len(), "entry of `tasks`");
            let services = (plan.services.len(), "service");
            let (index, (length, what)) = match work {
                None => (None, tasks),
                Some(WorkId::Entry(entry)) => (Some(entry.index()), tasks),
                Some(WorkId::Service(service)) => (Some(service.index()), services),
            };
            within("work", index, length, what);
        }
        FaultKind::RegistryOutage { registry } => {
            within("registry", *registry, plan.registries.len(), "registry");
        }
        FaultKind::BadImage { image } => {
            within("image", Some(*image), plan.images.len(), "image");
        }
        FaultKind::ZoneOutage { zone, share } => {
            within("zone", *zone, zones, "zone");
            laws::law(share, &at.key("share"));
        }
        FaultKind::InsufficientCapacity {
            instance_type,
            zone,
            ..
        } => {
            let types = plan.cluster.instance_types.len();
            within("instanceType", *instance_type, types, "instance type");
            within("zone", *zone, zones, "zone");
        }
        FaultKind::ControlPlaneOutage | FaultKind::FargateHostLoss => {}
    }
}

//! Checks that what actions name exists in the plan.

use super::super::{ApiCall, Capacity, InstanceSelection, Plan};
use super::at::At;
use super::rules;
use crate::cluster::WorkId;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    let providers = plan.cluster.providers.len();
    for (number, action) in plan.actions.iter().enumerate() {
        let at = at.key(&number.to_string());
        match &action.call {
            ApiCall::UpdateService { service, .. } => {
                at.key("service")
                    .index(*service, plan.services.len(), "service");
            }
            ApiCall::StopTask { work, .. } => {
                let (index, length, what) = match work {
                    WorkId::Entry(entry) => (entry.index(), plan.tasks.len(), "entry of `tasks`"),
                    WorkId::Service(service) => (service.index(), plan.services.len(), "service"),
                };
                at.key("work").index(index, length, what);
            }
            ApiCall::UpdateContainerInstancesState { instances, .. }
            | ApiCall::TerminateInstances { instances } => selection(plan, instances, &at),
            ApiCall::SetDesiredCapacity {
                provider,
                desired_capacity,
            } => {
                let is_there =
                    at.key("capacityProvider")
                        .index(*provider, providers, "capacity provider");
                let provider = is_there.then(|| &plan.cluster.providers[*provider]);
                if provider.is_some_and(|provider| provider.capacity.is_managed_instances()) {
                    at.key("capacityProvider")
                        .problem("Managed Instances have no desired capacity");
                } else if let Some(Capacity::Group(group)) =
                    provider.map(|provider| &provider.capacity)
                    && let Some(flaw) =
                        rules::group_sizes(group.min_size, group.max_size, *desired_capacity)
                {
                    at.flaw(flaw);
                }
            }
        }
    }
}

fn selection(plan: &Plan, instances: &InstanceSelection, at: &At<'_>) {
    let (providers, zones) = (plan.cluster.providers.len(), plan.cluster.zones.len());
    if let Some(provider) = instances.provider {
        at.key("capacityProvider")
            .index(provider, providers, "capacity provider");
    }
    if let Some(zone) = instances.zone {
        at.key("availabilityZone").index(zone, zones, "zone");
    }
}

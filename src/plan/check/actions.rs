//! Checks that what actions name exists in the plan.

use super::super::{ApiCall, Capacity, Count, InstanceSelection, MOST_ACTIONS, Plan, Scheduling};
use super::at::At;
use super::rules;
use crate::cluster::WorkId;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    if plan.actions.len() > MOST_ACTIONS {
        let message = format!("there are {} actions", plan.actions.len());
        return at.expected(message, &format!("at most {MOST_ACTIONS}"));
    }
    let providers = plan.cluster.providers.len();
    for (number, action) in plan.actions.iter().enumerate() {
        let at = at.key(&number.to_string());
        match &action.call {
            ApiCall::UpdateService { service, .. } => {
                let at = at.key("service");
                let is_there = at.index(*service, plan.services.len(), "service");
                if is_there && plan.services[*service].scheduling == Scheduling::Daemon {
                    at.problem(rules::DAEMON_HAS_NO_COUNT);
                }
            }
            ApiCall::StartTask { entry, instances } => {
                at.key("tasks")
                    .index(*entry, plan.tasks.len(), "entry of `tasks`");
                rules::start_task(instances.len())
                    .into_iter()
                    .for_each(|flaw| at.flaw(flaw));
            }
            ApiCall::StopTask { work, .. } => {
                let (index, length, what) = match work {
                    WorkId::Entry(entry) => (entry.index(), plan.tasks.len(), "entry of `tasks`"),
                    WorkId::Service(service) => (service.index(), plan.services.len(), "service"),
                };
                at.key("work").index(index, length, what);
            }
            ApiCall::UpdateContainerInstancesState { instances, .. }
            | ApiCall::DeregisterContainerInstance { instances, .. }
            | ApiCall::TerminateInstances { instances } => selection(plan, instances, &at),
            ApiCall::RegisterContainerInstance {
                provider,
                member,
                zone,
                ..
            } => {
                at.key("availabilityZone")
                    .index(*zone, plan.cluster.zones.len(), "zone");
                let at = at.key("capacityProvider");
                let is_there = at.index(*provider, providers, "capacity provider");
                let provider = is_there.then(|| &plan.cluster.providers[*provider].capacity);
                let members = match provider {
                    Some(Capacity::Fleet(members)) => members.len(),
                    Some(_) => 0,
                    None => continue,
                };
                if at.index(*member, members, "member of a fixed fleet")
                    && let Some(Capacity::Fleet(all)) = provider
                    && (all[*member].count == Count::Fixed(0) || !all[*member].zones.contains(zone))
                {
                    at.problem("a new instance is like one that the fleet has, in a zone of it");
                }
            }
            ApiCall::SetDesiredCapacity {
                provider,
                desired_capacity,
            } => {
                let provider_at = at.key("capacityProvider");
                if !provider_at.index(*provider, providers, "capacity provider") {
                    continue;
                }
                let provider = &plan.cluster.providers[*provider];
                let Capacity::Group(group) = &provider.capacity else {
                    provider_at.problem(format!("`{}` has no Auto Scaling group", provider.name));
                    continue;
                };
                let sizes = (group.min_size, group.max_size);
                if let Some(flaw) = rules::group_sizes(sizes.0, sizes.1, *desired_capacity) {
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

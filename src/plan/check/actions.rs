//! Checks that what actions name exists in the plan.

use super::super::{ApiCall, Capacity, Count, InstanceSelection, MOST_ACTIONS, Plan, Scheduling};
use super::at::At;
use super::rules;
use crate::cluster::WorkId;
use crate::units::Span;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    if plan.actions.len() > MOST_ACTIONS {
        let message = format!("there are {} actions", plan.actions.len());
        return at.expected(message, &format!("at most {MOST_ACTIONS}"));
    }
    for (number, action) in plan.actions.iter().enumerate() {
        let at = at.key(&number.to_string());
        match &action.call {
            ApiCall::UpdateService { service, .. } => {
                replica_service(plan, *service, rules::DAEMON_HAS_NO_COUNT, &at)
            }
            ApiCall::UpdateTaskProtection {
                service,
                count,
                expires_in,
            } => {
                replica_service(plan, *service, rules::DAEMON_HAS_NO_PROTECTION, &at);
                protection(*count, *expires_in, &at);
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
            } => registration(plan, [*provider, *member, *zone], &at),
            ApiCall::SetDesiredCapacity {
                provider,
                desired_capacity,
            } => group_size(plan, *provider, *desired_capacity, &at),
        }
    }
}

/// The service of a call is no daemon; one is reported as this `problem`.
fn replica_service(plan: &Plan, service: usize, problem: &str, at: &At<'_>) {
    let at = at.key("service");
    let is_there = at.index(service, plan.services.len(), "service");
    if is_there && plan.services[service].scheduling == Scheduling::Daemon {
        at.problem(problem);
    }
}

fn protection(count: u32, expires_in: Option<Span>, at: &At<'_>) {
    if count == 0 {
        at.key("count")
            .expected("0 is not valid here", "at least 1");
    }
    let minutes = expires_in.map(|span| span.as_micros() / 60_000_000);
    if minutes.is_some_and(|minutes| !rules::PROTECTION_MINUTES.contains(&minutes)) {
        at.key("expiresInMinutes").expected(
            "this protection is too short or too long",
            "1 to 2880 minutes",
        );
    }
}

/// The instance of `RegisterContainerInstance` is one of a kind and in a zone of its fixed fleet.
fn registration(plan: &Plan, [provider, member, zone]: [usize; 3], at: &At<'_>) {
    at.key("availabilityZone")
        .index(zone, plan.cluster.zones.len(), "zone");
    let at = at.key("capacityProvider");
    let providers = &plan.cluster.providers;
    if !at.index(provider, providers.len(), "capacity provider") {
        return;
    }
    let members = match &providers[provider].capacity {
        Capacity::Fleet(members) => &members[..],
        _ => &[],
    };
    if at.index(member, members.len(), "member of a fixed fleet")
        && (members[member].count == Count::Fixed(0) || !members[member].zones.contains(&zone))
    {
        at.problem("a new instance is like one that the fleet has, in a zone of it");
    }
}

fn group_size(plan: &Plan, provider: usize, desired_capacity: u32, at: &At<'_>) {
    let provider_at = at.key("capacityProvider");
    let providers = &plan.cluster.providers;
    if !provider_at.index(provider, providers.len(), "capacity provider") {
        return;
    }
    let provider = &providers[provider];
    let Capacity::Group(group) = &provider.capacity else {
        return provider_at.problem(format!("`{}` has no Auto Scaling group", provider.name));
    };
    if let Some(flaw) = rules::group_sizes(group.min_size, group.max_size, desired_capacity) {
        at.flaw(flaw);
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

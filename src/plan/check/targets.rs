//! Checks of load balancers, of their target groups, and of the services that name them.

use super::super::{
    MOST_TARGET_GROUPS, Plan, Routing, SLOW_STARTS, Service, ServiceTargets, TargetGroup,
};
use super::at::At;
use crate::units::Span;

/// The most zones whose requests are kept apart: their number must fit into a byte.
const MOST_ZONES: usize = 250;

pub(super) fn groups(plan: &Plan, at: &At<'_>) {
    for balancer in &plan.load_balancers {
        let prices = plan.prices.services.load_balancer(balancer.kind);
        if prices.is_none() {
            let at = at.key("loadBalancers").key(&balancer.name);
            at.hint(
                format!("no price of it is known in `{}`", plan.region),
                "take `Prices::of_region` of a region that is known",
            );
        }
    }
    for group in &plan.target_groups {
        let at = at.key("loadBalancers").key("targetGroups").key(&group.name);
        if group.load_balancer >= plan.load_balancers.len() {
            at.problem("its load balancer is not in the plan");
        }
        let check = &group.health_check;
        for (key, count) in [
            ("healthyThresholdCount", check.healthy_threshold),
            ("unhealthyThresholdCount", check.unhealthy_threshold),
            ("initialThresholdCount", check.initial_threshold),
        ] {
            if count == 0 {
                at.key(key).problem("this count must be at least 1");
            }
        }
        self::shares(plan, group, &at);
        if check.interval == Span::ZERO || check.timeout >= check.interval {
            at.key("healthCheckIntervalSeconds")
                .problem("this time must be above 0 and above the time-out");
        }
    }
}

/// Checks how the requests of a target group are shared (facts/platform.md 4.1.2, 4.1.9).
fn shares(plan: &Plan, group: &TargetGroup, at: &At<'_>) {
    if group.slow_start > Span::ZERO {
        let at = at.key("slowStart");
        let [least, most] = SLOW_STARTS;
        if group.slow_start < least || group.slow_start > most {
            let told = format!("a slow start of {} is not valid here", group.slow_start);
            at.expected(told, "30s to 15m");
        }
        if group.algorithm == Routing::LeastOutstanding {
            at.problem("`least_outstanding_requests` excludes a slow start");
        }
    }
    if !group.cross_zone && plan.cluster.zones.len() > MOST_ZONES {
        at.key("crossZone")
            .problem("there are too many zones to keep their requests apart");
    }
}

pub(super) fn service(plan: &Plan, service: &Service, at: &At<'_>) {
    let at = at.key("loadBalancers");
    if service.targets.is_none() && !service.other_targets.is_empty() {
        at.problem("its requests have no target group, but there are further ones");
    }
    let all: Vec<&ServiceTargets> = service.all_targets().collect();
    if all.len() > MOST_TARGET_GROUPS {
        at.problem("it has more than five target groups");
    }
    for (place, targets) in all.iter().enumerate() {
        let at = at.item(place);
        if all[..place].iter().any(|of| of.group == targets.group) {
            at.problem("its target group is named twice");
        }
        if all.len() > 1 && targets.alternate.is_some() {
            at.key("advancedConfiguration")
                .problem("it is not modelled with several target groups");
        }
        service_targets(plan, service, targets, &at);
    }
    let mut before = plan
        .services
        .iter()
        .take_while(|of| of.name != service.name);
    if let Some(other) = before.find(|of| shares_group(of, service)) {
        at.problem(format!(
            "its target group is one of the service `{}` as well",
            other.name
        ));
    }
}

/// True when two services have a target group in common.
fn shares_group(one: &Service, other: &Service) -> bool {
    let groups = |of: &Service| -> Vec<usize> {
        let all = of.all_targets();
        let groups = all.flat_map(|of| [Some(of.group), of.alternate]);
        groups.flatten().collect()
    };
    let own = groups(one);
    groups(other).iter().any(|group| own.contains(group))
}

fn service_targets(plan: &Plan, service: &Service, targets: &ServiceTargets, at: &At<'_>) {
    if targets.group >= plan.target_groups.len() {
        at.problem("its target group is not in the plan");
    }
    if let Some(alternate) = targets.alternate {
        let at = at.key("advancedConfiguration");
        if alternate >= plan.target_groups.len() {
            at.problem("its alternate target group is not in the plan");
        } else if alternate == targets.group {
            at.problem("both target groups are the same");
        }
    }
    for revision in service.all_revisions() {
        let mut containers = revision.containers.iter();
        if !containers.any(|container| container.name == targets.container) {
            at.key("containerName").problem(format!(
                "revision `{}` has no container `{}`",
                revision.name, targets.container
            ));
        }
    }
}

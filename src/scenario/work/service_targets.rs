//! Reads `loadBalancers` of a service: the target groups that its tasks are registered with.

use super::code_deploy;
use super::target_names::{NAME_OR_ARN, read_name};
use super::targets::{LoadBalancers, second};
use crate::plan::{Container, MOST_TARGET_GROUPS, ServiceTargets};
use crate::scenario::keys::load_balancers::{ADVANCED_CONFIGURATION, SERVICE_LOAD_BALANCER};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Node;

/// Reads `loadBalancers` of a service: the target group that the requests of its `load` come through, and the
/// others that its tasks are registered with. A target group that the scenario does not describe is told and left out,
/// as the descriptions of real services name some.
pub fn of_service(
    record: &Record<'_>,
    all: &LoadBalancers,
    containers: &[Container],
) -> (Option<ServiceTargets>, Vec<ServiceTargets>) {
    let Some(at) = record.get("loadBalancers") else {
        return (None, Vec::new());
    };
    let items = at.list();
    if let Some(item) = items.get(MOST_TARGET_GROUPS) {
        item.problem(format!(
            "a service has at most {MOST_TARGET_GROUPS} target groups, this one has {}",
            items.len()
        ))
        .report();
    }
    let mut found: Vec<ServiceTargets> = Vec::new();
    for item in &items {
        let is_only = items.len() == 1;
        let Some(targets) = item_of_service(item, all, containers, is_only) else {
            continue;
        };
        let targets = match found.is_empty() {
            true => code_deploy::pair(record, targets, all),
            false => targets,
        };
        if found.iter().any(|of| of.group == targets.group) {
            let name = &all.names[targets.group];
            item.problem(format!("the target group `{name}` is named twice"))
                .hint("the tasks of a service are registered once with each target group")
                .report();
            continue;
        }
        check_owner(record, item, &targets, all);
        found.push(targets);
    }
    let shifts = |targets: &ServiceTargets| targets.alternate.is_some();
    if found.len() > 1
        && let Some(place) = found.iter().position(shifts)
    {
        items[place]
            .problem("a service with several target groups whose deployments shift traffic is not modelled")
            .hint("keep the target group that gets the requests of its `load`, or remove the second target group of its deployments")
            .report();
    }
    let mut found = found.into_iter();
    (found.next(), found.collect())
}

/// Reports a target group that another service has as well.
fn check_owner(
    record: &Record<'_>,
    item: &Cursor<'_>,
    targets: &ServiceTargets,
    all: &LoadBalancers,
) {
    let service = record.at.node.get("serviceName").and_then(Node::as_text);
    for group in [Some(targets.group), targets.alternate]
        .into_iter()
        .flatten()
    {
        if let Some(other) = all.take(group, service.unwrap_or_default()) {
            let name = all.name(group);
            item.problem(format!(
                "the target group `{name}` is one of the service `{other}` as well"
            ))
            .hint("give each service target groups of its own; `listenerRules` divide requests among several services")
            .report();
        }
    }
}

/// Reads an item of `loadBalancers` of a service.
fn item_of_service(
    item: &Cursor<'_>,
    all: &LoadBalancers,
    containers: &[Container],
    is_only: bool,
) -> Option<ServiceTargets> {
    let record = item.record(&SERVICE_LOAD_BALANCER)?;
    let (group_at, name) = read_name(item, &record, NAME_OR_ARN)?;
    let container_at = record.get("containerName")?;
    let container = container_at.text()?;
    let Some(group) = all.names.iter().position(|known| known == name) else {
        let names = all.names.iter().map(String::as_str);
        let so = match is_only {
            true => "the service is played without a load balancer",
            false => "the service is played without it",
        };
        group_at
            .problem(format!(
                "`loadBalancers` of the scenario describes no target group `{name}`: {so}"
            ))
            .nearest(nearest(name, names))
            .hint(
                "add `loadBalancers: [{ name: …, targetGroups: [{ name: … }] }]` at the top level",
            )
            .warning()
            .report();
        return None;
    };
    check_container(&container_at, container, containers);
    let alternate = match record.get("advancedConfiguration") {
        Some(at) => Some(alternate(&at, all, group)?),
        None => None,
    };
    Some(ServiceTargets {
        group,
        alternate,
        container: container.to_string(),
    })
}

/// Reads `advancedConfiguration`: the second target group, which is one of the same load balancer.
fn alternate(at: &Cursor<'_>, all: &LoadBalancers, first: usize) -> Option<usize> {
    let record = at.record(&ADVANCED_CONFIGURATION)?;
    let keys = ["alternateTargetGroupName", "alternateTargetGroupArn"];
    let (at, name) = read_name(at, &record, keys)?;
    second(&at, name, all, first)
}

/// Reports a container that a task definition does not have.
pub fn check_container(at: &Cursor<'_>, name: &str, containers: &[Container]) {
    if containers.iter().any(|container| container.name == name) {
        return;
    }
    let names = containers.iter().map(|container| container.name.as_str());
    at.problem(format!("the task definition has no container `{name}`"))
        .nearest(nearest(name, names))
        .report();
}

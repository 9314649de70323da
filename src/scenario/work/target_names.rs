//! The names of target groups: in the text of a scenario, before it is read, and where they are read.

use crate::plan::LoadBalancerKind;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a target group: its name and its ARN.
pub(super) const NAME_OR_ARN: [&str; 2] = ["targetGroupName", "targetGroupArn"];

/// The items of a list; none of anything else.
fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The names of the containers that a load balancer checks in some service.
pub(super) fn containers(root: &Node) -> BTreeSet<String> {
    let services = items(root.get("services"));
    let named = services
        .iter()
        .flat_map(|of| items(of.get("loadBalancers")));
    let names = named.filter_map(|of| Some(of.get("containerName")?.as_text()?.to_string()));
    names.collect()
}

/// The names of the target groups that listener rules name.
pub(super) fn forwarded(rules: &Node) -> BTreeSet<String> {
    let rules = items(Some(rules));
    let changes = rules.iter().flat_map(|rule| items(rule.get("changes")));
    let all = rules.iter().chain(changes);
    let groups = all.flat_map(|of| items(of.get("forward").and_then(|of| of.get("targetGroups"))));
    groups.filter_map(group_name).collect()
}

/// The name of the target group in an item, by its name or its ARN.
fn group_name(item: &Node) -> Option<String> {
    let named = item.get("targetGroupName").and_then(Node::as_text);
    let arn = item.get("targetGroupArn").and_then(Node::as_text);
    named.or(arn.map(name_in_arn)).map(str::to_string)
}

/// The name of the first target group that a service names among those that are `known`.
pub(super) fn first_group(service: &Node, known: impl Fn(&str) -> bool) -> Option<String> {
    let items = items(service.get("loadBalancers"));
    let mut names = items.iter().filter_map(group_name);
    names.find(|name| known(name))
}

/// The names of the target groups that get the requests of a service with a load.
pub(super) fn served(root: &Record<'_>) -> BTreeSet<String> {
    let known = group_kinds(root);
    let services = items(root.at.node.get("services"));
    let loaded = services.iter().filter(|of| of.get("load").is_some());
    let names = loaded.filter_map(|of| first_group(of, |name| known.contains_key(name)));
    names.collect()
}

/// The names of the target groups that a scenario describes, with the kinds of their load balancers.
pub fn group_kinds(root: &Record<'_>) -> BTreeMap<String, LoadBalancerKind> {
    let mut kinds = BTreeMap::new();
    for balancer in items(root.at.node.get("loadBalancers")) {
        let written = balancer.get("type").and_then(Node::as_text);
        let mut all = LoadBalancerKind::ALL.into_iter();
        let kind = all.find(|kind| Some(kind.name()) == written);
        for group in items(balancer.get("targetGroups")) {
            if let Some(name) = group.get("name").and_then(Node::as_text) {
                let kind = kind.unwrap_or(LoadBalancerKind::Application);
                kinds.insert(name.to_string(), kind);
            }
        }
    }
    kinds
}

/// The name in the ARN of a target group: `….:targetgroup/NAME/ID`; any other text as it is.
pub(super) fn name_in_arn(arn: &str) -> &str {
    match arn.split_once(":targetgroup/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => arn,
    }
}

/// The name of a target group, which stands under one of two keys, and where it stands.
pub(super) fn read_name<'a>(
    at: &Cursor<'a>,
    record: &Record<'a>,
    [name, arn]: [&'static str; 2],
) -> Option<(Cursor<'a>, &'a str)> {
    match (record.get(name), record.get(arn)) {
        (Some(at), None) => {
            let name = at.text()?;
            Some((at, name))
        }
        (None, Some(at)) => {
            let arn = at.text()?;
            Some((at, name_in_arn(arn)))
        }
        (Some(_), Some(at)) => {
            at.problem(format!("`{arn}` excludes `{name}`")).report();
            None
        }
        (None, None) => {
            at.problem("the target group is missing")
                .expected(format!("`{name}` or `{arn}`"))
                .report();
            None
        }
    }
}

//! Warns of constraints `memberOf` that no instance of the cluster can ever meet.

use super::constraints::Constraints;
use crate::cluster::{Condition, Known};
use crate::plan::{Capacity, Cluster, Count, GIVEN_ATTRIBUTES, KNOWN_ATTRIBUTES, Query, Target};
use crate::scenario::reading::reader::Cursor;
use std::collections::{BTreeMap, BTreeSet};

/// Instances with the same attributes.
struct Class<'p> {
    /// The index of their capacity provider.
    provider: usize,
    attributes: BTreeMap<String, String>,
    agent_version: Option<&'p str>,
}

/// The classes of instances that a cluster has or can have.
fn classes(cluster: &Cluster) -> Vec<Class<'_>> {
    let mut classes = Vec::new();
    for (provider, of) in cluster.providers.iter().enumerate() {
        match &of.capacity {
            Capacity::Fleet(members) => {
                for member in members.iter().filter(|of| of.count != Count::Fixed(0)) {
                    let places = member
                        .zones
                        .iter()
                        .map(|zone| (member.instance_type, *zone));
                    let own = (&member.attributes, &member.agent_version);
                    classes.extend(places.map(|place| class(cluster, provider, place, own)));
                }
            }
            Capacity::Group(group) if group.max_size > 0 => {
                let zones = |kind: usize| group.zones.iter().map(move |zone| (kind, *zone));
                let places = group.types.iter().flat_map(|kind| zones(*kind));
                let own = (&group.attributes, &group.agent_version);
                classes.extend(places.map(|place| class(cluster, provider, place, own)));
            }
            Capacity::Group(_) | Capacity::Fargate | Capacity::FargateSpot => {}
        }
    }
    classes
}

fn class<'p>(
    cluster: &Cluster,
    provider: usize,
    (kind, zone): (usize, usize),
    (own, version): (&BTreeMap<String, String>, &'p Option<String>),
) -> Class<'p> {
    Class {
        provider,
        attributes: cluster.attributes(kind, zone, own),
        agent_version: version.as_deref(),
    }
}

/// Warns of names that nothing in the scenario has, and of constraints that no instance of the
/// target can meet. `groups` are the task groups of the scenario.
pub fn warn(
    at: &Cursor<'_>,
    constraints: &Constraints<'_>,
    (cluster, target): (&Cluster, &Target),
    groups: &BTreeSet<String>,
) {
    if constraints.member_of.is_empty() {
        return;
    }
    let all = classes(cluster);
    let mut has_unknown = false;
    for (place, query) in &constraints.member_of {
        has_unknown |= warn_of_names(place, query, &all, groups);
    }
    let providers = target.providers();
    let is_of_target =
        |class: &&Class<'_>| providers.is_empty() || providers.contains(&class.provider);
    let mut own = all.iter().filter(is_of_target).peekable();
    let queries = constraints.queries();
    let can_match = |class: &Class<'_>| {
        let known = Known {
            attributes: &class.attributes,
            agent_version: class.agent_version,
            groups: None,
            start: 0,
        };
        Query::bind_all(&queries, &known) != Condition::Always(false)
    };
    if own.peek().is_some() && !has_unknown && !own.any(can_match) {
        at.problem(
            "no instance here meets the constraints `memberOf`: these tasks are never placed",
        )
        .hint("change the expression, or the instance types, zones and `attributes`")
        .warning()
        .report();
    }
}

/// Warns of attributes, a version of the agent and task groups that nothing has. Returns whether
/// there was one.
fn warn_of_names(
    at: &Cursor<'_>,
    query: &Query,
    classes: &[Class<'_>],
    groups: &BTreeSet<String>,
) -> bool {
    let mut found = false;
    for name in query.attributes() {
        let has_it = |class: &Class<'_>| class.attributes.contains_key(name);
        if classes.is_empty() || classes.iter().any(has_it) {
            continue;
        }
        found = true;
        let own = classes.iter().flat_map(|class| class.attributes.keys());
        let own: BTreeSet<&str> = own.map(String::as_str).collect();
        let draft = at.problem(format!(
            "no instance of this cluster ever has the attribute `{name}`"
        ));
        let draft = match GIVEN_ATTRIBUTES.contains(&name) {
            true => draft.hint("give it in the `attributes` of a fleet or a group"),
            false => draft.among(name, own.into_iter().chain(KNOWN_ATTRIBUTES)),
        };
        draft.warning().report();
    }
    let has_version = |class: &Class<'_>| class.agent_version.is_some();
    if query.compares_agent_version() && !classes.iter().any(has_version) {
        found = true;
        at.problem("no instance of this cluster has an `agentVersion`")
            .hint("give it to the fleet or the group")
            .warning()
            .report();
    }
    for name in query.task_groups() {
        if !groups.contains(name) {
            at.problem(format!("no task is ever in the group `{name}`"))
                .among(name, groups.iter().map(String::as_str))
                .warning()
                .report();
        }
    }
    found
}

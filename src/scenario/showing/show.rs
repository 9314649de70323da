//! `ecsim show`: the effective scenario of every variant as YAML, merged and with defaults. Each
//! document is a complete scenario that gives the same plan.

use super::capacity;
use super::nodes::{at, entry, items, list, map, put};
use super::yaml::block;
use crate::plan::problem::{Problems, visible};
use crate::plan::{Capacity, Plan, Service};
use crate::scenario::capacity::cluster;
use crate::scenario::keys::laws::LAW;
use crate::scenario::keys::scenario::SCENARIO;
use crate::scenario::keys::table::{Preset, Status, Table, Type};
use crate::scenario::reading::lookup::Catalog;
use crate::scenario::reading::merge;
use crate::scenario::reading::sources::Sources;
use crate::scenario::reading::tree::{Entry, Node, Origin, Value};
use crate::scenario::study::load::{Effective, Request};
use std::fmt::Write as _;

/// The effective scenario as YAML, one document per variant.
///
/// # Errors
/// All problems of the scenario.
pub fn show(request: &Request<'_>, catalog: &dyn Catalog) -> Result<String, Problems> {
    let effective = Effective::read(request.path, request.set)?;
    let loaded = effective.load(request.variants, request.seeds, catalog)?;
    let mut text = String::new();
    for plan in &loaded.study.variants {
        let tree = effective
            .variants
            .iter()
            .find(|(name, _)| *name == plan.variant);
        let Some((_, tree)) = tree else { continue };
        if !text.is_empty() {
            text.push_str("---\n");
        }
        let _ = writeln!(text, "# Variant `{}`, with all defaults.", plan.variant);
        for warning in &loaded.study.warnings {
            let _ = writeln!(text, "# warning: {}", visible(warning));
        }
        for note in &loaded.notes {
            let _ = writeln!(text, "# note: {}", note.headline());
        }
        for key in &loaded.study.ignored {
            let _ = writeln!(text, "# no effect: {}", visible(key));
        }
        let mut tree = fill(tree, Type::Map(&SCENARIO), &effective.sources);
        complete(&mut tree, plan, loaded.study.seeds);
        block(&mut text, &tree, 0);
    }
    Ok(text)
}

/// A copy of a tree with the defaults of its tables, keys in the order of the tables, and paths of
/// files resolved.
fn fill(node: &Node, kind: Type, sources: &Sources) -> Node {
    let value = match (&node.value, kind) {
        (Value::Scalar { text, .. }, Type::File) => Value::Scalar {
            text: sources.resolve(node.origin, text).display().to_string(),
            quoted: false,
        },
        (Value::Map(entries), Type::Map(table)) => {
            return fill_map(entries, table, node.origin, sources);
        }
        (Value::Map(_), Type::Law(_)) => {
            return fill(node, Type::Map(&LAW), sources);
        }
        (Value::Map(entries), Type::Names(inner)) => Value::Map(
            entries
                .iter()
                .map(|e| entry(&e.key, fill(&e.node, *inner, sources)))
                .collect(),
        ),
        (Value::List(items), Type::Entities(table, _)) => Value::List(
            items
                .iter()
                .map(|item| fill(item, Type::Map(table), sources))
                .collect(),
        ),
        (Value::List(items), Type::List(inner)) => Value::List(
            items
                .iter()
                .map(|item| fill(item, *inner, sources))
                .collect(),
        ),
        (Value::Map(_), Type::Either(kinds)) => {
            let kind = kinds
                .iter()
                .find(|kind| matches!(kind, Type::Map(_) | Type::Law(_)));
            return kind.map_or_else(|| node.clone(), |kind| fill(node, *kind, sources));
        }
        (Value::List(_), Type::Either(kinds)) => {
            let kind = kinds
                .iter()
                .find(|kind| matches!(kind, Type::List(_) | Type::Entities(..)));
            return kind.map_or_else(|| node.clone(), |kind| fill(node, *kind, sources));
        }
        (value, _) => value.clone(),
    };
    Node {
        origin: node.origin,
        value,
    }
}

fn fill_map(entries: &[Entry], table: &Table, origin: Origin, sources: &Sources) -> Node {
    let mut filled = Vec::new();
    for field in table.fields {
        let found = entries
            .iter()
            .find(|e| e.key == field.key && !matches!(e.node.value, Value::Null));
        let node = match (found, field.default, field.kind) {
            (Some(found), ..) => fill(&found.node, field.kind, sources),
            (None, Preset::Value(text), _) => Node::text(text, origin),
            // An absent map of which all keys have defaults, such as `jobQueue`, is written with
            // them. A map that excludes other keys, such as a kind of fault, is not.
            (None, Preset::None, Type::Map(inner))
                if is_all_defaults(inner) && !merge::is_exclusive(field.key) =>
            {
                fill_map(&[], inner, origin, sources)
            }
            _ => continue,
        };
        filled.push(entry(field.key, node));
    }
    Node {
        origin,
        value: Value::Map(filled),
    }
}

/// True for a map whose every key has a default, by value or by rule, such as `jobQueue`.
fn is_all_defaults(table: &Table) -> bool {
    let fields = table.fields.iter();
    let mut modelled = fields.filter(|field| field.status == Status::Modelled);
    modelled.all(|field| !field.required && !matches!(field.default, Preset::None))
}

/// Adds the values that the plan has and the tables have not: the number of seeds of the request,
/// zones, root volumes, groups, assumptions, task groups and services. Expectations of other
/// variants are removed.
fn complete(tree: &mut Node, plan: &Plan, seeds: u32) {
    let origin = tree.origin;
    let scalar = |text: String| Node::text(text, origin);
    if let Some(node) = at(tree, "seeds") {
        *node = scalar(seeds.to_string());
    }
    if let Some(cluster) = at(tree, "cluster") {
        let zones = plan.cluster.zones.iter().cloned().map(scalar).collect();
        put(cluster, "availabilityZones", list(zones, origin));
        let providers = at(cluster, "capacityProviders")
            .map(items)
            .unwrap_or_default();
        let listed = providers.len();
        for (node, provider) in providers.iter_mut().zip(&plan.cluster.providers) {
            if let Capacity::Group(group) = &provider.capacity {
                capacity::complete_group(node, group);
            }
            let Capacity::Fleet(members) = &provider.capacity else {
                continue;
            };
            let nodes = at(node, "fleet").map(items).unwrap_or_default();
            for (node, member) in nodes.iter_mut().zip(members) {
                let volume = member
                    .root_volume
                    .map_or("none".into(), |size| size.to_string());
                put(node, "rootVolume", scalar(volume));
            }
        }
        if let (1, Some(only)) = (listed, plan.cluster.providers.first())
            && cluster::only_provider_is_default(&only.capacity)
        {
            let item = map(&[("capacityProvider", &only.name), ("weight", "1")], origin);
            let key = "defaultCapacityProviderStrategy";
            put(cluster, key, list(vec![item], origin));
        }
    }
    capacity::complete_assumptions(tree, plan);
    let entries = at(tree, "tasks").map(items).unwrap_or_default();
    for (node, task) in entries.iter_mut().zip(&plan.tasks) {
        put(node, "group", scalar(task.group.clone()));
    }
    let services = at(tree, "services").map(items).unwrap_or_default();
    for (node, service) in services.iter_mut().zip(&plan.services) {
        let on_instances = !plan.is_on_fargate(&service.target);
        complete_service(node, service, on_instances, origin);
    }
    if let Some(node) = at(tree, "expect") {
        let expectations = items(node);
        let is_other = |item: &Node| {
            let variant = item.get("variant").and_then(Node::as_text);
            variant.is_some_and(|variant| variant != plan.variant)
        };
        let kept: Vec<Node> = expectations
            .iter()
            .filter(|item| !is_other(item))
            .cloned()
            .collect();
        node.value = Value::List(kept);
        for item in items(node) {
            if let Value::Map(entries) = &mut item.value {
                entries.retain(|entry| entry.key != "variant");
            }
        }
    }
}

/// Adds the values of a service that defaults by rule decide: its percentages, and its placement
/// strategies if its tasks run on instances.
fn complete_service(node: &mut Node, service: &Service, on_instances: bool, origin: Origin) {
    let scalar = |text: String| Node::text(text, origin);
    put(node, "deploymentConfiguration", map(&[], origin));
    let percentages = service.deployment.percentages;
    if let Some(deployment) = at(node, "deploymentConfiguration") {
        let minimum = percentages.minimum_healthy_percent.to_string();
        put(deployment, "minimumHealthyPercent", scalar(minimum));
        let maximum = percentages.maximum_percent.to_string();
        put(deployment, "maximumPercent", scalar(maximum));
    }
    let is_default = service.placement == Service::default_placement();
    let is_managed = service.placement == Service::managed_placement();
    if on_instances && (is_default || is_managed) && node.get("placementPolicy").is_none() {
        let zones = [
            ("type", "spread"),
            ("field", "attribute:ecs.availability-zone"),
        ];
        let instances = match is_managed {
            true => [("type", "binpack"), ("field", "memory")],
            false => [("type", "spread"), ("field", "instanceId")],
        };
        let strategies = vec![map(&zones, origin), map(&instances, origin)];
        put(node, "placementStrategy", list(strategies, origin));
    }
}

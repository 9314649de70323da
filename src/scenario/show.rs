//! The effective scenario of every variant, as YAML: merged, with defaults, each document a
//! scenario of its own.

use super::keys::SCENARIO;
use super::load::{Effective, Request};
use super::lookup::Catalog;
use super::merge;
use super::problem::Problems;
use super::show_capacity;
use super::table::{Preset, Status, Table, Type};
use super::tree::{Entry, Node, Origin, Sources, Value};
use crate::plan::{Capacity, Plan, Service};
use std::fmt::Write as _;

/// The effective scenario as YAML, one document per variant.
///
/// # Errors
/// Everything that is wrong with it.
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
            let _ = writeln!(text, "# warning: {warning}");
        }
        for key in &loaded.study.ignored {
            let _ = writeln!(text, "# no effect: {key}");
        }
        let mut tree = fill(tree, Type::Map(&SCENARIO), &effective.sources);
        complete(&mut tree, plan, loaded.study.seeds);
        block(&mut text, &tree, 0);
    }
    Ok(text)
}

/// The tree with the defaults of its tables, in their order, and resolved files.
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
            return fill(node, Type::Map(&super::keys_laws::LAW), sources);
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
            // A map that may be left out still has defaults inside; one that would stand
            // for another, such as a kind of fault, is only there when it is written.
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
    modelled.all(|field| !field.required && field.default != Preset::None)
}

fn entry(key: &str, node: Node) -> Entry {
    Entry {
        key: key.into(),
        origin: node.origin,
        node,
    }
}

/// What only the plan knows: seeds as asked for, zones, root volumes, groups; and only what
/// is expected of this variant.
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
        for (node, provider) in providers.iter_mut().zip(&plan.cluster.providers) {
            if let Capacity::Group(group) = &provider.capacity {
                show_capacity::complete_group(node, group);
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
    }
    show_capacity::complete_assumptions(tree, plan);
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

/// What a service has by rule: its percentages, and where its tasks go.
fn complete_service(node: &mut Node, service: &Service, on_instances: bool, origin: Origin) {
    let scalar = |text: String| Node::text(text, origin);
    let map = |keys: &[(&str, &str)]| Node {
        origin,
        value: Value::Map(
            keys.iter()
                .map(|(key, text)| entry(key, scalar((*text).into())))
                .collect(),
        ),
    };
    put(node, "deploymentConfiguration", map(&[]));
    if let Some(deployment) = at(node, "deploymentConfiguration") {
        let minimum = service.minimum_healthy_percent.to_string();
        put(deployment, "minimumHealthyPercent", scalar(minimum));
        let maximum = service.maximum_percent.to_string();
        put(deployment, "maximumPercent", scalar(maximum));
    }
    let is_default = service.placement == Service::default_placement();
    if on_instances && is_default && node.get("placementPolicy").is_none() {
        let zones = [
            ("type", "spread"),
            ("field", "attribute:ecs.availability-zone"),
        ];
        let instances = [("type", "spread"), ("field", "instanceId")];
        let strategies = vec![map(&zones), map(&instances)];
        put(node, "placementStrategy", list(strategies, origin));
    }
}

/// The value of a key.
pub fn at<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(entries) => entries
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.node),
        _ => None,
    }
}

fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.value {
        Value::List(items) => items,
        _ => &mut [],
    }
}

/// A list that nobody wrote.
pub fn list(items: Vec<Node>, origin: Origin) -> Node {
    Node {
        origin,
        value: Value::List(items),
    }
}

/// Sets a key unless it is there.
pub fn put(node: &mut Node, key: &str, value: Node) {
    if let Value::Map(entries) = &mut node.value
        && !entries.iter().any(|entry| entry.key == key)
    {
        entries.push(entry(key, value));
    }
}

/// Lists and maps up to this many characters stand on one line.
const WIDEST: usize = 76;

/// Writes a node in block style.
fn block(text: &mut String, node: &Node, indent: usize) {
    let margin = " ".repeat(indent);
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                let _ = write!(text, "{margin}{}:", plain_or_quoted(&entry.key, false));
                after(text, &entry.node, indent + 2);
            }
        }
        Value::List(items) => {
            for item in items {
                let line = flow(item);
                if line.chars().count() + indent <= WIDEST || is_leaf(item) {
                    let _ = writeln!(text, "{margin}- {line}");
                } else {
                    let mut inner = String::new();
                    block(&mut inner, item, indent + 2);
                    // The first key stands beside the dash.
                    let inner = inner.trim_start();
                    let _ = write!(text, "{margin}- {inner}");
                }
            }
        }
        Value::Null | Value::Scalar { .. } => {
            let _ = writeln!(text, "{margin}{}", flow(node));
        }
    }
}

/// Writes a value after its key.
fn after(text: &mut String, node: &Node, indent: usize) {
    let line = flow(node);
    let is_short = line.chars().count() + indent <= WIDEST && indent > 2;
    if is_leaf(node) || is_short {
        let _ = writeln!(text, " {line}");
    } else {
        text.push('\n');
        block(text, node, indent);
    }
}

fn is_leaf(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Scalar { .. } => true,
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

/// A node on one line.
pub fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Scalar { text, quoted } => plain_or_quoted(text, *quoted),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) if entries.is_empty() => "{}".into(),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|e| format!("{}: {}", plain_or_quoted(&e.key, false), flow(&e.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A scalar, quoted when it was or must be. A JSON string is a YAML string.
fn plain_or_quoted(text: &str, quoted: bool) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _-./:%$+()*·µ".contains(c);
    let first = text.chars().next();
    let is_safe = first.is_some_and(|c| c.is_alphanumeric() || "$._/".contains(c))
        && text.chars().all(is_plain)
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    if is_safe && !quoted {
        text.to_string()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

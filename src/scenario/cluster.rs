//! Reading the cluster: zones, instance types, capacity providers and their fleets.

use super::aws;
use super::fleet::provider;
use super::keys;
use super::reader::{Cursor, Record};
use super::regions::REGIONS;
use super::table::nearest;
use super::types::Shop;
use crate::plan::{Cluster, InstanceType};
use std::collections::{BTreeMap, BTreeSet};

/// The cluster as read, with what other readers need to know of it.
pub struct ClusterRead<'a> {
    /// For the plan.
    pub cluster: Cluster,
    /// Where it was written.
    pub at: Cursor<'a>,
    /// Index of the provider of the default strategy.
    pub default_provider: Option<usize>,
}

/// Capacity providers per cluster (facts/ecs.md 43).
const MOST_PROVIDERS: usize = 20;

/// The region's name, checked against AWS's list.
pub fn region(root: &Record<'_>) -> Option<String> {
    let Some(at) = root.get("region") else {
        return root.preset("region").map(String::from);
    };
    let text = at.text()?;
    if REGIONS.contains(&text) {
        return Some(text.to_string());
    }
    at.problem(format!("`{text}` is not an AWS region"))
        .nearest(nearest(text, REGIONS))
        .expected("a region such as `us-east-1`")
        .report();
    None
}

/// A name of letters, digits, `-`, `_` and `.`.
pub fn name(at: &Cursor<'_>) -> Option<String> {
    let text = at.text()?;
    let is_valid = (1..=128).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_valid {
        at.bad_value(
            text,
            &format!("`{text}` cannot be a name"),
            "up to 128 letters, digits, `-`, `_` and `.`",
        );
        return None;
    }
    Some(text.to_string())
}

/// A name that stands in the path of a figure, and so has no `.`.
pub fn name_in_figures(at: &Cursor<'_>) -> Option<String> {
    let text = name(at)?;
    if text.contains('.') {
        let message = format!("`{text}` cannot be a name here");
        at.bad_value(&text, &message, "up to 128 letters, digits, `-` and `_`");
        return None;
    }
    Some(text)
}

/// Reads the cluster of a region.
pub fn read<'a>(
    at: &Cursor<'a>,
    region: Option<&str>,
    own: &BTreeMap<String, Option<InstanceType>>,
) -> Option<ClusterRead<'a>> {
    let record = at.record(&keys::CLUSTER)?;
    if let Some(orchestrator) = record.get("orchestrator") {
        match orchestrator.text() {
            Some("EKS") => orchestrator
                .problem("`EKS` is not modelled yet")
                .expected("`ECS`")
                .report(),
            _ => {
                orchestrator.choice(&[("ECS", ())]);
            }
        }
    }
    let mut cluster = Cluster {
        zones: zones(&record, region),
        ..Cluster::default()
    };
    let is_trunking = match record.get("awsvpcTrunking") {
        Some(at) => at.choice(&[("enabled", true), ("disabled", false)])?,
        None => false,
    };
    if let Some(list) = record.get("capacityProviders") {
        let items = list.entities(&["name"]);
        if items.len() > MOST_PROVIDERS {
            list.problem(format!("{} capacity providers are too many", items.len()))
                .expected(format!("at most {MOST_PROVIDERS}"))
                .report();
        }
        let shop = Shop {
            region,
            own,
            is_trunking,
        };
        for item in &items {
            let provider = provider(item, &shop, &mut cluster);
            cluster.providers.extend(provider);
        }
        if items.is_empty() && matches!(list.node.value, super::tree::Value::List(_)) {
            list.problem("a cluster needs at least one capacity provider")
                .report();
        }
    }
    let default_provider = record
        .get("defaultCapacityProviderStrategy")
        .and_then(|at| strategy(&at, &cluster));
    Some(ClusterRead {
        cluster,
        at: at.clone(),
        default_provider,
    })
}

fn zones(record: &Record<'_>, region: Option<&str>) -> Vec<String> {
    let Some(region) = region else {
        return Vec::new();
    };
    let Some(at) = record.get("availabilityZones") else {
        return ["a", "b", "c"]
            .map(|letter| format!("{region}{letter}"))
            .into();
    };
    let items = at.list();
    if items.is_empty() && matches!(at.node.value, super::tree::Value::List(_)) {
        at.problem("a cluster needs at least one zone").report();
    }
    let mut seen = BTreeSet::new();
    let mut zones = Vec::new();
    for item in items {
        let Some(text) = item.text() else { continue };
        let letter = text.strip_prefix(region).unwrap_or_default();
        let is_valid = letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase());
        if !is_valid {
            item.problem(format!("`{text}` is not a zone of `{region}`"))
                .expected(format!("a zone such as `{region}a`"))
                .report();
        } else if !seen.insert(text) {
            item.problem(format!("`{text}` is listed twice")).report();
        } else {
            zones.push(text.to_string());
        }
    }
    zones
}

/// The provider of a strategy; exactly one item counts.
pub fn strategy(at: &Cursor<'_>, cluster: &Cluster) -> Option<usize> {
    let items = at.list();
    let mut chosen = Vec::new();
    for item in &items {
        let Some(record) = item.record(&aws::STRATEGY_ITEM) else {
            continue;
        };
        let weight = match record.get("weight") {
            Some(at) => at.integer(0, 1000)?,
            // An only item without a weight takes all.
            None => 1,
        };
        if let Some(at) = record.get("base")
            && at.integer(0, 100_000)? > 0
            && items.len() > 1
        {
            at.problem("`base` is not modelled yet").report();
        }
        if let Some(at) = record.get("capacityProvider")
            && weight > 0
        {
            chosen.push(at);
        }
    }
    match chosen.as_slice() {
        [only] => {
            let name = only.text()?;
            let found = cluster.providers.iter().position(|p| p.name == name);
            if found.is_none() {
                let draft = only.problem(format!(
                    "there is no capacity provider `{name}` in this cluster"
                ));
                if name == "FARGATE" {
                    draft.hint("add `- name: FARGATE` to `capacityProviders`")
                } else {
                    draft.among(name, cluster.providers.iter().map(|p| p.name.as_str()))
                }
                .report();
            }
            found
        }
        [] => {
            at.problem("a capacity provider strategy needs one item with a weight above 0")
                .report();
            None
        }
        _ => {
            at.problem("a strategy over several capacity providers is not modelled yet")
                .hint("keep one item")
                .report();
            None
        }
    }
}

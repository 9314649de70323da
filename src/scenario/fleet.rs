//! Reading capacity providers and the members of their fleets.

use super::cluster::name_in_figures;
use super::keys;
use super::reader::Cursor;
use super::types::{Shop, instance_type};
use crate::plan::{Capacity, Cluster, Count, FleetMember, Provider};
use crate::units::{Memory, Span};
use std::collections::BTreeMap;

/// The root volume of catalog types unless set.
pub const ROOT_VOLUME: Memory = Memory::gib(30);

/// The largest gp3 volume (facts/platform.md 6.1).
const MOST_GP3: Memory = Memory::gib(65_536);

pub fn provider(at: &Cursor<'_>, shop: &Shop<'_>, cluster: &mut Cluster) -> Option<Provider> {
    let record = at.record(&keys::PROVIDER)?;
    let name_at = record.get("name")?;
    let name = name_in_figures(&name_at)?;
    let fleet = record.get("fleet");
    match (name.as_str(), fleet) {
        ("FARGATE_SPOT", _) => {
            name_at
                .problem("`FARGATE_SPOT` is not modelled yet")
                .expected("`FARGATE`, or a fleet under another name")
                .report();
            None
        }
        ("FARGATE", Some(fleet)) => {
            fleet
                .problem("`FARGATE` has no fleet")
                .hint("remove `fleet`, or give the provider another name")
                .report();
            None
        }
        ("FARGATE", None) => Some(Provider {
            name,
            capacity: Capacity::Fargate,
        }),
        ("total" | "idle" | "all", _) | ("EC2" | "EBS" | "Fargate", _) => {
            name_at
                .problem(format!("`{name}` is a name that figures use themselves"))
                .hint("choose another, such as `on-demand`")
                .report();
            None
        }
        (_, None) => {
            let is_waiting = at.node.get("autoScalingGroup").is_some()
                || at.node.get("autoScalingGroupProvider").is_some();
            if !is_waiting {
                at.problem(format!("`{name}` has no `fleet`"))
                    .hint("give it `fleet: [{ instanceType: m6i.large, count: 3 }]`")
                    .report();
            }
            None
        }
        (_, Some(fleet)) => {
            let items = fleet.list();
            if items.is_empty() && matches!(fleet.node.value, super::tree::Value::List(_)) {
                fleet.problem("this fleet is empty").report();
                return None;
            }
            let members: Vec<_> = items
                .iter()
                .map(|item| member(item, shop, cluster))
                .collect();
            let members: Option<Vec<FleetMember>> = members.into_iter().collect();
            Some(Provider {
                name,
                capacity: Capacity::Fleet(members?),
            })
        }
    }
}

pub fn member(at: &Cursor<'_>, shop: &Shop<'_>, cluster: &mut Cluster) -> Option<FleetMember> {
    let record = at.record(&keys::FLEET_MEMBER)?;
    let count = record.get("count").and_then(|at| count(&at));
    let type_at = record.get("instanceType");
    let found = type_at.as_ref().and_then(|at| instance_type(at, shop));
    let zones = match record.get("availabilityZones") {
        Some(at) => member_zones(&at, &cluster.zones),
        None => (0..cluster.zones.len()).collect(),
    };
    let mut attributes = BTreeMap::new();
    if let Some(at) = record.get("attributes") {
        for (name, value) in at.names() {
            if let Some(text) = value.text() {
                check_attribute(&value, name, text);
                attributes.insert(name.to_string(), text.to_string());
            }
        }
    }
    let volume_at = record.get("rootVolume");
    let root_volume = match &volume_at {
        Some(at) if at.node.as_text() == Some("none") => None,
        Some(at) => Some(at.parse::<Memory>()?).filter(|size| *size != Memory::ZERO),
        None => found.as_ref().filter(|t| !t.own).map(|_| ROOT_VOLUME),
    };
    let (found, count) = (found?, count?);
    if let (Some(size), Some(at)) = (root_volume, &volume_at)
        && size > MOST_GP3
    {
        at.problem(format!("`{size}` is larger than a gp3 volume can be"))
            .expected("at most 64 TiB")
            .report();
        return None;
    }
    let copies = match count {
        Count::Fixed(count) => count,
        Count::Fit { .. } => 1 << 20,
    };
    let largest = found
        .memory
        .as_bytes()
        .max(root_volume.map_or(0, Memory::as_bytes));
    if u128::from(copies) * u128::from(largest) >= 1 << 62 {
        at.problem(format!(
            "{copies} × `{}` is more than can be counted",
            found.name
        ))
        .expected("less than 4 EiB of memory and of root volumes in all")
        .report();
        return None;
    }
    let is_used = count != Count::Fixed(0);
    let region = shop.region?;
    if is_used && found.price_per_hour.is_none() {
        type_at?
            .problem(format!("no price of `{}` is known in `{region}`", found.name))
            .hint("choose another type or region, or define a type of your own with a `price` in `instanceTypes`")
            .report();
        return None;
    }
    if is_used && root_volume.is_some() {
        let prices = at.context.catalog.service_prices(region);
        if prices.and_then(|prices| prices.gp3_gb_month).is_none() {
            volume_at
                .unwrap_or(at.clone())
                .problem(format!("no price of gp3 volumes is known in `{region}`"))
                .hint("set `rootVolume: none`, or choose another region")
                .report();
        }
    }
    let known = cluster
        .instance_types
        .iter()
        .position(|t| t.name == found.name);
    let instance_type = known.unwrap_or_else(|| {
        cluster.instance_types.push(found);
        cluster.instance_types.len() - 1
    });
    Some(FleetMember {
        instance_type,
        count,
        zones,
        attributes,
        root_volume,
    })
}

/// Names and values of custom attributes (facts/ecs.md 40).
pub fn check_attribute(at: &Cursor<'_>, name: &str, value: &str) {
    let is_name = (1..=128).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '\\' | '.'));
    if !is_name {
        at.problem(format!("`{name}` cannot be the name of an attribute"))
            .expected("1 to 128 letters, digits, `-`, `_`, `/`, `\\` and `.`")
            .report();
    }
    if name.starts_with("ecs.") {
        at.problem(format!("`{name}` is built in"))
            .hint("choose a name that does not begin with `ecs.`")
            .report();
    }
    if !(1..=128).contains(&value.len()) {
        at.problem("the value of an attribute has 1 to 128 characters")
            .report();
    }
}

pub fn count(at: &Cursor<'_>) -> Option<Count> {
    let fit = |longest_wait| Count::Fit { longest_wait };
    match at.node.as_text() {
        Some("fit") => Some(fit(Span::ZERO)),
        Some(text) if !text.starts_with(|c: char| c.is_ascii_digit()) => {
            at.bad_value(
                text,
                &format!("`{text}` is not a count"),
                "a whole number, `fit`, or `{ fit: { longestWait: 5m } }`",
            );
            None
        }
        Some(_) => at.integer(0, 1_000_000).map(|n| Count::Fixed(n as u32)),
        None => {
            let bound = at
                .record(&keys::FIT)?
                .get("fit")?
                .record(&keys::FIT_BOUND)?;
            Some(fit(bound.parse_or("longestWait")?))
        }
    }
}

pub fn member_zones(at: &Cursor<'_>, zones: &[String]) -> Vec<usize> {
    let items = at.list();
    if items.is_empty() {
        at.problem("a fleet needs at least one zone").report();
    }
    items
        .iter()
        .filter_map(|item| {
            let text = item.text()?;
            let found = zones.iter().position(|zone| zone == text);
            if found.is_none() && !zones.is_empty() {
                item.problem(format!("`{text}` is not a zone of this cluster"))
                    .among(text, zones.iter().map(String::as_str))
                    .report();
            }
            found
        })
        .collect()
}

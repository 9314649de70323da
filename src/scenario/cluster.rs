//! Reading the cluster: zones, instance types, capacity providers and their fleets.

use super::aws;
use super::keys;
use super::lookup::CatalogType;
use super::reader::{Cursor, Record};
use super::regions::REGIONS;
use super::table::nearest;
use crate::catalog::{Architecture, OperatingSystem};
use crate::plan::{Capacity, Cluster, Count, FleetMember, InstanceType, Provider};
use crate::units::{Cpu, MIB, Memory, Span, Usd};
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
/// The root volume of catalog types unless set.
const ROOT_VOLUME: Memory = Memory::gib(30);
/// `awsvpc` tasks on a type of one's own unless set: no limit in practice.
const OWN_TASK_INTERFACES: u32 = 10_000;

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

/// Instance types of one's own.
pub fn own_types<'a>(root: &Record<'a>) -> BTreeMap<String, Option<InstanceType>> {
    let mut types = BTreeMap::new();
    let Some(at) = root.get("instanceTypes") else {
        return types;
    };
    for item in at.entities(&["name"]) {
        let Some(record) = item.record(&keys::INSTANCE_TYPE) else {
            continue;
        };
        let Some(name) = record.get("name").and_then(|at| name(&at)) else {
            continue;
        };
        if item.context.catalog.instance_type(&name).is_some() {
            item.problem(format!("`{name}` is a type of the catalog"))
                .hint("choose another name for your own")
                .report();
        }
        types.insert(name.clone(), own_type(&record, name));
    }
    types
}

fn own_type(record: &Record<'_>, name: String) -> Option<InstanceType> {
    let vcpu = record.get("vcpu").and_then(|at| {
        let text = at.text()?;
        // A share of a vCPU is allowed, in ECS's units.
        let cpu = format!("{text} vCPU").parse::<Cpu>();
        match cpu {
            Ok(cpu) if cpu > Cpu::ZERO => Some(cpu),
            _ => {
                at.bad_value(
                    text,
                    &format!("`{text}` is not a number of vCPUs"),
                    "a number such as `16`",
                );
                None
            }
        }
    });
    let memory = record.get("memory").and_then(|at| at.parse::<Memory>());
    let registered = match record.get("registeredMemory") {
        Some(at) => at.parse::<Memory>(),
        // facts/ecs.md 39.
        None => memory.map(|memory| {
            Memory::mib(memory.as_bytes() / MIB / 20 * 19 + memory.as_bytes() / MIB % 20 * 19 / 20)
        }),
    };
    let count = |key, default: u32| match record.get(key) {
        Some(at) => at.integer(0, 100_000).map(|n| n as u32),
        None => Some(default),
    };
    let (gpus, interfaces) = (
        count("gpus", 0),
        count("taskInterfaces", OWN_TASK_INTERFACES),
    );
    let architecture = match record.get("architecture") {
        Some(at) => at.choice(&[("X86_64", Architecture::X86), ("ARM64", Architecture::Arm)]),
        None => Some(Architecture::X86),
    };
    let system = match record.get("operatingSystem") {
        Some(at) => at.choice(&[
            ("LINUX", OperatingSystem::Linux),
            ("WINDOWS", OperatingSystem::Windows),
        ]),
        None => Some(OperatingSystem::Linux),
    };
    let price = record.get("price").and_then(|at| at.parse::<Usd>());
    Some(InstanceType {
        name,
        cpu: vcpu?,
        memory: registered?,
        gpus: gpus?,
        task_interfaces: interfaces?,
        architecture: architecture?,
        operating_system: system?,
        price_per_hour: Some(price?),
        own: true,
    })
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

/// Where instance types come from.
struct Shop<'s> {
    region: Option<&'s str>,
    own: &'s BTreeMap<String, Option<InstanceType>>,
    is_trunking: bool,
}

fn provider(at: &Cursor<'_>, shop: &Shop<'_>, cluster: &mut Cluster) -> Option<Provider> {
    let record = at.record(&keys::PROVIDER)?;
    let name_at = record.get("name")?;
    let name = name(&name_at)?;
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

fn member(at: &Cursor<'_>, shop: &Shop<'_>, cluster: &mut Cluster) -> Option<FleetMember> {
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
fn check_attribute(at: &Cursor<'_>, name: &str, value: &str) {
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

fn count(at: &Cursor<'_>) -> Option<Count> {
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

fn member_zones(at: &Cursor<'_>, zones: &[String]) -> Vec<usize> {
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

fn instance_type(at: &Cursor<'_>, shop: &Shop<'_>) -> Option<InstanceType> {
    let name = at.text()?;
    if let Some(own) = shop.own.get(name) {
        return own.clone();
    }
    let catalog = at.context.catalog;
    let Some(found) = catalog.instance_type(name) else {
        let near = catalog
            .nearest_instance_type(name)
            .or_else(|| nearest(name, shop.own.keys().map(String::as_str)));
        at.problem(format!("there is no instance type `{name}`"))
            .nearest(near)
            .hint("`ecsim catalog instances` lists all; `instanceTypes` defines your own")
            .report();
        return None;
    };
    let CatalogType {
        vcpu,
        memory,
        gpus,
        task_interfaces,
        trunked_task_interfaces,
        architecture,
        operating_system,
    } = found;
    let trunked = trunked_task_interfaces.filter(|_| shop.is_trunking);
    Some(InstanceType {
        name: name.to_string(),
        cpu: Cpu::vcpus(vcpu.into()),
        memory,
        gpus,
        task_interfaces: trunked.unwrap_or(task_interfaces),
        architecture,
        operating_system,
        price_per_hour: shop.region.and_then(|r| catalog.on_demand_price(r, name)),
        own: false,
    })
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

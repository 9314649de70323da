//! Reads the members of fleets, and the keys that fleets and Auto Scaling groups share:
//! root volumes and zones. Checks that the prices of instances and volumes are known.

use super::regions::price_hint;
use super::types::{TypeSource, instance_type};
use super::{attributes, processors};
use crate::plan::{Capacity, Cluster, Count, FleetMember, InstanceType, ROOT_VOLUME};
use crate::scenario::keys::capacity::{FIT, FIT_BOUND, FLEET_MEMBER};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Memory, Span};

/// The largest gp3 volume (facts/platform.md 6.1).
const MOST_GP3: Memory = Memory::gib(65_536);

/// Reads the members of a fleet.
pub fn read(at: &Cursor<'_>, source: &TypeSource<'_>, cluster: &mut Cluster) -> Option<Capacity> {
    let items = at.list();
    if items.is_empty()
        && matches!(
            at.node.value,
            crate::scenario::reading::tree::Value::List(_)
        )
    {
        at.problem("this fleet is empty").report();
        return None;
    }
    let members: Vec<_> = items
        .iter()
        .map(|item| member(item, source, cluster))
        .collect();
    let members: Option<Vec<FleetMember>> = members.into_iter().collect();
    let members = members?;
    processors::check_members(&items, &members, &cluster.instance_types);
    Some(Capacity::Fleet(members))
}

fn member(at: &Cursor<'_>, source: &TypeSource<'_>, cluster: &mut Cluster) -> Option<FleetMember> {
    let record = at.record(&FLEET_MEMBER)?;
    let count = record.get("count").and_then(|at| count(&at));
    let type_at = record.get("instanceType");
    let found = type_at.as_ref().and_then(|at| instance_type(at, source));
    let zones = match record.get("availabilityZones") {
        Some(at) => member_zones(&at, &cluster.zones),
        None => (0..cluster.zones.len()).collect(),
    };
    let attributes = attributes::read(&record);
    let agent_version = attributes::agent_version(&record);
    let root_volume = root_volume(&record, found.as_ref().is_some_and(|t| !t.own))?;
    let cpu_credits = processors::cpu_credits(&record, found.iter());
    let (found, count) = (found?, count?);
    let copies = match count {
        Count::Fixed(count) => count,
        // The search of `count: fit` tries no more than this.
        Count::Fit { .. } => 1 << 20,
    };
    if !is_countable(at, copies, &found, root_volume) {
        return None;
    }
    if count != Count::Fixed(0) {
        if !has_price(&type_at?, &found, source) {
            return None;
        }
        check_volume_price(&record, root_volume, source);
    }
    Some(FleetMember {
        instance_type: register(cluster, found),
        count,
        zones,
        attributes,
        agent_version,
        root_volume,
        cpu_credits: cpu_credits?,
    })
}

/// The index of a type in the cluster, to which it is added if it is new.
pub fn register(cluster: &mut Cluster, found: InstanceType) -> usize {
    let mut known = cluster.instance_types.iter();
    known.position(|t| t.name == found.name).unwrap_or_else(|| {
        cluster.instance_types.push(found);
        cluster.instance_types.len() - 1
    })
}

/// Reads `rootVolume`: `None` when it has problems, `Some(None)` for no volume. Without the key
/// a type of the catalog has the default volume, a type of the scenario none.
pub fn root_volume(record: &Record<'_>, is_of_catalog: bool) -> Option<Option<Memory>> {
    let Some(at) = record.get("rootVolume") else {
        return Some(is_of_catalog.then_some(ROOT_VOLUME));
    };
    if at.node.as_text() == Some("none") {
        return Some(None);
    }
    let size = at.parse::<Memory>()?;
    if size > MOST_GP3 {
        at.problem(format!("`{size}` is larger than a gp3 volume can be"))
            .expected("at most 64 TiB")
            .report();
        return None;
    }
    Some(Some(size).filter(|size| *size != Memory::ZERO))
}

/// True when sums of memory and of root volumes over `copies` instances fit 64 bits; reports it
/// otherwise.
pub fn is_countable(
    at: &Cursor<'_>,
    copies: u32,
    found: &InstanceType,
    root_volume: Option<Memory>,
) -> bool {
    let largest = found
        .memory
        .as_bytes()
        .max(root_volume.map_or(0, Memory::as_bytes));
    if u128::from(copies) * u128::from(largest) < 1 << 62 {
        return true;
    }
    at.problem(format!("{copies} × `{}` is too large", found.name))
        .expected("less than 4 EiB of memory and of root volumes in all")
        .report();
    false
}

/// True when the on-demand price of a type is known; reports it otherwise.
pub fn has_price(at: &Cursor<'_>, found: &InstanceType, source: &TypeSource<'_>) -> bool {
    let Some(region) = source.region else {
        return false; // The region is reported already.
    };
    if found.price_per_hour.is_some() {
        return true;
    }
    at.problem(format!(
        "no price of `{}` is known in `{region}`",
        found.name
    ))
    .hint(price_hint(
        region,
        at.context.catalog,
        "price",
        "choose another type or region, or define a type of your own with a `price` in `instanceTypes`",
    ))
    .report();
    false
}

/// Reports a root volume if the price of gp3 volumes is not known in the region.
pub fn check_volume_price(
    record: &Record<'_>,
    root_volume: Option<Memory>,
    source: &TypeSource<'_>,
) {
    let volume_at = record.get("rootVolume");
    let at = volume_at.unwrap_or_else(|| record.at.clone());
    check_volume_price_at(&at, root_volume, source);
}

/// Reports a volume at `at` if the price of gp3 volumes is not known in the region.
pub fn check_volume_price_at(
    at: &Cursor<'_>,
    root_volume: Option<Memory>,
    source: &TypeSource<'_>,
) {
    let Some(region) = source.region.filter(|_| root_volume.is_some()) else {
        return;
    };
    let prices = at.context.catalog.service_prices(region);
    if prices.and_then(|prices| prices.gp3_gb_month).is_none() {
        at.problem(format!("no price of gp3 volumes is known in `{region}`"))
            .hint("set `rootVolume: none`, or choose another region")
            .report();
    }
}

/// Reads `count`: a number, `fit`, or `{ fit: { longestWait: … } }`.
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
            let bound = at.record(&FIT)?.get("fit")?.record(&FIT_BOUND)?;
            Some(fit(bound.parse_or("longestWait")?))
        }
    }
}

/// The indices of the listed zones in the cluster.
pub fn member_zones(at: &Cursor<'_>, zones: &[String]) -> Vec<usize> {
    let items = at.list();
    if items.is_empty() {
        at.problem("a fleet needs at least one zone").report();
    }
    items.iter().filter_map(|item| zone(item, zones)).collect()
}

/// The index of a zone of the cluster.
pub fn zone(at: &Cursor<'_>, zones: &[String]) -> Option<usize> {
    let text = at.text()?;
    let found = zones.iter().position(|zone| zone == text);
    if found.is_none() && !zones.is_empty() {
        at.problem(format!("`{text}` is not a zone of this cluster"))
            .among(text, zones.iter().map(String::as_str))
            .report();
    }
    found
}

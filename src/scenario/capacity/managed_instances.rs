//! Reads `managedInstancesProvider`: the instance types that ECS may choose, the purchase option, the
//! zones and the data volume. The conditions on types are in [`super::requirements`].

use super::fleet::{self, register};
use super::group_types::has_spot_price;
use super::requirements::{Requirements, is_supported, matches};
use super::types::{TypeSource, instance_type};
use crate::catalog::{self, InstanceTypeFacts};
use crate::plan::{
    AutoScalingGroup, Cluster, InstanceType, InstancesDistribution, ManagedInstances, ScaleInAfter,
};
use crate::scenario::keys::managed_instances::{
    INFRASTRUCTURE_OPTIMIZATION, INSTANCE_LAUNCH_TEMPLATE, MANAGED_INSTANCES_PROVIDER,
    NETWORK_CONFIGURATION, STORAGE_CONFIGURATION,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::units::{Cpu, Memory, Span, Usd};

/// A type counts while fewer than this many others beat it in everything. The cheapest that holds the
/// waiting work is always among them; the others are there for launches that find no capacity.
const BEATEN_AT_MOST: usize = 3;

/// The longest `scaleInAfter` (facts/ecs.md 42j).
const LONGEST_SCALE_IN: Span = Span::seconds(3_600);

/// Reads the provider at `at`; its types are added to those of the cluster.
pub fn read(
    at: &Cursor<'_>,
    source: &TypeSource<'_>,
    cluster: &mut Cluster,
) -> Option<AutoScalingGroup> {
    let mark = at.context.mark();
    let record = at.record(&MANAGED_INSTANCES_PROVIDER)?;
    let scale_in_after = match record.get("infrastructureOptimization") {
        Some(at) => scale_in_after(&at.record(&INFRASTRUCTURE_OPTIMIZATION)?),
        None => Some(ScaleInAfter::Assumed),
    };
    let template = match record.get("instanceLaunchTemplate") {
        Some(at) => Some(at.record(&INSTANCE_LAUNCH_TEMPLATE)?),
        None => None,
    };
    let template = template.as_ref();
    let get = |key| template.and_then(|template| template.get(key));
    let is_spot = get("capacityOptionType").map_or(Some(false), |at| is_spot(&at));
    let zones = zones(get("networkConfiguration"), &cluster.zones);
    let volume = volume(get("storageConfiguration"));
    let types = types(at, get("instanceRequirements"), is_spot?, source);
    let (scale_in_after, zones, volume) = (scale_in_after?, zones?, volume?);
    let types = types?;
    if !at.context.is_clean_since(mark) {
        return None;
    }
    fleet::check_volume_price_at(at, Some(volume), source);
    let types: Vec<usize> = types
        .into_iter()
        .map(|kind| register(cluster, kind))
        .collect();
    let first = *types.first()?;
    Some(AutoScalingGroup {
        types,
        zones,
        registered_at_start: false,
        mix: InstancesDistribution {
            on_demand_percentage_above_base: if is_spot? { 0 } else { 100 },
            ..InstancesDistribution::default()
        },
        root_volume: Some(volume),
        managed_instances: Some(ManagedInstances { scale_in_after }),
        ..AutoScalingGroup::new(first, 0, AutoScalingGroup::MOST_MANAGED)
    })
}

/// Reads `scaleInAfter`: a number of seconds as in AWS, `-1`, or a duration.
fn scale_in_after(record: &Record<'_>) -> Option<ScaleInAfter> {
    let Some(at) = record.get("scaleInAfter") else {
        return Some(ScaleInAfter::Assumed);
    };
    let text = at.text()?;
    if text == "-1" {
        return Some(ScaleInAfter::Never);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = at.integer(0, 3_600)?;
        return Some(ScaleInAfter::After(Span::seconds(seconds)));
    }
    let span = match text.parse::<Span>() {
        Ok(span) if span <= LONGEST_SCALE_IN => span,
        _ => {
            let message = format!("`{text}` is not valid here");
            at.bad_value(text, &message, "0 to 3600 seconds, or `-1` for never");
            return None;
        }
    };
    Some(ScaleInAfter::After(span))
}

fn is_spot(at: &Cursor<'_>) -> Option<bool> {
    if at.node.as_text() == Some("RESERVED") {
        at.problem("`RESERVED` is not modelled yet")
            .expected("`ON_DEMAND`, `SPOT`")
            .report();
        return None;
    }
    at.choice(&[("ON_DEMAND", false), ("SPOT", true)])
}

/// The zones as indices into those of the cluster.
fn zones(at: Option<Cursor<'_>>, known: &[String]) -> Option<Vec<usize>> {
    let all = (0..known.len()).collect();
    let Some(at) = at else { return Some(all) };
    let record = at.record(&NETWORK_CONFIGURATION)?;
    super::group::zones(&record, known)
}

/// The size of the data volume: 80 GiB unless it is given (facts/ecs.md 42h).
fn volume(at: Option<Cursor<'_>>) -> Option<Memory> {
    let Some(at) = at else {
        return Some(Memory::gib(80));
    };
    let record = at.record(&STORAGE_CONFIGURATION)?;
    match record.get("storageSizeGiB") {
        Some(at) => at.integer(30, 16_384).map(Memory::gib),
        None => Some(Memory::gib(80)),
    }
}

/// The types that ECS may choose, the cheapest first. A provider without any is reported.
fn types(
    at: &Cursor<'_>,
    requirements_at: Option<Cursor<'_>>,
    is_spot: bool,
    source: &TypeSource<'_>,
) -> Option<Vec<InstanceType>> {
    let requirements = match &requirements_at {
        Some(at) => Requirements::read(at)?,
        None => Requirements::usual(),
    };
    let place = requirements_at.as_ref().unwrap_or(at);
    let own = named(&requirements, is_spot, source)?;
    let candidates = candidates(place, &requirements, is_spot, source);
    let is_met = |(_, facts): &&(InstanceType, InstanceTypeFacts)| {
        requirements.conditions.iter().all(|c| c.meets(facts))
    };
    let mut found: Vec<InstanceType> = candidates
        .iter()
        .filter(is_met)
        .map(|(kind, _)| kind.clone())
        .chain(own)
        .collect();
    if found.is_empty() {
        report_none(place, &candidates, &requirements, source);
        return None;
    }
    found.sort_by_key(|kind| (price(kind, is_spot), kind.name.clone()));
    Some(unbeaten(&found, is_spot))
}

/// Checks the names in both lists, and returns the types of the scenario that are allowed.
fn named(
    requirements: &Requirements<'_>,
    is_spot: bool,
    source: &TypeSource<'_>,
) -> Option<Vec<InstanceType>> {
    let mut is_valid = true;
    let mut own: Vec<InstanceType> = Vec::new();
    let lists = [
        (&requirements.allowed, true),
        (&requirements.excluded, false),
    ];
    for (item, is_allowed) in lists
        .into_iter()
        .flat_map(|(list, is_allowed)| list.iter().map(move |item| (item, is_allowed)))
    {
        let text = item.text()?;
        let ours = source.own.keys().filter(|name| matches(text, name));
        let ours: Vec<&String> = ours.collect();
        if ours.is_empty() {
            is_valid &= is_of_catalog(item, text, is_allowed, source);
        } else if is_allowed {
            for name in ours {
                // A type with problems is reported where it is defined.
                let kind = source.own[name].clone()?;
                is_valid &= !is_spot || has_spot_price(item, &kind, source);
                if !own.iter().any(|known| known.name == kind.name) {
                    own.push(kind);
                }
            }
        }
    }
    own.retain(|kind| !is_in(&requirements.excluded, &kind.name));
    is_valid.then_some(own)
}

/// True when a name or a pattern stands for types of the catalog that are supported; reports it
/// otherwise.
fn is_of_catalog(item: &Cursor<'_>, text: &str, is_allowed: bool, source: &TypeSource<'_>) -> bool {
    let mut all = catalog::instance_types().filter(|facts| matches(text, facts.name));
    let is_pattern = text.contains('*');
    let Some(first) = all.next() else {
        if is_pattern {
            item.problem(format!("`{text}` stands for no instance type"))
                .hint("`*` stands for any text, as in `m6i.*`; `ecsim catalog instances` lists all")
                .report();
            return false;
        }
        return instance_type(item, source).is_some();
    };
    if !is_allowed || is_supported(&first) || all.any(|facts| is_supported(&facts)) {
        return true;
    }
    item.problem(format!("`{text}` is not supported by Managed Instances"))
        .hint("they run on types of the generations 5 and later with more than one vCPU, and not on nano and micro")
        .report();
    false
}

fn is_in(list: &[Cursor<'_>], name: &str) -> bool {
    list.iter()
        .any(|item| item.text().is_some_and(|text| matches(text, name)))
}

/// The supported types of the catalog with a price in the region, as the two lists of names allow
/// them. Prices of types that are named one by one must be known.
fn candidates(
    place: &Cursor<'_>,
    requirements: &Requirements<'_>,
    is_spot: bool,
    source: &TypeSource<'_>,
) -> Vec<(InstanceType, InstanceTypeFacts)> {
    for item in &requirements.allowed {
        let named = item.text().filter(|text| !text.contains('*'));
        let is_own = named.is_some_and(|name| source.own.contains_key(name));
        if named.is_some()
            && !is_own
            && let Some(kind) = instance_type(item, source)
            && fleet::has_price(item, &kind, source)
            && is_spot
        {
            has_spot_price(item, &kind, source);
        }
    }
    let allows = |name: &str| {
        (requirements.allowed.is_empty() || is_in(&requirements.allowed, name))
            && !is_in(&requirements.excluded, name)
    };
    let known = place.context.catalog;
    catalog::instance_types()
        .filter(|facts| is_supported(facts) && allows(facts.name))
        .filter_map(|facts| {
            let kind = source.type_of(facts.name, known)?;
            price(&kind, is_spot)?;
            kind.price_per_hour?;
            Some((kind, facts))
        })
        .collect()
}

/// The price per hour for the purchase option.
fn price(kind: &InstanceType, is_spot: bool) -> Option<Usd> {
    match is_spot {
        true => kind.spot?.price_per_hour,
        false => kind.price_per_hour,
    }
}

/// The types that fewer than [`BEATEN_AT_MOST`] others beat: with the same processor and at least
/// their CPU, memory, interfaces and GPUs, at no higher price. `types` are sorted by price.
fn unbeaten(types: &[InstanceType], is_spot: bool) -> Vec<InstanceType> {
    let size = |kind: &InstanceType| -> (Cpu, Memory, u32, u32) {
        (kind.cpu, kind.memory, kind.task_interfaces, kind.gpus)
    };
    let beats = |other: &InstanceType, kind: &InstanceType| {
        let (others, own) = (size(other), size(kind));
        other.architecture == kind.architecture
            && others.0 >= own.0
            && others.1 >= own.1
            && others.2 >= own.2
            && others.3 >= own.3
            && price(other, is_spot) <= price(kind, is_spot)
    };
    let is_kept = |(at, kind): &(usize, &InstanceType)| {
        // Of two that are equal in everything the first beats the second.
        let before = types[..*at].iter().filter(|other| beats(other, kind));
        let after = types[at + 1..]
            .iter()
            .filter(|other| beats(other, kind) && !beats(kind, other));
        before.count() + after.count() < BEATEN_AT_MOST
    };
    let kept = types.iter().enumerate().filter(is_kept);
    kept.map(|(_, kind)| kind.clone()).collect()
}

/// Reports a provider without types: how many types each condition leaves out, and the type that
/// fails the fewest conditions.
fn report_none(
    place: &Cursor<'_>,
    candidates: &[(InstanceType, InstanceTypeFacts)],
    requirements: &Requirements<'_>,
    source: &TypeSource<'_>,
) {
    let draft = place.problem("no instance type meets these requirements");
    if candidates.is_empty() {
        let region = source.region.unwrap_or_default();
        let why = "of the supported types none with a price in";
        return draft
            .hint(format!("{why} `{region}` is allowed and not excluded"))
            .report();
    }
    let failing = |facts: &InstanceTypeFacts| -> Vec<&str> {
        let fail = requirements.conditions.iter().filter(|c| !c.meets(facts));
        fail.map(|condition| condition.words.as_str()).collect()
    };
    let count = |condition: &super::requirements::Condition<'_>| {
        let out = candidates
            .iter()
            .filter(|(_, facts)| !condition.meets(facts));
        (out.count(), condition.words.clone())
    };
    let counts = requirements.conditions.iter().map(count);
    let counts: Vec<String> = counts
        .filter(|(out, _)| *out > 0)
        .map(|(out, words)| format!("`{words}` leaves out {out}"))
        .collect();
    let nearest = candidates
        .iter()
        .min_by_key(|(kind, facts)| (failing(facts).len(), kind.price_per_hour, facts.name));
    let nearest = nearest.map_or(String::new(), |(kind, facts)| {
        format!("; `{}` fails only {}", kind.name, ticked(failing(facts)))
    });
    let all = candidates.len();
    let types = if all == 1 { "type" } else { "types" };
    draft
        .hint(format!("of {all} {types} {}{nearest}", counts.join(", ")))
        .report();
}

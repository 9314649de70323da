//! Reads `spot`: the rule of interruptions, and the recorded availability of pools.

use super::{fleet, spot_series};
use crate::plan::{Capacity, Cluster, InstanceType, Interruptions, SpotMarket, SpotSeries, Until};
use crate::scenario::keys::instance_types::{INTERRUPTIONS, SPOT, SPOT_SERIES};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Rate, Ratio, Span};
use std::collections::BTreeMap;

/// The parts of the plan that `spot` refers to.
pub struct Ground<'g> {
    /// The cluster.
    pub cluster: &'g Cluster,
    /// The instance types that the scenario defines; `None` for one with problems.
    pub own: &'g BTreeMap<String, Option<InstanceType>>,
    /// When the run ends; `None` when `until` has problems.
    pub until: Option<Until>,
}

/// Reads `spot`.
pub fn read(root: &Record<'_>, ground: &Ground<'_>) -> Option<SpotMarket> {
    let Some(at) = root.get("spot") else {
        return Some(SpotMarket::default());
    };
    let record = at.record(&SPOT)?;
    let interruptions = match record.get("interruptions") {
        Some(at) => interruptions(&at),
        None => Some(Interruptions::Bands),
    };
    let fargate = match record.get("fargateInterruptions") {
        Some(at) => one_rate(&at),
        None => Some(Interruptions::Bands),
    };
    let series = match record.get("series") {
        Some(at) => all_series(&at, ground),
        None => Some(Vec::new()),
    };
    Some(SpotMarket {
        interruptions: interruptions?,
        fargate_interruptions: fargate?,
        series: series?,
    })
}

fn interruptions(at: &Cursor<'_>) -> Option<Interruptions> {
    match at.node.as_text() {
        Some("bands") => Some(Interruptions::Bands),
        Some(text) => {
            let message = format!("`{text}` is not one of the allowed values");
            let expected = "`bands`, `{ rate: 0.2/h }`, or `{ perMonth: 10% }`";
            at.bad_value(text, &message, expected);
            None
        }
        None => one_rate(at),
    }
}

/// Reads one probability or one rate for all.
fn one_rate(at: &Cursor<'_>) -> Option<Interruptions> {
    let (key, at) = at.one_key(&INTERRUPTIONS)?;
    if key == "rate" {
        return rate(&at);
    }
    let share = at.parse::<Ratio>()?;
    if share.as_millionths() == Ratio::MILLIONTHS {
        at.problem("`perMonth` must be below 100%")
            .expected("a share below 1, such as `10%`, or `rate` instead, such as `0.2/h`")
            .report();
        return None;
    }
    Some(Interruptions::PerMonth(share.as_f64()))
}

/// Reads a rate such as `0.2/h` or `15/month`; a month has 730 hours.
fn rate(at: &Cursor<'_>) -> Option<Interruptions> {
    let per_second = at.parse_with(|text| match text.trim().strip_suffix("/month") {
        Some(number) => format!("{number}/730h").parse::<Rate>(),
        None => text.parse(),
    })?;
    let per_hour = per_second.as_per_second() * 3_600.0;
    if per_hour > Interruptions::MOST_PER_HOUR {
        at.problem("more than one interruption a second")
            .expected("a rate such as `0.2/h`, `3/d` or `15/month`")
            .report();
        return None;
    }
    Some(Interruptions::PerHour(per_hour))
}

fn all_series(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Vec<SpotSeries>> {
    let items = at.list();
    if items.is_empty() {
        return Some(Vec::new());
    }
    let end = match ground.until {
        Some(Until::Elapsed(end)) => end,
        Some(Until::Drained) => {
            at.problem("with `until: drained` the run can be longer than the record of a pool")
                .hint("give `until` a duration that the records cover")
                .report();
            return None;
        }
        None => return None, // `until` is reported already.
    };
    let found: Vec<_> = items.iter().map(|item| series(item, ground, end)).collect();
    let mut all: Vec<SpotSeries> = Vec::new();
    let mut is_valid = true;
    for (item, found) in items.iter().zip(found) {
        let Some(found) = found else {
            is_valid = false;
            continue;
        };
        let Some(found) = found else { continue };
        let same = |other: &SpotSeries| {
            (other.zone, other.instance_type) == (found.zone, found.instance_type)
        };
        if all.iter().any(same) {
            item.problem("this pool is recorded twice")
                .hint("keep one series for each zone and type")
                .report();
            is_valid = false;
        }
        all.push(found);
    }
    is_valid.then_some(all)
}

/// Reads a recorded pool; `Some(None)`, with a warning, when no capacity provider has its type.
fn series(at: &Cursor<'_>, ground: &Ground<'_>, end: Span) -> Option<Option<SpotSeries>> {
    let record = at.record(&SPOT_SERIES)?;
    let zone = record
        .get("availabilityZone")
        .and_then(|at| fleet::zone(&at, &ground.cluster.zones));
    let instance_type = match record.get("instanceType") {
        Some(at) => used_type(&at, ground.cluster, ground.own).map(Some),
        None => Some(None),
    };
    let read = record
        .get("file")
        .and_then(|at| spot_series::read(&at, end));
    let (zone, instance_type, read) = (zone?, instance_type?, read?);
    if instance_type == Some(None) {
        return Some(None);
    }
    if !is_launched(ground.cluster, instance_type.flatten(), zone) {
        at.problem(
            "no capacity provider launches Spot instances in this pool: the record has no effect",
        )
        .warning()
        .report();
    }
    Some(Some(SpotSeries {
        instance_type: instance_type.flatten(),
        zone,
        gap: read.gap,
        is_binary: read.levels.iter().all(|level| *level <= 1),
        levels: read.levels,
    }))
}

/// True when some group can launch Spot instances of a type, or of any type, in a zone.
fn is_launched(cluster: &Cluster, instance_type: Option<usize>, zone: usize) -> bool {
    let groups = cluster.providers.iter();
    let groups = groups.filter_map(|provider| match &provider.capacity {
        Capacity::Group(group) => Some(group),
        _ => None,
    });
    groups
        .filter(|group| group.mix.on_demand_percentage_above_base < 100)
        .filter(|group| group.zones.contains(&zone))
        .any(|group| instance_type.is_none_or(|kind| group.types.contains(&kind)))
}

/// The index in the cluster of the instance type that is named here. `Some(None)`, with a warning,
/// for a known type that no capacity provider has; `None` for an unknown one, which is reported.
pub fn used_type(
    at: &Cursor<'_>,
    cluster: &Cluster,
    own: &BTreeMap<String, Option<InstanceType>>,
) -> Option<Option<usize>> {
    let name = at.text()?;
    let types = &cluster.instance_types;
    if let Some(found) = types.iter().position(|t| t.name == name) {
        return Some(Some(found));
    }
    let catalog = at.context.catalog;
    if own.contains_key(name) || catalog.instance_type(name).is_some() {
        at.problem(format!(
            "no capacity provider has the instance type `{name}`: this has no effect"
        ))
        .warning()
        .report();
        return Some(None);
    }
    let near = nearest(name, types.iter().map(|t| t.name.as_str()));
    at.problem(format!("there is no instance type `{name}`"))
        .nearest(near.or_else(|| catalog.nearest_instance_type(name)))
        .report();
    None
}

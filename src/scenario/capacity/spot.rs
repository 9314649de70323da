//! Reading the Spot market: where interruptions come from, and which pools are recorded.

use super::{fleet, spot_series};
use crate::plan::{Capacity, Cluster, InstanceType, Interruptions, SpotMarket, SpotSeries, Until};
use crate::scenario::keys::instance_types::{PER_MONTH, SPOT, SPOT_SERIES};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Ratio, Span};
use std::collections::BTreeMap;

/// What the Spot market is read against.
pub struct Ground<'g> {
    /// The cluster.
    pub cluster: &'g Cluster,
    /// Instance types of one's own.
    pub own: &'g BTreeMap<String, Option<InstanceType>>,
    /// When the run ends.
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
    let series = match record.get("series") {
        Some(at) => all_series(&at, ground),
        None => Some(Vec::new()),
    };
    Some(SpotMarket {
        interruptions: interruptions?,
        series: series?,
    })
}

fn interruptions(at: &Cursor<'_>) -> Option<Interruptions> {
    match at.node.as_text() {
        Some("bands") => Some(Interruptions::Bands),
        Some(text) => {
            let message = format!("`{text}` is not known here");
            at.bad_value(text, &message, "`bands`, or `{ perMonth: 10% }`");
            None
        }
        None => {
            let at = at.record(&PER_MONTH)?.get("perMonth")?;
            let share = at.parse::<Ratio>()?;
            if share.as_millionths() == Ratio::MILLIONTHS {
                at.problem("at 100% no instance would live at all")
                    .expected("a share below 1, such as `10%`")
                    .report();
                return None;
            }
            Some(Interruptions::PerMonth(share.as_f64()))
        }
    }
}

fn all_series(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Vec<SpotSeries>> {
    let items = at.list();
    if items.is_empty() {
        return Some(Vec::new());
    }
    let end = match ground.until {
        Some(Until::Elapsed(end)) => end,
        Some(Until::Drained) => {
            at.problem("a recorded pool ends, but `until: drained` may come later")
                .hint("give `until` a duration that the records cover")
                .report();
            return None;
        }
        None => return None, // It has a problem of its own.
    };
    let found: Vec<_> = items.iter().map(|item| series(item, ground, end)).collect();
    let mut all: Vec<SpotSeries> = Vec::new();
    let mut is_sound = true;
    for (item, found) in items.iter().zip(found) {
        let Some(found) = found else {
            is_sound = false;
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
            is_sound = false;
        }
        all.push(found);
    }
    is_sound.then_some(all)
}

/// A recorded pool; the inner `None` when nothing here launches its type.
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
            "no capacity provider here launches Spot in this pool, so that this has no effect",
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

/// Whether some group may launch Spot of a type, or of any, in a zone.
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

/// The index of an instance type of the cluster; the inner `None`, with a warning, for one
/// that exists and that no capacity provider here has.
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
            "no capacity provider here has `{name}`, so that this has no effect"
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

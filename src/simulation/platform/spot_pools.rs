//! Spot pools with the keys of their random events, or with their recorded capacity
//! (facts/ecs.md 228 to 234, facts/platform.md 8.4).

use super::spot_record::SpotRecord;
use crate::catalog;
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::plan::{Capacity, Delays, Interruptions, Plan};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// All Spot pools of a run.
pub(super) struct Spot {
    pub(super) pools: Vec<Pool>,
    /// Key of the draws that decide whether a launch finds capacity.
    pub(super) failures: StreamKey,
    /// Key of the lengths of shortages of on-demand capacity.
    pub(super) on_demand_shortages: StreamKey,
    /// By (type, zone): when the shortage of on-demand capacity ends. Only types that had one.
    pub(super) shortage_ends: BTreeMap<(usize, usize), SimTime>,
}

/// The Spot capacity of one instance type, or of Fargate, in one zone.
pub(super) struct Pool {
    /// The type; `None` for Fargate.
    pub(super) instance_type: Option<usize>,
    pub(super) zone: usize,
    /// The mean time between two interruption events, in hours; `None`: no random events.
    pub(super) mean_gap_hours: Option<f64>,
    /// Interruption events so far.
    pub(super) events: u64,
    pub(super) gaps: StreamKey,
    pub(super) shares: StreamKey,
    /// Key of the draws that select the interrupted instances of an event.
    pub(super) selections: StreamKey,
    pub(super) shortages: StreamKey,
    /// Time before which every Spot launch of this type and zone finds no capacity. Set when the draw
    /// with `launch_failure` refuses a launch; the length has the law `poolDry` (facts/platform.md
    /// 8.4.8). Not used by Fargate Spot, nor with a `record`.
    pub(super) no_capacity_until: SimTime,
    /// The recorded capacity, which replaces random events.
    pub(super) record: Option<SpotRecord>,
    /// The probability that a launch finds no capacity.
    pub(super) launch_failure: f64,
}

impl Spot {
    pub(super) fn new(plan: &Plan, seed: u64) -> Self {
        let mut pools = Vec::new();
        for provider in &plan.cluster.providers {
            let places: Vec<(Option<usize>, usize)> = match &provider.capacity {
                Capacity::Group(group) if group.mix.on_demand_percentage_above_base < 100 => {
                    let types = group.types.iter();
                    types
                        .flat_map(|kind| group.zones.iter().map(|zone| (Some(*kind), *zone)))
                        .collect()
                }
                Capacity::FargateSpot => {
                    let zones = 0..plan.cluster.zones.len();
                    zones.map(|zone| (None, zone)).collect()
                }
                _ => Vec::new(),
            };
            for (kind, zone) in places {
                let is_known = |pool: &Pool| (pool.instance_type, pool.zone) == (kind, zone);
                if !pools.iter().any(is_known) {
                    pools.push(Pool::new(plan, seed, kind, zone));
                }
            }
        }
        Self {
            pools,
            failures: StreamKey::new(seed, Purpose::LaunchFailure, ""),
            on_demand_shortages: StreamKey::new(seed, Purpose::CapacityShortage, ""),
            shortage_ends: BTreeMap::new(),
        }
    }

    pub(super) fn pool(&mut self, kind: Option<usize>, zone: usize) -> Option<&mut Pool> {
        let mut pools = self.pools.iter_mut();
        pools.find(|pool| (pool.instance_type, pool.zone) == (kind, zone))
    }
}

impl Pool {
    fn new(plan: &Plan, seed: u64, kind: Option<usize>, zone: usize) -> Self {
        let type_name = kind.map_or("FARGATE_SPOT", |kind| {
            plan.cluster.instance_types[kind].name.as_str()
        });
        let name = format!("{type_name}/{}", plan.cluster.zones[zone]);
        let key = |purpose| StreamKey::new(seed, purpose, &name);
        let offer = kind.and_then(|kind| plan.cluster.instance_types[kind].spot);
        let interruptions = match kind {
            Some(_) => plan.spot.interruptions,
            None => plan.spot.fargate_interruptions,
        };
        let hazard_of = |chance: f64| catalog::hazard_per_hour(chance.min(0.999_999));
        let hazard = match (kind, interruptions) {
            (_, Interruptions::PerHour(rate)) => rate,
            (_, Interruptions::PerMonth(chance)) => hazard_of(chance),
            (None, Interruptions::Bands) => hazard_of(plan.assumptions.fargate_spot_interruption),
            (Some(_), Interruptions::Bands) => hazard_of(offer.map_or(0.0, |offer| {
                plan.assumptions.spot_band_chances[offer.band as usize]
            })),
        };
        // An instance is interrupted by an event with probability `share`. So events come more
        // often by 1 ÷ the mean share, and an instance is interrupted at the rate `hazard`.
        let mean_share = plan.assumptions.spot_event_share.mean();
        let mean_share = mean_share.expect("a law of shares has a mean");
        // The record of this type and zone, else the record of all types in this zone.
        let recorded = |wanted: Option<usize>| {
            let mut series = plan.spot.series.iter();
            series.find(|series| series.instance_type == wanted && series.zone == zone)
        };
        let series = kind.and_then(|kind| recorded(Some(kind)).or_else(|| recorded(None)));
        let notice = plan.assumptions.spot_notice;
        let failures = &plan.assumptions.launch_failures;
        let launch_failure = match offer.map(|offer| offer.band as u32) {
            _ if plan.delays != Delays::Realistic => 0.0,
            None => plan.assumptions.fargate_spot_unavailable,
            Some(0..=2) => failures.spot,
            Some(_) => failures.spot_scarce,
        };
        Self {
            instance_type: kind,
            zone,
            mean_gap_hours: (hazard > 0.0 && series.is_none()).then(|| mean_share / hazard),
            events: 0,
            gaps: key(Purpose::SpotEvent),
            shares: key(Purpose::SpotShare),
            selections: key(Purpose::SpotSelection),
            shortages: key(Purpose::CapacityShortage),
            no_capacity_until: SimTime::ZERO,
            record: series.map(|series| SpotRecord::new(series, notice)),
            launch_failure,
        }
    }

    /// The time of the next event after `now`; `None` when there is none.
    pub(super) fn next(&self, now: SimTime) -> Option<SimTime> {
        if let Some(record) = &self.record {
            return record.next();
        }
        let gap = Distribution::Exponential {
            mean: self.mean_gap_hours?,
        };
        let hours = gap.sample(&mut self.gaps.stream(self.events));
        Some(now + Span::from_seconds_f64(hours * 3600.0))
    }

    /// The key of the draws at the current event. The first number of a stream decides whether an
    /// instance or a task is interrupted, the second gives the delay of its notice.
    pub(super) fn event_key(&self) -> StreamKey {
        self.selections.of(self.events)
    }
}

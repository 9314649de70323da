//! Spot pools and their random streams, or their records (facts/ecs.md 228 to 234,
//! facts/platform.md 8.4).

use super::spot_record::SpotRecord;
use crate::catalog;
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::plan::{Capacity, Delays, Interruptions, Plan};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// All Spot pools of a run.
pub(super) struct Spot {
    pub(super) pools: Vec<Pool>,
    pub(super) failures: StreamKey,
    pub(super) on_demand_shortages: StreamKey,
    /// Types and zones that have nothing on demand before a time; only those that had nothing.
    pub(super) shortage_ends: BTreeMap<(usize, usize), SimTime>,
}

/// Instances of one type in one zone, or Fargate in one zone.
pub(super) struct Pool {
    /// The type; `None` for Fargate.
    pub(super) instance_type: Option<usize>,
    pub(super) zone: usize,
    /// Hours between two events; `None` when there are none.
    pub(super) mean_gap_hours: Option<f64>,
    pub(super) events: u64,
    pub(super) gaps: StreamKey,
    pub(super) shares: StreamKey,
    pub(super) selections: StreamKey,
    pub(super) shortages: StreamKey,
    /// No launch succeeds before this time.
    pub(super) no_capacity_until: SimTime,
    /// What was recorded replaces chance.
    pub(super) record: Option<SpotRecord>,
    /// The chance that a launch finds no capacity.
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
        let chance = match (kind, plan.spot.interruptions) {
            (None, _) => plan.assumptions.fargate_spot_interruption,
            (Some(_), Interruptions::PerMonth(chance)) => chance,
            (Some(_), Interruptions::Bands) => offer.map_or(0.0, |offer| {
                plan.assumptions.spot_band_chances[offer.band as usize]
            }),
        };
        let hazard = catalog::hazard_per_hour(chance.min(0.999_999));
        // So that the chance of each is right whatever share of the pool an event takes.
        let mean_share = plan.assumptions.spot_event_share.mean();
        let mean_share = mean_share.expect("a law of shares has a mean");
        // The record of the type, else that of every type.
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

    /// When the next event comes.
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

    /// The key of draws at the present event. A stream of it gives first what decides whether
    /// an instance or a task is taken, then its delay.
    pub(super) fn event_key(&self) -> StreamKey {
        self.selections.of(self.events)
    }
}

//! Spot: pools of a type in a zone lose instances together, two minutes after a notice; and
//! launches find no capacity (facts/ecs.md 228 to 234, facts/platform.md 8.4).
//!
//! What happens to a pool does not depend on who is in it: an event comes by the pool's own
//! stream, and whether it strikes an instance depends on the event and on the instance's
//! launch ordinal alone. So all variants of a seed meet the same market. A pool that was
//! recorded plays its record instead.

use super::spot_record::SpotRecord;
use super::{Event, Fact, InstanceEnd, LaunchFailure, World, faults, instances, tasks};
use crate::catalog;
use crate::cluster::{InstanceId, ProviderId, Task, TaskId, ZoneId};
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::engine::{Agenda, Reader, Turn};
use crate::plan::{Capacity, Delays, Interruptions, Plan};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// AWS bills nothing for what it takes back within the first hour (facts/pricing.md 2).
const FREE_BEFORE: Span = Span::hours(1);

/// All Spot pools of a run.
pub(super) struct Spot {
    pools: Vec<Pool>,
    failures: StreamKey,
    dry_on_demand: StreamKey,
    /// Types and zones that have nothing on demand before a time; only those that had nothing.
    dry: BTreeMap<(usize, usize), SimTime>,
}

/// Instances of one type in one zone, or Fargate in one zone.
struct Pool {
    /// The type; `None` for Fargate.
    instance_type: Option<usize>,
    zone: usize,
    /// Hours between two events; `None` when there are none.
    mean_gap_hours: Option<f64>,
    events: u64,
    gaps: StreamKey,
    shares: StreamKey,
    victims: StreamKey,
    dry: StreamKey,
    /// No launch succeeds before this time.
    dry_until: SimTime,
    /// What was recorded replaces chance.
    record: Option<SpotRecord>,
    /// The chance that a launch finds no capacity.
    launch_failure: f64,
}

/// Where and how an instance is to be launched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub instance_type: usize,
    pub zone: usize,
    pub spot: bool,
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
            dry_on_demand: StreamKey::new(seed, Purpose::SpotDry, ""),
            dry: BTreeMap::new(),
        }
    }

    fn pool(&mut self, kind: Option<usize>, zone: usize) -> Option<&mut Pool> {
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
            victims: key(Purpose::SpotVictim),
            dry: key(Purpose::SpotDry),
            dry_until: SimTime::ZERO,
            record: series.map(|series| SpotRecord::new(series, notice)),
            launch_failure,
        }
    }

    /// When the next event comes.
    fn next(&self, now: SimTime) -> Option<SimTime> {
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
    /// an instance or a task is struck, then its delay.
    fn luck(&self) -> StreamKey {
        self.victims.of(self.events)
    }
}

/// The first event of every pool is put on the agenda.
pub(super) fn begin(world: &mut World<'_>, agenda: &mut Agenda<Event>) {
    for (number, pool) in world.spot.pools.iter().enumerate() {
        if let Some(at) = pool.next(SimTime::ZERO) {
            let pool = u32::try_from(number).expect("few pools");
            agenda.push(at, Event::SpotPoolTurns { pool });
        }
    }
}

/// A pool's event: a share of it gets its notice within minutes.
pub(super) fn pool_turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
) {
    let pool = &mut world.spot.pools[number];
    if let Some(record) = &mut pool.record {
        record.advance();
    }
    let law = &world.plan.assumptions.spot_event_share;
    let share = law.sample(&mut pool.shares.stream(pool.events));
    match world.spot.pools[number].instance_type {
        Some(_) => strike_instances(world, turn, number, share),
        None => strike_tasks(world, turn, number, share),
    }
    let pool = &mut world.spot.pools[number];
    pool.events += 1;
    if let Some(at) = pool.next(turn.now()) {
        let pool = u32::try_from(number).expect("few pools");
        turn.at(at, Event::SpotPoolTurns { pool });
    }
}

fn strike_instances<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    share: f64,
) {
    let pool = &world.spot.pools[number];
    let is_in = |id: &InstanceId| {
        let machine = &world.machines[id.index()];
        machine.spot
            && machine.interrupted_at.is_none()
            && machine.state != instances::State::Gone
            && Some(machine.instance_type) == pool.instance_type
            && machine.zone.index() == pool.zone
    };
    let members = world
        .providers
        .iter()
        .filter_map(|state| state.group.as_ref());
    let there: Vec<InstanceId> = members
        .flat_map(|group| group.members.iter().copied())
        .filter(is_in)
        .collect();
    let spread = world.plan.assumptions.spot_event_spread;
    let mut lucks: Vec<(u64, SimTime, InstanceId)> = Vec::new();
    for id in there {
        let mut luck = pool.luck().stream(world.machines[id.index()].ordinal);
        let value = luck.bits();
        let delay = Span::from_seconds_f64(spread.as_seconds_f64() * luck.unit());
        lucks.push((value, turn.now() + delay, id));
    }
    lucks.sort_unstable();
    let victims = match &pool.record {
        Some(record) => lucks.len().saturating_sub(record.level() as usize),
        None => lucks.partition_point(|(value, ..)| is_below(*value, share)),
    };
    let is_recorded = pool.record.is_some();
    for (_, at, id) in lucks.into_iter().take(victims) {
        let at = if is_recorded { turn.now() } else { at };
        turn.at(at, Event::SpotTurns { instance: id });
    }
}

/// Whether 64 random bits, as a number below one, are below a share.
fn is_below(bits: u64, share: f64) -> bool {
    ((bits >> 11) as f64) < share * (1u64 << 53) as f64
}

fn strike_tasks<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    share: f64,
) {
    let pool = &world.spot.pools[number];
    let spread = world.plan.assumptions.spot_event_spread;
    let mut victims: Vec<(SimTime, TaskId)> = Vec::new();
    for (id, task) in world.tasks.with_ids() {
        let lane = &world.lanes[task.lane.index()];
        let is_in = lane.fargate_spot && task.promised && task.zone == ZoneId::new(pool.zone);
        if is_in && !task.stopping {
            let entry = &world.entries[task.entry.index()];
            let mut luck = tasks::draws(pool.luck().of_name(entry.name), task);
            if is_below(luck.bits(), share) {
                let delay = Span::from_seconds_f64(spread.as_seconds_f64() * luck.unit());
                victims.push((turn.now() + delay, id));
            }
        }
    }
    for (at, task) in victims {
        turn.at(at, Event::FargateSpotInterrupts { task });
    }
}

/// An instance gets its notice, or has come to the end after it.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let now = turn.now();
    let machine = &mut world.machines[id.index()];
    match machine.interrupted_at {
        None => {
            let notice = world.plan.assumptions.spot_notice;
            machine.interrupted_at = Some(now + notice);
            turn.at(now + notice, Event::SpotTurns { instance: id });
            drain(world, turn, id);
        }
        Some(at) if at <= now => instances::terminate(world, turn, id, InstanceEnd::Interrupted),
        Some(_) => {}
    }
}

/// An instance that has its notice drains where its group or its agent sees to that, as soon
/// as it is registered (facts/ecs.md 229, 232).
pub(super) fn drain<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let group = world.group_plan(world.machines[id.index()].provider);
    let by_agent = group.spot_instance_draining && !world.is_away(id);
    if by_agent || group.managed_draining {
        instances::drain(world, turn, id);
    }
}

/// An interrupted instance is billed no more, and not at all within its first hour.
pub(super) fn stop_billing(world: &mut World<'_>, id: InstanceId, now: SimTime) {
    let since = world.machines[id.index()].billed_since();
    if since.is_some_and(|since| now.since(since) < FREE_BEFORE) {
        instances::cancel_billing(world, id, now);
    } else {
        instances::stop_billing(world, id, now);
    }
}

/// Whether a launch fails: for want of capacity, or by an error of the API.
pub(super) fn launch_fails(
    world: &mut World<'_>,
    now: SimTime,
    provider: ProviderId,
    place: Place,
    tries: u64,
) -> Option<LaunchFailure> {
    let luck = || {
        let name = &world.plan.cluster.providers[provider.index()].name;
        let key = StreamKey::new(world.seed, Purpose::LaunchError, name);
        key.stream(tries).unit()
    };
    if faults::api_fails(world, now, place.zone, luck) {
        return Some(LaunchFailure::ApiError);
    }
    finds_no_capacity(world, now, provider, place, tries).then_some(LaunchFailure::NoCapacity)
}

/// Whether a launch finds no capacity: by a fault of the plan, by the record, in a dry pool,
/// or by chance (facts/platform.md 8.4.8).
fn finds_no_capacity(
    world: &mut World<'_>,
    now: SimTime,
    provider: ProviderId,
    place: Place,
    tries: u64,
) -> bool {
    if world.faults.launch_is_refused(place) {
        return true;
    }
    let failures = &world.plan.assumptions.launch_failures;
    let kind = &world.plan.cluster.instance_types[place.instance_type];
    let provider = world.plan.cluster.providers[provider.index()].name.as_str();
    let stream = |key: StreamKey| key.of_name(provider).stream(tries);
    let luck = stream(world.spot.failures).unit();
    let dry = &world.plan.assumptions.pool_dry;
    if !place.spot {
        if world.plan.delays != Delays::Realistic {
            return false;
        }
        let listed = catalog::instance_type(&kind.name);
        let is_scarce = kind.gpus > 0 || listed.is_some_and(|listed| listed.bare_metal);
        let chance = if is_scarce {
            failures.gpu
        } else {
            failures.on_demand
        };
        let pool = (place.instance_type, place.zone);
        if world.spot.dry.get(&pool).is_some_and(|until| now < *until) {
            return true;
        }
        let fails = luck < chance;
        if fails {
            let seconds = dry.sample(&mut stream(world.spot.dry_on_demand));
            world.spot.dry.insert(pool, tasks::later(now, seconds));
        }
        return fails;
    }
    let level = world.recorded_room(place);
    let pool = world.spot.pool(Some(place.instance_type), place.zone);
    let pool = pool.expect("a pool for every place of Spot");
    if let Some(room) = level {
        return room == 0;
    }
    if now < pool.dry_until {
        return true;
    }
    let fails = luck < pool.launch_failure;
    if fails {
        let seconds = dry.sample(&mut stream(pool.dry));
        pool.dry_until = tasks::later(now, seconds);
    }
    fails
}

/// Whether Fargate Spot has no capacity for a task now (facts/platform.md 2.3.4): another
/// draw at each try.
pub(super) fn fargate_is_unavailable(world: &World<'_>, now: SimTime, task: &Task) -> bool {
    let chance = match world.plan.delays {
        Delays::Realistic => world.plan.assumptions.fargate_spot_unavailable,
        _ => 0.0,
    };
    let entry = &world.entries[task.entry.index()];
    let key = StreamKey::new(world.seed, Purpose::FargateLaunch, entry.name);
    let seconds = now.since(task.arrived).as_micros() / crate::units::SECOND;
    chance > 0.0 && tasks::draws(key.of(seconds), task).unit() < chance
}

impl World<'_> {
    /// How many more instances the record of a pool allows; `None`: there is no record.
    fn recorded_room(&self, place: Place) -> Option<u32> {
        let kind = Some(place.instance_type);
        let mut pools = self.spot.pools.iter();
        let pool = pools.find(|pool| (pool.instance_type, pool.zone) == (kind, place.zone))?;
        let level = pool.record.as_ref()?.level();
        let groups = self
            .providers
            .iter()
            .filter_map(|state| state.group.as_ref());
        let is_in = |id: &&InstanceId| {
            let machine = &self.machines[id.index()];
            machine.spot
                && Some(machine.instance_type) == kind
                && machine.zone.index() == place.zone
                && machine.state != instances::State::Gone
        };
        let there = groups
            .flat_map(|group| group.members.iter())
            .filter(is_in)
            .count();
        Some(level.saturating_sub(u32::try_from(there).unwrap_or(u32::MAX)))
    }
}

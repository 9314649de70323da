//! Spot: an event interrupts a share of the instances of a pool (a type in a zone), each two
//! minutes after its notice; and launches may find no capacity (facts/ecs.md 228 to 234,
//! facts/platform.md 8.4).
//!
//! The events of a pool do not depend on its instances: their times come from the pool's own random
//! stream, and whether an event interrupts an instance depends on the event and on the instance's
//! launch ordinal only. So all variants with one seed have the same events. A pool with a record
//! follows the record instead.

use super::instances;
use super::machine::State;
use super::outages::Place;
use super::state::Platform;
use crate::catalog;
use crate::cluster::{InstanceId, ProviderId, ZoneId};
use crate::engine::random::{Purpose, Stream, StreamKey};
use crate::engine::{Agenda, Reader};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, InstanceEnd, LaunchFailure};
use crate::units::{SimTime, Span};

/// Schedules the first event of every pool.
pub(in crate::simulation) fn begin(platform: &Platform<'_>, agenda: &mut Agenda<Event>) {
    for (number, pool) in platform.spot.pools.iter().enumerate() {
        if let Some(at) = pool.next(SimTime::ZERO) {
            let pool = u32::try_from(number).expect("few pools");
            agenda.push(at, Event::SpotPoolEventDue { pool });
        }
    }
}

/// An interruption event of a Fargate Spot pool.
pub(in crate::simulation) struct FargateSpotEvent {
    /// The zone of the pool.
    pub zone: ZoneId,
    /// The share of the pool's tasks that is interrupted, 0 to 1.
    pub share: f64,
    /// The key of draws at the event.
    pub key: StreamKey,
}

impl FargateSpotEvent {
    /// The time of a task's notice, up to `spread` after `now`; `None` when the event does not
    /// interrupt the task. `draw` is the task's stream for this event.
    pub(in crate::simulation) fn takes(
        &self,
        mut draw: Stream,
        now: SimTime,
        spread: Span,
    ) -> Option<SimTime> {
        is_below(draw.bits(), self.share)
            .then(|| now + Span::from_seconds_f64(spread.as_seconds_f64() * draw.unit()))
    }
}

/// Handles an event of a pool and schedules the next one. A share of the pool's instances gets its
/// notice within minutes. The event of a Fargate pool is returned, because tasks are in the layer
/// above.
pub(in crate::simulation) fn pool_event<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
) -> Option<FargateSpotEvent> {
    let pool = &mut platform.spot.pools[number];
    if let Some(record) = &mut pool.record {
        record.advance();
    }
    let law = &platform.plan.assumptions.spot_event_share;
    let share = law.draw(&mut pool.shares.stream(pool.events), pool.events);
    let event = FargateSpotEvent {
        zone: ZoneId::new(pool.zone),
        share,
        key: pool.event_key(),
    };
    let is_fargate = pool.instance_type.is_none();
    if !is_fargate {
        interrupt_instances(platform, ctx, number, share);
    }
    let pool = &mut platform.spot.pools[number];
    pool.events += 1;
    if let Some(at) = pool.next(ctx.now()) {
        let pool = u32::try_from(number).expect("few pools");
        ctx.at(at, Event::SpotPoolEventDue { pool });
    }
    is_fargate.then_some(event)
}

/// Schedules the notices of the instances that an event interrupts: a share of them, or with a
/// record as many as exceed the recorded number, both in order of their random numbers.
fn interrupt_instances<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    share: f64,
) {
    let pool = &platform.spot.pools[number];
    let is_in = |id: &InstanceId| {
        let machine = &platform.machines[id.index()];
        machine.spot
            && machine.interrupted_at.is_none()
            && machine.state != State::Gone
            && Some(machine.instance_type) == pool.instance_type
            && machine.zone.index() == pool.zone
    };
    let members = platform.groups.iter().flatten();
    let there: Vec<InstanceId> = members
        .flat_map(|group| group.members.iter().copied())
        .filter(is_in)
        .collect();
    let spread = platform.plan.assumptions.spot_event_spread;
    let mut candidates: Vec<(u64, SimTime, InstanceId)> = Vec::new();
    for id in there {
        let mut draw = pool
            .event_key()
            .stream(platform.machines[id.index()].ordinal);
        let value = draw.bits();
        let delay = Span::from_seconds_f64(spread.as_seconds_f64() * draw.unit());
        candidates.push((value, ctx.now() + delay, id));
    }
    candidates.sort_unstable();
    let taken = match &pool.record {
        Some(record) => candidates.len().saturating_sub(record.level() as usize),
        None => candidates.partition_point(|(value, ..)| is_below(*value, share)),
    };
    let is_recorded = pool.record.is_some();
    for (_, at, id) in candidates.into_iter().take(taken) {
        let at = if is_recorded { ctx.now() } else { at };
        ctx.at(at, Event::SpotInterruptionDue { instance: id });
    }
}

/// True when 64 random bits, as a fraction of 2^64 cut to 53 bits, are below a share.
fn is_below(bits: u64, share: f64) -> bool {
    ((bits >> 11) as f64) < share * (1u64 << 53) as f64
}

/// Gives an instance its interruption notice, or terminates it when its notice period is over.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let now = ctx.now();
    let machine = &mut platform.machines[id.index()];
    match machine.interrupted_at {
        None => {
            let notice = platform.plan.assumptions.spot_notice;
            machine.interrupted_at = Some(now + notice);
            ctx.at(now + notice, Event::SpotInterruptionDue { instance: id });
            drain(platform, ctx, id);
        }
        Some(at) if at <= now => instances::terminate(platform, ctx, id, InstanceEnd::Interrupted),
        Some(_) => {}
    }
}

/// After a registration: an instance that got its notice while it booted drains.
pub(in crate::simulation) fn registered<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if platform.machines[id.index()].interrupted_at.is_some() {
        drain(platform, ctx, id);
    }
}

/// An instance with a notice drains if its group has managed draining, or if its agent drains Spot
/// instances and is connected; not before it is registered (facts/ecs.md 229, 232).
fn drain<R: Reader<Fact>>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, id: InstanceId) {
    let group = platform.group(platform.machines[id.index()].provider).plan;
    let by_agent = group.spot_instance_draining && !platform.is_disconnected(id);
    if by_agent || group.managed_draining {
        instances::drain(platform, ctx, id);
    }
}

/// The reason why a launch fails: an error of the API, or no capacity; `None` when it succeeds.
/// `tries` is the number of the group's attempt, which keys the random numbers.
pub(in crate::simulation) fn launch_fails(
    platform: &mut Platform<'_>,
    now: SimTime,
    provider: ProviderId,
    place: Place,
    tries: u64,
) -> Option<LaunchFailure> {
    let draw = || {
        let name = &platform.plan.cluster.providers[provider.index()].name;
        let key = StreamKey::new(platform.seed, Purpose::LaunchError, name);
        key.stream(tries).unit()
    };
    if platform
        .outages
        .api_fails(platform.plan, now, place.zone, draw)
    {
        return Some(LaunchFailure::ApiError);
    }
    finds_no_capacity(platform, now, provider, place, tries).then_some(LaunchFailure::NoCapacity)
}

/// True when a launch finds no capacity: because of a fault of the plan, of the record, of a
/// shortage that is not over, or at random (facts/platform.md 8.4.8).
fn finds_no_capacity(
    platform: &mut Platform<'_>,
    now: SimTime,
    provider: ProviderId,
    place: Place,
    tries: u64,
) -> bool {
    if platform.outages.launch_is_refused(place) {
        return true;
    }
    let failures = &platform.plan.assumptions.launch_failures;
    let kind = &platform.plan.cluster.instance_types[place.instance_type];
    let provider = platform.plan.cluster.providers[provider.index()]
        .name
        .as_str();
    let stream = |key: StreamKey| key.of_name(provider).stream(tries);
    let draw = stream(platform.spot.failures).unit();
    let shortage = &platform.plan.assumptions.pool_dry;
    if !place.spot {
        if platform.plan.delays != Delays::Realistic {
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
        if platform
            .spot
            .shortage_ends
            .get(&pool)
            .is_some_and(|until| now < *until)
        {
            return true;
        }
        let fails = draw < chance;
        if fails {
            let seconds = shortage.draw(&mut stream(platform.spot.on_demand_shortages), tries);
            platform
                .spot
                .shortage_ends
                .insert(pool, now + Span::from_seconds_f64(seconds));
        }
        return fails;
    }
    let level = platform.recorded_room(place);
    let pool = platform.spot.pool(Some(place.instance_type), place.zone);
    let pool = pool.expect("every Spot type and zone has a pool");
    if let Some(room) = level {
        return room == 0;
    }
    if now < pool.no_capacity_until {
        return true;
    }
    let fails = draw < pool.launch_failure;
    if fails {
        let seconds = shortage.draw(&mut stream(pool.shortages), tries);
        pool.no_capacity_until = now + Span::from_seconds_f64(seconds);
    }
    fails
}

impl Platform<'_> {
    /// The number of further instances that the record of a pool allows; `None`: it has no record.
    pub(super) fn recorded_room(&self, place: Place) -> Option<u32> {
        let kind = Some(place.instance_type);
        let mut pools = self.spot.pools.iter();
        let pool = pools.find(|pool| (pool.instance_type, pool.zone) == (kind, place.zone))?;
        let level = pool.record.as_ref()?.level();
        let groups = self.groups.iter().flatten();
        let is_in = |id: &&InstanceId| {
            let machine = &self.machines[id.index()];
            machine.spot
                && Some(machine.instance_type) == kind
                && machine.zone.index() == place.zone
                && machine.state != State::Gone
        };
        let there = groups
            .flat_map(|group| group.members.iter())
            .filter(is_in)
            .count();
        Some(level.saturating_sub(u32::try_from(there).unwrap_or(u32::MAX)))
    }
}

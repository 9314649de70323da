//! Availability Zone rebalancing of services: some time after a service has reached a steady state it
//! is compared with an even spread; tasks start in the zone with the fewest, and when they are healthy,
//! tasks of the zone with the most stop (facts/ecs.md 124 to 128).

use super::rounds::schedule_round;
use super::service::ServiceState;
use super::state::Ecs;
use crate::cluster::{LaneId, ServiceId, Shape, ZoneId};
use crate::engine::Reader;
use crate::policy::provisioning::strategy::next;
use crate::policy::services::rebalance;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ServiceEvent};
use crate::simulation::life::{Lives, creation};
use crate::simulation::platform::State;

/// A service has reached a steady state: it is looked at later, unless that is scheduled already.
pub(super) fn steady<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let state = &mut ecs.services[service.index()];
    if state.plan.zone_rebalancing && !state.rebalance_scheduled {
        state.rebalance_scheduled = true;
        let delay = lives.platform.plan().assumptions.zone_rebalancing_delay;
        ctx.after(delay, Event::RebalanceDue { service });
    }
}

/// An instance takes tasks: its zone may be a new one for services that are steady.
pub(in crate::simulation) fn instance_ready<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    for number in 0..ecs.services.len() {
        if ecs.services[number].is_steady {
            steady(ecs, lives, ctx, ServiceId::new(number));
        }
    }
}

/// Compares a service with an even spread over its zones. It must be steady, and no deployment may be
/// going on (facts/ecs.md 127).
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let state = &mut ecs.services[service.index()];
    state.rebalance_scheduled = false;
    let is_out = lives.platform.outages().control_plane_is_out();
    if !state.is_steady || state.extra > 0 || state.rollout.primary.is_in_progress() || is_out {
        return; // It is looked at again after the next steady state.
    }
    if !state.protected.is_empty() {
        return steady(ecs, lives, ctx, service); // Protected tasks stop it.
    }
    let (to, count) = match wanted(ecs, lives, service) {
        Wanted::Nothing => return,
        Wanted::Later => return steady(ecs, lives, ctx, service),
        Wanted::Moves { to, count } => (to, count),
    };
    let state = &mut ecs.services[service.index()];
    state.extra = count;
    state.is_steady = false;
    lives.start_in(service, to);
    ctx.report(Fact::Service(service, ServiceEvent::RebalancingStarted));
    schedule_round(ecs, lives, ctx, service);
}

/// What a service needs to be even over its zones.
enum Wanted {
    /// It is even.
    Nothing,
    /// It is uneven, and no task can start in a zone with the fewest now: it is looked at again later.
    Later,
    /// `count` tasks are to start in the zone `to`.
    Moves { to: ZoneId, count: u32 },
}

/// How many tasks are to start in a zone with the fewest, as far as there is room for them:
/// rebalancing launches no instances (facts/ecs.md 127).
fn wanted(ecs: &Ecs<'_>, lives: &Lives<'_>, service: ServiceId) -> Wanted {
    let state = &ecs.services[service.index()];
    let revision = lives.revision_at(state.rollout.current());
    let zones = zones(lives, state.rollout.current());
    let mut counts = vec![0; zones.len()];
    for task in state.tasks.iter().filter_map(|id| lives.tasks().get(*id)) {
        if !task.stopping
            && let Some(zone) = zones.iter().position(|zone| *zone == task.zone)
        {
            counts[zone] += 1;
        }
    }
    if counts.iter().sum::<u32>() != state.desired {
        return Wanted::Later; // Some are in zones that the service cannot use now.
    }
    let bounds = state.rules.bounds(state.desired);
    let Some(most) = rebalance(&counts, bounds.maximum_total) else {
        return Wanted::Nothing;
    };
    let least = counts.iter().min();
    for (zone, _) in zones
        .iter()
        .zip(&counts)
        .filter(|(_, count)| Some(*count) == least)
    {
        let count = match lives.platform.outages().zone_is_closed(*zone) {
            true => 0,
            false if revision.on_fargate => most,
            false => can_start(lives, state, *zone, most),
        };
        if count > 0 {
            return Wanted::Moves { to: *zone, count };
        }
    }
    Wanted::Later
}

/// The number of the next tasks of a service, at most `most`, that find room in a zone. Base and weight
/// decide which capacity provider each goes to; one without room there ends the count.
fn can_start(lives: &Lives<'_>, state: &ServiceState<'_>, zone: ZoneId, most: u32) -> u32 {
    let current = state.rollout.current();
    let revision = lives.revision_at(current);
    let shape = creation::fixed_shape(revision.demand);
    let lanes = revision.lanes();
    let mut rooms: Vec<u32> = lanes.map(|lane| room(lives, lane, zone, shape)).collect();
    let items = creation::strategy(revision.strategy());
    let mut on_lane = creation::per_lane(lives, current, &state.tasks);
    for number in 0..most {
        let lane = match items.is_empty() {
            true => 0,
            false => next(&items, &on_lane).expect("some item of a strategy has a weight"),
        };
        if rooms[lane] == 0 {
            return number;
        }
        rooms[lane] -= 1;
        on_lane[lane] += 1;
    }
    most
}

/// The zones of a service: on Fargate all that the cluster uses, else those with an ACTIVE instance
/// that its tasks may use, in order (facts/ecs.md 128).
fn zones(lives: &Lives<'_>, revision: crate::cluster::RevisionId) -> Vec<ZoneId> {
    let revision = lives.revision_at(revision);
    if revision.on_fargate {
        let count = lives.platform.plan().cluster.zones.len();
        return (0..count).map(ZoneId::new).collect();
    }
    let cluster = lives.platform.cluster();
    let lanes = revision.lanes();
    let pools = lanes.flat_map(|lane| lives.requirement(lane).pools.iter().copied());
    let is_used = |pool: &crate::cluster::PoolId| {
        let mut instances = cluster.pool(*pool).instances().iter();
        instances.any(|id| lives.platform.machine(*id).state == State::Active)
    };
    let used = pools.filter(is_used);
    let mut zones: Vec<ZoneId> = used.map(|pool| cluster.pool(pool).spec.zone).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// The number of tasks of a lane and a shape that the instances of a zone can take, by their free
/// amounts; one per instance where host ports or `distinctInstance` allow no more.
fn room(lives: &Lives<'_>, lane: LaneId, zone: ZoneId, shape: Shape) -> u32 {
    let cluster = lives.platform.cluster();
    let mut room: u64 = 0;
    let requirement = lives.requirement(lane);
    let is_single = requirement.distinct_instance || !requirement.ports.is_empty();
    let request = lives.request(lane, shape);
    let pools = requirement.pools.iter();
    for pool in pools.filter(|pool| cluster.pool(**pool).spec.zone == zone) {
        for id in cluster.pool(*pool).instances() {
            if !cluster.fits(*id, &request) {
                continue;
            }
            let free = cluster.instance(*id).free_shape();
            let times = |free: u64, need: u64| free.checked_div(need).unwrap_or(u64::MAX);
            let fits = times(free.cpu.as_base(), shape.cpu.as_base())
                .min(times(free.memory.as_bytes(), shape.memory.as_bytes()))
                .min(times(free.interfaces.into(), shape.interfaces.into()))
                .min(times(free.gpus.into(), shape.gpus.into()));
            room += if is_single { 1 } else { fits.max(1) };
        }
    }
    u32::try_from(room).unwrap_or(u32::MAX)
}

/// Ends the rebalancing of a service, if there is one: it is done, its tasks found no room, or the
/// service has other work to do.
pub(super) fn end(ecs: &mut Ecs<'_>, lives: &mut Lives<'_>, service: ServiceId) {
    let extra = std::mem::take(&mut ecs.services[service.index()].extra);
    if extra > 0 {
        lives.start_anywhere(service);
    }
}

//! Daemon services: one task on every ACTIVE instance, which keeps its room free for it
//! (facts/ecs.md 106 to 109).

use super::{Kind, count, kinds, no_place, stop_first, wake_at};
use crate::cluster::{InstanceId, Lack, LaneId, Request, ServiceId, Shape, Task};
use crate::engine::{Reader, Turn};
use crate::plan::Delays;
use crate::policy::services::{Counts, reconcile};
use crate::simulation::{Event, Fact, ServiceEvent, StopReason, World, arrivals, instances, tasks};
use crate::units::Span;
use std::collections::BTreeSet;

/// An instance may be given tasks, or the control plane is back: daemons come first
/// (facts/ecs.md 107). Others are not woken by an instance (facts/ecs.md 117).
pub(in crate::simulation) fn start_daemons<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
) {
    if world.faults.control_plane_is_out() {
        return;
    }
    for number in 0..world.services.len() {
        if world.services[number].is_daemon() {
            self::turn(world, turn, ServiceId::new(number));
        }
    }
}

/// One task on every ACTIVE instance that may have one (facts/ecs.md 106, 107, 109).
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
) {
    let now = turn.now();
    let throttled_until = world.services[service.index()].throttled_until;
    let is_throttled = now < throttled_until;
    if !is_throttled {
        stop_an_unhealthy_daemon(world, turn, service);
    }
    let (missing, lack) = keep_room(world, service);
    if let Some(lack) = lack {
        no_place(world, turn, service, ServiceEvent::PlacementFailed(lack));
    }
    if is_throttled {
        return wake_at(world, turn, service, throttled_until);
    }
    let is_limited = world.plan.delays == Delays::Realistic;
    for (instance, lane) in missing {
        let launches = &mut world.services[service.index()].launches;
        if is_limited && !launches.try_admit(now) {
            return wake_at(world, turn, service, now + Span::micros(1));
        }
        start_daemon(world, turn, service, instance, lane);
    }
}

/// No more than one daemon may be on an instance, so that an unhealthy one stops before its
/// replacement starts: one at a time over the whole service (facts/ecs.md 108, 202).
fn stop_an_unhealthy_daemon<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
) {
    let kinds = kinds(world, service, turn.now());
    let state = &world.services[service.index()];
    // Those on DRAINING instances are not replaced (facts/ecs.md 107).
    let counts = Counts {
        old_healthy: 0,
        old_unhealthy: 0,
        old_pending: 0,
        ..count(state, &kinds)
    };
    let desired = counts.total();
    let bounds = state.plan.bounds(desired);
    let stop = reconcile(&Counts { desired, ..counts }, bounds).stop;
    let why = StopReason::FailedHealthChecks;
    stop_first(world, turn, &kinds, Kind::Unhealthy, stop.unhealthy, why);
}

/// Instances without their daemon keep its room, whenever it may start (facts/ecs.md 107).
/// Says which have it, and what the last of the others lacks.
fn keep_room(
    world: &mut World<'_>,
    service: ServiceId,
) -> (Vec<(InstanceId, LaneId)>, Option<Lack>) {
    let state = &world.services[service.index()];
    let entry = &world.entries[state.entry.index()];
    let tasks = state.tasks.iter().filter_map(|id| world.tasks.get(*id));
    let served: BTreeSet<InstanceId> = tasks
        .filter(|task| !task.stopping)
        .filter_map(|task| task.instance)
        .collect();
    let mut missing: Vec<(InstanceId, LaneId)> = Vec::new();
    for lane in (0..entry.lanes).map(|number| entry.lane(number)) {
        for pool in &world.requirements[lane.index()].pools {
            let instances = world.cluster.pool(*pool).instances().iter();
            let without = instances.filter(|id| !served.contains(id));
            missing.extend(without.map(|id| (*id, lane)));
        }
    }
    missing.sort_unstable();
    let shape = arrivals::fixed_shape(entry.demand);
    let mut lack = None;
    missing.retain(|(instance, lane)| {
        let request = Request {
            shape,
            requirement: &world.requirements[lane.index()],
        };
        let kept = &mut world.services[service.index()].kept;
        if kept.contains(instance) {
            return true;
        }
        if let Some(lacks) = world.cluster.lack(*instance, &request) {
            lack = Some(lacks);
            return false;
        }
        world.cluster.promise(*instance, &request);
        kept.insert(*instance)
    });
    (missing, lack)
}

/// A daemon stops: its instance, if it is ACTIVE, keeps the room for the next one. Says
/// whether it does.
pub(in crate::simulation) fn keeps_room(
    world: &mut World<'_>,
    task: &Task,
    instance: InstanceId,
) -> bool {
    let is_active = world.machines[instance.index()].state == instances::State::Active;
    if !is_active || !world.requirements[task.lane.index()].daemon {
        return false;
    }
    let service = world.entries[task.entry.index()].service;
    service.is_some_and(|service| world.services[service.index()].kept.insert(instance))
}

/// An instance is gone, with the room that it kept.
pub(in crate::simulation) fn instance_gone(world: &mut World<'_>, instance: InstanceId) {
    for state in &mut world.services {
        if state.kept.remove(&instance) {
            let entry = &world.entries[state.entry.index()];
            let lanes = (0..entry.lanes).map(|number| entry.lane(number));
            let pool = world.cluster.instance(instance).pool();
            let requirements = lanes.map(|lane| &world.requirements[lane.index()]);
            let mut theirs = requirements.filter(|requirement| requirement.allows(pool));
            let request = Request {
                shape: arrivals::fixed_shape(entry.demand),
                requirement: theirs.next().expect("a lane leads to the instance"),
            };
            world.cluster.release(instance, &request);
        }
    }
}

/// Starts a daemon on an instance that keeps its room.
fn start_daemon<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    service: ServiceId,
    instance: InstanceId,
    lane: LaneId,
) {
    let entry = world.services[service.index()].entry;
    let zone = world.machines[instance.index()].zone;
    let (id, _) = arrivals::bear(world, turn, entry, lane, None);
    world.tasks.promise(id, instance, zone);
    let state = &mut world.services[service.index()];
    state.kept.remove(&instance);
    state.tasks.push(id);
    tasks::placed(world, turn, id);
}

impl World<'_> {
    /// What instances keep free for daemons.
    pub(in crate::simulation) fn kept_for_daemons(
        &self,
    ) -> impl Iterator<Item = (InstanceId, Shape)> {
        self.services.iter().flat_map(|state| {
            let kept = state.kept.iter();
            kept.map(|id| {
                let entry = &self.entries[state.entry.index()];
                (*id, arrivals::fixed_shape(entry.demand))
            })
        })
    }
}

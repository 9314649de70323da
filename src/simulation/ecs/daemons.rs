//! Daemon services: one task on every ACTIVE instance, which reserves the capacity for it
//! (facts/ecs.md 106 to 109).

use super::rounds::{Kind, count, kinds, placement_failed, schedule_round_at, stop_first};
use super::state::Ecs;
use crate::cluster::{InstanceId, Lack, LaneId, RevisionId, ServiceId, Shape};
use crate::engine::Reader;
use crate::plan::Delays;
use crate::policy::services::{Counts, reconcile};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, ServiceEvent, StopReason};
use crate::simulation::life::{Lives, creation, tasks};
use crate::units::Span;
use std::collections::BTreeSet;

/// Starts missing daemons, after an instance became ready or an outage of the control plane:
/// daemons come before other tasks (facts/ecs.md 107). A new instance starts no round of replica
/// services (facts/ecs.md 117).
pub(in crate::simulation) fn start<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    if lives.platform.outages().control_plane_is_out() {
        return;
    }
    for number in 0..ecs.services.len() {
        if ecs.services[number].is_daemon() {
            reconcile_now(ecs, lives, ctx, ServiceId::new(number));
        }
    }
}

/// A scheduling round: one task on every ACTIVE instance that meets the requirements (facts/ecs.md
/// 106, 107, 109).
pub(super) fn reconcile_now<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let now = ctx.now();
    let throttled_until = ecs.services[service.index()].throttled_until;
    let is_throttled = now < throttled_until;
    if !is_throttled {
        stop_an_unhealthy_daemon(ecs, lives, ctx, service);
    }
    let (missing, lack) = keep_room(ecs, lives, service);
    if let Some(lack) = lack {
        placement_failed(
            ecs,
            lives,
            ctx,
            service,
            ServiceEvent::PlacementFailed(lack),
        );
    }
    if is_throttled {
        return schedule_round_at(ecs, lives, ctx, service, throttled_until);
    }
    let is_limited = lives.platform.plan().delays == Delays::Realistic;
    for (instance, lane) in missing {
        let launches = &mut ecs.services[service.index()].launches;
        if is_limited && !launches.try_admit(now) {
            return schedule_round_at(ecs, lives, ctx, service, now + Span::micros(1));
        }
        start_daemon(ecs, lives, ctx, service, (instance, lane));
    }
}

/// Stops unhealthy daemons within the minimum percent of the service. At most one daemon may be on
/// an instance, so that it stops before its replacement starts (facts/ecs.md 108, 202).
fn stop_an_unhealthy_daemon<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let kinds = kinds(ecs, lives, service, ctx.now());
    let state = &ecs.services[service.index()];
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
    stop_first(
        ecs,
        lives,
        ctx,
        &kinds,
        Kind::Unhealthy,
        stop.unhealthy,
        why,
    );
}

/// Reserves capacity on instances without their daemon, also while starts are throttled
/// (facts/ecs.md 107). Returns the instances with reserved capacity, and what the last instance
/// without enough capacity lacks.
fn keep_room(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    service: ServiceId,
) -> (Vec<(InstanceId, LaneId)>, Option<Lack>) {
    let state = &ecs.services[service.index()];
    let revision = lives.revision_at(state.revision);
    let tasks = state.tasks.iter().filter_map(|id| lives.tasks().get(*id));
    let served: BTreeSet<InstanceId> = tasks
        .filter(|task| !task.stopping)
        .filter_map(|task| task.instance)
        .collect();
    let mut missing: Vec<(InstanceId, LaneId)> = Vec::new();
    for lane in revision.lanes() {
        for pool in &lives.requirement(lane).pools {
            let instances = lives.platform.cluster().pool(*pool).instances().iter();
            let without = instances.filter(|id| !served.contains(id));
            missing.extend(without.map(|id| (*id, lane)));
        }
    }
    missing.sort_unstable();
    let shape = creation::fixed_shape(revision.demand);
    let mut lack = None;
    let kept = &mut ecs.services[service.index()].kept;
    missing.retain(|(instance, lane)| {
        if kept.contains(instance) {
            return true;
        }
        let request = lives.request(*lane, shape);
        if let Some(lacks) = lives.platform.cluster().lack(*instance, &request) {
            lack = Some(lacks);
            return false;
        }
        lives.promise(*instance, *lane, shape);
        kept.insert(*instance)
    });
    (missing, lack)
}

/// A daemon stops on an ACTIVE instance, which keeps the promised capacity for the next one.
pub(in crate::simulation) fn room_is_kept(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    service: ServiceId,
    instance: InstanceId,
) {
    if !ecs.services[service.index()].kept.insert(instance) {
        // The instance reserves the capacity of one daemon already.
        release(lives, ecs.services[service.index()].revision, instance);
    }
}

/// An instance is terminated: its reserved capacity is freed.
pub(in crate::simulation) fn instance_gone(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    instance: InstanceId,
) {
    for state in &mut ecs.services {
        if state.kept.remove(&instance) {
            release(lives, state.revision, instance);
        }
    }
}

/// Frees the capacity that an instance reserves for a daemon.
fn release(lives: &mut Lives<'_>, revision: RevisionId, instance: InstanceId) {
    let revision = lives.revision_at(revision);
    let pool = lives.platform.cluster().instance(instance).pool();
    let mut lanes = revision.lanes();
    let lane = lanes.find(|lane| lives.requirement(*lane).allows(pool));
    let lane = lane.expect("a lane leads to the instance");
    let shape = creation::fixed_shape(revision.demand);
    lives.release(instance, lane, shape);
}

/// Starts a daemon on an instance that reserves its capacity.
fn start_daemon<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (instance, lane): (InstanceId, LaneId),
) {
    let revision = ecs.services[service.index()].revision;
    let (id, _) = creation::create(lives, ctx, revision, lane, None);
    creation::set_place(lives, id, instance);
    let state = &mut ecs.services[service.index()];
    state.kept.remove(&instance);
    state.tasks.push(id);
    tasks::placed(lives, ctx, id);
}

/// The capacity that instances reserve for daemons.
pub(in crate::simulation) fn kept_room(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
) -> impl Iterator<Item = (InstanceId, Shape)> {
    ecs.services.iter().flat_map(move |state| {
        let kept = state.kept.iter();
        kept.map(move |id| {
            let demand = lives.revision_at(state.revision).demand;
            (*id, creation::fixed_shape(demand))
        })
    })
}

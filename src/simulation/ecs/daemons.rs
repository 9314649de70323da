//! Daemon services: one task on every ACTIVE instance, which reserves the capacity for it
//! (facts/ecs.md 106 to 109).

use super::deployments;
use super::desired::desired_count;
use super::rounds::{
    Kind, count, is_on_draining, kinds, placement_failed, schedule_round_at, stop_old,
    stop_unhealthy, tell_round,
};
use super::state::Ecs;
use crate::cluster::{InstanceId, Lacks, LaneId, RevisionId, ServiceId, Shape};
use crate::engine::Reader;
use crate::plan::Delays;
use crate::policy::services::{Counts, Step, reconcile};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, ServiceEvent};
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
    let throttled_until = ecs.services[service.index()].rollout.throttled_until();
    let is_throttled = now < throttled_until;
    if !is_throttled {
        stop_old_daemons(ecs, lives, ctx, service);
    }
    let (missing, lacks) = keep_room(ecs, lives, service);
    if ctx.wants_details() {
        let without = u32::try_from(missing.len()).unwrap_or(u32::MAX);
        let desired = desired_count(ecs, lives, service);
        let state = &ecs.services[service.index()];
        let seen = count(state, &kinds(ecs, lives, service, now));
        let start = Step {
            start: if is_throttled { 0 } else { without },
            ..Step::default()
        };
        let bounds = state.rules.bounds(desired);
        let seen = Counts { desired, ..seen };
        tell_round(ctx, service, state, (&seen, bounds), &start);
    }
    if lacks.instances > 0 {
        let event = ServiceEvent::PlacementFailed(lacks);
        let counts = placement_failed(ecs, lives, ctx, service, event);
        let rollout = &ecs.services[service.index()].rollout;
        if let Some(number) = rollout.starts().filter(|_| counts) {
            let revision = rollout.revision(number);
            deployments::task_not_launched(ecs, lives, ctx, service, revision);
        }
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

/// Stops daemons that are unhealthy or that a deployment replaces, within the minimum percent of the
/// service. At most one daemon may be on an instance, so that it stops before its replacement starts
/// (facts/ecs.md 108, 202).
fn stop_old_daemons<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let mut kinds = kinds(ecs, lives, service, ctx.now());
    // Those on DRAINING instances are not replaced (facts/ecs.md 107).
    let tasks = lives.tasks();
    kinds.retain(|(id, _)| {
        let task = tasks.get(*id);
        task.is_some_and(|task| !is_on_draining(lives, task))
    });
    let state = &ecs.services[service.index()];
    let counts = count(state, &kinds);
    let total = counts.total();
    let is_in_progress = state.rollout.primary.is_in_progress();
    // Instances without a daemon, with room for it and without.
    let missing = match is_in_progress || counts.healthy + counts.pending != total {
        true => {
            let (missing, lacks) = keep_room(ecs, lives, service);
            u32::try_from(missing.len()).expect("few instances") + lacks.instances
        }
        false => 0,
    };
    let state = &ecs.services[service.index()];
    let desired = total + missing;
    let counts = Counts { desired, ..counts };
    let step = reconcile(&counts, state.rules.bounds(desired));
    let stop = step.stop;
    for (kind, count) in [
        (Kind::OldPending, stop.old_pending),
        (Kind::OldUnhealthy, stop.old_unhealthy),
        (Kind::OldHealthy, stop.old_healthy),
    ] {
        stop_old(ecs, lives, ctx, &kinds, kind, count);
    }
    stop_unhealthy(ecs, lives, ctx, &kinds, Kind::Unhealthy, stop.unhealthy);
    deployments::check(ecs, lives, ctx, service, &counts);
}

/// What a daemon service would start, and on which instances: those that its tasks may go to, and that
/// have none.
pub(in crate::simulation) struct Unserved {
    /// The revision.
    pub(in crate::simulation) revision: RevisionId,
    /// What a task of it reserves.
    pub(in crate::simulation) shape: Shape,
    /// The instances, each with the lane of its task.
    pub(in crate::simulation) places: Vec<(InstanceId, LaneId)>,
}

/// The instances without a task of a daemon service; `None` when it starts no tasks.
pub(in crate::simulation) fn unserved(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: ServiceId,
) -> Option<Unserved> {
    let state = &ecs.services[service.index()];
    let id = state.rollout.revision(state.rollout.starts()?);
    let revision = lives.revision_at(id);
    let tasks = state.tasks.iter().filter_map(|id| lives.tasks().get(*id));
    let served: BTreeSet<InstanceId> = tasks
        .filter(|task| !task.stopping)
        .filter_map(|task| task.instance)
        .collect();
    let mut places: Vec<(InstanceId, LaneId)> = Vec::new();
    for lane in revision.lanes() {
        for pool in &lives.requirement(lane).pools {
            let instances = lives.platform.cluster().pool(*pool).instances().iter();
            let without = instances.filter(|id| !served.contains(id));
            places.extend(without.map(|id| (*id, lane)));
        }
    }
    places.sort_unstable();
    Some(Unserved {
        revision: id,
        shape: creation::fixed_shape(revision.demand),
        places,
    })
}

/// Reserves capacity on instances without their daemon, also while starts are throttled
/// (facts/ecs.md 107). Returns the instances with reserved capacity, and what those without enough
/// capacity lack.
fn keep_room(
    ecs: &Ecs<'_>,
    lives: &mut Lives<'_>,
    service: ServiceId,
) -> (Vec<(InstanceId, LaneId)>, Lacks) {
    let Some(unserved) = unserved(ecs, lives, service) else {
        return (Vec::new(), Lacks::default());
    };
    let (mut missing, shape) = (unserved.places, unserved.shape);
    let mut lacks = Lacks::default();
    let mut closest = None;
    missing.retain(|(instance, lane)| {
        let of = (service, *instance);
        match lives.kept_room(of) {
            Some(room) if room == (*lane, shape) => return true,
            // It is kept for a daemon of another revision.
            Some(_) => lives.release_room(of),
            None => {}
        }
        let request = lives.request(*lane, shape);
        let cluster = lives.platform.cluster();
        // A daemon is only for the instances that meet its constraints (facts/ecs.md 106).
        if !cluster.is_member(*instance, &request) {
            return false;
        }
        if let Some((closeness, lack)) = cluster.closeness(*instance, &request) {
            lacks.add(1, Some(lack));
            if closest.is_none_or(|(closest, _)| closeness < closest) {
                closest = Some((closeness, lack));
            }
            return false;
        }
        lives.promise(*instance, *lane, shape);
        lives.keep_room(of, (*lane, shape))
    });
    if let Some((closeness, lack)) = closest {
        lacks.name_closest(closeness.instance, lack);
    }
    (missing, lacks)
}

/// Starts a daemon on an instance that reserves its capacity.
fn start_daemon<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (instance, lane): (InstanceId, LaneId),
) {
    let revision = lives.lane(lane).revision;
    let (id, _) = creation::create(lives, ctx, revision, lane, None);
    creation::set_place(lives, id, instance);
    lives.take_room((service, instance));
    ecs.services[service.index()].tasks.push(id);
    tasks::placed(lives, ctx, id);
}

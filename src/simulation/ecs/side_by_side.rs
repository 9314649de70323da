//! Services while a deployment shifts traffic: the tasks of the earlier and of the new revision run side
//! by side, each with the desired count (facts/ecs.md 217, 218).
//!
//! A lost or unhealthy task is replaced by one of its revision, within the percentages of the desired
//! count. Tasks of other revisions, of deployments that were superseded, get no requests and stop.

use super::replicas::scale_in_of;
use super::rounds::{Kind, count, kinds, schedule_round, stop_old, stop_unhealthy, tell_round};
use super::state::Ecs;
use super::{protection, rebalancing, replicas, traffic_shift};
use crate::cluster::{RevisionId, ServiceId, TaskId};
use crate::engine::Reader;
use crate::policy::services::{Counts, Step, reconcile};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, StopReason};
use crate::simulation::life::Lives;
use crate::simulation::notice::Notice;

/// A scheduling round: each revision gets the desired count of healthy tasks. Then the stage of the
/// deployment may be over.
pub(super) fn reconcile_now<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    protection::expire(ecs, lives, ctx, service);
    if ecs.services[service.index()].extra > 0 {
        rebalancing::end(ecs, lives, service);
    }
    let all = kinds(ecs, lives, service, ctx.now());
    let rollout = &ecs.services[service.index()].rollout;
    let has_failed = rollout.primary.has_failed();
    let (new, number) = (rollout.current(), rollout.primary.number);
    let earlier = rollout.revision(rollout.earlier().unwrap_or(number));
    let is_new = |(id, _): &(TaskId, Kind)| {
        let task = lives.tasks().get(*id);
        task.is_some_and(|task| lives.revision(task).number == number)
    };
    let (of_new, others): (Vec<_>, Vec<_>) = all.iter().copied().partition(is_new);
    let of_earlier = round(ecs, lives, ctx, (service, earlier), &others);
    let of_new = round(ecs, lives, ctx, (service, new), &of_new);
    tell(ecs, ctx, service, [&of_earlier, &of_new]);
    // Apart, so that the capacity of tasks that stop at once is free before others start.
    if of_earlier.1.start > 0 {
        let starts = Notice::KeptStartsDue(service, of_earlier.1.start);
        lives.platform.notify(starts);
    }
    // A deployment that has failed starts nothing more (facts/ecs.md 211).
    if of_new.1.start > 0 && !has_failed {
        let starts = Notice::StartsDue(service, of_new.1.start);
        lives.platform.notify(starts);
    }
    let state = &mut ecs.services[service.index()];
    (state.is_steady, state.is_blocked) = (false, false);
    traffic_shift::pass_stage(ecs, lives, ctx, service, &of_new.0);
    let starts = of_earlier.1.start + of_new.1.start;
    let stops = of_earlier.1.stop.total() + of_new.1.stop.total();
    let is_over = ecs.services[service.index()].rollout.earlier().is_none();
    if is_over && starts + stops == 0 {
        replicas::reconcile_now(ecs, lives, ctx, service);
    } else if is_over || stops > 0 {
        schedule_round(ecs, lives, ctx, service);
    }
}

/// The stops of a round for the tasks of one revision. Returns their numbers, and what the round does.
fn round<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (service, revision): (ServiceId, RevisionId),
    kinds: &[(TaskId, Kind)],
) -> (Counts, Step) {
    let (protected, of_kinds) = protection::protected(ecs, lives, service, kinds);
    let state = &ecs.services[service.index()];
    let counts = Counts {
        protected: of_kinds,
        ..count(state, kinds)
    };
    let step = reconcile(&counts, state.rules.bounds(state.desired));
    let free = protection::without(kinds, &protected);
    for (kind, count) in [
        (Kind::OldPending, step.stop.old_pending),
        (Kind::OldUnhealthy, step.stop.old_unhealthy),
        (Kind::OldHealthy, step.stop.old_healthy),
    ] {
        stop_old(ecs, lives, ctx, &free, kind, count);
    }
    stop_unhealthy(ecs, lives, ctx, kinds, Kind::Unhealthy, step.stop.unhealthy);
    for (kind, count) in [
        (Kind::Pending, step.stop.pending),
        (Kind::Healthy, step.stop.healthy),
    ] {
        let stops = (kind, count, StopReason::ScaledIn);
        let of = (service, revision);
        scale_in_of(ecs, lives, ctx, of, (kinds, &protected), stops);
    }
    (counts, step)
}

/// Reports both rounds as one to readers that explain it: the tasks of the earlier revision are old.
fn tell<R: Reader<Fact>>(
    ecs: &Ecs<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    [(earlier, of_earlier), (new, of_new)]: [&(Counts, Step); 2],
) {
    if !ctx.wants_details() {
        return;
    }
    let state = &ecs.services[service.index()];
    let bounds = state.rules.bounds(state.desired);
    let counts = Counts {
        old_pending: new.old_pending + earlier.pending + earlier.old_pending,
        old_healthy: new.old_healthy + earlier.healthy + earlier.old_healthy,
        old_unhealthy: new.old_unhealthy + earlier.unhealthy + earlier.old_unhealthy,
        stopping: new.stopping + earlier.stopping,
        ..*new
    };
    let mut step = *of_new;
    step.start_kept = of_earlier.start;
    step.stop.old_healthy += of_earlier.stop.total();
    step.is_blocked = of_new.is_blocked || of_earlier.is_blocked;
    tell_round(ctx, service, state, (&counts, bounds), &step);
}

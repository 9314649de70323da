//! Task scale-in protection: RUNNING tasks that neither a smaller desired count nor a deployment stops
//! (facts/ecs.md 227).

use super::rebalancing;
use super::rounds::{Kind, is_on_draining, schedule_round, schedule_round_at};
use super::state::Ecs;
use crate::cluster::{ServiceId, TaskId};
use crate::policy::services::Stops;
use crate::simulation::event::Ctx;
use crate::simulation::life::Lives;
use crate::units::Span;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// `UpdateTaskProtection` for `count` RUNNING tasks of a service, those that were created first: with
/// `expires_in` for tasks without protection, for which it begins; else for protected tasks, for which
/// it ends.
pub(in crate::simulation) fn update<R>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (count, expires_in): (u32, Option<Span>),
) {
    let now = ctx.now();
    let state = &mut ecs.services[service.index()];
    state.protected.expire(now, |_| true);
    let is_running = |id: &TaskId| {
        let task = lives.tasks().get(*id);
        task.is_some_and(|task| task.running && !task.stopping)
    };
    let has_other = |id: &TaskId| state.protected.has(*id) == expires_in.is_none();
    let those = state.tasks.iter().copied();
    let those = those.filter(|id| is_running(id) && has_other(id));
    let those: Vec<TaskId> = those.take(count as usize).collect();
    let until = expires_in.map(|span| now + span);
    for id in those {
        state.protected.set(id, until);
    }
    // A protected task ends rebalancing (facts/ecs.md 127).
    rebalancing::end(ecs, lives, service);
    schedule_round(ecs, lives, ctx, service);
}

/// Ends what has expired, and schedules a round for the next end of a protection.
pub(super) fn expire<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let protected = &mut ecs.services[service.index()].protected;
    if protected.is_empty() {
        return;
    }
    let exists = |id: TaskId| lives.tasks().get(id).is_some();
    if let Some(next) = protected.expire(ctx.now(), exists) {
        schedule_round_at(ecs, lives, ctx, service, next);
    }
}

/// The tasks that a service may not stop now, and their number by class. One that is unhealthy or on a
/// DRAINING instance may be stopped.
pub(super) fn protected(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: ServiceId,
    kinds: &[(TaskId, Kind)],
) -> (BTreeSet<TaskId>, Stops) {
    let (mut found, mut counts) = (BTreeSet::new(), Stops::default());
    let state = &ecs.services[service.index()];
    if state.protected.is_empty() {
        return (found, counts);
    }
    for (id, kind) in kinds.iter().filter(|(id, _)| state.protected.has(*id)) {
        let task = lives.tasks().get(*id);
        if task.is_some_and(|task| is_on_draining(lives, task)) {
            continue;
        }
        match kind {
            Kind::Pending => counts.pending += 1,
            Kind::Healthy => counts.healthy += 1,
            Kind::OldHealthy => counts.old_healthy += 1,
            _ => continue,
        }
        found.insert(*id);
    }
    (found, counts)
}

/// The tasks of a service without those that may not be stopped.
pub(super) fn without<'k>(
    kinds: &'k [(TaskId, Kind)],
    protected: &BTreeSet<TaskId>,
) -> Cow<'k, [(TaskId, Kind)]> {
    if protected.is_empty() {
        return Cow::Borrowed(kinds);
    }
    let free = kinds.iter().filter(|(id, _)| !protected.contains(id));
    Cow::Owned(free.copied().collect())
}

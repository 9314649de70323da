//! Common parts of replica and daemon services: the times of scheduling rounds, the classes of
//! tasks, and failed starts and placements (facts/ecs.md 70, 71, 117, 119).

use super::provisioning;
use super::service::ServiceState;
use super::state::Ecs;
use crate::cluster::{RevisionId, ServiceId, Task, TaskId};
use crate::engine::Reader;
use crate::plan::Delays;
use crate::policy::services::{Bounds, Counts, Step};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ServiceEvent, StopReason, TaskFact};
use crate::simulation::life::{Lives, creation, stop};
use crate::simulation::round::Round;
use crate::units::{SimTime, Span};

/// Without delays: the shortest time between two rounds of a service. Without it, a service whose
/// tasks end at their start would have endless rounds at one time.
const AGAIN: Span = Span::seconds(1);

/// Schedules a service for the next round of the scheduler (facts/ecs.md 119).
pub(super) fn schedule_round<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    schedule_round_at(ecs, lives, ctx, service, ctx.now());
}

/// Schedules a service for the first round at `earliest` or later. Rounds are at multiples of the
/// scheduler's period. An earlier scheduled round stays.
pub(super) fn schedule_round_at<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    earliest: SimTime,
) {
    let period = match lives.platform.plan().delays {
        Delays::Realistic => lives
            .platform
            .plan()
            .assumptions
            .service_scheduler_period
            .as_micros(),
        _ => 0,
    };
    let state = &mut ecs.services[service.index()];
    let mut at = match period {
        0 => earliest,
        period => SimTime::micros(earliest.as_micros().next_multiple_of(period)),
    };
    if state.last == Some(at) {
        at += Span::micros(period).max(AGAIN);
    }
    if state.next.is_none_or(|next| next > at) {
        state.next = Some(at);
        ctx.at(at, Event::ReconcileService { service });
    }
}

/// The class of a task for its service. `Old` tasks are to be replaced: they are on a DRAINING
/// instance (facts/ecs.md 225), or a deployment replaces their revision (facts/ecs.md 197).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its desired status is STOPPED.
    Stopping,
    /// Not RUNNING yet, or RUNNING without a health status.
    Pending,
    Healthy,
    /// UNHEALTHY, after its grace period.
    Unhealthy,
    OldPending,
    OldHealthy,
    OldUnhealthy,
    /// Of the revision that served before the deployment in progress: it replaces a lost task of it
    /// (facts/ecs.md 202).
    KeptPending,
    /// Of that revision, and UNHEALTHY.
    KeptUnhealthy,
}

/// The tasks of a service with their classes, in order of creation.
pub(super) fn kinds(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: ServiceId,
    now: SimTime,
) -> Vec<(TaskId, Kind)> {
    let state = &ecs.services[service.index()];
    let kept = state.rollout.kept().map(|kept| kept.number);
    let has_targets = state.plan.targets.is_some();
    let kind = |id: &TaskId| {
        let task = lives.tasks().get(*id)?;
        let health = lives.health(*id);
        let number = lives.revision(task).number;
        let is_outdated = state.rollout.is_outdated(number);
        let is_draining = is_on_draining(lives, task);
        let is_old = is_outdated || is_draining;
        let is_kept = kept == Some(number) && !is_draining;
        let is_later = task.arrived > state.rollout.primary.began;
        let in_grace = now.since(task.started) < state.plan.health_check_grace_period;
        let kind = match health {
            _ if task.stopping => Kind::Stopping,
            Some(health) if health.healthy && is_old => Kind::OldHealthy,
            Some(health) if health.healthy => Kind::Healthy,
            // Unhealthy tasks in the grace period count as pending (facts/ecs.md 203).
            Some(health) if health.unhealthy && !in_grace && is_kept => Kind::KeptUnhealthy,
            Some(health) if health.unhealthy && !in_grace && is_old => Kind::OldUnhealthy,
            Some(health) if health.unhealthy && !in_grace => Kind::Unhealthy,
            // On a DRAINING instance a task counts from RUNNING on, behind a load balancer when its target is
            // healthy (facts/ecs.md 196, 225); an outdated one must be healthy (facts/ecs.md 194).
            _ if is_old && !is_outdated && !has_targets && task.running => Kind::OldHealthy,
            Some(health) if health.unhealthy && is_kept => Kind::KeptPending,
            _ if is_kept && is_later => Kind::KeptPending,
            _ if is_old => Kind::OldPending,
            _ => Kind::Pending,
        };
        Some((*id, kind))
    };
    state.tasks.iter().filter_map(kind).collect()
}

/// True for a task on a DRAINING instance.
pub(super) fn is_on_draining(lives: &Lives<'_>, task: &Task) -> bool {
    let on_draining = |instance| lives.platform.is_draining(instance);
    task.instance.is_some_and(on_draining)
}

/// Stops `count` tasks that are to be replaced, because their instance drains, or because of a deployment:
/// first those that count because they run but are not HEALTHY, each kind in order of creation.
pub(super) fn stop_old<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    kinds: &[(TaskId, Kind)],
    wanted: Kind,
    count: u32,
) {
    let those = kinds.iter().filter(|(_, kind)| *kind == wanted);
    let mut those: Vec<TaskId> = those.map(|(id, _)| *id).collect();
    those.sort_by_key(|id| lives.health(*id).is_some_and(|health| health.healthy));
    for id in those.into_iter().take(count as usize) {
        let task = lives.tasks().get(id);
        let why = match task.is_some_and(|task| is_on_draining(lives, task)) {
            true => StopReason::InstanceDraining,
            false => StopReason::Replaced,
        };
        stop_task(ecs, lives, ctx, id, why);
    }
}

/// The number of tasks of each class, and the desired count.
pub(super) fn count(state: &ServiceState<'_>, kinds: &[(TaskId, Kind)]) -> Counts {
    let mut counts = Counts {
        desired: state.desired,
        kept: state.rollout.kept().map_or(0, |kept| kept.tasks),
        ..Counts::default()
    };
    for (_, kind) in kinds {
        *match kind {
            Kind::Stopping => &mut counts.stopping,
            Kind::Pending => &mut counts.pending,
            Kind::Healthy => &mut counts.healthy,
            Kind::Unhealthy => &mut counts.unhealthy,
            Kind::OldPending => &mut counts.old_pending,
            Kind::OldHealthy => &mut counts.old_healthy,
            Kind::OldUnhealthy => &mut counts.old_unhealthy,
            Kind::KeptPending => &mut counts.kept_pending,
            Kind::KeptUnhealthy => &mut counts.kept_unhealthy,
        } += 1;
    }
    counts
}

/// Reports a round to readers that explain it.
pub(super) fn tell_round<R: Reader<Fact>>(
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    state: &ServiceState<'_>,
    (counts, bounds): (&Counts, Bounds),
    step: &Step,
) {
    if !ctx.wants_details() {
        return;
    }
    let now = ctx.now();
    let later = |at: SimTime| (at > now).then_some(at);
    let kept = state.rollout.kept().map(|kept| kept.number);
    let round = Round {
        desired: counts.desired - state.extra,
        healthy: counts.healthy,
        pending: counts.pending,
        unhealthy: counts.unhealthy,
        old: counts.old(),
        stopping: counts.stopping,
        protected: counts.protected.total(),
        minimum_healthy: bounds.minimum_healthy,
        maximum_total: bounds.maximum_total,
        stop: step.stop.total(),
        start: step.start,
        start_kept: step.start_kept,
        side_by_side: state.rollout.earlier().is_some(),
        is_blocked: step.is_blocked,
        throttled_until: later(state.rollout.throttled_until()),
        kept_throttled_until: kept.and_then(|number| {
            let until = state.rollout.revision_throttled_until(number);
            later(until)
        }),
        retry_at: later(state.retry_at),
    };
    ctx.report(Fact::ServiceRound(service, round));
}

/// Stops `count` unhealthy tasks of a class, in order of creation: because of the health checks of their
/// load balancer or of their containers.
pub(super) fn stop_unhealthy<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    kinds: &[(TaskId, Kind)],
    wanted: Kind,
    count: u32,
) {
    let those = kinds.iter().filter(|(_, kind)| *kind == wanted);
    for (id, _) in those.take(count as usize) {
        let why = match lives.health(*id) {
            Some(health) if health.fails_target_checks => StopReason::FailedTargetHealthChecks,
            _ => StopReason::FailedHealthChecks,
        };
        stop_task(ecs, lives, ctx, *id, why);
    }
}

/// Stops a task of a service. A task that was never placed is removed at once.
pub(super) fn stop_task<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    let Some(task) = lives.tasks().get(id).copied() else {
        return;
    };
    if task.attempts > 0 {
        return stop::stop(lives, ctx, id, why);
    }
    if let Some(pending) = ecs.withdraw(id) {
        creation::remove_unplaced(lives, id);
        let of = TaskFact {
            task,
            work: pending.work,
            provider: None,
        };
        ctx.report(Fact::TaskStopped(of, why));
        provisioning::demand_changed(ecs, lives, ctx, &pending);
    } else if lives.revision(&task).on_fargate {
        // It waits for the launch rate of Fargate.
        stop::stop(lives, ctx, id, why);
    }
}

/// Handles a failed placement of a replica or daemon task: reports `event` and schedules the next
/// round. By default that is one scheduler period later after the first two failed passes in a
/// row, then 5, 10 and 15 minutes (`placementRetry`, facts/ecs.md 117). Further failures before
/// that time are not counted or reported. Returns whether the failure was counted.
pub(super) fn placement_failed<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    event: ServiceEvent,
) -> bool {
    let now = ctx.now();
    let state = &mut ecs.services[service.index()];
    // Several failed placements of one pass count as one failure.
    let counts = state.retry_at <= now;
    if counts {
        state.retry.failed();
        state.retry_at = now + state.retry_delay(lives.platform.plan());
        ctx.report(Fact::Service(service, event));
    }
    let at = state.retry_at;
    schedule_round_at(ecs, lives, ctx, service, at);
    counts
}

/// Handles a task that found PROVISIONING full: reports `event` and tries again in the next round.
/// The service does not wait longer each time, as managed scaling is adding capacity (facts/ecs.md
/// 43, 117).
pub(super) fn placement_put_off<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    event: ServiceEvent,
) {
    let now = ctx.now();
    let period = lives.platform.plan().assumptions.service_scheduler_period;
    let state = &mut ecs.services[service.index()];
    // Several tasks of one pass are one event.
    if state.retry_at <= now {
        state.retry_at = now + period;
        ctx.report(Fact::Service(service, event));
    }
    let at = state.retry_at;
    schedule_round_at(ecs, lives, ctx, service, at);
}

/// A task failed before it was RUNNING: starts of its revision are throttled (facts/ecs.md 70, 71).
pub(super) fn start_failed<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    revision: RevisionId,
) {
    let delays = &lives.platform.plan().assumptions.start_throttle;
    let number = lives.revision_at(revision).number;
    let state = &mut ecs.services[service.index()];
    if state.rollout.start_failed(number, ctx.now(), delays) {
        ctx.report(Fact::Service(service, ServiceEvent::StartImpaired));
    }
    schedule_round(ecs, lives, ctx, service);
}

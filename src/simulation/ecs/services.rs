//! The service scheduler: after a change of a service, its next scheduling round compares its tasks
//! with the desired count (facts/ecs.md 69, 106 to 119, 189).

use super::rounds::{
    placement_failed, placement_put_off, schedule_round, schedule_round_at, start_failed,
};
use super::state::Ecs;
use super::{daemons, deployments, rebalancing, replicas, side_by_side};
use crate::cluster::{Lacks, RevisionId, ServiceId};
use crate::engine::{Agenda, Reader};
use crate::plan::Plan;
use crate::policy::services::within_capacity;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, Rejection, ServiceEvent, StopReason};
use crate::simulation::life::Lives;
use crate::simulation::scaling::{Scaled, ScaledBy};
use crate::units::SimTime;

/// Schedules the first round of every service at time zero, and its scheduled actions.
pub(in crate::simulation) fn begin(ecs: &mut Ecs<'_>, plan: &Plan, agenda: &mut Agenda<Event>) {
    for (number, state) in ecs.services.iter_mut().enumerate() {
        let service = ServiceId::new(number);
        state.next = Some(SimTime::ZERO);
        agenda.push(SimTime::ZERO, Event::ReconcileService { service });
        for (action, scheduled) in state.plan.scheduled.iter().enumerate() {
            if let Some(at) = plan.first_by_clock(&scheduled.schedule) {
                let action = u16::try_from(action).expect("few scheduled actions");
                agenda.push(at, Event::ServiceActionDue { service, action });
            }
        }
    }
}

/// A scheduled action is due. In an outage of the control plane ECS answers no call of UpdateService, and it
/// waits for the end of the outage.
pub(in crate::simulation) fn act<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    action: usize,
) {
    match lives.platform.outages().control_plane_is_out() {
        true => ecs.waiting_actions.push((service, action)),
        false => apply(ecs, lives, ctx, service, action),
    }
    let scheduled = &ecs.services[service.index()].plan.scheduled[action];
    let plan = lives.platform.plan();
    if let Some(at) = plan.next_by_clock(&scheduled.schedule, ctx.now()) {
        let action = u16::try_from(action).expect("few scheduled actions");
        ctx.at(at, Event::ServiceActionDue { service, action });
    }
}

/// After an outage of the control plane: the scheduled actions that were due in it, in order.
pub(in crate::simulation) fn resume_actions<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    for (service, action) in std::mem::take(&mut ecs.waiting_actions) {
        apply(ecs, lives, ctx, service, action);
    }
}

/// A scheduled action sets the desired count or its bounds (facts/ecs.md 189).
fn apply<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    action: usize,
) {
    let state = &mut ecs.services[service.index()];
    let scheduled = &state.plan.scheduled[action];
    state.minimum = scheduled.min_capacity.unwrap_or(state.minimum);
    state.maximum = scheduled.max_capacity.unwrap_or(state.maximum);
    let from = state.desired;
    let wanted = scheduled.desired_count.unwrap_or(from);
    let to = within_capacity(wanted, state.minimum, state.maximum);
    if to != from {
        let scaled = Scaled {
            by: ScaledBy::ScheduledAction(u32::try_from(action).expect("few scheduled actions")),
            metric: None,
            measured: ctx.now(),
            running: lives.count_running(&state.tasks),
            from,
            to,
        };
        ctx.report(Fact::Service(service, ServiceEvent::Scaled(scaled)));
    }
    set_desired(ecs, lives, ctx, service, to);
}

/// Sets the desired count of a service.
pub(in crate::simulation) fn set_desired<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    to: u32,
) {
    let state = &mut ecs.services[service.index()];
    let from = std::mem::replace(&mut state.desired, to);
    if from != to {
        // A change of the desired count resets the retry delay (facts/ecs.md 117).
        state.end_retry_wait(ctx.now());
        state.is_steady = false;
        rebalancing::end(ecs, lives, service);
        ctx.report(Fact::Service(
            service,
            ServiceEvent::DesiredCountUpdated { from, to },
        ));
        schedule_round(ecs, lives, ctx, service);
    }
}

/// Handles the refusal of a task of a service for want of capacity (facts/ecs.md 110 to 112, 116,
/// 117). Returns whether it counts as a failed task: several of one pass count once, and one that
/// found PROVISIONING full does not count.
pub(in crate::simulation) fn could_not_place<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (revision, lacks, why): (RevisionId, Option<Lacks>, Rejection),
) -> bool {
    if ecs.services[service.index()].extra > 0 {
        // Rebalancing uses only the room that there is (facts/ecs.md 127).
        rebalancing::end(ecs, lives, service);
        schedule_round(ecs, lives, ctx, service);
        return false;
    }
    let event = match why {
        Rejection::NoFargate => ServiceEvent::FargateUnavailable,
        Rejection::FargateQuota => ServiceEvent::FargateQuotaReached,
        Rejection::ProvisioningFull => ServiceEvent::ProvisioningLimitReached,
        _ => ServiceEvent::PlacementFailed(lacks.unwrap_or_default()),
    };
    match why {
        Rejection::ProvisioningTimedOut => {
            start_failed(ecs, lives, ctx, service, revision);
            true
        }
        Rejection::ProvisioningFull => {
            placement_put_off(ecs, lives, ctx, service, event);
            false
        }
        _ => placement_failed(ecs, lives, ctx, service, event),
    }
}

/// A task of a service was placed: the wait of the service is over, and the delays of retries begin
/// with the shortest again (facts/ecs.md 117).
pub(in crate::simulation) fn task_placed<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    if ecs.services[service.index()].end_retry_wait(ctx.now()) {
        schedule_round(ecs, lives, ctx, service);
    }
}

/// A task of a service is RUNNING: throttling of its revision ends (facts/ecs.md 70), and its
/// deployment is in its second stage (facts/ecs.md 211).
pub(in crate::simulation) fn task_running<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    revision: RevisionId,
) {
    let number = lives.revision_at(revision).number;
    let rollout = &mut ecs.services[service.index()].rollout;
    rollout.end_throttle(number, ctx.now());
    rollout.primary.has_run |= number == rollout.primary.number;
    schedule_round(ecs, lives, ctx, service);
}

/// A task of a service is STOPPED: its place is free, so that the service does not wait any longer
/// before it tries to place tasks (facts/ecs.md 69, 117). If the task never was RUNNING for a reason
/// of its own, its start has failed.
pub(in crate::simulation) fn task_stopped<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (revision, was_running, why): (RevisionId, bool, StopReason),
) {
    let state = &mut ecs.services[service.index()];
    state.is_steady = false;
    state.end_retry_wait(ctx.now());
    let failed_to_start = !was_running
        && matches!(
            why,
            StopReason::CannotPullContainer
                | StopReason::DependencyFailed
                | StopReason::EssentialContainerExited { .. }
        );
    if failed_to_start {
        start_failed(ecs, lives, ctx, service, revision);
    } else {
        schedule_round(ecs, lives, ctx, service);
    }
}

/// An instance is DRAINING: replica services replace their tasks on it. Daemons are not replaced
/// (facts/ecs.md 107).
pub(in crate::simulation) fn instance_drains<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    for number in 0..ecs.services.len() {
        if !ecs.services[number].is_daemon() {
            schedule_round(ecs, lives, ctx, ServiceId::new(number));
        }
    }
}

/// Runs a scheduling round of a service, unless the event is stale.
pub(in crate::simulation) fn reconcile<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let now = ctx.now();
    let state = &mut ecs.services[service.index()];
    if state.next != Some(now) {
        return;
    }
    state.next = None;
    if lives.platform.outages().control_plane_is_out() {
        return; // `resume` schedules a round when the outage is over.
    }
    state.last = Some(now);
    let tasks = lives.tasks();
    state.tasks.retain(|id| tasks.get(*id).is_some());
    let grace = state.plan.health_check_grace_period;
    if let Some(at) = lives.grace_ends(&state.tasks, grace, now) {
        schedule_round_at(ecs, lives, ctx, service, at);
    }
    if ecs.services[service.index()].is_daemon() {
        daemons::reconcile_now(ecs, lives, ctx, service);
    } else if ecs.services[service.index()].rollout.earlier().is_some() {
        side_by_side::reconcile_now(ecs, lives, ctx, service);
    } else {
        replicas::reconcile_now(ecs, lives, ctx, service);
    }
}

/// The health status of a task of a service has changed: whether it is healthy now.
pub(in crate::simulation) fn health_changed<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (revision, healthy): (RevisionId, bool),
) {
    if healthy {
        deployments::task_healthy(ecs, lives, ctx, service, revision);
    }
    schedule_round(ecs, lives, ctx, service);
}

/// After an outage of the control plane: schedules a round of every service.
pub(in crate::simulation) fn resume<R>(ecs: &mut Ecs<'_>, lives: &Lives<'_>, ctx: &mut Ctx<'_, R>) {
    for number in 0..ecs.services.len() {
        schedule_round(ecs, lives, ctx, ServiceId::new(number));
    }
}

//! Deployments: they begin, their failed tasks are counted, and they complete, fail or are rolled
//! back (facts/ecs.md 29, 30, 204 to 215). How tasks are replaced is decided in each scheduling
//! round, by `policy/services/reconcile.rs`.
//!
//! Blue/green, linear and canary deployments shift traffic between two revisions (facts/ecs.md 216
//! to 221). They begin in [`move_to`] as rolling ones do; `traffic_shift.rs` has their stages.

use super::desired::desired_count;
use super::rollout::{Primary, RolloutState, ShiftStage};
use super::rounds::{schedule_round, schedule_round_at};
use super::shift_begin::begin_shift;
use super::state::Ecs;
use crate::cluster::{RevisionId, ServiceId, TaskId, ZoneId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader};
use crate::plan::{BadRelease, NextRevision, Plan, ReleaseFailure};
use crate::policy::services::Counts;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{
    DeploymentCause, DeploymentEvent, DeploymentFact, DeploymentFailure, Fact, StopReason,
};
use crate::simulation::life::{BadNow, Lives, runs, serving};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// Schedules all deployments of the plan, and reports the first deployment of each service.
pub(in crate::simulation) fn begin<R: Reader<Fact>>(
    ecs: &Ecs<'_>,
    plan: &Plan,
    agenda: &mut Agenda<Event>,
    reader: &mut R,
) {
    for number in 0..ecs.services.len() {
        let began = DeploymentFact {
            revision: 0,
            event: DeploymentEvent::Began(DeploymentCause::Created),
        };
        let fact = Fact::Deployment(ServiceId::new(number), began);
        reader.read(SimTime::ZERO, &fact);
    }
    for (number, deployment) in plan.deployments.iter().enumerate() {
        let at = deployment.at;
        let deployment = u16::try_from(number).expect("few deployments");
        agenda.push(at, Event::DeploymentDue { deployment });
    }
}

/// A deployment of the plan is due. In an outage of the control plane it waits for the end of the
/// outage. Returns the desired count that the service gets with it.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    index: u16,
) -> Option<(ServiceId, u32)> {
    if lives.platform.outages().control_plane_is_out() {
        ecs.waiting_deployments.push(index);
        return None;
    }
    let deployment = &lives.platform.plan().deployments[usize::from(index)];
    let service = ServiceId::new(deployment.service);
    let state = &mut ecs.services[service.index()];
    if state.is_deployed_by_code_deploy() {
        ecs.next_deployments.push(index);
        return None;
    }
    let number = match deployment.to {
        NextRevision::Number(number) => Some(number),
        NextRevision::Previous => state.rollout.last_completed(),
    };
    if let Some(rules) = &deployment.rules {
        state.rules = rules.clone();
    }
    if let Some(number) = number {
        let cause = DeploymentCause::Planned(index.into());
        move_to(ecs, lives, ctx, service, number, cause);
    }
    Some((service, deployment.desired_count?))
}

/// After an outage of the control plane: begins the deployments that were due in it, in order.
pub(in crate::simulation) fn resume<R>(ecs: &mut Ecs<'_>, ctx: &mut Ctx<'_, R>) {
    for deployment in ecs.waiting_deployments.drain(..) {
        ctx.at(ctx.now(), Event::DeploymentDue { deployment });
    }
}

/// After the end of a deployment: begins the next one that has waited for it.
fn begin_next<R>(ecs: &mut Ecs<'_>, lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, service: ServiceId) {
    let planned = &lives.platform.plan().deployments;
    let is_own = |index: &u16| planned[usize::from(*index)].service == service.index();
    if let Some(place) = ecs.next_deployments.iter().position(is_own) {
        let deployment = ecs.next_deployments.remove(place);
        ctx.at(ctx.now(), Event::DeploymentDue { deployment });
    }
}

/// Begins the deployment of a revision. Failures of the one before do not delay it (facts/ecs.md 70,
/// 117, 205).
fn move_to<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    number: usize,
    cause: DeploymentCause,
) {
    if ecs.services[service.index()]
        .rollout
        .primary
        .is_in_progress()
    {
        report(ecs, ctx, service, DeploymentEvent::Superseded);
    }
    let now = ctx.now();
    let running = running_by_revision(ecs, lives, service);
    let before = ecs.services[service.index()].rollout.primary.clone();
    if before
        .shift
        .is_some_and(|of| of.stage != ShiftStage::ScaleUp)
    {
        report(ecs, ctx, service, DeploymentEvent::TrafficShifted(0));
    }
    let state = &mut ecs.services[service.index()];
    state.rollout.begin(number, now, &running);
    if state.is_daemon() {
        state.rollout.keep_none();
    }
    begin_shift(ecs, lives, service, (number, &before, cause), now);
    ignore_alarms(ecs, service);
    let state = &mut ecs.services[service.index()];
    state.end_retry_wait(now);
    state.is_steady = false;
    state.is_blocked = false;
    report(ecs, ctx, service, DeploymentEvent::Began(cause));
    prepare_bad_release(ecs, lives, ctx, service, number);
    schedule_round(ecs, lives, ctx, service);
}

/// The number of RUNNING tasks of a service by the number of their revision.
fn running_by_revision(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: ServiceId,
) -> BTreeMap<usize, u32> {
    let tasks = ecs.services[service.index()].tasks.iter();
    let tasks = tasks.filter_map(|id| lives.tasks().get(*id));
    let mut running = BTreeMap::new();
    for task in tasks.filter(|task| task.running && !task.stopping) {
        *running.entry(lives.revision(task).number).or_default() += 1;
    }
    running
}

/// Decides, at its first deployment, whether a release is bad, and schedules the time from which it
/// is.
fn prepare_bad_release<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    number: usize,
) {
    let plan = lives.platform.plan();
    let planned = &plan.services[service.index()];
    let release = planned.revision(number);
    let Some(bad) = release.bad else {
        return;
    };
    let name = format!("{}/{}", planned.name, release.name);
    let key = StreamKey::new(lives.platform.seed(), Purpose::BadRelease, &name);
    let rollout = &mut ecs.services[service.index()].rollout;
    let draw = || key.stream(0).unit() < bad.probability;
    if !rollout.is_bad(number, draw) {
        return;
    }
    if bad.from == Span::ZERO {
        return release_turns_bad(ecs, lives, ctx, service, number);
    }
    let revision = u16::try_from(number).expect("few revisions");
    ctx.after(bad.from, Event::ReleaseTurnsBad { service, revision });
}

/// A bad release fails from now on, in its zone: tasks that are placed later, and tasks that run.
pub(in crate::simulation) fn release_turns_bad<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    number: usize,
) {
    let planned = &lives.platform.plan().services[service.index()];
    let bad = planned.revision(number).bad.expect("the release is bad");
    let rollout = &ecs.services[service.index()].rollout;
    let form = rollout
        .bad_form(number)
        .expect("the release has a bad form");
    let release = rollout.revision(number);
    let zone = bad.zone.map(ZoneId::new);
    lives.set_bad(release, BadNow { zone, form });
    let event = DeploymentEvent::TurnedBad;
    let revision = u32::try_from(number).expect("few revisions");
    ctx.report(Fact::Deployment(
        service,
        DeploymentFact { revision, event },
    ));
    for id in running(ecs, lives, service, release, zone) {
        fail(lives, ctx, id, (bad, form));
    }
}

/// The RUNNING tasks of a revision, in a zone.
fn running(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: ServiceId,
    release: RevisionId,
    zone: Option<ZoneId>,
) -> Vec<TaskId> {
    let tasks = ecs.services[service.index()].tasks.iter();
    let is_affected = |id: &&TaskId| {
        lives.tasks().get(**id).is_some_and(|task| {
            task.revision == release && task.running && zone.is_none_or(|zone| zone == task.zone)
        })
    };
    tasks.filter(is_affected).copied().collect()
}

/// Lets the containers of a running task fail as those of a bad release do.
fn fail<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    (bad, form): (&BadRelease, RevisionId),
) {
    match bad.failure {
        ReleaseFailure::Errors(_) => serving::turn_bad(lives, id, form),
        ReleaseFailure::Start => {}
        ReleaseFailure::HealthCheck => {
            for container in 0..bad.containers.len() {
                runs::mark_unhealthy(lives, ctx, id, container);
            }
        }
        ReleaseFailure::Crash => {
            let essential = bad.containers.iter().position(|c| c.essential);
            let essential = essential.expect("a task has an essential container");
            runs::crash(lives, ctx, id, essential, false);
        }
    }
}

/// A task of a service was healthy for the first time, or again: the count of failed tasks of its
/// deployment becomes 0, where the circuit breaker says so (facts/ecs.md 208, 211).
pub(in crate::simulation) fn task_healthy<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    revision: RevisionId,
) {
    let number = lives.revision_at(revision).number;
    let state = &mut ecs.services[service.index()];
    let breaker = state.rules.circuit_breaker.unwrap_or_default();
    let primary = &mut state.rollout.primary;
    let counts = primary.is_in_progress() && primary.number == number;
    if counts && breaker.reset_on_healthy_task && primary.failed_tasks > 0 {
        primary.failed_tasks = 0;
        report(ecs, ctx, service, DeploymentEvent::FailedTasks(0));
    }
}

/// A task of a service is STOPPED. It has failed if it was replaced because of its health, or, until a
/// task of its deployment is RUNNING, if it never was RUNNING for a reason of its own (facts/ecs.md 30,
/// 211).
pub(in crate::simulation) fn task_stopped<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (revision, was_running, why): (RevisionId, bool, StopReason),
) {
    let has_run = ecs.services[service.index()].rollout.primary.has_run;
    let has_failed = match why {
        StopReason::FailedHealthChecks | StopReason::FailedTargetHealthChecks => true,
        StopReason::CannotPullContainer
        | StopReason::DependencyFailed
        | StopReason::EssentialContainerExited { .. } => !was_running && !has_run,
        _ => false,
    };
    if has_failed {
        task_failed(ecs, lives, ctx, service, revision);
    }
}

/// A task of a service could not be launched: it has failed, until a task of its deployment is RUNNING
/// (facts/ecs.md 211, 212).
pub(in crate::simulation) fn task_not_launched<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    revision: RevisionId,
) {
    if !ecs.services[service.index()].rollout.primary.has_run {
        task_failed(ecs, lives, ctx, service, revision);
    }
}

/// Counts a failed task of the deployment in progress. At the threshold of an enabled circuit
/// breaker the deployment has failed (facts/ecs.md 209, 211).
fn task_failed<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    revision: RevisionId,
) {
    let number = lives.revision_at(revision).number;
    let state = &mut ecs.services[service.index()];
    let primary = &mut state.rollout.primary;
    if !primary.is_in_progress() || primary.number != number {
        return;
    }
    primary.failed_tasks = primary.failed_tasks.saturating_add(1);
    let failed = primary.failed_tasks;
    // The circuit breaker is for rolling deployments (facts/ecs.md 224).
    let is_rolling = primary.shift.is_none();
    let breaker = state.rules.circuit_breaker.filter(|_| is_rolling);
    report(ecs, ctx, service, DeploymentEvent::FailedTasks(failed));
    if let Some(breaker) = breaker
        && failed
            >= breaker
                .threshold
                .failures(desired_count(ecs, lives, service))
    {
        let why = DeploymentFailure::CircuitBreaker;
        deployment_failed(ecs, lives, ctx, service, (why, breaker.rollback));
    }
}

/// A deployment has failed. With rollback the service goes back to the revision whose deployment
/// completed last; without one, or where there is none, the service starts no more tasks of this
/// revision (facts/ecs.md 211, 213).
pub(super) fn deployment_failed<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    (why, rolls_back): (DeploymentFailure, bool),
) {
    report(ecs, ctx, service, DeploymentEvent::Failed(why));
    let rollout = &mut ecs.services[service.index()].rollout;
    rollout.primary.state = RolloutState::Failed;
    let last = rollout.last_completed().filter(|_| rolls_back);
    match last {
        Some(number) => move_to(
            ecs,
            lives,
            ctx,
            service,
            number,
            DeploymentCause::RolledBack,
        ),
        None => {
            schedule_round(ecs, lives, ctx, service);
            begin_next(ecs, lives, ctx, service);
        }
    }
}

/// After the stops of a scheduling round: the deployment in progress has completed when its revision
/// has the desired count of healthy tasks, no task of another revision is left, and the bake time is
/// over (facts/ecs.md 206, 215).
pub(super) fn check<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    counts: &Counts,
) {
    let now = ctx.now();
    let state = &ecs.services[service.index()];
    let rollout = &state.rollout;
    if !rollout.primary.is_in_progress() {
        return;
    }
    let is_of_other = |id: &TaskId| {
        let task = lives.tasks().get(*id);
        task.is_some_and(|task| lives.revision(task).number != rollout.primary.number)
    };
    let is_replaced = counts.healthy >= counts.desired && !state.tasks.iter().any(is_of_other);
    if !is_replaced {
        return;
    }
    let bake_time = state.rules.alarms.as_ref().map(|alarms| alarms.bake_time);
    // A deployment that shifts traffic has baked before the earlier tasks stop (facts/ecs.md 217).
    let is_rolling = state.rules.shift.is_none();
    let bake_time = bake_time.filter(|_| is_rolling).unwrap_or(Span::ZERO);
    if rollout.primary.baking_since.is_none() {
        ecs.services[service.index()].rollout.primary.baking_since = Some(now);
        if bake_time > Span::ZERO {
            report(ecs, ctx, service, DeploymentEvent::Replaced);
        }
    }
    let rollout = &mut ecs.services[service.index()].rollout;
    let over = rollout.primary.baking_since.unwrap_or(now) + bake_time;
    if now < over {
        return schedule_round_at(ecs, lives, ctx, service, over);
    }
    rollout.complete();
    report(ecs, ctx, service, DeploymentEvent::Completed);
    begin_next(ecs, lives, ctx, service);
}

/// Notes the alarms that are in ALARM at the beginning of a deployment, which ignores them
/// (facts/ecs.md 214).
fn ignore_alarms(ecs: &mut Ecs<'_>, service: ServiceId) {
    let state = &ecs.services[service.index()];
    let Some(rules) = &state.rules.alarms else {
        return;
    };
    let in_alarm = |alarm: &&usize| ecs.alarms[**alarm].is_alarm();
    let ignored = rules.alarms.iter().filter(in_alarm).copied().collect();
    ecs.services[service.index()].rollout.primary.ignored_alarms = ignored;
}

/// An alarm is in ALARM: each deployment in progress that watches it finds it so when it looks at its
/// alarms the next time (facts/ecs.md 214).
pub(super) fn alarm_raised<R>(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    alarm: usize,
) {
    let period = lives.platform.plan().assumptions.alarm_poll_period;
    for (number, state) in ecs.services.iter().enumerate() {
        let primary = &state.rollout.primary;
        let rules = state.rules.alarms.as_ref();
        let is_named = rules.is_some_and(|rules| rules.alarms.contains(&alarm));
        let watches = primary.watches_alarms(state.rules.shift.is_some());
        if is_named && watches && !primary.ignored_alarms.contains(&alarm) {
            look_at_alarms(primary, ctx, ServiceId::new(number), period);
        }
    }
}

/// Schedules the next time at which a deployment looks at its alarms.
pub(super) fn look_at_alarms<R>(
    primary: &Primary,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    period: Span,
) {
    let since = ctx.now().since(primary.began).as_micros();
    let next = Span::micros(since.next_multiple_of(period.as_micros()));
    ctx.at(primary.began + next, Event::AlarmsPolled { service });
}

/// A deployment in progress looks at its alarms: it has failed when one is in ALARM, other than those
/// that were at its beginning (facts/ecs.md 214).
pub(in crate::simulation) fn poll_alarms<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) {
    let state = &ecs.services[service.index()];
    let primary = &state.rollout.primary;
    let Some(rules) = state
        .rules
        .alarms
        .as_ref()
        .filter(|_| primary.watches_alarms(state.rules.shift.is_some()))
    else {
        return;
    };
    let counts =
        |alarm: &&usize| ecs.alarms[**alarm].is_alarm() && !primary.ignored_alarms.contains(alarm);
    let raised = rules.alarms.iter().find(counts).copied();
    let rolls_back = rules.rollback;
    if let Some(alarm) = raised {
        let why = DeploymentFailure::Alarm(u32::try_from(alarm).expect("few alarms"));
        deployment_failed(ecs, lives, ctx, service, (why, rolls_back));
    }
}

/// Reports an event of the PRIMARY deployment.
pub(super) fn report<R: Reader<Fact>>(
    ecs: &Ecs<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    event: DeploymentEvent,
) {
    let number = ecs.services[service.index()].rollout.primary.number;
    let revision = u32::try_from(number).expect("few revisions");
    ctx.report(Fact::Deployment(
        service,
        DeploymentFact { revision, event },
    ));
}

//! Registers the tasks of services with their target group, follows the health checks of the load
//! balancer, and deregisters them (facts/ecs.md 52, 196, 203; facts/platform.md 4.4).

use super::containers::ContainerState;
use super::fate::draw_health;
use super::health::{breakage_noticed, settle};
use super::serving::recount;
use super::state::Lives;
use super::target::{Answers, Target, TargetContainer, TargetState};
use crate::cluster::{Task, TaskId};
use crate::engine::Reader;
use crate::plan::{DeregistrationEnd, ProbeFailure};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::task_changes::TargetChange;
use crate::units::{SimTime, Span};

/// Registers a task that is RUNNING, if its service has a target group.
pub(super) fn register<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(of) = lives.revision(&task).targets else {
        return;
    };
    let Some(life) = lives.of(id) else { return };
    let target = Target::new(of.group.health_check, ctx.now());
    life.target = Some(Box::new(target));
    report(lives, ctx, id, TargetChange::Registered);
    container_changed(lives, ctx, id, of.container);
}

/// Deregisters a task that stops: it gets no new requests. Returns the time for which ECS waits before it
/// stops the containers; `None` when it was not registered (facts/platform.md 4.1.7, 4.4.2).
#[inline]
pub(super) fn deregister<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) -> Option<Span> {
    lives.of(id)?.target.take()?;
    deregistered(lives, ctx, id)
}

#[inline(never)]
fn deregistered<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) -> Option<Span> {
    let revision = lives.tasks.get(id)?.revision;
    report(lives, ctx, id, TargetChange::Deregistered);
    let group = lives.revisions[revision.index()].targets?.group;
    match group.deregistration_ends {
        DeregistrationEnd::AfterDelay => Some(group.deregistration_delay),
        DeregistrationEnd::WhenIdle => None,
    }
}

/// A container of a task has started, has exited, or its checks fail from now on: if the load balancer
/// checks it, the times at which it answers are known now.
#[inline]
pub(super) fn container_changed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let is_checked = |of: TargetContainer<'_>| of.container == container;
    if let Some(task) = lives.tasks.get(id)
        && lives.revision(task).targets.is_some_and(is_checked)
    {
        answers_otherwise(lives, ctx, id, container);
    }
}

/// The times at which a container that the load balancer checks answers are known now.
#[inline(never)]
fn answers_otherwise<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id).filter(|life| life.target.is_some()) else {
        return;
    };
    let run = &life.runs[container];
    let check_fails = run.changes.as_ref().is_some_and(|of| of.check_fails);
    let number = run.number;
    let (answers, later) = match life.state.state(container) {
        ContainerState::Running { since, .. } if !check_fails => {
            let (ready, fails) = draw_health(lives, &task, container, number - 1);
            let (ready, fails) = (since + ready, fails.map(|after| since + after));
            answers(ready, fails, now, failing(lives, &task, container))
        }
        ContainerState::Running { .. } => (failing(lives, &task, container), (None, None)),
        _ => (Answers::Refuses, (None, None)),
    };
    begin(lives, ctx, id, answers, later);
}

/// How a container answers now that is ready at one time and fails for good at another; and the changes to
/// come.
fn answers(
    ready: SimTime,
    fails: Option<SimTime>,
    now: SimTime,
    failing: Answers,
) -> (Answers, (Option<SimTime>, Option<SimTime>)) {
    match fails {
        Some(at) if at <= now => (failing, (None, None)),
        // It never is ready.
        Some(at) if at <= ready => (failing, (None, None)),
        _ if ready <= now => (Answers::Well, (None, fails)),
        _ => (failing, (Some(ready), fails)),
    }
}

/// How a container answers that is not ready, or whose checks fail.
fn failing(lives: &Lives<'_>, task: &Task, container: usize) -> Answers {
    let definition = &lives.revision(task).containers[container];
    match definition.behavior.probe_failure {
        ProbeFailure::Refused => Answers::Refuses,
        ProbeFailure::Hangs => Answers::Never,
    }
}

/// The host of a task has died: there is no answer.
pub(super) fn host_died<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    begin(lives, ctx, id, Answers::Never, (None, None));
}

/// A task whose agent is disconnected has stopped by itself.
pub(super) fn stopped_unheard<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    begin(lives, ctx, id, Answers::Refuses, (None, None));
}

/// A registered container answers in this way from now on.
fn begin<R>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    answers: Answers,
    later: (Option<SimTime>, Option<SimTime>),
) {
    let Some(life) = lives.of(id) else { return };
    let Some(target) = &mut life.target else {
        return;
    };
    target.begin(answers, later, ctx.now());
    remind(lives, ctx, id);
    recount(lives, id);
}

/// Schedules the next change of a target.
fn remind<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(life) = lives.of(id) else { return };
    let Some(target) = &mut life.target else {
        return;
    };
    // The check of a container that hung, and refuses now, may have failed already.
    target.due = target.next().map(|at| at.max(ctx.now()));
    if let Some(at) = target.due {
        ctx.at(at, Event::TargetDue { task: id });
    }
}

/// Makes the change of a target that is due, unless the event is stale.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(of) = lives.revision(&task).targets else {
        return;
    };
    let failing = failing(lives, &task, of.container);
    let Some(life) = lives.of(id) else { return };
    let was_healthy = life.healthy;
    let Some(target) = life.target.as_mut().filter(|of| of.due == Some(now)) else {
        return;
    };
    let change = target.pass(now, failing);
    let broken_since = target.since();
    remind(lives, ctx, id);
    recount(lives, id);
    let Some(state) = change else { return };
    let told = match state {
        TargetState::Healthy => TargetChange::Healthy,
        _ => TargetChange::Unhealthy,
    };
    report(lives, ctx, id, told);
    settle(lives, ctx, id);
    if was_healthy {
        breakage_noticed(lives, ctx, id, broken_since);
    }
}

fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    change: TargetChange,
) {
    if let Some(task) = lives.tasks.get(id) {
        ctx.report(Fact::Target(lives.fact(*task), change));
    }
}

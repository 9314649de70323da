//! When a task is RUNNING (facts/ecs.md 63).

use super::health::health_changed;
use super::stage::step;
use super::state::Lives;
use crate::cluster::TaskId;
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, StartUp, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::units::SimTime;

/// Tells what has happened to a living task.
#[inline(always)]
pub(super) fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    fact: impl FnOnce(TaskFact) -> Fact,
) {
    if let Some(task) = lives.tasks.get(id) {
        ctx.report(fact(lives.fact(*task)));
    }
}

/// Containers run, and their host has room for them.
#[inline(always)]
pub(super) fn run_plain<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = ctx.now();
    let duration = task.duration;
    report(lives, ctx, id, Fact::TaskStarted);
    ctx.after(duration, Event::TaskFinishes { task: id });
}

/// The task is RUNNING once all its containers are as far as they should be
/// (facts/ecs.md 63); on Fargate the control plane sees it a little later.
pub(super) fn check_running<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if lives.awaits_agent(id) {
        return; // ECS hears of it when the agent is back.
    }
    let Some(life) = lives.of(id) else { return };
    if life.step != Step::Activating || !life.state.is_running() {
        return;
    }
    let law =
        Some(&lives.platform.plan().assumptions.status_polling).filter(|_| task.instance.is_none());
    let key = lives.revision(&task).keys().polling;
    let span = lives.delay(law, key, &task);
    step(lives, ctx, id, Step::Polling, span);
}

/// The task is RUNNING.
pub(super) fn run<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    let Some(life) = lives.of(id) else { return };
    let marks = life.marks;
    let of = lives.fact(task);
    ctx.report(Fact::TaskStarted(of));
    let containers = marks.started.since(marks.activated);
    ctx.report(Fact::StartBrokenDown(
        of,
        StartUp {
            fargate: task.instance.is_none(),
            cached: marks.cached && task.instance.is_some(),
            provisioning: marks.provisioned.since(task.placed),
            pending: marks.activated.since(marks.provisioned),
            pull: marks.pulled,
            start: containers.saturating_sub(marks.pulled),
            polling: now.since(marks.started),
        },
    ));
    let WorkId::Service(service) = lives.revision(&task).work else {
        let Some(life) = lives.of(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        return;
    };
    lives.platform.notify(Notice::TaskRunning(service));
    if lives.revision(&task).is_checked {
        let Some(life) = lives.of(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        health_changed(lives, ctx, id);
    } else {
        // facts/ecs.md 196.
        let assumptions = &lives.platform.plan().assumptions;
        let span = lives.platform.realistic(assumptions.healthy_without_check);
        step(lives, ctx, id, Step::Running, span);
    }
}

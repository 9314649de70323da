//! The transition of a task to RUNNING (facts/ecs.md 63).

use super::health::health_changed;
use super::serving::recount;
use super::stage::step;
use super::state::Lives;
use super::targets;
use crate::cluster::TaskId;
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, StartUp, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::units::SimTime;

/// Reports a fact about a task, if it exists.
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

/// A task without a detailed life is RUNNING: its end is scheduled.
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

/// Checks whether all containers of a task have started or completed, as RUNNING requires
/// (facts/ecs.md 63). On Fargate the control plane shows RUNNING after a polling delay.
pub(super) fn check_running<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(life) = lives.of(id) else { return };
    if life.step != Step::Activating || !life.state.is_running() {
        return;
    }
    if lives.awaits_agent(id) {
        return; // ECS is informed when the agent is connected again.
    }
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let law =
        Some(&lives.platform.plan().assumptions.status_polling).filter(|_| task.instance.is_none());
    let key = lives.revision(task).keys().polling;
    let span = lives.delay(law, key, task);
    step(lives, ctx, id, Step::Polling, span);
}

/// The control plane shows RUNNING: facts and the notice to the service.
pub(super) fn run<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    recount(lives, id);
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
    lives
        .platform
        .notify(Notice::TaskRunning(service, task.revision));
    targets::register(lives, ctx, id);
    if lives.revision(&task).is_checked {
        let Some(life) = lives.of(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        health_changed(lives, ctx, id);
    } else {
        // Without a health check a task counts as healthy after a delay (facts/ecs.md 196).
        let assumptions = &lives.platform.plan().assumptions;
        let span = lives.platform.realistic(assumptions.healthy_without_check);
        step(lives, ctx, id, Step::Running, span);
    }
}

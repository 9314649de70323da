//! The transition of a task to RUNNING (facts/ecs.md 63).

use super::health::health_changed;
use super::serving::recount;
use super::stage::step;
use super::state::Lives;
use super::targets;
use crate::cluster::{RevisionId, ServiceId, TaskId, WorkId};
use crate::engine::{Reader, tell};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::units::SimTime;

/// Reports a frequent fact about a task, if it exists.
#[inline(always)]
pub(super) fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    fact: impl Fn(TaskFact) -> Fact,
) {
    if let Some(task) = lives.tasks.get(id) {
        tell!(ctx, fact(lives.fact(*task)));
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

/// All containers of a task have started or completed, as RUNNING requires (facts/ecs.md 63). On Fargate
/// the control plane shows RUNNING after a polling delay.
pub(super) fn all_started<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
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
    recount(lives, id);
    report(lives, ctx, id, Fact::TaskStarted);
    let (Some(task), Some(life)) = (lives.tasks.get(id), lives.life(id)) else {
        return;
    };
    let start_up = life.marks.start_up(task, now);
    tell!(ctx, Fact::StartBrokenDown(lives.fact(*task), start_up));
    let (work, revision) = (lives.revision(task).work, task.revision);
    let Some(life) = lives.of(id) else { return };
    life.step = Step::Running;
    life.due = SimTime::MAX;
    if let WorkId::Service(service) = work {
        serve(lives, ctx, id, (service, revision));
    }
}

/// A task of a service is RUNNING.
fn serve<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    (service, revision): (ServiceId, RevisionId),
) {
    let notice = Notice::TaskRunning(service, revision);
    lives.platform.notify(notice);
    targets::register(lives, ctx, id);
    if lives.revision_at(revision).is_checked {
        health_changed(lives, ctx, id);
    } else {
        // Without a health check a task counts as healthy after a delay (facts/ecs.md 196).
        let assumptions = &lives.platform.plan().assumptions;
        let span = lives.platform.realistic(assumptions.healthy_without_check);
        step(lives, ctx, id, Step::Running, span);
    }
}

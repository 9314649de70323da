//! Placement of all tasks, and start and finish of those without a detailed life. A task with a
//! detailed life continues in [`steps`](super::steps).

use super::ending::{free_all, free_on_instance};
use super::fargate_room::start_billing;
use super::running::{report, run_plain};
use super::state::Lives;
use super::{hosts, steps};
use crate::cluster::{InstanceId, ProviderId, Task, TaskId, WorkId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Reader, tell};
use crate::plan::{Delays, FaultKind, Occurrence};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, TaskFact};
use crate::units::Span;

/// A task has capacity: its start begins.
#[inline(always)]
pub(in crate::simulation) fn placed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.placed = now;
    task.attempts += 1;
    task.promised = true;
    if let Some(bad) = lives.revisions[task.revision.index()].bad
        && bad.zone.is_none_or(|zone| zone == task.zone)
    {
        task.revision = bad.form;
    }
    let (entry, instance) = (task.revision, task.instance);
    if let Some(instance) = instance
        && !lives.has_details
        && !matches!(lives.platform.plan().delays, Delays::Start(_))
    {
        return begin_at_once(lives, ctx, id, instance);
    }
    report(lives, ctx, id, Fact::TaskPlaced);
    if instance.is_none() {
        host_may_die(lives, ctx, id);
    }
    if lives.revisions[entry.index()].life.is_some() {
        return steps::receive(lives, ctx, id);
    }
    if instance.is_none()
        && let Some(task) = lives.tasks.get(id).copied()
    {
        start_billing(lives, now, &task);
    }
    match lives.platform.plan().delays {
        Delays::None | Delays::Realistic => begin(lives, ctx, id),
        Delays::Start(delay) => ctx.after(delay, Event::TaskStarts { task: id }),
    }
}

/// A task without a detailed life runs in the instant of its placement, in a run in which no agent
/// has a queue. The same as the steps of the other tasks one after the other, with one look at the
/// task and its instance.
#[inline(always)]
fn begin_at_once<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    instance: InstanceId,
) {
    let cluster = lives.platform.cluster();
    let provider = cluster
        .pool(cluster.instance(instance).pool())
        .spec
        .provider;
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    let work = lives.revisions[task.revision.index()].work;
    tell!(ctx, Fact::TaskPlaced(fact(task, work, provider)));
    task.held = true;
    task.running = true;
    task.started = ctx.now();
    tell!(ctx, Fact::TaskStarted(fact(task, work, provider)));
    ctx.after(task.duration, Event::TaskFinishes { task: id });
    lives.platform.cluster_mut().hold(instance, &task.shape);
}

/// The data of a task on an instance for a fact.
#[inline(always)]
fn fact(task: &Task, work: WorkId, provider: ProviderId) -> TaskFact {
    TaskFact {
        task: *task,
        work,
        provider: Some(provider),
    }
}

/// The start-up of fixed length of a task is over.
pub(in crate::simulation) fn start<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives.tasks.get(id).is_none_or(|task| task.running) {
        return; // The event is stale: the task was stopped while it started.
    }
    begin(lives, ctx, id);
}

/// Starts the containers of a task without a detailed life, or queues it at its agent.
#[inline(always)]
fn begin<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    if let Some(instance) = task.instance {
        let shape = task.shape;
        if lives.has_details {
            let is_disconnected = lives.platform.is_disconnected(instance);
            let has_room = lives.platform.cluster().can_hold(instance, &shape);
            let queue = &mut lives.agent(instance).queue;
            if is_disconnected || !queue.is_empty() || !has_room {
                // A stopping task still holds its host, or the agent is disconnected (facts/ecs.md
                // 66, 236).
                queue.push_back(id);
                return;
            }
        }
        if let Some(task) = lives.tasks.get_mut(id) {
            task.held = true;
        }
        lives.platform.cluster_mut().hold(instance, &shape);
    }
    run_plain(lives, ctx, id);
}

/// Ends a task without a detailed life: its capacity is free at once.
#[inline(always)]
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id) else {
        return; // The event is stale: the task was stopped before its end.
    };
    let revision = task.revision;
    let Some(instance) = task.instance else {
        return finish_on_fargate(lives, ctx, id);
    };
    let (held, promised) = (task.held, task.promised);
    free_on_instance(
        lives,
        ctx,
        instance,
        (held, promised),
        (task.lane, task.shape),
    );
    lives.job_has_left(revision);
    report(lives, ctx, id, Fact::TaskFinished);
    lives.tasks.remove(id);
    // The instance may have drained completely (facts/ecs.md 160).
    if lives.platform.cluster().is_in_group(instance) {
        hosts::task_left(lives, ctx, instance);
    }
}

/// Ends a task on Fargate without a detailed life.
#[inline(never)]
fn finish_on_fargate<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    if let Some(task) = lives.tasks.remove(id) {
        let of = lives.fact(task);
        free_all(lives, ctx, &task);
        lives.job_has_left(task.revision);
        ctx.report(Fact::TaskFinished(of));
    }
}

/// Schedules the loss of a Fargate task's host for each fault that is drawn for each task.
fn host_may_die<R>(lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    for fault in lives.hazards.faults {
        if let (FaultKind::FargateHostLoss, Occurrence::Every(law)) = (&fault.kind, &fault.occurs) {
            let name = format!("{}/{}", fault.name, lives.revision(task).name);
            let key = StreamKey::new(lives.hazards.seed, Purpose::FaultOccurrence, &name);
            let seconds = law.draw(&mut super::stage::draws(key, task), task.ordinal);
            let until_loss = Span::from_seconds_f64(seconds);
            ctx.after(until_loss, Event::FargateHostFaultDue { task: id });
        }
    }
}

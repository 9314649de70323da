//! What becomes of tasks whatever their life is like: placed, run, ended, lost, submitted
//! again. Tasks with a life in detail (containers, images, steps of start and stop) go on in
//! [`steps`](super::steps).

use super::revision::Owner;
use super::{Lives, fargate, hazards, hosts, steps, stop};
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::Reader;
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, Rejection, StopReason, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::platform::groups;
use crate::units::SimTime;

/// A task has its capacity: it starts.
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
    let (entry, instance) = (task.entry, task.instance);
    report(lives, ctx, id, Fact::TaskPlaced);
    if instance.is_none() {
        hazards::fargate_task_placed(lives, ctx, id);
    }
    if lives.revisions[entry.index()].life.is_some() {
        return steps::receive(lives, ctx, id);
    }
    if instance.is_none()
        && let Some(task) = lives.tasks.get(id).copied()
    {
        fargate::start_billing(lives, now, &task);
    }
    match lives.platform.plan().delays {
        Delays::None | Delays::Realistic => begin(lives, ctx, id),
        Delays::Start(delay) => ctx.after(delay, Event::TaskStarts { task: id }),
    }
}

/// Tells what has happened to a living task.
#[inline(always)]
fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    fact: impl FnOnce(TaskFact) -> Fact,
) {
    if let Some(task) = lives.tasks.get(id) {
        let provider = lives.provider_of(task);
        ctx.report(fact(TaskFact {
            task: *task,
            provider,
        }));
    }
}

/// The start-up of fixed length is over.
pub(in crate::simulation) fn start<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives.tasks.get(id).is_none_or(|task| task.running) {
        return; // Stopped while starting; its event is stale.
    }
    begin(lives, ctx, id);
}

/// Containers run from here.
#[inline(always)]
fn begin<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    if let Some(instance) = task.instance {
        let shape = task.shape;
        if lives.has_details {
            let is_cut_off = lives.platform.is_cut_off(instance);
            let has_room = lives.platform.cluster().can_hold(instance, &shape);
            let queue = &mut lives.agent(instance).queue;
            if is_cut_off || !queue.is_empty() || !has_room {
                // What stops there has not let go yet (facts/ecs.md 66, 236).
                queue.push_back(id);
                return;
            }
        }
        if let Some(task) = lives.tasks.get_mut(id) {
            task.held = true;
        }
        lives.platform.cluster_mut().hold(instance, &shape);
    }
    run(lives, ctx, id);
}

/// Containers run, and their host has room for them.
#[inline(always)]
pub(in crate::simulation) fn run<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = ctx.now();
    let duration = task.duration;
    report(lives, ctx, id, Fact::TaskStarted);
    ctx.after(duration, Event::TaskFinishes { task: id });
}

/// The essential containers end; capacity is free at once in this model.
#[inline(always)]
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.remove(id) else {
        return; // Stopped before its end; its event is stale.
    };
    let provider = lives.provider_of(&task);
    free_all(lives, ctx, &task);
    lives.jobs -= 1;
    ctx.report(Fact::TaskFinished(TaskFact { task, provider }));
    left(lives, ctx, &task);
}

/// A task leaves without ever having had capacity.
pub(in crate::simulation) fn reject<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: Rejection,
) {
    let Some(task) = lives.tasks.remove(id) else {
        return;
    };
    let fact = TaskFact {
        task,
        provider: None,
    };
    ctx.report(Fact::TaskRejected(fact, why));
    match lives.revision(&task).owner {
        Owner::Job(_) => lives.jobs -= 1,
        Owner::Service(service) => {
            let notice = Notice::TaskRejected(service, task, why);
            lives.platform.notify(notice);
        }
    }
}

/// Whatever a task that is no more among the living has of its capacity is free.
#[inline(always)]
pub(in crate::simulation) fn free_all<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    task: &Task,
) {
    match task.instance {
        Some(instance) => {
            if task.held {
                let cluster = lives.platform.cluster_mut();
                cluster.let_go(instance, &task.shape);
                if lives.has_details {
                    steps::next_in_queue(lives, ctx, instance);
                }
            }
            if task.promised {
                free_promise(lives, ctx, task, instance);
            }
        }
        // Copies, so that elsewhere the task need not be in memory.
        None if lives.revisions[task.entry.index()].life.is_some() => {
            fargate::leave(lives, ctx, &{ *task });
        }
        None => fargate::stop_billing(lives, ctx, &{ *task }),
    }
}

/// The control plane may give away what it had promised to a task (facts/ecs.md 68).
#[inline(always)]
pub(in crate::simulation) fn free_promise<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    task: &Task,
    instance: InstanceId,
) {
    lives.release(instance, task.lane, task.shape);
    lives.platform.room_was_freed(instance);
    if lives.platform.cluster().is_in_group(instance) {
        let provider = lives.platform.machine(instance).provider;
        lives.platform.notify(Notice::CapacityChanged(provider));
        if lives.platform.cluster().instance(instance).is_empty() {
            groups::instance_emptied(&mut lives.platform, ctx, instance);
        }
    }
}

/// A task is lost with its capacity, or has failed: work goes back to where it came from if
/// it may be tried again, services start another.
pub(in crate::simulation) fn lose<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    let Some(task) = lives.tasks.remove(id) else {
        return;
    };
    let provider = lives.provider_of(&task);
    let now = ctx.now();
    let (why, ended) = match stop::forget(lives, id, &task, now) {
        Some((stopping, ended)) => (stopping.unwrap_or(why), ended),
        None => (why, now),
    };
    free_all(lives, ctx, &task);
    gone(lives, ctx, TaskFact { task, provider }, why, ended);
    tell_left(lives, &task);
}

/// The same, once the layers above know why the task has stopped.
pub(super) fn tell_left(lives: &mut Lives<'_>, task: &Task) {
    if let Some(instance) = task.instance
        && lives.platform.cluster().is_in_group(instance)
    {
        lives.platform.notify(Notice::TaskLeft(instance));
    }
}

/// An instance that drains may be done now (facts/ecs.md 160).
#[inline(always)]
fn left<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, task: &Task) {
    if let Some(instance) = task.instance
        && lives.platform.cluster().is_in_group(instance)
    {
        hosts::task_left(lives, ctx, instance);
    }
}

/// A task that has left its capacity stopped for some reason; its containers had ended at
/// `ended`.
pub(super) fn gone<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    of: TaskFact,
    why: StopReason,
    ended: SimTime,
) {
    let notice = match lives.revision(&of.task).owner {
        Owner::Job(_) => Notice::JobStopped(of, why, ended),
        Owner::Service(service) => {
            if matches!(why, StopReason::HostGone | StopReason::InfrastructureHealth) {
                ctx.report(Fact::LossNoticed(of, ctx.now().since(ended)));
            }
            ctx.report(Fact::TaskStopped(of, why));
            Notice::TaskStopped(service, of.task, why)
        }
    };
    lives.platform.notify(notice);
}

/// Ordinal and attempt of a task, as the ordinal of what is drawn anew at each attempt.
pub(in crate::simulation) fn birth(task: &Task) -> u64 {
    task.ordinal | u64::from(task.attempts) << 40
}

/// Whole seconds since a task arrived: another draw at each try.
pub(super) fn seconds_since_arrival(task: &Task, now: SimTime) -> u64 {
    now.since(task.arrived).as_micros() / crate::units::SECOND
}

/// All tasks of an instance, oldest first.
pub(in crate::simulation) fn on_instance(lives: &Lives<'_>, instance: InstanceId) -> Vec<TaskId> {
    let there = |task: &Task| task.instance == Some(instance);
    let tasks = lives.tasks.with_ids().filter(|(_, task)| there(task));
    let mut tasks: Vec<_> = tasks
        .map(|(id, task)| ((task.arrived, task.entry, task.ordinal), id))
        .collect();
    tasks.sort_unstable();
    tasks.into_iter().map(|(_, id)| id).collect()
}

//! How tasks leave, whatever their life was like: finished, refused, lost with their capacity,
//! or stopped; and what of their capacity is free then.

use super::fargate_room::{end_meters, leave, stop_billing};
use super::state::Lives;
use crate::cluster::WorkId;
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Rejection, StopReason, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::simulation::platform::{groups, images};
use crate::units::SimTime;

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
    let work = lives.revision(&task).work;
    let fact = TaskFact {
        task,
        work,
        provider: None,
    };
    ctx.report(Fact::TaskRejected(fact, why));
    match work {
        WorkId::Entry(_) => lives.jobs -= 1,
        WorkId::Service(service) => {
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
                    lives.platform.notify(Notice::HostRoomFreed(instance));
                }
            }
            if task.promised {
                free_promise(lives, ctx, task, instance);
            }
        }
        // Copies, so that elsewhere the task need not be in memory.
        None if lives.revisions[task.revision.index()].life.is_some() => {
            leave(lives, &{ *task });
        }
        None => stop_billing(lives, ctx.now(), &{ *task }),
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
    let of = lives.fact(task);
    let now = ctx.now();
    let (why, ended) = match end_life(lives, id, &task, now) {
        Some((stopping, ended)) => (stopping.unwrap_or(why), ended),
        None => (why, now),
    };
    free_all(lives, ctx, &task);
    gone(lives, ctx, of, why, ended);
    notify_left(lives, &task);
}

/// A task's life is over from outside, with its host or its Fargate capacity. Says why it
/// was stopping already, if it was, and when its containers ended.
fn end_life(
    lives: &mut Lives<'_>,
    id: TaskId,
    task: &Task,
    now: SimTime,
) -> Option<(Option<StopReason>, SimTime)> {
    lives.details.get(id.slot())?.as_ref()?;
    // The task itself has left already; its life knows what it had.
    give_images_back(lives, id, task, now);
    let life = lives.details[id.slot()].take()?;
    if let Some(since) = life.billed_since {
        end_meters(lives, now, task, since);
    }
    let ended = match life.step {
        Step::Dead | Step::Deprovisioning => life.ended,
        _ => now,
    };
    Some((life.stop, ended))
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
    let notice = match of.work {
        WorkId::Entry(_) => Notice::JobStopped(of, why, ended),
        WorkId::Service(service) => {
            if matches!(why, StopReason::HostGone | StopReason::InfrastructureHealth) {
                ctx.report(Fact::LossNoticed(of, ctx.now().since(ended)));
            }
            ctx.report(Fact::TaskStopped(of, why));
            Notice::TaskStopped(service, of.task, why)
        }
    };
    lives.platform.notify(notice);
}

/// A task has left its instance, which may be done draining, once the layers above know why
/// the task has stopped.
pub(super) fn notify_left(lives: &mut Lives<'_>, task: &Task) {
    if let Some(instance) = task.instance
        && lives.platform.cluster().is_in_group(instance)
    {
        lives.platform.notify(Notice::TaskLeft(instance));
    }
}

pub(super) fn give_images_back(lives: &mut Lives<'_>, id: TaskId, task: &Task, now: SimTime) {
    let Some(instance) = task.instance else {
        return;
    };
    let containers = lives.revisions[task.revision.index()].containers;
    // Not by `Lives::of`: of a task that is lost only its life is left.
    let life = lives.details.get_mut(id.slot()).and_then(Option::as_mut);
    let Some(life) = life else { return };
    let runs = life.runs.iter_mut().zip(containers);
    let had: Vec<usize> = runs
        .filter_map(|(run, container)| {
            std::mem::replace(&mut run.has_image, false).then_some(container.image)
        })
        .collect();
    for image in had {
        images::release(&mut lives.platform, instance, image, now);
    }
}

//! The removal of tasks: refused, lost with their capacity, or stopped; and the release of their
//! capacity.

use super::fargate_room::{end_meters, leave, stop_billing};
use super::serving::left;
use super::state::Lives;
use super::targets;
use crate::cluster::{InstanceId, LaneId, RevisionId, Shape, Task, TaskId, WorkId};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Rejection, StopReason, TaskFact};
use crate::simulation::notice::Step;
use crate::simulation::notice::{Deferred, Notice};
use crate::simulation::platform::{groups, images};
use crate::units::SimTime;

/// Refuses a task that has no capacity. A standalone task whose client retries stays, and the
/// client decides; any other task is removed. Nothing helps a task that no instance could hold.
pub(in crate::simulation) fn reject<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: Rejection,
) {
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    if ctx.wants_repeats() && is_lack(why) {
        tell_lacks(lives, ctx, *task);
    }
    if why != Rejection::Unplaceable && lives.revision(task).retries {
        lives.platform.notify(Notice::JobRefused(id, why));
    } else {
        reject_for_good(lives, ctx, id, why);
    }
}

/// True for a refusal because no instance has room.
const fn is_lack(why: Rejection) -> bool {
    matches!(
        why,
        Rejection::NoRoom | Rejection::Unplaceable | Rejection::ByScheduler
    )
}

/// Reports what the instances lack for a standalone task that is refused (facts/ecs.md 114).
#[cold]
fn tell_lacks<R: Reader<Fact>>(lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, task: Task) {
    if let work @ WorkId::Entry(_) = lives.revision(&task).work
        && !lives.revision(&task).on_fargate
    {
        let of = TaskFact {
            task,
            work,
            provider: None,
        };
        let lacks = lives.lacks(task.lane, task.shape);
        ctx.report(Fact::NoRoomFor(of, lacks));
    }
}

/// Refuses a task that has no capacity, and removes it.
pub(in crate::simulation) fn reject_for_good<R: Reader<Fact>>(
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
        WorkId::Entry(_) => lives.job_has_left(task.revision),
        WorkId::Service(service) => {
            let lacks = is_lack(why).then(|| lives.lacks(task.lane, task.shape));
            let notice = Notice::TaskRejected(service, task.revision, lacks, why);
            lives.platform.notify(notice);
        }
    }
}

/// Frees all capacity that a removed task still has.
pub(in crate::simulation) fn free_all<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    task: &Task,
) {
    match task.instance {
        Some(instance) => {
            let (has, room) = ((task.held, task.promised), (task.lane, task.shape));
            free_on_instance(lives, ctx, instance, has, room);
        }
        None if lives.revisions[task.revision.index()].life.is_some() => leave(lives, task),
        None => stop_billing(lives, ctx.now(), task),
    }
}

/// Frees what a task that leaves has of its instance: what its containers hold, and what is promised to
/// it.
#[inline(always)]
pub(super) fn free_on_instance<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
    (held, promised): (bool, bool),
    room: (LaneId, Shape),
) {
    if held {
        lives.platform.cluster_mut().let_go(instance, &room.1);
        if lives.has_details {
            lives.platform.defer(Deferred::HostRoomFreed(instance));
        }
    }
    if promised {
        free_promise(lives, ctx, room, instance);
    }
}

/// Frees the capacity that an instance has promised to a task: it may be promised to another one
/// (facts/ecs.md 68).
#[inline(always)]
pub(in crate::simulation) fn free_promise<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (lane, shape): (LaneId, Shape),
    instance: InstanceId,
) {
    lives.release(instance, lane, shape);
    lives.platform.room_was_freed(instance);
    if lives.platform.cluster().is_in_group(instance) {
        let provider = lives.platform.machine(instance).provider;
        lives.platform.notify(Notice::CapacityChanged(provider));
        if lives.platform.cluster().instance(instance).is_empty() {
            groups::instance_emptied(&mut lives.platform, ctx, instance);
        }
    }
}

/// Removes a task that was lost with its host or stops without delay. Standalone work may be
/// submitted again; a service starts another task.
pub(in crate::simulation) fn lose<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    targets::deregister(lives, ctx, id);
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
    notify_left(lives, task.instance);
}

/// Ends the detailed life of a lost task. Returns the reason of its stop, if it was stopping
/// before, and the time at which its containers ended; `None` for a task without a detailed life.
fn end_life(
    lives: &mut Lives<'_>,
    id: TaskId,
    task: &Task,
    now: SimTime,
) -> Option<(Option<StopReason>, SimTime)> {
    lives.life(id)?;
    // The task was removed before; its life still has the images that it used.
    give_images_back(lives, id, (task.instance, task.revision), now);
    left(lives, id, task);
    let life = lives.end_life(id)?;
    let (stop, since) = (life.stop, life.billed_since());
    let ended = match life.step {
        Step::Dead | Step::Deprovisioning => life.ended,
        _ => now,
    };
    if let Some(since) = since {
        end_meters(lives, now, task, since);
    }
    Some((stop, ended))
}

/// Informs the layers above that a task has stopped, unless it is a standalone task that is done. Its
/// containers ended at `ended`.
pub(super) fn gone<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    of: TaskFact,
    why: StopReason,
    ended: SimTime,
) {
    if is_done(of.work, why) {
        lives.job_has_left(of.task.revision);
        ctx.report(Fact::TaskFinished(of));
    } else {
        stopped(lives, ctx, of, why, ended);
    }
}

/// True when a standalone task is done: its essential container has exited with 0.
pub(super) fn is_done(work: WorkId, why: StopReason) -> bool {
    matches!(work, WorkId::Entry(_))
        && matches!(why, StopReason::EssentialContainerExited { code: 0, .. })
}

/// Informs the layers above that a task has stopped which is not done.
#[inline(never)]
fn stopped<R: Reader<Fact>>(
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
            Notice::TaskStopped(service, of.task.revision, of.task.running, why)
        }
    };
    lives.platform.notify(notice);
}

/// Sends the notice that a task has left its instance. It comes after the notice of the stop, so
/// that the layers above act on the stop before the instance may be terminated.
pub(super) fn notify_left(lives: &mut Lives<'_>, instance: Option<InstanceId>) {
    if let Some(instance) = instance
        && lives.platform.cluster().is_in_group(instance)
    {
        lives.platform.notify(Notice::TaskLeft(instance));
    }
}

/// Releases the images that a task's containers used on their instance.
pub(super) fn give_images_back(
    lives: &mut Lives<'_>,
    id: TaskId,
    (instance, revision): (Option<InstanceId>, RevisionId),
    now: SimTime,
) {
    let Some(instance) = instance else {
        return;
    };
    let containers = lives.revisions[revision.index()].containers;
    for (number, container) in containers.iter().enumerate() {
        let Some(life) = lives.of(id) else { return };
        if std::mem::replace(&mut life.runs[number].has_image, false) {
            images::release(&mut lives.platform, instance, container.image, now);
        }
    }
}

//! The client's job queue: tasks without capacity wait here, in order of arrival, until a placement
//! pass places them.

use super::state::Clients;
use crate::cluster::WorkId;
use crate::cluster::{Pending, Task, TaskId};
use crate::engine::Reader;
use crate::plan::OnNoCapacity;
use crate::simulation::ecs::Ecs;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Rejection};
use crate::simulation::life::{Lives, creation, ending, fargate};

/// Submits a task, by its `onNoCapacity`: with the job queue, with one try of `RunTask`, or to ECS,
/// where it may wait in PROVISIONING.
#[inline(always)]
pub(super) fn submit(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    on_no_capacity: OnNoCapacity,
    pending: Option<Pending>,
) {
    let Some(pending) = pending else { return };
    match on_no_capacity {
        OnNoCapacity::Queue => clients.fresh.push(pending),
        OnNoCapacity::Fail => clients.fresh.push(Pending {
            may_wait: false,
            ..pending
        }),
        OnNoCapacity::Provisioning => ecs.submit(pending),
    }
}

/// Puts the tasks that a pass could not place into the job queue. With `onNoCapacity: fail` they
/// are refused, and so are the youngest ones beyond the limit of the queue.
#[inline]
pub(in crate::simulation) fn queue_the_rest<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let limit = lives.platform.plan().job_queue.limit;
    let limit = limit.map_or(usize::MAX, |limit| limit as usize);
    for pending in clients.fresh.drain(..) {
        if !pending.may_wait {
            ending::reject(lives, ctx, pending.task, Rejection::NoRoom);
        } else if clients.waiting.len() >= limit {
            ending::reject(lives, ctx, pending.task, Rejection::QueueFull);
        } else {
            clients.waiting.push(pending);
        }
    }
}

/// Removes a task that waits in the job queue, or was submitted since the last pass, if it is there.
pub(super) fn withdraw(clients: &mut Clients<'_>, id: TaskId) {
    clients.fresh.retain(|pending| pending.task != id);
    let place = {
        let mut waiting = clients.waiting.iter();
        waiting.find(|(_, pending)| pending.task == id)
    };
    if let Some(position) = place.map(|(position, _)| position) {
        clients.waiting.remove(position);
    }
}

/// Submits a task again that was lost, that was refused, or for which Fargate had no capacity. In
/// the job queue the place of a lost task is that of its first arrival; a task that was never placed
/// joins the end.
pub(in crate::simulation) fn submit_again<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks().get(id).copied() else {
        return;
    };
    let revision = lives.revision(&task);
    let WorkId::Entry(entry) = revision.work else {
        return;
    };
    let on_no_capacity = clients.sources[entry.index()].plan.on_no_capacity;
    if revision.on_fargate {
        return fargate::submit(lives, ctx, id);
    }
    if on_no_capacity != OnNoCapacity::Queue || task.attempts == 0 {
        let pending = creation::to_wait(lives, ctx, id, task.lane, Some(task.shape));
        return submit(clients, ecs, on_no_capacity, pending);
    }
    let order = |task: &Task| (task.arrived, task.revision, task.ordinal);
    let pending = Pending {
        task: id,
        work: revision.work,
        lane: task.lane,
        shape: task.shape,
        may_wait: true,
    };
    let tasks = lives.tasks();
    clients.waiting.put_back(pending, |other| {
        let other = tasks.get(other.task);
        other.is_some_and(|other| order(other) > order(&task))
    });
    clients.returned = true;
    lives.platform.request_pass();
}

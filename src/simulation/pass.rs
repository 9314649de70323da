//! The placement pass: the scheduler decides, the world follows.
//!
//! ECS's own tasks go first: those in PROVISIONING and those that services have just
//! created, each tried in turn (facts/ecs.md 118). Then the client's job queue is looked at.

use super::{Event, Fact, Rejection, World, autoscaling, capacity, tasks};
use crate::cluster::{Pending, TaskId};
use crate::engine::{Reader, Turn};
use crate::policy::placement::{Pass, QueueOrder};

/// One pass in phase Decide of an instant in which something relevant changed.
pub(super) fn run<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    world.dirty = false;
    let nobody_waits = world.fresh.is_empty() && world.waiting.is_empty();
    let ecs_waits = !world.submitted.is_empty() || !world.provisioning.is_empty();
    if world.failed.is_some() || (nobody_waits && !ecs_waits) {
        world.freed.clear();
        world.returned = false;
        return autoscaling::after_pass(world, turn);
    }
    world.freed.sort_unstable();
    world.freed.dedup();
    if ecs_waits {
        place_own(world, turn);
    }
    if !nobody_waits {
        place(world, turn, Queue::Jobs);
        queue_the_rest(world, turn);
    }
    world.returned = false;
    world.freed.clear();
    autoscaling::after_pass(world, turn);
}

/// ECS's own tasks; apart, so that plain work does not pay for them.
#[inline(never)]
fn place_own<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    place(world, turn, Queue::Provisioning);
    provision_the_rest(world, turn);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Queue {
    Jobs,
    Provisioning,
}

/// Lets the scheduler decide about one of the queues.
#[inline(always)]
fn place<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, queue: Queue) {
    let (waiting, fresh, order) = match queue {
        Queue::Jobs => (&mut world.waiting, &mut world.fresh, None),
        Queue::Provisioning => (
            &mut world.provisioning,
            &mut world.submitted,
            Some(QueueOrder::SkipAhead),
        ),
    };
    let mut pass = Pass {
        now: turn.now(),
        cluster: &mut world.cluster,
        tasks: &mut world.tasks,
        waiting,
        fresh,
        order,
        freed: &world.freed,
        is_new: world.returned,
        requirements: &world.requirements,
        streams: &world.placement_keys,
        placed: &mut world.placed,
        refused: &mut world.refused,
    };
    if let Err(failed) = world.scheduler.pass(&mut pass) {
        world.failed = Some(failed);
    }
    let placed = std::mem::take(&mut world.placed);
    for (task, instance) in &placed {
        tasks::placed(world, turn, *task);
        if world.cluster.is_in_group(*instance) {
            capacity::changed(world, turn, *instance);
        }
    }
    world.placed = placed;
    world.placed.clear();
    while let Some(task) = world.refused.pop() {
        tasks::reject(world, turn, task, Rejection::ByScheduler);
    }
}

/// Who found no room joins the job queue, or is refused: at once with `onNoCapacity: fail`,
/// and beyond the queue's limit the youngest first.
#[inline]
fn queue_the_rest<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    let limit = world
        .plan
        .job_queue
        .limit
        .map_or(usize::MAX, |limit| limit as usize);
    let fresh = std::mem::take(&mut world.fresh);
    for pending in &fresh {
        if !pending.may_wait {
            tasks::reject(world, turn, pending.task, Rejection::NoRoom);
        } else if world.waiting.len() >= limit {
            tasks::reject(world, turn, pending.task, Rejection::QueueFull);
        } else {
            world.waiting.push(*pending);
        }
    }
    world.fresh = fresh;
    world.fresh.clear();
}

/// Who found no room waits in PROVISIONING where managed scaling will bring instances, as
/// long as there are not too many (facts/ecs.md 43, 54, 56); other tasks of services are
/// given up, to be tried again later.
fn provision_the_rest<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    let limit = world.plan.assumptions.provisioning_limit as usize;
    let timeout = world.plan.assumptions.provisioning_timeout;
    let submitted = std::mem::take(&mut world.submitted);
    for pending in &submitted {
        let id = pending.task;
        if !pending.may_wait {
            tasks::reject(world, turn, id, Rejection::NoRoom);
        } else if world.provisioning.len() >= limit {
            tasks::reject(world, turn, id, Rejection::ProvisioningFull);
        } else {
            world.provisioning.push(*pending);
            turn.after(timeout, Event::ProvisioningExpires { task: id });
            capacity::demand_changed(world, turn, *pending);
        }
    }
    world.submitted = submitted;
    world.submitted.clear();
}

/// A task has waited in PROVISIONING for as long as ECS lets it (facts/ecs.md 55).
pub(super) fn expire<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.faults.control_plane_is_out() {
        // Nobody could place it: it has its time again.
        let timeout = world.plan.assumptions.provisioning_timeout;
        return turn.after(timeout, Event::ProvisioningExpires { task: id });
    }
    if let Some(pending) = withdraw(world, id) {
        tasks::reject(world, turn, id, Rejection::ProvisioningTimedOut);
        capacity::demand_changed(world, turn, pending);
    }
}

/// Takes a task out of PROVISIONING, if it is there.
pub(super) fn withdraw(world: &mut World<'_>, id: TaskId) -> Option<Pending> {
    let position = {
        let mut waiting = world.provisioning.iter();
        waiting.find(|(_, pending)| pending.task == id)?.0
    };
    Some(world.provisioning.remove(position))
}

//! The placement pass: the scheduler decides, the world follows.

use super::{Event, Fact, Rejection, World, tasks};
use crate::engine::{Reader, Turn};
use crate::policy::placement::Pass;

/// One pass in phase Decide of an instant in which something relevant changed.
pub(super) fn run<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    world.dirty = false;
    if world.failed.is_some() || (world.fresh.is_empty() && world.waiting.is_empty()) {
        world.freed.clear();
        return;
    }
    world.freed.sort_unstable();
    world.freed.dedup();
    let mut pass = Pass {
        now: turn.now(),
        cluster: &mut world.cluster,
        tasks: &mut world.tasks,
        waiting: &mut world.waiting,
        fresh: &mut world.fresh,
        freed: &world.freed,
        requirements: &world.requirements,
        streams: &world.placement_keys,
        placed: &mut world.placed,
        refused: &mut world.refused,
    };
    if let Err(failed) = world.scheduler.pass(&mut pass) {
        world.failed = Some(failed);
    }
    world.freed.clear();
    let placed = std::mem::take(&mut world.placed);
    for (task, _) in &placed {
        tasks::placed(world, turn, *task);
    }
    world.placed = placed;
    world.placed.clear();
    while let Some(task) = world.refused.pop() {
        tasks::reject(world, turn, task, Rejection::ByScheduler);
    }
    queue_the_rest(world, turn);
}

/// Who found no room joins the job queue, or is refused: at once with `onNoCapacity: fail`,
/// and beyond the queue's limit the youngest first.
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

//! The life of a placed task: start-up, run, end.

use super::{BILLED_AT_LEAST, Event, Fact, Rejection, TaskFact, World};
use crate::cluster::{ProviderId, Request, Task, TaskId};
use crate::engine::{Reader, Turn};
use crate::plan::Delays;
use crate::units::Memory;

/// Fargate includes 20 GiB of ephemeral storage (facts/ecs.md 26).
const STORAGE_INCLUDED: Memory = Memory::gib(20);

/// A task has its capacity: it starts at once, or after the fixed start-up.
pub(super) fn placed<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.placed = now;
    let task = *task;
    let provider = world.provider_of(&task);
    if task.instance.is_none() {
        meter_fargate(world, turn, &task, true);
    }
    turn.report(Fact::TaskPlaced(TaskFact { task, provider }));
    match world.plan.delays {
        Delays::None | Delays::Realistic => begin(world, turn, id),
        Delays::Start(delay) => turn.after(delay, Event::TaskStarts { task: id }),
    }
}

/// The start-up is over.
pub(super) fn start<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.tasks.get(id).is_none_or(|task| task.running) {
        return; // Stopped while starting; its event is stale.
    }
    begin(world, turn, id);
}

/// Containers run from here.
fn begin<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    if let Some(instance) = task.instance {
        world.cluster.hold(instance, &task.shape);
    }
    let provider = world.provider_of(&task);
    turn.report(Fact::TaskStarted(TaskFact { task, provider }));
    turn.after(task.duration, Event::TaskFinishes { task: id });
}

/// The essential containers end; capacity is free at once in this model.
pub(super) fn finish<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.remove(id) else {
        return; // Stopped before its end; its event is stale.
    };
    let provider = world.provider_of(&task);
    match task.instance {
        Some(instance) => {
            let requirement = &world.requirements[task.entry.index()];
            world.cluster.let_go(instance, &task.shape);
            world.cluster.release(
                instance,
                &Request {
                    shape: task.shape,
                    requirement,
                },
            );
            world.freed.push(instance);
            world.dirty = true;
        }
        None => meter_fargate(world, turn, &task, false),
    }
    turn.report(Fact::TaskFinished(TaskFact { task, provider }));
}

/// A task leaves without ever having had capacity.
pub(super) fn reject<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: Rejection,
) {
    let Some(task) = world.tasks.remove(id) else {
        return;
    };
    let fact = TaskFact {
        task,
        provider: None,
    };
    turn.report(Fact::TaskRejected(fact, why));
}

/// Fargate bills the task's size from the moment the image pull starts, which without
/// delays is its placement, to its end (facts/pricing.md 2).
fn meter_fargate<R>(world: &mut World<'_>, turn: &Turn<'_, Event, R>, task: &Task, begins: bool) {
    let entry = &world.entries[task.entry.index()];
    let provider = entry
        .provider
        .expect("a Fargate task has a provider")
        .index();
    let storage = world.plan.tasks[task.entry.index()]
        .demand
        .ephemeral_storage;
    let extra = storage
        .as_bytes()
        .saturating_sub(STORAGE_INCLUDED.as_bytes());
    let amounts = [
        task.shape.cpu.as_base(),
        task.shape.memory.as_bytes(),
        extra,
    ];
    let zone = task.zone.index();
    let state = &mut world.providers[provider];
    let groups = state.tasks.len() / state.meters.len();
    let count = &mut state.tasks[zone * groups + entry.group];
    *count = if begins { *count + 1 } else { *count - 1 };
    let arm = entry.arm as usize;
    for (meter, amount) in state.meters[zone][arm].iter().zip(amounts) {
        if amount == 0 {
            continue;
        }
        if begins {
            world.meters.start(*meter, amount, turn.now());
        } else {
            world
                .meters
                .stop(*meter, amount, task.placed, turn.now(), BILLED_AT_LEAST);
        }
    }
}

impl World<'_> {
    /// The provider whose capacity a task has.
    #[inline]
    pub(super) fn provider_of(&self, task: &Task) -> Option<ProviderId> {
        match task.instance {
            Some(id) => {
                let pool = self.cluster.instance(id).pool();
                Some(self.cluster.pool(pool).spec.provider)
            }
            None => self.entries[task.entry.index()]
                .provider
                .filter(|_| self.entries[task.entry.index()].on_fargate),
        }
    }
}

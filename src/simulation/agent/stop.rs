//! How a task ends: its containers are stopped wave by wave, its capacity is freed, and it
//! leaves; or it is lost with its host.

use super::life::{Life, Step};
use super::{next_in_queue, run, step};
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::{Reader, Turn};
use crate::plan::NetworkMode;
use crate::simulation::tasks::{self, draws};
use crate::simulation::{
    Event, Fact, StopReason, TaskFact, World, fargate, images, instances, services,
};
use crate::units::{SimTime, Span};

/// The desired status of a task becomes STOPPED: what it was promised is free for others at
/// once (facts/ecs.md 68), and its containers are stopped in reverse order of dependency
/// (facts/ecs.md 19, 62).
pub(in crate::simulation) fn stop<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: StopReason,
) {
    if world.tasks.get(id).is_none_or(|task| task.stopping) {
        return;
    }
    if world.lives.get(id.slot()).is_none_or(Option::is_none) {
        // Nothing takes time here: it is gone at once.
        return tasks::lose(world, turn, id, why);
    }
    let is_exit = matches!(why, StopReason::EssentialContainerExited { .. });
    if is_exit
        && world
            .life(id)
            .is_some_and(|life| life.step == Step::Polling)
    {
        // All containers ran: the control plane is told so before it is told of the exit
        // (facts/ecs.md 63, 70).
        run(world, turn, id);
    }
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.stopping = true;
    let promised = std::mem::replace(&mut task.promised, false);
    let task = *task;
    let provider = world.provider_of(&task);
    turn.report(Fact::TaskStopping(TaskFact { task, provider }, why));
    if let (Some(instance), true) = (task.instance, promised)
        && !services::keeps_room(world, &task, instance)
    {
        tasks::free_promise(world, turn, &task, instance);
    }
    let Some(life) = world.life(id) else { return };
    life.stop = Some(why);
    life.healthy = false;
    life.state.stop();
    life.waves = life.state.stop_order();
    life.waves.reverse();
    if life.step != Step::Dead {
        stop_next_wave(world, turn, id);
    }
}

/// SIGTERM to the containers that may be stopped next; they exit by themselves or are killed
/// at their stop timeout (facts/ecs.md 23, 52). Of an agent without connection that has to
/// wait.
pub(super) fn stop_next_wave<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let is_apart = world.is_apart(id);
    let Some(life) = world.life(id) else { return };
    if is_apart {
        life.step = Step::Apart;
        life.due = SimTime::MAX;
        return;
    }
    let Some(wave) = life.waves.pop() else {
        return ended(world, turn, id);
    };
    let takes = wave.iter().map(|container| {
        let definition = &world.entries[task.entry.index()].containers[*container];
        let keys = world.keys(&task, *container);
        let law = &definition.behavior.stop_time;
        let span = Span::from_seconds_f64(law.sample(&mut draws(keys.stop, &task)));
        span.min(definition.stop_timeout)
    });
    let takes = takes.max().unwrap_or(Span::ZERO);
    step(world, turn, id, Step::Stopping, takes);
}

/// All its containers have ended: the host has room again, Fargate bills no more.
fn ended<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    let held = std::mem::replace(&mut task.held, false);
    let task = *task;
    give_images_back(world, id, &task, now);
    if let Some(life) = world.life(id) {
        life.ended = life.unheard.map_or(now, |(at, _)| at);
    }
    match task.instance {
        Some(instance) => {
            if held {
                world.cluster.let_go(instance, &task.shape);
            }
            next_in_queue(world, turn, instance);
        }
        None => end_billing(world, id, &task, now),
    }
    let entry = &world.entries[task.entry.index()];
    let detaches = task.instance.is_none() || entry.demand.network_mode == NetworkMode::Awsvpc;
    let law = Some(&world.plan.assumptions.interface_detach).filter(|_| detaches);
    let key = entry.life.as_ref().expect("it has a life in detail").detach;
    let span = world.delay(law, key, &task);
    step(world, turn, id, Step::Deprovisioning, span);
}

fn end_billing(world: &mut World<'_>, id: TaskId, task: &Task, now: SimTime) {
    let since = world.life(id).and_then(|life| life.billed_since.take());
    if let Some(since) = since {
        fargate::end_meters(world, now, task, since);
    }
}

fn give_images_back(world: &mut World<'_>, id: TaskId, task: &Task, now: SimTime) {
    let Some(instance) = task.instance else {
        return;
    };
    let containers = world.entries[task.entry.index()].containers;
    // Not by `World::life`: of a task that is lost only its life is left.
    let life = world.lives.get_mut(id.slot()).and_then(Option::as_mut);
    let Some(life) = life else { return };
    let runs = life.runs.iter_mut().zip(containers);
    let had: Vec<usize> = runs
        .filter_map(|(run, container)| {
            std::mem::replace(&mut run.has_image, false).then_some(container.image)
        })
        .collect();
    for image in had {
        images::release(world, instance, image, now);
    }
}

/// The task is STOPPED and leaves.
pub(super) fn leave<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.remove(id) else {
        return;
    };
    let Some(life) = world.lives[id.slot()].take() else {
        return;
    };
    let provider = world.provider_of(&task);
    if task.instance.is_none() {
        fargate::leave(world, turn, &task);
    }
    let of = TaskFact { task, provider };
    let why = life.stop.expect("who leaves has been stopped");
    tasks::gone(world, turn, of, why, life.ended);
    if let Some(instance) = task.instance {
        instances::task_left(world, turn, instance);
    }
}

/// A task's life is over from outside, with its host or its Fargate capacity. Says why it
/// was stopping already, if it was, and when its containers ended.
pub(in crate::simulation) fn forget(
    world: &mut World<'_>,
    id: TaskId,
    task: &Task,
    now: SimTime,
) -> Option<(Option<StopReason>, SimTime)> {
    world.lives.get(id.slot())?.as_ref()?;
    // The task itself has left already; its life knows what it had.
    give_images_back(world, id, task, now);
    let life = world.lives[id.slot()].take()?;
    if let Some(since) = life.billed_since {
        fargate::end_meters(world, now, task, since);
    }
    let ended = match life.step {
        Step::Dead | Step::Deprovisioning => life.ended,
        _ => now,
    };
    Some((life.stop, ended))
}

/// An instance has died: nothing on it happens any more, which ECS may notice later.
pub(in crate::simulation) fn host_died<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    world.machines[instance.index()].agent.restart();
    for id in tasks::on_instance(world, instance) {
        let now = turn.now();
        // A host that failed is terminated later: who is dead dies once.
        let alive = |life: &&mut Life| life.step != Step::Dead;
        if let Some(life) = world.life(id).filter(alive) {
            life.step = Step::Dead;
            life.due = SimTime::MAX;
            life.ended = life.unheard.map_or(now, |(at, _)| at);
            set_dead(world, turn, id);
        } else if world.life(id).is_none() {
            // Without a life in detail there is nothing that ECS could still believe in.
            tasks::lose(world, turn, id, StopReason::HostGone);
        }
    }
}

/// A dead task serves nobody, though ECS may still believe in it.
fn set_dead<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    if world.life(id).is_some_and(|life| life.healthy) {
        let provider = world.provider_of(&task);
        turn.report(Fact::TaskHealth(TaskFact { task, provider }, false));
    }
}

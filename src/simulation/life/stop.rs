//! How a task ends: its containers are stopped wave by wave, its capacity is freed, and it
//! leaves; or it is lost with its host.

use super::record::Step;
use super::revision::Owner;
use super::steps::{next_in_queue, run, step};
use super::tasks::{self, birth};
use super::{Lives, fargate};
use crate::cluster::{ServiceId, Task, TaskId};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, StopReason, TaskFact};
use crate::simulation::notice::Notice;
use crate::simulation::platform::images;
use crate::units::{SimTime, Span};

/// The desired status of a task becomes STOPPED: what it was promised is free for others at
/// once (facts/ecs.md 68), and its containers are stopped in reverse order of dependency
/// (facts/ecs.md 19, 62).
pub(in crate::simulation) fn stop<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    if lives.tasks.get(id).is_none_or(|task| task.stopping) {
        return;
    }
    if lives.details.get(id.slot()).is_none_or(Option::is_none) {
        // Nothing takes time here: it is gone at once.
        return tasks::lose(lives, ctx, id, why);
    }
    let is_exit = matches!(why, StopReason::EssentialContainerExited { .. });
    if is_exit && lives.of(id).is_some_and(|life| life.step == Step::Polling) {
        // All containers ran: the control plane is told so before it is told of the exit
        // (facts/ecs.md 63, 70).
        run(lives, ctx, id);
    }
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.stopping = true;
    let promised = std::mem::replace(&mut task.promised, false);
    let task = *task;
    let provider = lives.provider_of(&task);
    ctx.report(Fact::TaskStopping(TaskFact { task, provider }, why));
    if let (Some(instance), true) = (task.instance, promised) {
        match daemon_of(lives, &task) {
            Some(service) if lives.platform.is_active(instance) => {
                let notice = Notice::DaemonRoomKept(service, instance);
                lives.platform.notify(notice);
            }
            _ => tasks::free_promise(lives, ctx, &task, instance),
        }
    }
    let Some(life) = lives.of(id) else { return };
    life.stop = Some(why);
    life.healthy = false;
    life.state.stop();
    life.waves = life.state.stop_order();
    life.waves.reverse();
    if life.step != Step::Dead {
        stop_next_wave(lives, ctx, id);
    }
}

/// The service of a task that is a daemon. Its instance keeps the room for the next one
/// (facts/ecs.md 107).
fn daemon_of(lives: &Lives<'_>, task: &Task) -> Option<ServiceId> {
    match lives.revision(task).owner {
        Owner::Service(service) if lives.requirement(task.lane).daemon => Some(service),
        _ => None,
    }
}

/// SIGTERM to the containers that may be stopped next; they exit by themselves or are killed
/// at their stop timeout (facts/ecs.md 23, 52). Of an agent without connection that has to
/// wait.
pub(in crate::simulation) fn stop_next_wave<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let is_apart = lives.is_apart(id);
    let Some(life) = lives.of(id) else { return };
    if is_apart {
        life.step = Step::Apart;
        life.due = SimTime::MAX;
        return;
    }
    let Some(wave) = life.waves.pop() else {
        return ended(lives, ctx, id);
    };
    let takes = wave.iter().map(|container| {
        let definition = &lives.revisions[task.entry.index()].containers[*container];
        let keys = lives.keys(&task, *container);
        let law = &definition.behavior.stop_time;
        let span = Span::from_seconds_f64(law.sample(&mut keys.stop.stream(birth(&task))));
        span.min(definition.stop_timeout)
    });
    let takes = takes.max().unwrap_or(Span::ZERO);
    step(lives, ctx, id, Step::Stopping, takes);
}

/// All its containers have ended: the host has room again, Fargate bills no more.
fn ended<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    let held = std::mem::replace(&mut task.held, false);
    let task = *task;
    give_images_back(lives, id, &task, now);
    if let Some(life) = lives.of(id) {
        life.ended = life.unheard.map_or(now, |(at, _)| at);
    }
    match task.instance {
        Some(instance) => {
            if held {
                lives.platform.cluster_mut().let_go(instance, &task.shape);
            }
            next_in_queue(lives, ctx, instance);
        }
        None => end_billing(lives, id, &task, now),
    }
    let revision = lives.revision(&task);
    let detaches = task.instance.is_none() || revision.has_interface;
    let assumptions = &lives.platform.plan().assumptions;
    let law = Some(&assumptions.interface_detach).filter(|_| detaches);
    let key = revision.keys().detach;
    let span = lives.delay(law, key, birth(&task));
    step(lives, ctx, id, Step::Deprovisioning, span);
}

fn end_billing(lives: &mut Lives<'_>, id: TaskId, task: &Task, now: SimTime) {
    let since = lives.of(id).and_then(|life| life.billed_since.take());
    if let Some(since) = since {
        fargate::end_meters(lives, now, task, since);
    }
}

fn give_images_back(lives: &mut Lives<'_>, id: TaskId, task: &Task, now: SimTime) {
    let Some(instance) = task.instance else {
        return;
    };
    let containers = lives.revisions[task.entry.index()].containers;
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

/// The task is STOPPED and leaves.
pub(in crate::simulation) fn leave<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.remove(id) else {
        return;
    };
    let Some(life) = lives.details[id.slot()].take() else {
        return;
    };
    let provider = lives.provider_of(&task);
    if task.instance.is_none() {
        fargate::leave(lives, ctx, &task);
    }
    let of = TaskFact { task, provider };
    let why = life.stop.expect("a task that leaves has been stopped");
    tasks::gone(lives, ctx, of, why, life.ended);
    tasks::tell_left(lives, &task);
}

/// A task's life is over from outside, with its host or its Fargate capacity. Says why it
/// was stopping already, if it was, and when its containers ended.
pub(in crate::simulation) fn forget(
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
        fargate::end_meters(lives, now, task, since);
    }
    let ended = match life.step {
        Step::Dead | Step::Deprovisioning => life.ended,
        _ => now,
    };
    Some((life.stop, ended))
}

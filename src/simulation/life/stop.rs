//! The stop of a task: its reserved capacity is freed, its containers are stopped in waves, and it
//! becomes STOPPED.

use super::ending::{free_promise, give_images_back, gone, is_done, lose, notify_left};
use super::fargate_room::{self, end_meters};
use super::running::{report, run};
use super::serving::{left, recount};
use super::stage::{span, step};
use super::state::Lives;
use super::targets;
use crate::cluster::{LaneId, ServiceId, TaskId, WorkId};
use crate::engine::{Reader, tell};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, StopReason};
use crate::simulation::notice::Deferred;
use crate::simulation::notice::Step;
use crate::simulation::task_changes::PassingStatus;
use crate::units::{SimTime, Span};

/// Sets the desired status of a task to STOPPED. Its reserved capacity is free for other tasks at
/// once (facts/ecs.md 68). Its containers are stopped in reverse order of dependency (facts/ecs.md
/// 19, 62).
pub(in crate::simulation) fn stop<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    if lives.tasks.get(id).is_none_or(|task| task.stopping) {
        return;
    }
    if lives.life(id).is_none() {
        // Without a detailed life a stop takes no time.
        return lose(lives, ctx, id, why);
    }
    let is_exit = matches!(why, StopReason::EssentialContainerExited { .. });
    if is_exit && lives.of(id).is_some_and(|life| life.step == Step::Polling) {
        // All containers had started: the task is RUNNING before it stops, so that the exit is not
        // a failed start (facts/ecs.md 63, 70).
        run(lives, ctx, id);
    }
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.stopping = true;
    let promised = std::mem::replace(&mut task.promised, false);
    let (instance, lane, shape) = (task.instance, task.lane, task.shape);
    if let Some(task) = lives.tasks.get(id) {
        tell!(ctx, Fact::TaskStopping(lives.fact(*task), why));
    }
    if let (Some(instance), true) = (instance, promised) {
        let room = (lane, shape);
        match daemon_of(lives, id, lane) {
            Some(service)
                if lives.platform.is_active(instance)
                    && lives.keep_room((service, instance), room) => {}
            _ => free_promise(lives, ctx, room, instance),
        }
    }
    let Some(life) = lives.of(id) else { return };
    life.stop = Some(why);
    life.healthy = false;
    life.state.stop();
    let drains_for = targets::deregister(lives, ctx, id);
    recount(lives, id);
    let Some(life) = lives.of(id) else { return };
    match drains_for {
        _ if life.step == Step::Dead => {}
        // It has stopped by itself, which ECS is not informed of.
        _ if life.unreported.is_some() => stop_next_wave(lives, ctx, id),
        Some(span) if why.drains() => deactivate(lives, ctx, id, span),
        _ => stop_next_wave(lives, ctx, id),
    }
}

/// DEACTIVATING: its target is deregistered, and ECS waits until that is done before it stops the
/// containers (facts/ecs.md 52; facts/platform.md 4.4.2).
fn deactivate<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    lasts: Span,
) {
    if let Some(task) = lives.tasks.get(id).copied()
        && ctx.wants_repeats()
    {
        let status = PassingStatus::Deactivating;
        ctx.report(Fact::TaskStatus(lives.fact(task), status));
    }
    step(lives, ctx, id, Step::Deactivating, lasts);
}

/// Does not wait any longer for the target of a task that stops: SIGTERM comes now.
pub(in crate::simulation) fn end_draining<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives
        .of(id)
        .is_some_and(|life| life.step == Step::Deactivating)
    {
        stop_next_wave(lives, ctx, id);
    }
}

/// The service of a daemon task; `None` for other tasks. The instance of a daemon keeps its
/// capacity for the next one (facts/ecs.md 107).
fn daemon_of(lives: &Lives<'_>, id: TaskId, lane: LaneId) -> Option<ServiceId> {
    if !lives.requirement(lane).daemon {
        return None;
    }
    match lives.revision(lives.tasks.get(id)?).work {
        WorkId::Service(service) => Some(service),
        WorkId::Entry(_) => None,
    }
}

/// A task stops by itself. With a disconnected agent, ECS is informed when it is connected again.
#[inline]
pub(in crate::simulation) fn stop_by_itself<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    if lives.awaits_agent(id) {
        stop_unheard(lives, ctx, id, why);
    } else {
        stop(lives, ctx, id, why);
    }
}

/// A task stops by itself while its agent is disconnected.
#[inline(never)]
fn stop_unheard<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: StopReason,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id) else { return };
    life.unreported = Some((now, why));
    let was_healthy = life.healthy;
    recount(lives, id);
    targets::stopped_unheard(lives, ctx, id);
    if was_healthy {
        // It is no longer healthy, but ECS still counts it as healthy.
        ctx.report(Fact::TaskHealth(lives.fact(task), false));
    }
}

/// Sends SIGTERM to the containers of the next wave. They exit by themselves or are killed at their
/// stop timeout (facts/ecs.md 23, 52). A disconnected agent does so when it is connected again.
pub(in crate::simulation) fn stop_next_wave<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let awaits_agent = lives.awaits_agent(id);
    let Some(life) = lives.of(id) else { return };
    if awaits_agent {
        life.step = Step::StopUndelivered;
        life.due = SimTime::MAX;
        return;
    }
    let has_drained = life.step == Step::Deactivating;
    if has_drained
        && ctx.wants_repeats()
        && let Some(task) = lives.tasks.get(id)
    {
        let status = PassingStatus::Stopping;
        ctx.report(Fact::TaskStatus(lives.fact(*task), status));
    }
    let Some(life) = lives.of(id) else { return };
    let wave = life.state.stop_wave(life.waves.into());
    if wave.is_empty() {
        return ended(lives, ctx, id);
    }
    life.waves += 1;
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let takes = wave.iter().map(|container| {
        let definition = &lives.revisions[task.revision.index()].containers[container];
        let key = lives.keys(task, container).stop;
        span(&definition.behavior.stop_time, key, task).min(definition.stop_timeout)
    });
    let takes = takes.max().unwrap_or(Span::ZERO);
    step(lives, ctx, id, Step::Stopping, takes);
}

/// All containers of a task have ended: its host has room again, and Fargate ends billing.
fn ended<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    let held = std::mem::replace(&mut task.held, false);
    let (instance, revision, shape) = (task.instance, task.revision, task.shape);
    give_images_back(lives, id, (instance, revision), now);
    if let Some(life) = lives.of(id) {
        life.ended = life.unreported.map_or(now, |(at, _)| at);
    }
    match instance {
        Some(instance) => {
            if held {
                lives.platform.cluster_mut().let_go(instance, &shape);
            }
            // Without a task in its queue the agent has nothing to start.
            if !lives.agent(instance).queue.is_empty() {
                lives.platform.defer(Deferred::HostRoomFreed(instance));
            }
        }
        None => end_billing(lives, id, now),
    }
    let detaches = instance.is_none() || lives.revision_at(revision).has_interface;
    let span = match detaches {
        true => detach(lives, ctx, id),
        false => Span::ZERO,
    };
    step(lives, ctx, id, Step::Deprovisioning, span);
}

/// DEPROVISIONING takes the time in which the interface of a task is detached.
#[inline(never)]
fn detach<R: Reader<Fact>>(lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) -> Span {
    let Some(task) = lives.tasks.get(id) else {
        return Span::ZERO;
    };
    if ctx.wants_repeats() {
        let status = PassingStatus::Deprovisioning;
        ctx.report(Fact::TaskStatus(lives.fact(*task), status));
    }
    let law = &lives.platform.plan().assumptions.interface_detach;
    lives.delay(Some(law), lives.revision(task).keys().detach, task)
}

#[inline(never)]
fn end_billing(lives: &mut Lives<'_>, id: TaskId, now: SimTime) {
    let Some(life) = lives.of(id) else { return };
    let since = life.billed_since();
    life.is_billed = false;
    if let (Some(since), Some(task)) = (since, lives.tasks.get(id).copied()) {
        end_meters(lives, now, &task, since);
    }
}

/// A task is STOPPED and is removed.
pub(in crate::simulation) fn leave<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let (instance, revision) = (task.instance, task.revision);
    left(lives, id, &task);
    let Some(life) = lives.end_life(id) else {
        return;
    };
    let why = life.stop.expect("a STOPPED task has a stop reason");
    let ended = life.ended;
    if instance.is_some() && is_done(lives.revision_at(revision).work, why) {
        lives.job_has_left(revision);
        report(lives, ctx, id, Fact::TaskFinished);
        lives.tasks.remove(id);
    } else if let Some(task) = lives.tasks.remove(id) {
        if instance.is_none() {
            fargate_room::leave(lives, &task);
        }
        let of = lives.fact(task);
        gone(lives, ctx, of, why, ended);
    }
    notify_left(lives, instance);
}

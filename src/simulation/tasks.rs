//! What becomes of tasks whatever their life is like: placed, run, ended, lost, submitted
//! again. Tasks with a life in detail (containers, images, steps of start and stop) go on in
//! [`agent`](super::agent).

use super::{
    Event, Fact, Interruption, Rejection, StopReason, TaskFact, World, agent, arrivals, capacity,
    fargate, faults, groups, instances, services,
};
use crate::cluster::{InstanceId, ProviderId, Request, Task, TaskId};
use crate::engine::random::{Purpose, Stream, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{Checkpoint, Delays, Rework};
use crate::units::{SimTime, Span};

/// A task has its capacity: it starts.
#[inline(always)]
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
    task.attempts += 1;
    task.promised = true;
    let (entry, instance) = (task.entry, task.instance);
    report(world, turn, id, Fact::TaskPlaced);
    if instance.is_none() {
        faults::fargate_task_placed(world, turn, id);
    }
    if world.entries[entry.index()].life.is_some() {
        return agent::receive(world, turn, id);
    }
    if instance.is_none()
        && let Some(task) = world.tasks.get(id).copied()
    {
        fargate::start_billing(world, now, &task);
    }
    match world.plan.delays {
        Delays::None | Delays::Realistic => begin(world, turn, id),
        Delays::Start(delay) => turn.after(delay, Event::TaskStarts { task: id }),
    }
}

/// Tells what has happened to a living task.
#[inline(always)]
fn report<R: Reader<Fact>>(
    world: &World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    fact: impl FnOnce(TaskFact) -> Fact,
) {
    if let Some(task) = world.tasks.get(id) {
        let provider = world.provider_of(task);
        turn.report(fact(TaskFact {
            task: *task,
            provider,
        }));
    }
}

/// The start-up of fixed length is over.
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
#[inline(always)]
fn begin<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    if let Some(instance) = task.instance {
        if world.has_lives {
            let agent = &mut world.machines[instance.index()].agent;
            let waits = agent.is_away() || !agent.queue.is_empty();
            if waits || !world.cluster.can_hold(instance, &task.shape) {
                // What stops there has not let go yet (facts/ecs.md 66, 236).
                agent.queue.push_back(id);
                return;
            }
        }
        task.held = true;
        world.cluster.hold(instance, &task.shape);
    }
    run(world, turn, id);
}

/// Containers run, and their host has room for them.
#[inline(always)]
pub(super) fn run<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = turn.now();
    let duration = task.duration;
    report(world, turn, id, Fact::TaskStarted);
    turn.after(duration, Event::TaskFinishes { task: id });
}

/// The essential containers end; capacity is free at once in this model.
#[inline(always)]
pub(super) fn finish<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.remove(id) else {
        return; // Stopped before its end; its event is stale.
    };
    let provider = world.provider_of(&task);
    free_all(world, turn, &task);
    world.jobs -= 1;
    turn.report(Fact::TaskFinished(TaskFact { task, provider }));
    left(world, turn, &task);
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
    if world.entries[task.entry.index()].service.is_none() {
        world.jobs -= 1;
    }
    if let Some(service) = world.entries[task.entry.index()].service {
        services::could_not_place(world, turn, service, &task, why);
    }
}

/// Whatever a task that is no more among the living has of its capacity is free.
#[inline(always)]
pub(super) fn free_all<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
) {
    match task.instance {
        Some(instance) => {
            if task.held {
                world.cluster.let_go(instance, &task.shape);
                if world.has_lives {
                    agent::next_in_queue(world, turn, instance);
                }
            }
            if task.promised {
                free_promise(world, turn, task, instance);
            }
        }
        // Copies, so that elsewhere the task need not be in memory.
        None if world.entries[task.entry.index()].life.is_some() => {
            fargate::leave(world, turn, &{ *task });
        }
        None => fargate::stop_billing(world, turn, &{ *task }),
    }
}

/// The control plane may give away what it had promised to a task (facts/ecs.md 68).
#[inline(always)]
pub(super) fn free_promise<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    task: &Task,
    instance: InstanceId,
) {
    let request = Request {
        shape: task.shape,
        requirement: &world.requirements[task.lane.index()],
    };
    world.cluster.release(instance, &request);
    world.freed.push(instance);
    world.dirty = true;
    if world.cluster.is_in_group(instance) {
        capacity::changed(world, turn, instance);
        if world.cluster.instance(instance).is_empty() {
            groups::instance_emptied(world, turn, instance);
        }
    }
}

/// A task is lost with its capacity, or has failed: work goes back to where it came from if
/// it may be tried again, services start another.
pub(super) fn lose<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: StopReason,
) {
    let Some(task) = world.tasks.remove(id) else {
        return;
    };
    let provider = world.provider_of(&task);
    let now = turn.now();
    let (why, ended) = match agent::forget(world, id, &task, now) {
        Some((stopping, ended)) => (stopping.unwrap_or(why), ended),
        None => (why, now),
    };
    free_all(world, turn, &task);
    gone(world, turn, TaskFact { task, provider }, why, ended);
    left(world, turn, &task);
}

/// An instance that drains may be done now (facts/ecs.md 160).
#[inline(always)]
fn left<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, task: &Task) {
    if let Some(instance) = task.instance
        && world.cluster.is_in_group(instance)
    {
        instances::task_left(world, turn, instance);
    }
}

/// A task that has left its capacity stopped for some reason; its containers had ended at
/// `ended`.
pub(super) fn gone<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    of: TaskFact,
    why: StopReason,
    ended: SimTime,
) {
    let task = of.task;
    let entry = &world.entries[task.entry.index()];
    if let Some(service) = entry.service {
        if matches!(why, StopReason::HostGone | StopReason::InfrastructureHealth) {
            turn.report(Fact::LossNoticed(of, turn.now().since(ended)));
        }
        turn.report(Fact::TaskStopped(of, why));
        return services::task_stopped(world, turn, service, &task, why);
    }
    if matches!(why, StopReason::EssentialContainerExited { code: 0, .. }) {
        world.jobs -= 1;
        return turn.report(Fact::TaskFinished(of));
    }
    let retry = entry.retry.expect("standalone work says how it is retried");
    if retry
        .attempts
        .is_some_and(|attempts| task.attempts >= attempts)
    {
        world.jobs -= 1;
        return turn.report(Fact::TaskStopped(of, why));
    }
    let done = if task.running {
        ended.since(task.started)
    } else {
        Span::ZERO
    };
    let saved = safe(world, &task, done.min(task.duration));
    let left = match retry.work {
        Rework::Restart => task.duration.saturating_sub(saved),
        Rework::Resume => task.duration.saturating_sub(done),
        Rework::Redraw => redraw(world, &task),
    };
    let lost = match retry.work {
        Rework::Resume => Span::ZERO,
        _ => done.saturating_sub(saved),
    };
    turn.report(Fact::TaskInterrupted(of, why, Interruption { lost }));
    let again = world.tasks.add(Task {
        duration: left,
        instance: None,
        promised: false,
        held: false,
        running: false,
        stopping: false,
        ..task
    });
    let key = StreamKey::new(
        world.seed,
        Purpose::RetryDelay,
        world.entries[task.entry.index()].name,
    );
    let delay = retry.delay.sample(&mut draws(key, &task));
    turn.after(
        Span::from_seconds_f64(delay),
        Event::WorkReturns { task: again },
    );
}

/// The stream of a task's draws under a key. Each attempt has draws of its own.
pub(super) fn draws(key: StreamKey, task: &Task) -> Stream {
    key.of(u64::from(task.attempts)).stream(task.ordinal)
}

/// How much of what an attempt has done its last checkpoint has saved.
fn safe(world: &World<'_>, task: &Task, done: Span) -> Span {
    let entry = &world.entries[task.entry.index()];
    let checkpoint = entry
        .retry
        .map_or(Checkpoint::None, |retry| retry.checkpoint);
    let every = match checkpoint {
        Checkpoint::None => return Span::ZERO,
        Checkpoint::Every(every) => every,
        // Parts are of the run time that the task was born with.
        Checkpoint::Parts(parts) => {
            let whole = entry.draw_duration(task.ordinal);
            Span::micros(whole.as_micros().div_ceil(u64::from(parts.max(1))))
        }
    };
    match every.as_micros() {
        0 => done,
        every => Span::micros(done.as_micros() / every * every),
    }
}

/// A run time drawn anew.
fn redraw(world: &World<'_>, task: &Task) -> Span {
    let entry = &world.entries[task.entry.index()];
    let key = StreamKey::new(world.seed, Purpose::Redraw, entry.name);
    match entry.duration {
        Some(law) => Span::from_seconds_f64(law.sample(&mut draws(key, task))),
        None => entry.fixed_duration,
    }
}

/// Lost work is submitted again: in the client's queue it has its old place.
pub(super) fn submit_again<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let waits =
        world.plan.tasks[task.entry.index()].on_no_capacity == crate::plan::OnNoCapacity::Queue;
    if world.entries[task.entry.index()].on_fargate || !waits {
        return arrivals::submit(world, turn, id);
    }
    let order = |task: &Task| (task.arrived, task.entry, task.ordinal);
    let tasks = &world.tasks;
    let pending = crate::cluster::Pending {
        task: id,
        entry: task.entry,
        lane: task.lane,
        shape: task.shape,
        may_wait: true,
    };
    world.waiting.put_back(pending, |other| {
        tasks
            .get(other.task)
            .is_some_and(|other| order(other) > order(&task))
    });
    world.returned = true;
    world.dirty = true;
}

/// All tasks of an instance, oldest first.
pub(super) fn on_instance(world: &World<'_>, instance: InstanceId) -> Vec<TaskId> {
    let there = |task: &Task| task.instance == Some(instance);
    let tasks = world.tasks.with_ids().filter(|(_, task)| there(task));
    let mut tasks: Vec<_> = tasks
        .map(|(id, task)| ((task.arrived, task.entry, task.ordinal), id))
        .collect();
    tasks.sort_unstable();
    tasks.into_iter().map(|(_, id)| id).collect()
}

/// The time of a draw, in whole microseconds.
pub(super) fn later(now: SimTime, seconds: f64) -> SimTime {
    now + Span::from_seconds_f64(seconds)
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
            None => {
                let on_fargate = self.entries[task.entry.index()].on_fargate;
                self.lanes[task.lane.index()]
                    .provider
                    .filter(|_| on_fargate)
            }
        }
    }
}

//! The placement pass: the scheduler chooses instances for waiting tasks, and the world carries
//! out its choices.
//!
//! The tasks of ECS come first: those in PROVISIONING and those that services have just created,
//! each tried once in order (facts/ecs.md 118). The tasks of the client's job queue follow.

use super::clients::{Clients, job_queue};
use super::ecs::{Ecs, obstacle, provisioning};
use super::event::Ctx;
use super::fact::{Fact, Obstacle, Rejection};
use super::life::{Lives, ending, tasks, waits};
use super::notice::Notice;
use crate::cluster::{InstanceId, Pending, PerWork, TaskId, WorkId};
use crate::engine::Reader;
use crate::engine::random::StreamKey;
use crate::policy::placement::{Pass, PolicyFailed, QueueOrder, Scheduler};
use crate::units::{SimTime, Span};

/// What a pass needs besides the other layers: the scheduler, and lists that are reused so that a
/// pass allocates no memory.
pub(super) struct Placing {
    scheduler: Box<dyn Scheduler>,
    /// By work: the keys of the random numbers of placement.
    keys: PerWork<StreamKey>,
    placed: Vec<(TaskId, InstanceId)>,
    refused: Vec<TaskId>,
    /// By queue: when the reasons of all waiting work are looked at again.
    next_look: [SimTime; 2],
    /// The error of the scheduler, after which the run ends.
    pub(super) failed: Option<PolicyFailed>,
}

impl Placing {
    pub(super) fn new(scheduler: Box<dyn Scheduler>, keys: PerWork<StreamKey>) -> Self {
        Self {
            scheduler,
            keys,
            placed: Vec::new(),
            refused: Vec::new(),
            next_look: [SimTime::ZERO; 2],
            failed: None,
        }
    }

    /// The key of the random numbers of placement of an entry or service.
    pub(super) fn key(&self, work: WorkId) -> StreamKey {
        self.keys[work]
    }
}

/// The layers that a pass reads and changes.
pub(super) struct Layers<'a, 'p> {
    pub(super) lives: &'a mut Lives<'p>,
    pub(super) ecs: &'a mut Ecs<'p>,
    pub(super) clients: &'a mut Clients<'p>,
    pub(super) placing: &'a mut Placing,
}

/// Runs one pass, in phase Decide of an instant in which capacity or waiting work has changed.
#[inline(always)]
pub(super) fn run<R: Reader<Fact>>(on: &mut Layers<'_, '_>, ctx: &mut Ctx<'_, R>) {
    let (jobs_wait, ecs_waits) = (!on.clients.has_no_pending(), !on.ecs.has_no_pending());
    if !jobs_wait && !ecs_waits {
        on.clients.set_returned(false);
        return on.lives.platform.pass_had_no_work();
    }
    on.lives.platform.begin_pass();
    if on.placing.failed.is_none() {
        if ecs_waits {
            place_own(on, ctx);
        }
        if jobs_wait {
            place(on, ctx, Queue::Jobs);
            if !on.clients.has_no_pending() {
                tell_waits(on, ctx, Queue::Jobs);
            }
            job_queue::queue_the_rest(on.clients, on.lives, ctx);
        }
    }
    on.clients.set_returned(false);
    on.lives.platform.pass_is_over();
}

/// The part of a pass for the tasks of ECS. Not inlined, so that a run without them has a short
/// pass.
#[inline(never)]
fn place_own<R: Reader<Fact>>(on: &mut Layers<'_, '_>, ctx: &mut Ctx<'_, R>) {
    place(on, ctx, Queue::Provisioning);
    tell_waits(on, ctx, Queue::Provisioning);
    provisioning::queue_the_rest(on.ecs, on.lives, ctx);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Queue {
    Jobs,
    Provisioning,
}

/// Reports what keeps the tasks of a queue from their capacity: those that begin to wait now, and
/// once a minute all. Not inlined, so that a pass after which no task waits stays short.
#[inline(never)]
fn tell_waits<R: Reader<Fact>>(on: &mut Layers<'_, '_>, ctx: &mut Ctx<'_, R>, queue: Queue) {
    let (lives, ecs, now) = (&mut *on.lives, &*on.ecs, ctx.now());
    let is_out = lives.platform.outages().control_plane_is_out();
    let ((waiting, fresh), is_head_of_line) = match queue {
        Queue::Jobs => {
            let order = lives.platform.plan().job_queue.order;
            let (waiting, fresh) = on.clients.queues();
            (
                (&*waiting, fresh.as_slice()),
                order == QueueOrder::HeadOfLine,
            )
        }
        Queue::Provisioning => (ecs.waiting(), false),
    };
    // A service says by itself why its task was refused.
    let is_told = |pending: &&Pending| pending.may_wait || queue == Queue::Jobs;
    let fresh = fresh.iter().filter(is_told);
    let is_head = |pending: &Pending| match waiting.oldest() {
        Some((_, head)) => head.task == pending.task,
        None => fresh
            .clone()
            .next()
            .is_some_and(|head| head.task == pending.task),
    };
    let mut tell = |pending: &Pending| {
        waits::tell(lives, ctx, pending.work, |lives| {
            if is_out {
                return Obstacle::ControlPlane;
            }
            if is_head_of_line && pending.may_wait && !is_head(pending) {
                return Obstacle::Behind;
            }
            obstacle(ecs, lives, pending, now)
        });
    };
    let next_look = &mut on.placing.next_look[queue as usize];
    if *next_look <= now && !waiting.is_empty() {
        *next_look = now + Span::seconds(60);
        waiting.iter().for_each(|(_, pending)| tell(pending));
    }
    fresh.clone().for_each(tell);
}

/// Lets the scheduler decide about the tasks of one queue.
#[inline(always)]
fn place<R: Reader<Fact>>(on: &mut Layers<'_, '_>, ctx: &mut Ctx<'_, R>, queue: Queue) {
    let lives = &mut *on.lives;
    if lives.platform.outages().control_plane_is_out() {
        return; // Nothing is placed during the outage (facts/platform.md 8.3.3).
    }
    let placements_help = lives.placements_help();
    let is_new = on.clients.has_returned() || placements_help;
    let ((waiting, fresh), order) = match queue {
        Queue::Jobs => (on.clients.queues(), None),
        Queue::Provisioning => (on.ecs.queues(), Some(QueueOrder::SkipAhead)),
    };
    let ((cluster, freed), tasks, requirements) = lives.for_pass();
    let placing = &mut *on.placing;
    let mut pass = Pass {
        now: ctx.now(),
        cluster,
        tasks,
        waiting,
        fresh,
        order,
        freed,
        is_new,
        requirements,
        streams: &placing.keys,
        placed: &mut placing.placed,
        refused: &mut placing.refused,
    };
    let mut result = placing.scheduler.pass(&mut pass);
    if placements_help && result.is_ok() {
        result = repeat(&mut *placing.scheduler, &mut pass);
    }
    if let Err(failed) = result {
        placing.failed = Some(failed);
    }
    let placed = std::mem::take(&mut placing.placed);
    for (task, instance) in &placed {
        tasks::placed(lives, ctx, *task);
        if lives.platform.cluster().is_in_group(*instance) {
            let provider = lives.platform.machine(*instance).provider;
            lives.platform.notify(Notice::CapacityChanged(provider));
        }
    }
    if placements_help && !placed.is_empty() {
        lives.platform.request_pass(); // For the tasks of the other queue.
    }
    placing.placed = placed;
    placing.placed.clear();
    while let Some(task) = placing.refused.pop() {
        ending::reject(lives, ctx, task, Rejection::ByScheduler);
    }
}

/// Repeats a pass until it places no more tasks: each placement can let an instance meet the
/// constraint of a task that was tried before, such as `task:group == service:web`.
#[inline(never)]
fn repeat(scheduler: &mut dyn Scheduler, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
    let mut before = 0;
    while pass.placed.len() > before && pass.waiting_len() > 0 {
        before = pass.placed.len();
        scheduler.pass(pass)?;
    }
    Ok(())
}

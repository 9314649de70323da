//! The placement pass: the scheduler decides, the world follows.
//!
//! ECS's own tasks go first: those in PROVISIONING and those that services have just
//! created, each tried in turn (facts/ecs.md 118). Then the client's job queue is looked at.

use super::clients::job_queue;
use super::ecs::provisioning;
use super::event::Ctx;
use super::fact::{Fact, Rejection};
use super::life::tasks;
use super::notice::Notice;
use super::world::World;
use crate::cluster::{InstanceId, TaskId};
use crate::engine::Reader;
use crate::engine::random::StreamKey;
use crate::policy::placement::{Pass, PolicyFailed, QueueOrder, Scheduler};

/// What passes need besides the world: the scheduler, and lists that are kept for their memory.
pub(super) struct Queues {
    scheduler: Box<dyn Scheduler>,
    /// By revision: the keys of its tasks' placement draws.
    keys: Vec<StreamKey>,
    placed: Vec<(TaskId, InstanceId)>,
    refused: Vec<TaskId>,
    /// The scheduler could not go on.
    pub(super) failed: Option<PolicyFailed>,
}

impl Queues {
    pub(super) fn new(scheduler: Box<dyn Scheduler>) -> Self {
        Self {
            scheduler,
            keys: Vec::new(),
            placed: Vec::new(),
            refused: Vec::new(),
            failed: None,
        }
    }

    /// Adds a revision.
    pub(super) fn add(&mut self, key: StreamKey) {
        self.keys.push(key);
    }
}

/// One pass in phase Decide of an instant in which something relevant changed.
pub(super) fn run<R: Reader<Fact>>(world: &mut World<'_>, ctx: &mut Ctx<'_, R>) {
    let mut freed = world.lives.platform.begin_pass();
    let (jobs_wait, ecs_waits) = (!world.clients.has_no_pending(), !world.ecs.has_no_pending());
    if world.placing.failed.is_none() && (jobs_wait || ecs_waits) {
        freed.sort_unstable();
        freed.dedup();
        if ecs_waits {
            place_own(world, ctx, &freed);
        }
        if jobs_wait {
            place(world, ctx, Queue::Jobs, &freed);
            job_queue::queue_the_rest(&mut world.clients, &mut world.lives, ctx);
        }
    }
    world.clients.set_returned(false);
    world.lives.platform.pass_is_over(freed);
}

/// ECS's own tasks; apart, so that plain work does not pay for them.
#[inline(never)]
fn place_own<R: Reader<Fact>>(world: &mut World<'_>, ctx: &mut Ctx<'_, R>, freed: &[InstanceId]) {
    place(world, ctx, Queue::Provisioning, freed);
    provisioning::queue_the_rest(&mut world.ecs, &mut world.lives, ctx);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Queue {
    Jobs,
    Provisioning,
}

/// Lets the scheduler decide about one of the queues.
#[inline(always)]
fn place<R: Reader<Fact>>(
    world: &mut World<'_>,
    ctx: &mut Ctx<'_, R>,
    queue: Queue,
    freed: &[InstanceId],
) {
    let lives = &mut world.lives;
    if lives.platform.outages().control_plane_is_out() {
        return; // Everything waits.
    }
    let is_new = world.clients.has_returned();
    let ((waiting, fresh), order) = match queue {
        Queue::Jobs => (world.clients.queues(), None),
        Queue::Provisioning => (world.ecs.queues(), Some(QueueOrder::SkipAhead)),
    };
    let (cluster, tasks, requirements) = lives.for_pass();
    let placing = &mut world.placing;
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
    if let Err(failed) = placing.scheduler.pass(&mut pass) {
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
    placing.placed = placed;
    placing.placed.clear();
    while let Some(task) = placing.refused.pop() {
        tasks::reject(lives, ctx, task, Rejection::ByScheduler);
    }
}

//! The steps of a task's detailed life, which ECS shows as its status (facts/ecs.md 50 to 66).
//!
//! ```text
//!  PROVISIONING      PENDING          ACTIVATING           RUNNING    STOPPING    DEPROVISIONING
//!  interface or ──▶ agent's pickup ──▶ pulls, starts, ──▶ ─────────▶ SIGTERM, ──▶ interface  ──▶ STOPPED
//!  microVM          and FIFO           dependencies                   SIGKILL      detached
//! ```
//!
//! Behind a load balancer DEACTIVATING comes before STOPPING: the target is deregistered.
//!
//! A step without work takes no time (facts/ecs.md 53). An event for the end of a step is stale
//! unless the step is due at that time.

use super::fargate_room::start_billing;
use super::health::count_as_healthy;
use super::record::Life;
use super::running::{run, run_plain};
use super::runs::start_ready;
use super::stage::step;
use super::state::Lives;
use super::stop::{leave, stop_next_wave};
use crate::cluster::WorkId;
use crate::cluster::{InstanceId, TaskId};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::simulation::task_changes::PassingStatus;

/// Begins the detailed life of a task that was placed.
pub(in crate::simulation) fn receive<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(revision) = lives.tasks.get(id).map(|task| task.revision) else {
        return;
    };
    if let WorkId::Service(service) = lives.revision_at(revision).work {
        lives.platform.notify(Notice::TaskPlaced(service));
    }
    lives.begin_life(id, revision, ctx.now());
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let revision = &lives.revisions[task.revision.index()];
    let assumptions = &lives.platform.plan().assumptions;
    let law = match task.instance {
        None => Some(&assumptions.fargate_provisioning),
        Some(_) if revision.has_interface => Some(&assumptions.interface_attach),
        Some(_) => None,
    };
    let key = revision.keys().provisioning;
    let span = lives.delay(law, key, task);
    step(lives, ctx, id, Step::Provisioning, span);
}

/// Ends a task's step, unless the event is stale.
// Not inlined, as the loop of the engine stays short.
#[inline(never)]
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let now = ctx.now();
    if let Some(life) = lives.of(id).filter(|life| life.due == now) {
        let step = life.step;
        step_over(lives, ctx, id, step);
    }
}

/// Ends a step of length 0, unless the task has gone on to another step.
pub(in crate::simulation) fn over<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    step: Step,
) {
    let now = ctx.now();
    let is_due = |life: &mut Life<'_>| life.step == step && life.due == now;
    if lives.of(id).is_some_and(is_due) {
        step_over(lives, ctx, id, step);
    }
}

/// Goes on from the step that is over to the next one.
fn step_over<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId, of: Step) {
    if lives.tasks.get(id).is_none() {
        return;
    }
    match of {
        Step::Provisioning => provisioned(lives, ctx, id),
        Step::Pending => picked_up(lives, ctx, id),
        Step::Polling => run(lives, ctx, id),
        Step::Running => count_as_healthy(lives, ctx, id),
        Step::Deactivating | Step::Stopping => stop_next_wave(lives, ctx, id),
        Step::Deprovisioning => leave(lives, ctx, id),
        Step::Queued | Step::Activating | Step::StopUndelivered | Step::Dead => {}
    }
}

/// A task has its interface or microVM: it is PENDING until its agent picks it up.
fn provisioned<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    life.marks.provisioned = now;
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let assumptions = &lives.platform.plan().assumptions;
    let law = match task.instance {
        None => &assumptions.fargate_pending,
        Some(_) => &assumptions.agent_pickup,
    };
    let key = lives.revision(task).keys().pending;
    let span = lives.delay(Some(law), key, task);
    if ctx.wants_repeats() {
        ctx.report(Fact::TaskStatus(lives.fact(*task), PassingStatus::Pending));
    }
    step(lives, ctx, id, Step::Pending, span);
}

/// The agent of a task has picked it up.
fn picked_up<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    if let Some(life) = lives.of(id) {
        life.step = Step::Queued;
    }
    match lives.tasks.get(id).and_then(|task| task.instance) {
        None => activate(lives, ctx, id),
        Some(instance) => join_queue(lives, ctx, instance, id),
    }
}

/// The agent starts a task, after those that are in its queue.
fn join_queue<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
    id: TaskId,
) {
    let is_free =
        lives.agent(instance).queue.is_empty() && !lives.platform.is_disconnected(instance);
    if is_free
        && let Some(task) = lives.tasks.get_mut(id).filter(|task| !task.stopping)
        && lives.platform.cluster().can_hold(instance, &task.shape)
    {
        task.held = true;
        lives.platform.cluster_mut().hold(instance, &task.shape);
        return activate(lives, ctx, id);
    }
    lives.agent(instance).queue.push_back(id);
    next_in_queue(lives, ctx, instance);
}

/// The agent starts the tasks of its queue in order, each when the host has room for it. A task
/// without room blocks those behind it (facts/ecs.md 66). A disconnected agent starts none.
pub(in crate::simulation) fn next_in_queue<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
) {
    if lives.platform.is_disconnected(instance) {
        return;
    }
    while let Some(head) = lives.agent(instance).queue.front().copied() {
        let Some(task) = lives.tasks.get_mut(head).filter(|task| !task.stopping) else {
            lives.agent(instance).queue.pop_front();
            continue;
        };
        if !lives.platform.cluster().can_hold(instance, &task.shape) {
            return;
        }
        task.held = true;
        let shape = task.shape;
        lives.platform.cluster_mut().hold(instance, &shape);
        lives.agent(instance).queue.pop_front();
        if lives.of(head).is_some() {
            activate(lives, ctx, head);
        } else {
            run_plain(lives, ctx, head);
        }
    }
}

/// The agent begins to pull images. Fargate bills from here on (facts/pricing.md 2).
fn activate<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    life.step = Step::Activating;
    life.marks.activated = now;
    life.marks.started = now;
    let task = lives.tasks.get(id);
    if let Some(task) = task.filter(|task| task.instance.is_none()).copied() {
        if let Some(life) = lives.of(id) {
            life.is_billed = true;
        }
        start_billing(lives, now, &task);
    }
    start_ready(lives, ctx, id);
}

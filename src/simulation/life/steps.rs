//! The life of a task in detail: the steps of start and stop that ECS shows as its status,
//! and the containers that the agent runs (facts/ecs.md 50 to 66).
//!
//! ```text
//!  PROVISIONING      PENDING          ACTIVATING           RUNNING    STOPPING    DEPROVISIONING
//!  interface or ──▶ agent's pickup ──▶ pulls, starts, ──▶ ─────────▶ SIGTERM, ──▶ interface  ──▶ STOPPED
//!  microVM          and FIFO           dependencies                   SIGKILL      detached
//! ```
//!
//! Steps without work take no time and are passed in one go (facts/ecs.md 53). A reminder
//! holds only if its step is due at that very time.

use super::containers::ContainersState;
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
use std::sync::Arc;

/// A task has its capacity: its life begins.
pub(in crate::simulation) fn receive<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if let WorkId::Service(service) = lives.revision(&task).work {
        lives.platform.notify(Notice::TaskPlaced(service));
    }
    let revision = &lives.revisions[task.revision.index()];
    let state = ContainersState::new(&Arc::from(revision.containers));
    let slot = id.slot();
    if lives.details.len() <= slot {
        lives.details.resize_with(slot + 1, || None);
    }
    lives.details[slot] = Some(Box::new(Life::new(ctx.now(), state)));
    let assumptions = &lives.platform.plan().assumptions;
    let law = match task.instance {
        None => Some(&assumptions.fargate_provisioning),
        Some(_) if revision.has_interface => Some(&assumptions.interface_attach),
        Some(_) => None,
    };
    let key = revision.keys().provisioning;
    let span = lives.delay(law, key, &task);
    step(lives, ctx, id, Step::Provisioning, span);
}

/// A task's step is over, if the reminder still holds.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives.of(id).is_some_and(|life| life.due == ctx.now()) {
        step_over(lives, ctx, id);
    }
}

/// A step without length is over, if the reminder still holds.
pub(in crate::simulation) fn over<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    step: Step,
) {
    let now = ctx.now();
    let is_due = |life: &mut Life| life.step == step && life.due == now;
    if lives.of(id).is_some_and(is_due) {
        step_over(lives, ctx, id);
    }
}

fn step_over<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id) else { return };
    match life.step {
        Step::Provisioning => {
            life.marks.provisioned = now;
            let assumptions = &lives.platform.plan().assumptions;
            let law = match task.instance {
                None => &assumptions.fargate_pending,
                Some(_) => &assumptions.agent_pickup,
            };
            let key = lives.revision(&task).keys().pending;
            let span = lives.delay(Some(law), key, &task);
            step(lives, ctx, id, Step::Pending, span);
        }
        Step::Pending => match task.instance {
            None => activate(lives, ctx, id),
            Some(instance) => {
                life.step = Step::Queued;
                lives.agent(instance).queue.push_back(id);
                next_in_queue(lives, ctx, instance);
            }
        },
        Step::Polling => run(lives, ctx, id),
        Step::Running => count_as_healthy(lives, ctx, id),
        Step::Stopping => stop_next_wave(lives, ctx, id),
        Step::Deprovisioning => leave(lives, ctx, id),
        Step::Queued | Step::Activating | Step::StopUndelivered | Step::Dead => {}
    }
}

/// The agent takes up tasks in order, each as soon as the host has what it needs; the first
/// blocks those behind it (facts/ecs.md 66). Nothing is taken up while it is away.
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

/// The agent begins with the containers. From here Fargate bills (facts/pricing.md 2).
fn activate<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id) else { return };
    life.step = Step::Activating;
    life.marks.activated = now;
    life.marks.started = now;
    if task.instance.is_none() {
        life.billed_since = Some(now);
        start_billing(lives, now, &task);
    }
    start_ready(lives, ctx, id);
}

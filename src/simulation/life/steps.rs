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

use super::containers::{ContainersState, Health};
use super::record::{ContainerKeys, Life, Step};
use super::revision::Owner;
use super::runs::start_ready;
use super::stop::{leave, stop_next_wave};
use super::tasks::birth;
use super::{Lives, fargate, tasks};
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::Reader;
use crate::engine::random::{Distribution, StreamKey};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, StartUp, TaskFact};
use crate::simulation::notice::Notice;
use crate::units::{SimTime, Span};
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
    if let Owner::Service(service) = lives.revision(&task).owner {
        lives.platform.notify(Notice::TaskPlaced(service));
    }
    let revision = &lives.revisions[task.entry.index()];
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
    let span = lives.delay(law, key, birth(&task));
    step(lives, ctx, id, Step::Provisioning, span);
}

/// A task's step lasts so long; one without length is over at once.
pub(super) fn step<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    step: Step,
    lasts: Span,
) {
    let Some(life) = lives.of(id) else { return };
    life.step = step;
    life.due = ctx.now() + lasts;
    if lasts == Span::ZERO {
        step_over(lives, ctx, id);
    } else {
        ctx.after(lasts, Event::TaskTurns { task: id });
    }
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
            let span = lives.delay(Some(law), key, birth(&task));
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
        Step::Queued | Step::Activating | Step::Apart | Step::Dead => {}
    }
}

/// The agent takes up tasks in order, each as soon as the host has what it needs; the first
/// blocks those behind it (facts/ecs.md 66). Nothing is taken up while it is away.
pub(in crate::simulation) fn next_in_queue<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
) {
    if lives.platform.is_cut_off(instance) {
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
            tasks::run(lives, ctx, head);
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
        fargate::start_billing(lives, now, &task);
    }
    start_ready(lives, ctx, id);
}

/// The task is RUNNING once all its containers are as far as they should be
/// (facts/ecs.md 63); on Fargate the control plane sees it a little later.
pub(super) fn is_it_running<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if lives.is_apart(id) {
        return; // ECS hears of it when the agent is back.
    }
    let Some(life) = lives.of(id) else { return };
    if life.step != Step::Activating || !life.state.is_running() {
        return;
    }
    let law =
        Some(&lives.platform.plan().assumptions.status_polling).filter(|_| task.instance.is_none());
    let key = lives.revision(&task).keys().polling;
    let span = lives.delay(law, key, birth(&task));
    step(lives, ctx, id, Step::Polling, span);
}

/// The task is RUNNING.
pub(super) fn run<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    let Some(life) = lives.of(id) else { return };
    let marks = life.marks;
    let provider = lives.provider_of(&task);
    let of = TaskFact { task, provider };
    ctx.report(Fact::TaskStarted(of));
    let containers = marks.started.since(marks.activated);
    ctx.report(Fact::StartBrokenDown(
        of,
        StartUp {
            fargate: task.instance.is_none(),
            cached: marks.cached && task.instance.is_some(),
            provisioning: marks.provisioned.since(task.placed),
            pending: marks.activated.since(marks.provisioned),
            pull: marks.pulled,
            start: containers.saturating_sub(marks.pulled),
            polling: now.since(marks.started),
        },
    ));
    let Owner::Service(service) = lives.revision(&task).owner else {
        let Some(life) = lives.of(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        return;
    };
    lives.platform.notify(Notice::TaskRunning(service));
    if lives.revision(&task).is_checked {
        let Some(life) = lives.of(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        health_changed(lives, ctx, id);
    } else {
        // facts/ecs.md 196.
        let assumptions = &lives.platform.plan().assumptions;
        let span = lives.platform.realistic(assumptions.healthy_without_check);
        step(lives, ctx, id, Step::Running, span);
    }
}

/// Without a health check, a task counts as healthy some time after RUNNING.
fn count_as_healthy<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(life) = lives.of(id) else { return };
    life.due = SimTime::MAX;
    set_health(lives, ctx, id, true, false);
}

/// The health of a task with checks may be another (facts/ecs.md 18).
pub(super) fn health_changed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if lives.is_apart(id) {
        return; // ECS hears of it when the agent is back.
    }
    let Some(life) = lives.of(id) else { return };
    let health = life.state.task_health();
    if task.running && lives.revision(&task).is_checked {
        set_health(
            lives,
            ctx,
            id,
            health == Health::Healthy,
            health == Health::Unhealthy,
        );
    }
}

fn set_health<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    healthy: bool,
    unhealthy: bool,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id) else { return };
    if (life.healthy, life.unhealthy) == (healthy, unhealthy) {
        return;
    }
    let was = std::mem::replace(&mut life.healthy, healthy);
    life.unhealthy = unhealthy;
    if was != healthy {
        let provider = lives.provider_of(&task);
        ctx.report(Fact::TaskHealth(TaskFact { task, provider }, healthy));
    }
    if let Owner::Service(service) = lives.revision(&task).owner {
        lives.platform.notify(Notice::TaskHealthChanged(service));
    }
}

impl Lives<'_> {
    pub(super) fn keys(&self, task: &Task, container: usize) -> &ContainerKeys {
        &self.revision(task).keys().containers[container]
    }

    /// How long something of the platform takes: no time without realistic delays.
    pub(super) fn delay(&self, law: Option<&Distribution>, key: StreamKey, ordinal: u64) -> Span {
        match (law, self.platform.plan().delays) {
            (Some(law), Delays::Realistic) => {
                Span::from_seconds_f64(law.sample(&mut key.stream(ordinal)))
            }
            _ => Span::ZERO,
        }
    }
}

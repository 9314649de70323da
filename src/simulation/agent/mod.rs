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

mod connection;
mod life;
mod runs;
mod stop;

pub(super) use connection::{disconnect, is_missed, notice_disconnect, reconnect};
pub(super) use life::{Agent, Life, LifeKeys};
pub(super) use runs::{container_turn, sicken, strike};
pub(super) use stop::{forget, host_died, stop};

use super::containers::{ContainersState, Health};
use super::tasks::draws;
use super::{Event, Fact, StartUp, TaskFact, World, fargate, services};
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::random::{Distribution, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{Delays, NetworkMode};
use crate::units::{SimTime, Span};
use life::{ContainerKeys, Step};
use runs::start_ready;
use std::sync::Arc;
use stop::{leave, stop_next_wave};

/// A task has its capacity: its life begins.
pub(super) fn receive<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let entry = &world.entries[task.entry.index()];
    if let Some(service) = entry.service {
        services::task_placed(world, service);
    }
    let entry = &world.entries[task.entry.index()];
    let state = ContainersState::new(&Arc::from(entry.containers));
    let slot = id.slot();
    if world.lives.len() <= slot {
        world.lives.resize_with(slot + 1, || None);
    }
    world.lives[slot] = Some(Box::new(Life::new(turn.now(), state)));
    let assumptions = &world.plan.assumptions;
    let law = match task.instance {
        None => Some(&assumptions.fargate_provisioning),
        Some(_) if entry.demand.network_mode == NetworkMode::Awsvpc => {
            Some(&assumptions.interface_attach)
        }
        Some(_) => None,
    };
    let keys = entry.life.as_ref().expect("it has a life in detail");
    let span = world.delay(law, keys.provisioning, &task);
    step(world, turn, id, Step::Provisioning, span);
}

/// A task's step lasts so long; one without length is over at once.
fn step<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    step: Step,
    lasts: Span,
) {
    let Some(life) = world.life(id) else { return };
    life.step = step;
    life.due = turn.now() + lasts;
    if lasts == Span::ZERO {
        step_over(world, turn, id);
    } else {
        turn.after(lasts, Event::TaskTurns { task: id });
    }
}

/// A task's step is over, if the reminder still holds.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.life(id).is_some_and(|life| life.due == turn.now()) {
        step_over(world, turn, id);
    }
}

fn step_over<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    match life.step {
        Step::Provisioning => {
            life.marks.provisioned = now;
            let assumptions = &world.plan.assumptions;
            let law = match task.instance {
                None => &assumptions.fargate_pending,
                Some(_) => &assumptions.agent_pickup,
            };
            let keys = world.entries[task.entry.index()].life.as_ref();
            let key = keys.expect("it has a life in detail").pending;
            let span = world.delay(Some(law), key, &task);
            step(world, turn, id, Step::Pending, span);
        }
        Step::Pending => match task.instance {
            None => activate(world, turn, id),
            Some(instance) => {
                life.step = Step::Queued;
                world.machines[instance.index()].agent.queue.push_back(id);
                next_in_queue(world, turn, instance);
            }
        },
        Step::Polling => run(world, turn, id),
        Step::Running => count_as_healthy(world, turn, id),
        Step::Stopping => stop_next_wave(world, turn, id),
        Step::Deprovisioning => leave(world, turn, id),
        Step::Queued | Step::Activating | Step::Apart | Step::Dead => {}
    }
}

/// The agent takes up tasks in order, each as soon as the host has what it needs; the first
/// blocks those behind it (facts/ecs.md 66). Nothing is taken up while it is away.
pub(super) fn next_in_queue<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    if world.is_away(instance) {
        return;
    }
    while let Some(head) = world.machines[instance.index()]
        .agent
        .queue
        .front()
        .copied()
    {
        let Some(task) = world.tasks.get_mut(head).filter(|task| !task.stopping) else {
            world.machines[instance.index()].agent.queue.pop_front();
            continue;
        };
        if !world.cluster.can_hold(instance, &task.shape) {
            return;
        }
        task.held = true;
        world.cluster.hold(instance, &task.shape);
        world.machines[instance.index()].agent.queue.pop_front();
        if world.life(head).is_some() {
            activate(world, turn, head);
        } else {
            super::tasks::run(world, turn, head);
        }
    }
}

/// The agent begins with the containers. From here Fargate bills (facts/pricing.md 2).
fn activate<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    life.step = Step::Activating;
    life.marks.activated = now;
    life.marks.started = now;
    if task.instance.is_none() {
        life.billed_since = Some(now);
        fargate::start_billing(world, now, &task);
    }
    start_ready(world, turn, id);
}

/// The task is RUNNING once all its containers are as far as they should be
/// (facts/ecs.md 63); on Fargate the control plane sees it a little later.
fn is_it_running<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    if world.is_apart(id) {
        return; // ECS hears of it when the agent is back.
    }
    let Some(life) = world.life(id) else { return };
    if life.step != Step::Activating || !life.state.is_running() {
        return;
    }
    let law = Some(&world.plan.assumptions.status_polling).filter(|_| task.instance.is_none());
    let keys = world.entries[task.entry.index()].life.as_ref();
    let key = keys.expect("it has a life in detail").polling;
    let span = world.delay(law, key, &task);
    step(world, turn, id, Step::Polling, span);
}

/// The task is RUNNING.
fn run<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    let Some(life) = world.life(id) else { return };
    let marks = life.marks;
    let provider = world.provider_of(&task);
    let of = TaskFact { task, provider };
    turn.report(Fact::TaskStarted(of));
    let containers = marks.started.since(marks.activated);
    turn.report(Fact::StartBrokenDown(
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
    let Some(service) = world.entries[task.entry.index()].service else {
        let Some(life) = world.life(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        return;
    };
    services::task_running(world, turn, service);
    let containers = world.entries[task.entry.index()].containers;
    let is_checked = containers
        .iter()
        .any(|c| c.essential && c.health_check.is_some());
    if is_checked {
        let Some(life) = world.life(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        health_changed(world, turn, id);
    } else {
        // facts/ecs.md 196.
        let span = match world.plan.delays {
            Delays::Realistic => world.plan.assumptions.healthy_without_check,
            _ => Span::ZERO,
        };
        step(world, turn, id, Step::Running, span);
    }
}

/// Without a health check, a task counts as healthy some time after RUNNING.
fn count_as_healthy<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(life) = world.life(id) else { return };
    life.due = SimTime::MAX;
    set_health(world, turn, id, true, false);
}

/// The health of a task with checks may be another (facts/ecs.md 18).
fn health_changed<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    if world.is_apart(id) {
        return; // ECS hears of it when the agent is back.
    }
    let Some(life) = world.life(id) else { return };
    let health = life.state.task_health();
    let has_checks = world.entries[task.entry.index()]
        .containers
        .iter()
        .any(|c| c.essential && c.health_check.is_some());
    if task.running && has_checks {
        set_health(
            world,
            turn,
            id,
            health == Health::Healthy,
            health == Health::Unhealthy,
        );
    }
}

fn set_health<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    healthy: bool,
    unhealthy: bool,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    if (life.healthy, life.unhealthy) == (healthy, unhealthy) {
        return;
    }
    let was = std::mem::replace(&mut life.healthy, healthy);
    life.unhealthy = unhealthy;
    if was != healthy {
        let provider = world.provider_of(&task);
        turn.report(Fact::TaskHealth(TaskFact { task, provider }, healthy));
    }
    if let Some(service) = world.entries[task.entry.index()].service {
        services::wake(world, turn, service);
    }
}

impl World<'_> {
    /// The life of a living task that has one in detail. Who has left may have a successor in
    /// his slot already, whose life is none of his.
    pub(super) fn life(&mut self, id: TaskId) -> Option<&mut Life> {
        self.tasks.get(id)?;
        self.lives.get_mut(id.slot())?.as_deref_mut()
    }

    fn keys(&self, task: &Task, container: usize) -> &ContainerKeys {
        let keys = self.entries[task.entry.index()].life.as_ref();
        &keys.expect("it has a life in detail").containers[container]
    }

    /// How long something of the platform takes: no time without realistic delays.
    fn delay(&self, law: Option<&Distribution>, key: StreamKey, task: &Task) -> Span {
        match (law, self.plan.delays) {
            (Some(law), Delays::Realistic) => {
                Span::from_seconds_f64(law.sample(&mut draws(key, task)))
            }
            _ => Span::ZERO,
        }
    }
}

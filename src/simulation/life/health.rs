//! The health status of tasks at the control plane (facts/ecs.md 18).

use super::containers::Health;
use super::serving::recount;
use super::state::Lives;
use crate::cluster::TaskId;
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::notice::{Notice, Step};
use crate::units::SimTime;

/// A task without health checks counts as healthy from now on, some time after RUNNING.
pub(super) fn count_as_healthy<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(life) = lives.of(id) else { return };
    life.due = SimTime::MAX;
    life.known = Health::Healthy;
    settle(lives, ctx, id);
}

/// Updates the health status of a task with checks (facts/ecs.md 18).
pub(super) fn health_changed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if lives.awaits_agent(id) {
        return; // ECS is informed when the agent is connected again.
    }
    if !task.running || !lives.revision(&task).is_checked {
        return;
    }
    let Some(life) = lives.of(id) else { return };
    life.known = life.state.task_health();
    settle(lives, ctx, id);
}

/// The health of a task is that of its containers and of its targets: it is healthy when all are, and
/// unhealthy when one is (facts/ecs.md 196, 203).
pub(super) fn settle<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(life) = lives.of(id).filter(|life| life.stop.is_none()) else {
        return;
    };
    let targets = life.targets.as_ref();
    let is_served = targets.is_none_or(|targets| targets.are_healthy());
    let fails = targets.is_some_and(|targets| targets.has_unhealthy());
    let healthy = life.known == Health::Healthy && is_served;
    let unhealthy = life.known == Health::Unhealthy || fails;
    set_health(lives, ctx, id, healthy, unhealthy);
}

/// Sets the health status of a task; reports it and informs the service when it changed.
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
    // The loss of a task that has died, or that has stopped unheard, was reported then.
    let is_told = life.step == Step::Dead || life.unreported.is_some();
    recount(lives, id);
    if was != healthy && !is_told {
        ctx.report(Fact::TaskHealth(lives.fact(task), healthy));
    }
    if let WorkId::Service(service) = lives.revision(&task).work {
        lives
            .platform
            .notify(Notice::TaskHealthChanged(service, task.revision, healthy));
    }
}

/// Reports the loss of a task that is unhealthy now, by a check that fails since `since`.
pub(super) fn breakage_noticed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    since: SimTime,
) {
    if lives.of(id).is_some_and(|life| life.unhealthy) {
        loss_noticed(lives, ctx, id, since);
    }
}

/// Reports that ECS notices now that a service lost a task at `since`.
pub(super) fn loss_noticed<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    since: SimTime,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    if matches!(lives.revision(&task).work, WorkId::Service(_)) {
        let of = lives.fact(task);
        ctx.report(Fact::LossNoticed(of, ctx.now().since(since)));
    }
}

//! The connection between an agent and ECS (facts/ecs.md 75, 236). While an agent is disconnected,
//! no command of ECS reaches the instance, and no change on the instance reaches ECS. Running tasks
//! go on and keep their status; starts that have begun continue. When the agent is connected again,
//! ECS is informed of exits, starts and health, and tasks that ECS has started or stopped meanwhile
//! start or stop. The instance stays ACTIVE and registered (facts/ecs.md 138).
//!
//! ```text
//!            disconnect        disconnectNotice
//! connected ───────────▶ disconnected ──────────▶ noticed by ECS: no placements
//!     ▲                   │ reconnect                 │
//!     └───────────────────┴───────────────────────────┘
//! ```

use super::health::{breakage_noticed, health_changed, loss_noticed};
use super::record::Run;
use super::runs::start_ready;
use super::state::Lives;
use super::stop::{stop, stop_next_wave};
use crate::cluster::{InstanceId, TaskId};
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::notice::Deferred;
use crate::simulation::notice::Step;
use crate::simulation::platform::instances;
use crate::units::Span;

/// A fault disconnects an agent. ECS notices after a delay, so that a short disconnection has no
/// effect on placements (facts/ecs.md 236).
pub(in crate::simulation) fn disconnect<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let notice = lives.platform.plan().assumptions.disconnect_notice;
    let notice = lives.platform.realistic(notice);
    if !instances::disconnect(&mut lives.platform, id) {
        return;
    }
    if notice == Span::ZERO {
        return mark_disconnected(lives, ctx, id);
    }
    lives.agent(id).notice_due = Some(ctx.now() + notice);
    ctx.after(notice, Event::AgentLossNoticed { instance: id });
}

/// ECS notices that an agent is disconnected, unless the event is stale.
pub(in crate::simulation) fn notice_disconnect<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if lives.agent(id).notice_due == Some(ctx.now()) {
        mark_disconnected(lives, ctx, id);
    }
}

/// ECS has noticed that an agent is disconnected: no placements on the instance. Also called for an
/// instance that recovers while its agent is disconnected.
pub(in crate::simulation) fn mark_disconnected<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let agent = lives.agent(id);
    agent.notice_due = None;
    agent.noticed = true;
    if lives.platform.machine(id).is_up() {
        instances::close(&mut lives.platform, id);
        let fact = lives.platform.instance_fact(id);
        ctx.report(Fact::AgentDisconnected(fact));
    }
}

/// A fault that disconnects an agent is over. With the last one, ECS and the agent exchange all
/// changes since the disconnection.
pub(in crate::simulation) fn reconnect<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if !instances::reconnect(&mut lives.platform, id) {
        return;
    }
    let agent = lives.agent(id);
    agent.notice_due = None;
    let was_noticed = std::mem::replace(&mut agent.noticed, false);
    if !lives.platform.machine(id).is_up() {
        return;
    }
    if was_noticed {
        let fact = lives.platform.instance_fact(id);
        ctx.report(Fact::AgentReconnected(fact));
    }
    for task in lives.tasks.on_instance(id) {
        catch_up(lives, ctx, task);
    }
    lives.platform.defer(Deferred::HostRoomFreed(id));
    if was_noticed && lives.platform.is_active(id) {
        instances::open(&mut lives.platform, id);
    }
}

/// An operator sets a DRAINING instance back to ACTIVE. While its agent is disconnected, no task is
/// placed on it (facts/ecs.md 236).
pub(in crate::simulation) fn activate<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    if instances::activate(&mut lives.platform, ctx, id) && !lives.agent(id).noticed {
        instances::open(&mut lives.platform, id);
    }
}

/// Applies the changes of a task that ECS and the agent could not exchange.
fn catch_up<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    let was_healthy = life.healthy;
    match (life.step, life.unreported) {
        (Step::StopUndelivered, _) => stop_next_wave(lives, ctx, id),
        (Step::Deactivating | Step::Stopping | Step::Deprovisioning | Step::Dead, _) => {}
        (_, Some((since, why))) => {
            if was_healthy {
                loss_noticed(lives, ctx, id, since);
            }
            stop(lives, ctx, id, why);
        }
        // It is RUNNING now if its containers have started meanwhile.
        (Step::Activating, None) => start_ready(lives, ctx, id),
        (_, None) => {
            let fails_from = life.runs.iter().filter_map(Run::fails_from);
            let broken_since = fails_from.filter(|at| was_healthy && *at <= now).min();
            health_changed(lives, ctx, id);
            if let Some(since) = broken_since {
                breakage_noticed(lives, ctx, id, since);
            }
        }
    }
}

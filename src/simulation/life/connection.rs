//! The connection between an agent and ECS (facts/ecs.md 75, 236). While it is lost nothing
//! that ECS wants reaches the instance, and nothing that happens there reaches ECS: what runs
//! goes on and counts as it did, what was being started goes on too, and exits, starts and
//! health are heard of when the agent is back. So are commands: tasks that were to start or
//! to stop do so then. The instance stays ACTIVE and registered (facts/ecs.md 138).
//!
//! ```text
//!            disconnect        disconnectNotice
//! connected ───────────▶ away ─────────────────▶ away, and ECS knows: no placements
//!     ▲                   │ reconnect                │
//!     └───────────────────┴──────────────────────────┘
//! ```

use super::record::Step;
use super::runs::{breakage_noticed, loss_noticed, start_ready};
use super::steps::{health_changed, next_in_queue};
use super::stop::{stop, stop_next_wave};
use crate::cluster::{InstanceId, TaskId};
use crate::engine::{Reader, Turn};
use crate::plan::Delays;
use crate::simulation::instances::{self, State};
use crate::simulation::{Event, Fact, StopReason, TaskFact, World, tasks};
use crate::units::Span;

/// An instance's agent loses its connection, or has one more reason to be without. ECS
/// notices after a while: a short routine reconnect changes nothing (facts/ecs.md 236).
pub(in crate::simulation) fn disconnect<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let notice = match world.plan.delays {
        Delays::Realistic => world.plan.assumptions.disconnect_notice,
        _ => Span::ZERO,
    };
    let agent = &mut world.machines[id.index()].agent;
    agent.cuts += 1;
    if agent.cuts > 1 {
        return;
    }
    if notice == Span::ZERO {
        return is_missed(world, turn, id);
    }
    agent.missed_at = Some(turn.now() + notice);
    turn.after(notice, Event::AgentLossNoticed { instance: id });
}

/// ECS notices that an agent is away, if the reminder still holds.
pub(in crate::simulation) fn notice_disconnect<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    if world.machines[id.index()].agent.missed_at == Some(turn.now()) {
        is_missed(world, turn, id);
    }
}

/// The instance takes no more tasks. Also of one that comes back from a failure without
/// being able to reach ECS.
pub(in crate::simulation) fn is_missed<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let machine = &mut world.machines[id.index()];
    machine.agent.missed_at = None;
    machine.agent.missed = true;
    if is_up(machine.state) {
        world.cluster.withdraw(id);
        turn.report(Fact::AgentDisconnected(world.instance_fact(id)));
    }
}

/// One reason to be without a connection is over; with the last, ECS and the agent tell each
/// other what they have missed.
pub(in crate::simulation) fn reconnect<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let machine = &mut world.machines[id.index()];
    machine.agent.cuts -= 1;
    if machine.agent.cuts > 0 {
        return;
    }
    machine.agent.missed_at = None;
    let was_missed = std::mem::replace(&mut machine.agent.missed, false);
    if !is_up(machine.state) {
        return;
    }
    if was_missed {
        turn.report(Fact::AgentReconnected(world.instance_fact(id)));
    }
    for task in tasks::on_instance(world, id) {
        catch_up(world, turn, task);
    }
    next_in_queue(world, turn, id);
    if was_missed && world.machines[id.index()].state == State::Active {
        instances::open(world, turn, id);
    }
}

fn is_up(state: State) -> bool {
    matches!(state, State::Active | State::Draining)
}

/// What ECS and the agent have missed of a task while they were apart.
fn catch_up<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(life) = world.life(id) else { return };
    let was_healthy = life.healthy;
    match (life.step, life.unheard) {
        (Step::Apart, _) => stop_next_wave(world, turn, id),
        (Step::Stopping | Step::Deprovisioning | Step::Dead, _) => {}
        (_, Some((since, why))) => {
            if was_healthy {
                loss_noticed(world, turn, id, since);
            }
            stop(world, turn, id, why);
        }
        // Says that it is RUNNING, if it is by now.
        (Step::Activating, None) => start_ready(world, turn, id),
        (_, None) => {
            let fails_from = life.runs.iter().filter_map(|run| run.fails_from);
            let broken_since = fails_from.filter(|at| was_healthy && *at <= now).min();
            health_changed(world, turn, id);
            if let Some(since) = broken_since {
                breakage_noticed(world, turn, id, since);
            }
        }
    }
}

/// A task stops by itself, of which ECS hears when the agent can say so.
pub(in crate::simulation) fn stop_by_itself<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: StopReason,
) {
    if !world.is_apart(id) {
        return stop(world, turn, id, why);
    }
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    life.unheard = Some((now, why));
    if life.healthy {
        // It serves nobody, though ECS still believes in it.
        let provider = world.provider_of(&task);
        turn.report(Fact::TaskHealth(TaskFact { task, provider }, false));
    }
}

impl World<'_> {
    /// True while the agent of an instance has no connection to ECS.
    pub(in crate::simulation) fn is_away(&self, instance: InstanceId) -> bool {
        self.machines[instance.index()].agent.is_away()
    }

    /// True while the agent of a task's instance has no connection to ECS.
    pub(in crate::simulation) fn is_apart(&self, id: TaskId) -> bool {
        let task = self.tasks.get(id);
        task.and_then(|task| task.instance)
            .is_some_and(|instance| self.is_away(instance))
    }
}

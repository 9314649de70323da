//! The steps of a task's life, one after the other, and the draws that belong to a task.

use super::record::ContainerKeys;
use super::state::Lives;
use crate::cluster::{Task, TaskId};
use crate::engine::random::{Distribution, Stream, StreamKey};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::notice::Notice;
use crate::simulation::notice::Step;
use crate::units::{SimTime, Span};

/// A task's step lasts so long; one without length is over at once.
pub(super) fn step<R>(
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
        lives.platform.notify(Notice::StepOver(id, step));
    } else {
        ctx.after(lasts, Event::TaskStepDue { task: id });
    }
}

/// The stream of a task's draws under a key. Each attempt has draws of its own.
pub(in crate::simulation) fn draws(key: StreamKey, task: &Task) -> Stream {
    key.of(u64::from(task.attempts)).stream(task.ordinal)
}

/// Whole seconds since a task arrived: another draw at each try.
pub(super) fn seconds_since_arrival(task: &Task, now: SimTime) -> u64 {
    now.since(task.arrived).as_micros() / crate::units::SECOND
}

impl Lives<'_> {
    pub(super) fn keys(&self, task: &Task, container: usize) -> &ContainerKeys {
        &self.revision(task).keys().containers[container]
    }

    /// How long something of the platform takes: no time without realistic delays.
    pub(super) fn delay(&self, law: Option<&Distribution>, key: StreamKey, task: &Task) -> Span {
        match (law, self.platform.plan().delays) {
            (Some(law), Delays::Realistic) => {
                Span::from_seconds_f64(law.sample(&mut draws(key, task)))
            }
            _ => Span::ZERO,
        }
    }
}

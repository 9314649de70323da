//! Starting a step of a task's life, and the random numbers of a task.

use super::record::ContainerKeys;
use super::state::Lives;
use crate::cluster::{Task, TaskId};
use crate::engine::random::{Distribution, Stream, StreamKey};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::notice::Deferred;
use crate::simulation::notice::Step;
use crate::units::{SimTime, Span};

/// Begins a step of a task's life that lasts for a span. The end of a step of length 0 is a notice,
/// not an event, so that it comes before all other events of the instant.
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
        lives.platform.defer(Deferred::StepOver(id, step));
    } else {
        ctx.after(lasts, Event::TaskStepDue { task: id });
    }
}

/// The random stream of a task under a key. Each attempt of a task has its own stream.
pub(in crate::simulation) fn draws(key: StreamKey, task: &Task) -> Stream {
    key.of(u64::from(task.attempts)).stream(task.ordinal)
}

/// Whole seconds since a task arrived. As part of a key it gives every retry its own random number.
pub(super) fn seconds_since_arrival(task: &Task, now: SimTime) -> u64 {
    now.since(task.arrived).as_micros() / crate::units::SECOND
}

impl Lives<'_> {
    /// The keys of the random numbers of one container of a task.
    pub(super) fn keys(&self, task: &Task, container: usize) -> &ContainerKeys {
        &self.revision(task).keys().containers[container]
    }

    /// The random duration of a step of the platform: 0 without a law, and without realistic
    /// delays.
    pub(super) fn delay(&self, law: Option<&Distribution>, key: StreamKey, task: &Task) -> Span {
        match (law, self.platform.plan().delays) {
            (Some(law), Delays::Realistic) => {
                Span::from_seconds_f64(law.draw(&mut draws(key, task), task.ordinal))
            }
            _ => Span::ZERO,
        }
    }
}

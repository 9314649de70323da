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
    // Inlined, so that a step without a law costs nothing and no copy of the task is needed.
    #[inline(always)]
    pub(super) fn delay(&self, law: Option<&Distribution>, key: StreamKey, task: &Task) -> Span {
        match (law, self.platform.plan().delays) {
            (Some(law), Delays::Realistic) => span(law, key, task),
            _ => Span::ZERO,
        }
    }

    /// The random time that the first start or a restart of a container takes; `number` is the number
    /// of starts before.
    pub(super) fn container_start(&mut self, id: TaskId, container: usize, number: u32) -> Span {
        let plan = self.platform.plan();
        let law = &plan.assumptions.container_start;
        let Some(task) = self.tasks.get(id) else {
            return Span::ZERO;
        };
        let keys = self.revisions[task.revision.index()].keys_mut();
        let keys = &mut keys.containers[container];
        match plan.delays {
            Delays::None => Span::ZERO,
            Delays::Start(span) => span,
            Delays::Realistic if (number, task.attempts) == (0, 1) => {
                Span::from_seconds_f64(keys.first_start.draw(law, task.ordinal))
            }
            Delays::Realistic => span(law, keys.start.of(u64::from(number)), task),
        }
    }
}

/// The random span of a task under a key. Each attempt of a task has its own.
#[inline(always)]
pub(super) fn span(law: &Distribution, key: StreamKey, task: &Task) -> Span {
    match law {
        Distribution::Constant(seconds) => Span::from_seconds_f64(*seconds),
        law => drawn(law, key.of(u64::from(task.attempts)), task.ordinal),
    }
}

#[inline(never)]
fn drawn(law: &Distribution, key: StreamKey, ordinal: u64) -> Span {
    Span::from_seconds_f64(law.draw(&mut key.stream(ordinal), ordinal))
}

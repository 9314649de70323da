//! Standalone tasks that have stopped or were refused: done, failed for the last time, or submitted
//! again.

use super::state::Clients;
use crate::cluster::{Task, TaskId, WorkId};
use crate::engine::Reader;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{Checkpoint, Retry, Rework, Until};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, Interruption, Rejection, StopReason, TaskFact};
use crate::simulation::life::Revision;
use crate::simulation::life::stage::draws;
use crate::simulation::life::{Lives, creation, ending};
use crate::units::{SimTime, Span};

/// The shortest time from a refusal until the client submits the task again. Without it, a client
/// that retries without delay and without end would call `RunTask` for ever at one time.
const AFTER_REFUSAL: Span = Span::seconds(1);

/// Handles the refusal of a standalone task whose client retries: it is submitted again after the
/// delay of the retry, or is refused for good after its last attempt.
pub(in crate::simulation) fn job_refused<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    why: Rejection,
) {
    let Some(task) = creation::count_refusal(lives, id) else {
        return;
    };
    let revision = lives.revision(&task);
    let WorkId::Entry(entry) = revision.work else {
        return;
    };
    let source = &clients.sources[entry.index()];
    let retry = &source.plan.retry;
    if was_last_attempt(retry, &task) || task.ordinal < source.replaced_before {
        return ending::reject_for_good(lives, ctx, id, why);
    }
    if retry.attempts.is_none() && lives.platform.plan().until == Until::Drained {
        clients.refusals.count(lives, ctx.now(), (entry, why));
    }
    let key = StreamKey::new(lives.platform.seed(), Purpose::RetryDelay, revision.name);
    let key = key.of(u64::from(task.refusals));
    let delay = Span::from_seconds_f64(retry.delay.draw(&mut draws(key, &task), repetition(&task)));
    let of = TaskFact {
        task,
        work: revision.work,
        provider: None,
    };
    ctx.report(Fact::SubmissionRefused(of, why));
    let event = Event::WorkResubmitted { task: id };
    ctx.after(delay.max(AFTER_REFUSAL), event);
}

/// The number of the next repetition of a task, from 0.
fn repetition(task: &Task) -> u64 {
    (u64::from(task.attempts) + u64::from(task.refusals)).saturating_sub(1)
}

/// True when a task has had as many attempts as its client makes. Starts and refusals count.
fn was_last_attempt(retry: &Retry, task: &Task) -> bool {
    let made = task.attempts.saturating_add(task.refusals);
    retry.attempts.is_some_and(|most| made >= most)
}

/// Handles the stop of a standalone task that is not done. Its containers ended at `ended`.
pub(in crate::simulation) fn job_stopped<R: Reader<Fact>>(
    clients: &Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    of: TaskFact,
    why: StopReason,
    ended: SimTime,
) {
    let task = of.task;
    let WorkId::Entry(entry) = of.work else {
        return;
    };
    let source = &clients.sources[entry.index()];
    let retry = &source.plan.retry;
    if was_last_attempt(retry, &task) || task.ordinal < source.replaced_before {
        lives.job_has_left(task.revision);
        return ctx.report(Fact::TaskStopped(of, why));
    }
    let seed = lives.platform.seed();
    let revision = lives.revision(&task);
    let done = if task.running {
        ended.since(task.started)
    } else {
        Span::ZERO
    };
    let saved = saved(revision, retry, &task, done.min(task.duration));
    let left = match retry.work {
        Rework::Restart => task.duration.saturating_sub(saved),
        Rework::Resume => task.duration.saturating_sub(done),
        Rework::Redraw => redraw(seed, revision, &task),
    };
    let lost = match retry.work {
        Rework::Resume => Span::ZERO,
        Rework::Restart | Rework::Redraw => done.saturating_sub(saved),
    };
    let key = StreamKey::new(seed, Purpose::RetryDelay, revision.name);
    let delay = retry.delay.draw(&mut draws(key, &task), repetition(&task));
    ctx.report(Fact::TaskInterrupted(of, why, Interruption { lost }));
    let again = creation::resubmit_copy(lives, &task, left);
    let event = Event::WorkResubmitted { task: again };
    ctx.after(Span::from_seconds_f64(delay), event);
}

/// The part of an attempt's run time that its last checkpoint has saved.
fn saved(revision: &Revision<'_>, retry: &Retry, task: &Task, done: Span) -> Span {
    let every = match retry.checkpoint {
        Checkpoint::None => return Span::ZERO,
        Checkpoint::Every(every) => every,
        // The parts divide the run time of the first attempt.
        Checkpoint::Parts(parts) => {
            let whole = revision.first_duration(task.ordinal);
            Span::micros(whole.as_micros().div_ceil(u64::from(parts.max(1))))
        }
    };
    match every.as_micros() {
        0 => done,
        every => Span::micros(done.as_micros() / every * every),
    }
}

/// Another draw of the run time, for this attempt.
fn redraw(seed: u64, revision: &Revision<'_>, task: &Task) -> Span {
    let key = StreamKey::new(seed, Purpose::Redraw, revision.name);
    match revision.duration {
        Some(law) => Span::from_seconds_f64(law.draw(&mut draws(key, task), task.ordinal)),
        None => revision.fixed_duration,
    }
}

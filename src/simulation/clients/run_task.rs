//! The rate of calls of `RunTask`: AWS throttles each account (facts/ecs.md 47, 48). Only realistic
//! runs have it.
//!
//! An arrival of many tasks is several calls (facts/ecs.md 43), and each retry of a task is one. A
//! client with a job queue calls no faster than it may. The call of any other client is answered
//! with ThrottlingException; its SDK repeats the call a few times, and then its tasks are refused.

use super::calls::{Answer, Call};
use super::job_queue;
use super::source::Source;
use super::state::Clients;
use crate::cluster::{EntryId, TaskId, WorkId};
use crate::engine::Reader;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{OnNoCapacity, TraceRow};
use crate::policy::backoff::doubling;
use crate::simulation::ecs::Ecs;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Obstacle, Rejection};
use crate::simulation::life::stage::draws;
use crate::simulation::life::{Lives, creation, ending, waits};
use crate::units::{SimTime, Span};

/// The most tasks of one call (facts/ecs.md 43).
const MOST_TASKS: u64 = 10;

/// Calls `RunTask` for an arrival of `count` tasks: creates them, and submits those of the calls
/// that are accepted now. False when more tasks would exist than may.
#[inline(never)]
pub(super) fn arrive<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
    (count, row): (u64, Option<&TraceRow>),
) -> bool {
    let Source { plan, revision, .. } = &clients.sources[entry.index()];
    let (on_no_capacity, revision) = (plan.on_no_capacity, *revision);
    let mut left = count;
    while left > 0 {
        let in_call = left.min(MOST_TASKS);
        left -= in_call;
        let answer = answer(clients, ctx.now(), entry);
        let mut delayed = Vec::new();
        for _ in 0..in_call {
            if lives.has_most_tasks() {
                return false;
            }
            let lane = creation::choose_lane(lives, revision);
            let (id, shape) = creation::create(lives, ctx, revision, lane, row);
            if answer == Answer::Accepted || shape.is_none() {
                let pending = creation::to_wait(lives, ctx, id, lane, shape);
                job_queue::submit(clients, ecs, on_no_capacity, pending);
            } else {
                delayed.push(id);
            }
        }
        put_off(clients, lives, ctx, (entry, delayed), answer);
    }
    true
}

/// Calls `RunTask` for tasks that were created before.
pub(super) fn submit<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
    tasks: &[TaskId],
) {
    for tasks in tasks.chunks(MOST_TASKS as usize) {
        let answer = answer(clients, ctx.now(), entry);
        if answer != Answer::Accepted {
            put_off(clients, lives, ctx, (entry, tasks.to_vec()), answer);
            continue;
        }
        for id in tasks {
            job_queue::submit_again(clients, ecs, lives, ctx, *id);
        }
    }
}

/// Calls `RunTask` for a task that is submitted again.
pub(in crate::simulation) fn call_again<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let task = lives.tasks().get(id);
    let work = task.map(|task| lives.revision(task).work);
    if let (Some(WorkId::Entry(entry)), true) = (work, clients.calls.is_some()) {
        let answer = answer(clients, ctx.now(), entry);
        if answer != Answer::Accepted {
            return put_off(clients, lives, ctx, (entry, vec![id]), answer);
        }
    }
    job_queue::submit_again(clients, ecs, lives, ctx, id);
}

/// A delayed call is due: it has its token now, or is made again.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: u32,
) {
    let calls = clients.calls.as_mut();
    let Some(call) = calls.and_then(|calls| calls.take(number)) else {
        return;
    };
    if call.throttled > 0 {
        let answer = answer(clients, ctx.now(), call.entry);
        if answer == Answer::Throttled {
            return throttled(clients, lives, ctx, call);
        }
    }
    for id in call.tasks {
        job_queue::submit_again(clients, ecs, lives, ctx, id);
    }
}

/// The answer to a call of an entry's client now.
fn answer(clients: &mut Clients<'_>, now: SimTime, entry: EntryId) -> Answer {
    let plan = clients.sources[entry.index()].plan;
    let waits = plan.on_no_capacity == OnNoCapacity::Queue;
    let on_fargate = plan.demand.on_fargate;
    match &mut clients.calls {
        Some(calls) => calls.call(now, waits, on_fargate),
        None => Answer::Accepted,
    }
}

/// Delays the tasks of a call that was not accepted.
fn put_off<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (entry, tasks): (EntryId, Vec<TaskId>),
    answer: Answer,
) {
    if tasks.is_empty() {
        return;
    }
    let call = Call {
        entry,
        tasks,
        throttled: 0,
    };
    match answer {
        Answer::Accepted => {}
        Answer::From(at) => {
            waits::tell(lives, ctx, WorkId::Entry(entry), |_| Obstacle::RunTaskRate);
            let calls = clients.calls.as_mut().expect("calls have a rate");
            calls.delay(ctx, at, call);
        }
        Answer::Throttled => throttled(clients, lives, ctx, call),
    }
}

/// A call was answered with ThrottlingException: the SDK waits and calls again, or its last attempt
/// is over and the tasks are refused.
fn throttled<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    mut call: Call,
) {
    let tasks = u32::try_from(call.tasks.len()).unwrap_or(u32::MAX);
    let entry = call.entry;
    ctx.report(Fact::RunTaskThrottled { entry, tasks });
    waits::tell(lives, ctx, WorkId::Entry(entry), |_| Obstacle::RunTaskRate);
    call.throttled += 1;
    let retry = lives.platform.plan().assumptions.throttled_retry;
    if call.throttled >= retry.attempts {
        for id in call.tasks {
            ending::reject(lives, ctx, id, Rejection::Throttled);
        }
        return;
    }
    let first = call.tasks.first();
    let Some(task) = first.and_then(|id| lives.tasks().get(*id)) else {
        return;
    };
    let name = &clients.sources[entry.index()].plan.name;
    let key = StreamKey::new(lives.platform.seed(), Purpose::ThrottledRetry, name);
    let key = key.of(task.refusals.into()).of(call.throttled.into());
    let most = doubling(call.throttled, retry.first, retry.longest);
    let wait = Span::from_seconds_f64(most.as_seconds_f64() * draws(key, task).unit());
    let calls = clients.calls.as_mut().expect("calls have a rate");
    calls.delay(ctx, ctx.now() + wait, call);
}

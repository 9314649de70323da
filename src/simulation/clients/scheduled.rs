//! Arrivals of a schedule that are delayed within a flexible time window, and those that come while
//! tasks of an earlier one exist (`onStillRunning`).
//!
//! A task counts from its arrival until it has left for good: while it waits, runs, stops, and
//! between two attempts.

use super::state::Clients;
use super::{job_queue, run_task};
use crate::cluster::{EntryId, Task, TaskId, WorkId};
use crate::engine::Reader;
use crate::engine::random::{CountLaw, Purpose, StreamKey};
use crate::plan::OnStillRunning;
use crate::simulation::ecs::{Ecs, provisioning};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, Obstacle, Rejection, StopReason};
use crate::simulation::life::{Lives, creation, ending, fargate, stop, waits};
use crate::units::Span;

/// A scheduled time has come: the arrival begins now, or at a time within its window.
#[inline(never)]
pub(super) fn due<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
) {
    let source = &mut clients.sources[entry.index()];
    let number = source.arrived;
    source.arrived += 1;
    let (name, window) = (&source.plan.name, source.plan.flexible_window);
    if window == Span::ZERO {
        return begin(clients, ecs, lives, ctx, entry, number);
    }
    let platform = &lives.platform;
    let key = StreamKey::new(platform.seed(), Purpose::FlexibleWindow, name);
    let law = &platform.plan().assumptions.flexible_window;
    let share = law.sample(&mut key.stream(number)).clamp(0.0, 1.0);
    let delay = Span::from_seconds_f64(window.as_seconds_f64() * share);
    clients.open_entries += 1;
    let arrival = u32::try_from(number).unwrap_or(u32::MAX);
    ctx.after(delay, Event::ScheduledWorkArrives { entry, arrival });
}

/// The time of an arrival within its window has come.
pub(in crate::simulation) fn within_window<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (entry, arrival): (EntryId, u32),
) {
    clients.open_entries -= 1;
    begin(clients, ecs, lives, ctx, entry, arrival.into());
}

/// The arrival with this number begins, unless tasks of an earlier one keep it from that.
fn begin<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
    number: u64,
) {
    let source = &mut clients.sources[entry.index()];
    let count = match &source.plan.count {
        CountLaw::Fixed(count) => *count,
        law => source.draw_count(law, number),
    };
    let (is_free, revision) = (source.earlier == 0, source.revision);
    if count == 0 {
        return;
    }
    creation::count_on_lanes(lives, revision, &[]);
    let policy = source.plan.on_still_running;
    match policy {
        OnStillRunning::Skip if !is_free => return ctx.report(Fact::ArrivalSkipped { entry }),
        OnStillRunning::Queue if !is_free => return hold(clients, lives, ctx, entry, count),
        OnStillRunning::Replace if !is_free => replace(clients, ecs, lives, ctx, entry),
        _ => {}
    }
    if policy != OnStillRunning::Start {
        clients.sources[entry.index()].earlier += u64::from(count);
    }
    if !run_task::arrive(clients, ecs, lives, ctx, entry, (count.into(), None)) {
        clients.overloaded_at = Some(ctx.now());
    }
}

/// Creates the tasks of an arrival, which wait until all tasks of the earlier ones have left.
fn hold<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
    count: u32,
) {
    let source = &mut clients.sources[entry.index()];
    let mut tasks = Vec::new();
    for _ in 0..count {
        if lives.has_most_tasks() {
            clients.overloaded_at = Some(ctx.now());
            return;
        }
        let lane = creation::choose_lane(lives, source.revision);
        let (id, shape) = creation::create(lives, ctx, source.revision, lane, None);
        if shape.is_some() {
            tasks.push(id);
        } else {
            // No size of Fargate is large enough: the task leaves at once.
            source.earlier += 1;
            ending::reject(lives, ctx, id, Rejection::Unplaceable);
        }
    }
    source.held.push_back(tasks);
    let work = WorkId::Entry(entry);
    waits::tell(lives, ctx, work, |_| Obstacle::EarlierTasks);
}

/// A task of an entry has left for good. After the last one the next arrival that was held begins.
pub(in crate::simulation) fn task_left<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
) {
    let source = &mut clients.sources[entry.index()];
    source.earlier -= 1;
    while source.earlier == 0 {
        let Some(tasks) = source.held.pop_front() else {
            return;
        };
        if !tasks.is_empty() {
            source.earlier = tasks.len() as u64;
            return run_task::submit(clients, ecs, lives, ctx, entry, &tasks);
        }
    }
}

/// Stops the tasks of earlier arrivals, and withdraws those without capacity. None of them is tried
/// again.
fn replace<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: EntryId,
) {
    let source = &mut clients.sources[entry.index()];
    let revision = source.revision;
    let is_earlier = |(_, task): &(TaskId, &Task)| task.revision == revision && !task.stopping;
    let earlier = lives.tasks().with_ids().filter(is_earlier);
    let mut earlier: Vec<(u64, TaskId, bool)> = earlier
        .map(|(id, task)| (task.ordinal, id, task.promised))
        .collect();
    earlier.sort_unstable_by_key(|(ordinal, ..)| *ordinal);
    source.replaced_before = lives.born(revision);
    let tasks = u32::try_from(earlier.len()).unwrap_or(u32::MAX);
    ctx.report(Fact::ArrivalReplaced { entry, tasks });
    for (_, id, has_capacity) in earlier {
        if has_capacity {
            stop::stop(lives, ctx, id, StopReason::UserInitiated);
            continue;
        }
        job_queue::withdraw(clients, id);
        provisioning::withdraw(ecs, lives, ctx, id);
        fargate::cancel(lives, id);
        ending::reject_for_good(lives, ctx, id, Rejection::Replaced);
    }
}

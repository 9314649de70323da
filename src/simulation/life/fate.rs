//! What will become of a container's run: its exit and the changes of its health. It is drawn when the
//! container starts; a fault or a stop may come before.

use super::containers::Health;
use super::memory;
use super::probes::Probes;
use super::record::{Changes, Exit, MemoryUse};
use super::stage::draws;
use super::state::Lives;
use crate::cluster::{Task, WorkId};
use crate::engine::random::{Distribution, Stream, StreamKey};
use crate::units::{SimTime, Span};

/// The random stream of the run with this number of a container, under a key.
fn run_draws(key: StreamKey, task: &Task, number: u32) -> Stream {
    draws(key.of(u64::from(number)), task)
}

/// What will become of a container's run.
pub(super) struct Fate {
    /// Its end.
    pub(super) exit: Option<Exit>,
    /// What may happen before.
    pub(super) changes: Option<Box<Changes>>,
}

/// Draws what will become of a run of a container; `None` when it exits at its start, so that it
/// never runs.
#[inline]
pub(super) fn draw(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> Option<Fate> {
    if lives.keys(task, container).is_plain && lives.hazards.faults.is_empty() {
        let exit = end_of_run_time(lives, task, container, now);
        let changes = None;
        return Some(Fate { exit, changes });
    }
    draw_all(lives, task, container, number, now)
}

/// The end of the task's run time, if the container runs for it: if it is an essential container of a
/// standalone task, without a run time of its own.
#[inline]
fn end_of_run_time(lives: &Lives<'_>, task: &Task, container: usize, now: SimTime) -> Option<Exit> {
    let revision = &lives.revisions[task.revision.index()];
    let definition = &revision.containers[container];
    let is_meant = matches!(revision.work, WorkId::Entry(_))
        && definition.essential
        && definition.behavior.run_time.is_none();
    is_meant.then(|| Exit {
        at: now + task.duration,
        code: definition.behavior.exit_code,
        out_of_memory: false,
    })
}

#[inline(never)]
fn draw_all(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> Option<Fate> {
    if fails_to_start(lives, task, container, number) {
        return None;
    }
    let memory = memory::draw(lives, task, container, number, now);
    let exit = draw_exit(lives, task, container, number, memory, now);
    let is_shared = memory::is_shared(lives, task);
    let (verdicts, fails_from) = draw_verdicts(lives, task, container, number, now);
    let memory = memory.filter(|_| is_shared);
    let has_changes = memory.is_some() || fails_from.is_some() || !verdicts.is_empty();
    let changes = has_changes.then(|| {
        Box::new(Changes {
            memory,
            verdicts,
            fails_from,
            ..Changes::default()
        })
    });
    Some(Fate { exit, changes })
}

/// True when the container exits at its start, so that it never ran.
fn fails_to_start(lives: &Lives<'_>, task: &Task, container: usize, number: u32) -> bool {
    let entry = &lives.revisions[task.revision.index()];
    let chance = entry.containers[container].behavior.start_failure;
    let key = lives.keys(task, container).start_failure;
    chance > 0.0 && run_draws(key, task, number).unit() < chance
}

/// Draws the end of a container's run: the earliest of its run time, a crash, its memory limit and
/// faults.
fn draw_exit(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
    memory: Option<MemoryUse>,
    now: SimTime,
) -> Option<Exit> {
    let entry = &lives.revisions[task.revision.index()];
    let definition = &entry.containers[container];
    let behavior = &definition.behavior;
    let keys = lives.keys(task, container);
    let stream = |key| run_draws(key, task, number);
    let mut first: Option<Exit> = None;
    // Of exits at one time, the one that is added first.
    let mut add_at = |at: SimTime, code: i32, out_of_memory: bool| {
        if first.is_none_or(|first| at < first.at) {
            first = Some(Exit {
                at,
                code,
                out_of_memory,
            });
        }
    };
    let mut add = |after: f64, code: i32, out_of_memory: bool| {
        add_at(now + Span::from_seconds_f64(after), code, out_of_memory);
    };
    if let Some(law) = &behavior.run_time {
        let after = law.draw(&mut stream(keys.run_time), task.ordinal);
        add(after, behavior.exit_code, false);
    }
    if behavior.crashes_per_hour > 0.0 {
        let mean = 3600.0 / behavior.crashes_per_hour;
        let law = Distribution::Exponential { mean };
        add(law.sample(&mut stream(keys.crash)), 1, false);
    }
    let limit = definition.memory_limit;
    if let Some(used) = memory.filter(|used| memory::is_above_own_limit(used, limit)) {
        let after = (used.from - now).as_seconds_f64();
        add(after, 137, true); // SIGKILL by the kernel (facts/ecs.md 64).
    }
    let faults = &lives.hazards;
    let faults = faults.of_container(entry.work, definition, (&keys.name, task.ordinal), stream);
    if let Some(after) = faults.crash {
        add(after, 1, false);
    }
    if let Some(after) = faults.out_of_memory {
        add(after, 137, true);
    }
    if let Some(exit) = end_of_run_time(lives, task, container, now) {
        add_at(exit.at, exit.code, false);
    }
    first
}

/// Draws when the container's health check begins to pass, and when it begins to fail until the end
/// of the run (`None`: never); both from the start of this run.
pub(super) fn draw_health(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
) -> (Span, Option<Span>) {
    let entry = &lives.revisions[task.revision.index()];
    let definition = &entry.containers[container];
    let behavior = &definition.behavior;
    let keys = lives.keys(task, container);
    let stream = |key| run_draws(key, task, number);
    let ready = behavior
        .time_to_healthy
        .draw(&mut stream(keys.healthy), task.ordinal);
    let mut failure: Option<f64> = None;
    if behavior.health_failures_per_hour > 0.0 {
        let mean = 3600.0 / behavior.health_failures_per_hour;
        let law = Distribution::Exponential { mean };
        failure = Some(law.sample(&mut stream(keys.health_failure)));
    }
    let faults = &lives.hazards;
    let faults = faults.of_container(entry.work, definition, (&keys.name, task.ordinal), stream);
    let failure = match (failure, faults.unhealthy) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    (
        Span::from_seconds_f64(ready),
        failure.map(Span::from_seconds_f64),
    )
}

/// Draws the changes of the container's health, in descending order of time, and the time at which
/// its check begins to fail until the end of the run.
fn draw_verdicts(
    lives: &Lives<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> (Vec<(SimTime, Health)>, Option<SimTime>) {
    let Some(probes) = probes(lives, task, container) else {
        return (Vec::new(), None);
    };
    let (ready, failure) = draw_health(lives, task, container, number);
    let mut verdicts = Vec::new();
    let failing = failure.map(|after| probes.failing_from(ready, after));
    if let Some(failing) = failing {
        verdicts.push((now + failing, Health::Unhealthy));
    }
    let first = probes.first_healthy(ready);
    let comes_first = |at: &Span| failing.is_none_or(|failing| *at < failing);
    verdicts.extend(
        Some(first.healthy)
            .filter(comes_first)
            .map(|at| (now + at, Health::Healthy)),
    );
    let early = first.unhealthy_before.filter(comes_first);
    verdicts.extend(early.map(|at| (now + at, Health::Unhealthy)));
    (verdicts, failure.map(|after| now + after))
}

/// The probes of a container; `None` without a health check.
pub(super) fn probes<'p>(lives: &Lives<'p>, task: &Task, container: usize) -> Option<Probes<'p>> {
    let definition = &lives.revisions[task.revision.index()].containers[container];
    let check = definition.health_check.as_ref()?;
    Some(Probes::new(check, definition.behavior.probe_failure))
}

//! The runs of a task's containers: image pulls, starts, exits, restarts and health, with their
//! effects on the task. The rules of dependencies are in `containers/`.

use super::containers::{AfterExit, ContainerState, Health};
use super::health::{breakage_noticed, health_changed};
use super::probes::Probes;
use super::record::Exit;
use super::running::check_running;
use super::stage::draws;
use super::state::Lives;
use super::stop::stop_by_itself;
use crate::cluster::WorkId;
use crate::cluster::{Task, TaskId};
use crate::engine::Reader;
use crate::engine::random::{Distribution, Stream, StreamKey};
use crate::plan::Delays;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, StopReason};
use crate::simulation::platform::images::{self, Pull};
use crate::units::{SimTime, Span};

/// Pulls and starts the containers whose dependencies are met, until none is left; then the task
/// may be RUNNING (facts/ecs.md 19, 20).
pub(in crate::simulation) fn start_ready<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    loop {
        let Some(life) = lives.of(id).filter(|life| life.unreported.is_none()) else {
            return;
        };
        let ready = life.state.ready();
        if ready.is_empty() {
            return check_running(lives, ctx, id);
        }
        for container in ready.iter() {
            pull(lives, ctx, id, container);
        }
    }
}

/// Pulls the image of a container, and starts the container if the pull takes no time.
fn pull<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    if lives.of(id).is_none_or(|life| life.is_over()) {
        return;
    }
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let image = lives.revisions[task.revision.index()].containers[container].image;
    let cached = task
        .instance
        .is_some_and(|instance| images::is_cached(&mut lives.platform, now, instance, image));
    let platform = &mut lives.platform;
    let pull = match task.instance {
        Some(instance) => images::pull_on_instance(platform, now, instance, image),
        None => images::pull_on_fargate(platform, now, task.shape.cpu, image),
    };
    match pull {
        Pull::Failed => stop_by_itself(lives, ctx, id, StopReason::CannotPullContainer),
        Pull::Done(at) if at == now => {
            let Some(life) = lives.of(id) else { return };
            life.runs[container].has_image = task.instance.is_some();
            life.state.pulled(container);
            start(lives, ctx, id, container);
        }
        Pull::Done(at) => {
            let Some(life) = lives.of(id) else { return };
            life.marks.cached &= cached;
            if life.marks.pulls == 0 {
                life.marks.pulling_since = now;
            }
            life.marks.pulls += 1;
            container_due(lives, ctx, id, container, at);
        }
    }
}

/// Ends a pull that took time.
fn pulled<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let image = lives.revisions[task.revision.index()].containers[container].image;
    if let Some(instance) = task.instance
        && matches!(
            images::finish(&mut lives.platform, now, instance, image),
            Pull::Failed
        )
    {
        return stop_by_itself(lives, ctx, id, StopReason::CannotPullContainer);
    }
    let Some(life) = lives.of(id) else { return };
    life.runs[container].has_image = task.instance.is_some();
    life.marks.pulls -= 1;
    if life.marks.pulls == 0 {
        life.marks.pulled = life.marks.pulled + (now - life.marks.pulling_since);
    }
    life.state.pulled(container);
    start(lives, ctx, id, container);
    start_ready(lives, ctx, id);
}

/// Starts a container that has its image.
fn start<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let number = lives.of(id).map_or(0, |life| life.runs[container].number);
    let keys = lives.keys(&task, container);
    let span = match lives.platform.plan().delays {
        Delays::Start(span) => span,
        _ => {
            let law = &lives.platform.plan().assumptions.container_start;
            lives.delay(Some(law), keys.start.of(u64::from(number)), &task)
        }
    };
    if span == Span::ZERO {
        started(lives, ctx, id, container);
    } else {
        container_due(lives, ctx, id, container, ctx.now() + span);
    }
}

/// The random stream of the run with this number of a container, under a key.
fn run_draws(key: StreamKey, task: &Task, number: u32) -> Stream {
    draws(key.of(u64::from(number)), task)
}

/// A container has started. The end of its run and the changes of its health are drawn now; a fault
/// or a stop may come before them.
fn started<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let number = lives.of(id).map_or(0, |life| life.runs[container].number);
    if fails_to_start(lives, &task, container, number) {
        let exit = Exit {
            at: now,
            code: 1,
            out_of_memory: false,
        };
        return exited(lives, ctx, id, container, exit);
    }
    let exit = draw_exit(lives, &task, container, number, now);
    let (verdicts, fails_from) = draw_verdicts(lives, &task, container, number, now);
    let Some(life) = lives.of(id) else { return };
    life.state.started(container, now);
    life.marks.started = now;
    let deadline = life.state.start_deadline(container);
    let run = &mut life.runs[container];
    run.number += 1;
    run.exit = exit;
    run.check_fails = false;
    run.verdicts = verdicts;
    run.fails_from = fails_from;
    run.deadline = deadline;
    remind(lives, ctx, id, container);
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
        let after = law.sample(&mut stream(keys.run_time));
        add(after, behavior.exit_code, false);
    }
    if behavior.crashes_per_hour > 0.0 {
        let mean = 3600.0 / behavior.crashes_per_hour;
        let law = Distribution::Exponential { mean };
        add(law.sample(&mut stream(keys.crash)), 1, false);
    }
    if let (Some(law), Some(limit)) = (&behavior.memory_use, definition.memory_limit) {
        let use_bytes = law.sample(&mut stream(keys.memory));
        if use_bytes > limit.as_bytes() as f64 {
            let after = behavior.memory_growth.sample(&mut stream(keys.growth));
            add(after, 137, true); // SIGKILL by the kernel (facts/ecs.md 64).
        }
    }
    let faults = &lives.hazards;
    let faults = faults.of_container(entry.work, definition, &keys.name, stream);
    if let Some(after) = faults.crash {
        add(after, 1, false);
    }
    if let Some(after) = faults.out_of_memory {
        add(after, 137, true);
    }
    // Essential containers of a standalone task run for the task's run time, unless the container
    // has its own.
    if matches!(entry.work, WorkId::Entry(_)) && definition.essential && behavior.run_time.is_none()
    {
        add_at(now + task.duration, behavior.exit_code, false);
    }
    first
}

/// Draws when the container's health check begins to pass, and when it begins to fail until the end
/// of the run (`None`: never); both from the start of this run.
fn draw_health(
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
    let ready = behavior.time_to_healthy.sample(&mut stream(keys.healthy));
    let mut failure: Option<f64> = None;
    if behavior.health_failures_per_hour > 0.0 {
        let mean = 3600.0 / behavior.health_failures_per_hour;
        let law = Distribution::Exponential { mean };
        failure = Some(law.sample(&mut stream(keys.health_failure)));
    }
    let faults = &lives.hazards;
    let faults = faults.of_container(entry.work, definition, &keys.name, stream);
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
fn probes<'p>(lives: &Lives<'p>, task: &Task, container: usize) -> Option<Probes<'p>> {
    let definition = &lives.revisions[task.revision.index()].containers[container];
    let check = definition.health_check.as_ref()?;
    Some(Probes::new(check, definition.behavior.probe_failure))
}

/// Schedules the next change of a running container.
fn remind<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let Some(life) = lives.of(id) else { return };
    let run = &life.runs[container];
    let exit = run.exit.map(|exit| exit.at);
    let verdict = run.verdicts.last().map(|(at, _)| *at);
    let next = [exit, verdict, run.deadline].into_iter().flatten().min();
    match next {
        Some(at) => container_due(lives, ctx, id, container, at),
        None => life.runs[container].due = None,
    }
}

/// Schedules the next change of a container for `at`; an earlier schedule becomes stale.
fn container_due<R>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
    at: SimTime,
) {
    let Some(life) = lives.of(id) else { return };
    life.runs[container].due = Some(at);
    let container = u8::try_from(container).expect("at most ten containers");
    ctx.at(
        at,
        Event::ContainerDue {
            task: id,
            container,
        },
    );
}

/// Handles the next change of a container, unless the event is stale.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    if life.runs[container].due != Some(now) || life.is_over() {
        return;
    }
    life.runs[container].due = None;
    match life.state.state(container) {
        ContainerState::Pulling => pulled(lives, ctx, id, container),
        ContainerState::Starting => {
            started(lives, ctx, id, container);
            start_ready(lives, ctx, id);
        }
        ContainerState::Running { .. } => running_due(lives, ctx, id, container),
        ContainerState::Waiting | ContainerState::Exited { .. } => {}
    }
}

/// Handles the change of a running container that is due: first its health, then its exit, then its
/// start timeout.
fn running_due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    if let Some((at, verdict)) = run.verdicts.last().copied()
        && at <= now
    {
        run.verdicts.pop();
        let broken_since = run.fails_from.filter(|_| life.healthy);
        life.state.health(container, verdict);
        health_changed(lives, ctx, id);
        if let Some(since) = broken_since {
            breakage_noticed(lives, ctx, id, since);
        }
        start_ready(lives, ctx, id);
    }
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    if let Some(exit) = run.exit
        && exit.at <= now
    {
        run.exit = None;
        return exited(lives, ctx, id, container, exit);
    }
    if run.deadline.is_some_and(|at| at <= now) {
        run.deadline = None;
        // Without a deadline the condition was met in time (facts/ecs.md 21).
        if life.state.start_deadline(container).is_some() {
            return stop_by_itself(lives, ctx, id, StopReason::DependencyFailed);
        }
    }
    remind(lives, ctx, id, container);
}

/// A container has exited.
fn exited<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
    exit: Exit,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let essential = lives.revisions[task.revision.index()].containers[container].essential;
    let Some(life) = lives.of(id) else { return };
    match life.state.exited(container, exit.code, ctx.now()) {
        AfterExit::Restart => {
            let of = lives.fact(task);
            ctx.report(Fact::ContainerRestarted(of, exit.code));
            health_changed(lives, ctx, id);
            start(lives, ctx, id, container);
        }
        AfterExit::TaskStops if essential => {
            let (code, out_of_memory) = (exit.code, exit.out_of_memory);
            let why = StopReason::EssentialContainerExited {
                code,
                out_of_memory,
            };
            stop_by_itself(lives, ctx, id, why);
        }
        AfterExit::TaskStops => stop_by_itself(lives, ctx, id, StopReason::DependencyFailed),
        AfterExit::Nothing => start_ready(lives, ctx, id),
    }
}

/// A fault makes a running container exit now.
pub(in crate::simulation) fn crash<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
    out_of_memory: bool,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    let is_running = matches!(life.state.state(container), ContainerState::Running { .. });
    if is_running && !life.is_over() {
        life.runs[container].exit = Some(Exit {
            at: now,
            code: if out_of_memory { 137 } else { 1 },
            out_of_memory,
        });
        life.runs[container].due = Some(now);
        running_due(lives, ctx, id, container);
    }
}

/// A fault makes the health check of a running container fail from now on.
pub(in crate::simulation) fn mark_unhealthy<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let probes = probes(lives, &task, container);
    let Some(life) = lives.of(id).filter(|life| !life.is_over()) else {
        return;
    };
    let ContainerState::Running { since, .. } = life.state.state(container) else {
        return;
    };
    let Some(probes) = probes else { return };
    let run = &mut life.runs[container];
    if std::mem::replace(&mut run.check_fails, true) {
        return; // Its check fails already.
    }
    let number = run.number - 1;
    let (ready, failure) = draw_health(lives, &task, container, number);
    let ran = now - since;
    let fails = failure.map_or(ran, |failure| failure.min(ran));
    let failing = since + probes.failing_from(ready, fails);
    let Some(life) = lives.of(id) else { return };
    // The check may have found it unhealthy before.
    let verdicts = (failing >= now).then_some((failing, Health::Unhealthy));
    let run = &mut life.runs[container];
    run.verdicts = verdicts.into_iter().collect();
    run.fails_from = Some(since + fails);
    remind(lives, ctx, id, container);
}

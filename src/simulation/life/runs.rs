//! The runs of a task's containers: image pulls, starts, exits, restarts and health, with their
//! effects on the task. The rules of dependencies are in `containers/`.

use super::containers::{AfterExit, ContainerState, Health};
use super::fate::{self, draw_health, probes};
use super::health::{breakage_noticed, health_changed};
use super::memory;
use super::record::{Exit, Run};
use super::running::all_started;
use super::state::Lives;
use super::stop::stop_by_itself;
use super::targets;
use crate::cluster::TaskId;
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{ContainerExit, Fact, StopReason, TaskFact};
use crate::simulation::notice::Step;
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
            if life.step == Step::Activating && life.state.is_running() {
                all_started(lives, ctx, id);
            }
            return;
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
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let on_instance = task.instance.is_some();
    let image = lives.revisions[task.revision.index()].containers[container].image;
    let platform = &mut lives.platform;
    let pull = match task.instance {
        Some(instance) => images::pull_on_instance(platform, now, instance, image),
        None => images::pull_on_fargate(platform, now, task.shape.cpu, image),
    };
    match pull {
        Pull::Failed => stop_by_itself(lives, ctx, id, StopReason::CannotPullContainer),
        Pull::Done(at, _) if at == now => {
            let Some(life) = lives.of(id) else { return };
            life.runs[container].has_image = on_instance;
            life.state.pulled(container);
            start(lives, ctx, id, container);
        }
        Pull::Done(at, cached) => {
            let Some(life) = lives.of(id) else { return };
            life.marks.cached &= cached;
            if life.marks.pulls == 0 {
                life.marks.pulling_since = now;
            }
            life.marks.pulls += 1;
            report(lives, ctx, id, container, Fact::ContainerPulling);
            container_due(lives, ctx, id, container, at);
        }
    }
}

/// Reports a step of a container, where a reader wants it.
#[inline(always)]
fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
    fact: impl Fn(TaskFact, u8) -> Fact,
) {
    if ctx.wants_steps()
        && let Some(task) = lives.tasks.get(id)
    {
        ctx.report(fact(lives.fact(*task), number_of(container)));
    }
}

/// The index of a container as facts and events have it.
fn number_of(container: usize) -> u8 {
    u8::try_from(container).expect("at most ten containers")
}

/// Ends a pull that took time.
fn pulled<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let instance = task.instance;
    let image = lives.revisions[task.revision.index()].containers[container].image;
    if let Some(instance) = instance
        && matches!(
            images::finish(&mut lives.platform, now, instance, image),
            Pull::Failed
        )
    {
        return stop_by_itself(lives, ctx, id, StopReason::CannotPullContainer);
    }
    let Some(life) = lives.of(id) else { return };
    life.runs[container].has_image = instance.is_some();
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
    if lives.tasks.get(id).is_none() {
        return;
    }
    let number = lives.of(id).map_or(0, |life| life.runs[container].number);
    let span = lives.container_start(id, container, number);
    if span == Span::ZERO {
        started(lives, ctx, id, container);
    } else {
        container_due(lives, ctx, id, container, ctx.now() + span);
    }
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
    let number = lives.of(id).map_or(0, |life| life.runs[container].number);
    let Some(task) = lives.tasks.get(id) else {
        return;
    };
    let Some(fate) = fate::draw(lives, task, container, number, now) else {
        let exit = Exit {
            at: now,
            code: 1,
            out_of_memory: false,
        };
        return exited(lives, ctx, id, container, exit);
    };
    report(lives, ctx, id, container, Fact::ContainerStarted);
    let Some(life) = lives.of(id) else { return };
    life.state.started(container, now);
    life.marks.started = now;
    let mut changes = fate.changes;
    if let Some(at) = life.state.start_deadline(container) {
        changes.get_or_insert_default().deadline = Some(at);
    }
    let run = &mut life.runs[container];
    *run = Run {
        due: SimTime::MAX,
        number: number + 1,
        has_image: run.has_image,
        exit: fate.exit,
        changes,
    };
    run.due = run.next();
    schedule(ctx, id, container, run.due);
    targets::container_changed(lives, ctx, id, container);
}

/// Schedules the next change of a running container.
fn remind<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    run.due = run.next();
    schedule(ctx, id, container, run.due);
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
    life.runs[container].due = at;
    schedule(ctx, id, container, at);
}

/// Schedules a change of a container; `SimTime::MAX`: there is none.
fn schedule<R>(ctx: &mut Ctx<'_, R>, task: TaskId, container: usize, at: SimTime) {
    if at < SimTime::MAX {
        let container = number_of(container);
        ctx.at(at, Event::ContainerDue { task, container });
    }
}

/// Handles the next change of a container, unless the event is stale.
// Not inlined, as the loop of the engine stays short.
#[inline(never)]
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    if life.runs[container].due != now || life.is_over() {
        return;
    }
    let run = &mut life.runs[container];
    run.due = SimTime::MAX;
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

/// Handles the change of a running container that is due. Most runs have no change before their end.
#[inline(always)]
fn running_due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    if run.changes.is_none()
        && let Some(exit) = run.exit.take_if(|exit| exit.at <= now)
    {
        return exited(lives, ctx, id, container, exit);
    }
    change(lives, ctx, id, container);
}

/// Handles a change of a running container: first its health, then its memory, then its exit, then its
/// start timeout.
#[inline(never)]
fn change<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    if let Some(changes) = &mut run.changes
        && let Some((at, verdict)) = changes.verdicts.last().copied()
        && at <= now
    {
        changes.verdicts.pop();
        let broken_since = changes.fails_from.filter(|_| life.healthy);
        life.state.health(container, verdict);
        let healthy = verdict == Health::Healthy;
        report(lives, ctx, id, container, |of, container| {
            Fact::ContainerHealth(of, container, healthy)
        });
        health_changed(lives, ctx, id);
        if let Some(since) = broken_since {
            breakage_noticed(lives, ctx, id, since);
        }
        start_ready(lives, ctx, id);
    }
    if memory::has_grown(lives, id, container, now) && frees_memory(lives, ctx, id, container) {
        return;
    }
    let Some(life) = lives.of(id) else { return };
    let run = &mut life.runs[container];
    if let Some(exit) = run.exit
        && exit.at <= now
    {
        run.exit = None;
        return exited(lives, ctx, id, container, exit);
    }
    if let Some(changes) = &mut run.changes
        && changes.deadline.is_some_and(|at| at <= now)
    {
        changes.deadline = None;
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
    let Some(revision) = lives.tasks.get(id).map(|task| task.revision) else {
        return;
    };
    let how = ContainerExit {
        code: exit.code,
        out_of_memory: exit.out_of_memory,
    };
    report(lives, ctx, id, container, |of, container| {
        Fact::ContainerExited(of, container, how)
    });
    let essential = lives.revisions[revision.index()].containers[container].essential;
    let Some(life) = lives.of(id) else { return };
    let after = life.state.exited(container, exit.code, ctx.now());
    targets::container_changed(lives, ctx, id, container);
    match after {
        AfterExit::Restart => {
            if let Some(task) = lives.tasks.get(id) {
                let of = lives.fact(*task);
                ctx.report(Fact::ContainerRestarted(of, exit.code));
            }
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

/// Kills containers until the others use no more than the memory of the task and of its instance. True
/// when the container is one of them, or the task stops.
fn frees_memory<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) -> bool {
    while let Some(most) = memory::too_much(lives, id) {
        crash(lives, ctx, id, most, true);
        if most == container {
            return true;
        }
    }
    let now = ctx.now();
    let instance = lives.tasks.get(id).and_then(|task| task.instance);
    while let Some(instance) = instance
        && lives
            .of(id)
            .is_some_and(|life| !life.is_over() && !life.exits_by(container, now))
        && let Some((victim, most)) = memory::too_much_on_host(lives, instance)
    {
        crash(lives, ctx, victim, most, true);
        if (victim, most) == (id, container) {
            return true;
        }
    }
    lives.of(id).is_none_or(|life| life.is_over())
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
        life.runs[container].due = now;
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
    let run = &mut life.runs[container];
    let changes = run.changes.get_or_insert_default();
    if std::mem::replace(&mut changes.check_fails, true) {
        return; // Its check fails already.
    }
    let number = run.number - 1;
    targets::container_changed(lives, ctx, id, container);
    let Some(probes) = probes else { return };
    let (ready, failure) = draw_health(lives, &task, container, number);
    let ran = now - since;
    let fails = failure.map_or(ran, |failure| failure.min(ran));
    let failing = since + probes.failing_from(ready, fails);
    let Some(life) = lives.of(id) else { return };
    // The check may have found it unhealthy before.
    let verdicts = (failing >= now).then_some((failing, Health::Unhealthy));
    let changes = life.runs[container].changes.get_or_insert_default();
    changes.verdicts = verdicts.into_iter().collect();
    changes.fails_from = Some(since + fails);
    remind(lives, ctx, id, container);
}

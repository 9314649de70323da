//! Registers the tasks of services with their target groups, follows the health checks of the load
//! balancer, and deregisters them (facts/ecs.md 52, 196, 203; facts/platform.md 4.4).

use super::containers::ContainerState;
use super::fate::draw_health;
use super::health::{breakage_noticed, settle};
use super::serving::recount;
use super::state::Lives;
use super::target::{Answers, Target, TargetContainer, TargetState, Targets};
use crate::cluster::{Task, TaskId};
use crate::engine::Reader;
use crate::plan::{DeregistrationEnd, ProbeFailure};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::task_changes::TargetChange;
use crate::units::{SimTime, Span};

/// Registers a task that is RUNNING with each target group of its service.
pub(super) fn register<R: Reader<Fact>>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let of = &lives.revision(&task).targets;
    if of.is_empty() {
        return;
    }
    let containers: Vec<usize> = of.iter().map(|of| of.container).collect();
    let now = ctx.now();
    let all = of.iter().map(|of| {
        let joins_others = was_full_before(lives, of.number, now);
        Target::new(of.group.health_check, now, joins_others)
    });
    let targets = Targets { all: all.collect() };
    let Some(life) = lives.of(id) else { return };
    life.targets = Some(Box::new(targets));
    for (place, container) in containers.iter().enumerate() {
        report(lives, ctx, id, (place, TargetChange::Registered));
        // Containers that several groups check are looked at once.
        if !containers[..place].contains(container) {
            container_changed(lives, ctx, id, *container);
        }
    }
}

/// Deregisters a task that stops: it gets no new requests. Returns the time for which ECS waits before it
/// stops the containers, the longest delay of its target groups; `None` when it was not registered (facts/platform.md 4.1.7, 4.4.2).
#[inline]
pub(super) fn deregister<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) -> Option<Span> {
    let targets = lives.of(id)?.targets.take()?;
    deregistered(lives, ctx, id, &targets)
}

/// True when a target group has a healthy target that is in no slow start, and was so before `now`.
fn was_full_before(lives: &Lives<'_>, group: usize, now: SimTime) -> bool {
    let of_group = lives.full_targets.get(&group);
    let first = of_group.and_then(|since| since.keys().next());
    first.is_some_and(|first| *first < now)
}

/// Counts a healthy target in no slow start among those of its target group since a time, or no longer.
fn count_full(lives: &mut Lives<'_>, (group, since): (usize, SimTime), is_full: bool) {
    let of_group = lives.full_targets.entry(group).or_default();
    let count = of_group.entry(since).or_default();
    match is_full {
        true => *count += 1,
        false => *count -= 1,
    }
    if *count == 0 {
        of_group.remove(&since);
    }
}

/// Begins the slow start of a target that has become healthy, and counts it, where its target group has slow
/// starts. There must be another healthy target that is in none, and was so before this time; for a target that
/// was never healthy also when it was registered. So targets that are registered together with an empty group,
/// and targets that become healthy again together, have no slow start (facts/platform.md 4.1.2).
fn start_slowly(
    lives: &mut Lives<'_>,
    of: TargetContainer<'_>,
    (id, place): (TaskId, usize),
    (now, is_healthy_now): (SimTime, bool),
) {
    let lasts = of.group.slow_start;
    if lasts == Span::ZERO {
        return;
    }
    let has_others = was_full_before(lives, of.number, now);
    let Some(target) = target_at(lives, id, place) else {
        return;
    };
    if is_healthy_now && has_others && target.may_start_slowly() {
        target.start_slowly(now, lasts);
    }
    let counts = target.is_full();
    let was = target.counted_in;
    if counts == was.is_some() {
        return;
    }
    let counted_in = was.unwrap_or((of.number, now));
    target.counted_in = counts.then_some(counted_in);
    count_full(lives, counted_in, counts);
}

#[inline(never)]
fn deregistered<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    targets: &Targets,
) -> Option<Span> {
    for target in &targets.all {
        if let Some(counted_in) = target.counted_in {
            count_full(lives, counted_in, false);
        }
    }
    let revision = lives.tasks.get(id)?.revision;
    let groups = &lives.revisions[revision.index()].targets;
    for place in 0..groups.len() {
        report(lives, ctx, id, (place, TargetChange::Deregistered));
    }
    let delays = groups
        .iter()
        .filter_map(|of| match of.group.deregistration_ends {
            DeregistrationEnd::AfterDelay => Some(of.group.deregistration_delay),
            DeregistrationEnd::WhenIdle => None,
        });
    delays.max()
}

/// A container of a task has started, has exited, or its checks fail from now on: if the load balancer
/// checks it, the times at which it answers are known now.
#[inline]
pub(super) fn container_changed<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let is_checked = |of: &TargetContainer<'_>| of.container == container;
    if let Some(task) = lives.tasks.get(id)
        && lives.revision(task).targets.iter().any(is_checked)
    {
        answers_otherwise(lives, ctx, id, container);
    }
}

/// The times at which a container that the load balancer checks answers are known now.
#[inline(never)]
fn answers_otherwise<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    container: usize,
) {
    let now = ctx.now();
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = lives.of(id).filter(|life| life.targets.is_some()) else {
        return;
    };
    let run = &life.runs[container];
    let check_fails = run.changes.as_ref().is_some_and(|of| of.check_fails);
    let number = run.number;
    let (answers, later) = match life.state.state(container) {
        ContainerState::Running { since, .. } if !check_fails => {
            let (ready, fails) = draw_health(lives, &task, container, number - 1);
            let (ready, fails) = (since + ready, fails.map(|after| since + after));
            answers(ready, fails, now, failing(lives, &task, container))
        }
        ContainerState::Running { .. } => (failing(lives, &task, container), (None, None)),
        _ => (Answers::Refuses, (None, None)),
    };
    for place in 0..lives.revision(&task).targets.len() {
        if lives.revision(&task).targets[place].container == container {
            begin(lives, ctx, id, place, (answers, later));
        }
    }
    recount(lives, id);
}

/// How a container answers now that is ready at one time and fails for good at another; and the changes to
/// come.
fn answers(
    ready: SimTime,
    fails: Option<SimTime>,
    now: SimTime,
    failing: Answers,
) -> (Answers, (Option<SimTime>, Option<SimTime>)) {
    match fails {
        Some(at) if at <= now => (failing, (None, None)),
        // It never is ready.
        Some(at) if at <= ready => (failing, (None, None)),
        _ if ready <= now => (Answers::Well, (None, fails)),
        _ => (failing, (Some(ready), fails)),
    }
}

/// How a container answers that is not ready, or whose checks fail.
fn failing(lives: &Lives<'_>, task: &Task, container: usize) -> Answers {
    let definition = &lives.revision(task).containers[container];
    match definition.behavior.probe_failure {
        ProbeFailure::Refused => Answers::Refuses,
        ProbeFailure::Hangs => Answers::Never,
    }
}

/// The host of a task has died: there is no answer.
pub(super) fn host_died<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    begin_all(lives, ctx, id, Answers::Never);
}

/// A task whose agent is disconnected has stopped by itself.
pub(super) fn stopped_unheard<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId) {
    begin_all(lives, ctx, id, Answers::Refuses);
}

/// All registered containers of a task answer in this way from now on.
fn begin_all<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId, answers: Answers) {
    let Some(life) = lives.of(id) else { return };
    let targets = life.targets.as_ref();
    let count = targets.map_or(0, |targets| targets.all.len());
    for place in 0..count {
        begin(lives, ctx, id, place, (answers, (None, None)));
    }
    recount(lives, id);
}

/// The registered container of the target at a place answers in this way from now on, and otherwise later.
fn begin<R>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    place: usize,
    (answers, later): (Answers, (Option<SimTime>, Option<SimTime>)),
) {
    if let Some(target) = target_at(lives, id, place) {
        target.begin(answers, later, ctx.now());
    }
    remind(lives, ctx, id, place);
}

/// The target of a task in the target group at a place; `None` when it is not registered.
fn target_at<'a>(lives: &'a mut Lives<'_>, id: TaskId, place: usize) -> Option<&'a mut Target> {
    let targets = lives.of(id)?.targets.as_mut()?;
    targets.all.get_mut(place)
}

/// Schedules the next change of a target.
fn remind<R>(lives: &mut Lives<'_>, ctx: &mut Ctx<'_, R>, id: TaskId, place: usize) {
    let Some(target) = target_at(lives, id, place) else {
        return;
    };
    // The check of a container that hung, and refuses now, may have failed already.
    target.due = target.next().map(|at| at.max(ctx.now()));
    if let Some(at) = target.due {
        ctx.at(at, Event::TargetDue { task: id });
    }
}

/// Makes the changes of the targets of a task that are due, unless the event is stale.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    let Some(task) = lives.tasks.get(id).copied() else {
        return;
    };
    for place in 0..lives.revision(&task).targets.len() {
        due_at(lives, ctx, &task, (id, place));
    }
}

/// Makes the change of the target of a task in the target group at a place, if it is due.
fn due_at<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    task: &Task,
    (id, place): (TaskId, usize),
) {
    let now = ctx.now();
    let of = lives.revision(task).targets[place];
    let failing = failing(lives, task, of.container);
    let was_healthy = lives.of(id).is_some_and(|life| life.healthy);
    let target = target_at(lives, id, place);
    let Some(target) = target.filter(|of| of.due == Some(now)) else {
        return;
    };
    let change = target.pass(now, failing);
    let broken_since = target.since();
    let is_healthy_now = change == Some(TargetState::Healthy);
    start_slowly(lives, of, (id, place), (now, is_healthy_now));
    remind(lives, ctx, id, place);
    recount(lives, id);
    let Some(state) = change else { return };
    let told = match state {
        TargetState::Healthy => TargetChange::Healthy,
        _ => TargetChange::Unhealthy,
    };
    report(lives, ctx, id, (place, told));
    settle(lives, ctx, id);
    if was_healthy {
        breakage_noticed(lives, ctx, id, broken_since);
    }
}

fn report<R: Reader<Fact>>(
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
    (place, change): (usize, TargetChange),
) {
    if let Some(task) = lives.tasks.get(id) {
        let place = u8::try_from(place).expect("few target groups");
        ctx.report(Fact::Target(lives.fact(*task), change, place));
    }
}

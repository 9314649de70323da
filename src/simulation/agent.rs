//! The life of a task in detail: the steps of start and stop that ECS shows as its status,
//! and the containers that the agent runs (facts/ecs.md 50 to 66).
//!
//! ```text
//!  PROVISIONING      PENDING          ACTIVATING           RUNNING    STOPPING    DEPROVISIONING
//!  interface or ──▶ agent's pickup ──▶ pulls, starts, ──▶ ─────────▶ SIGTERM, ──▶ interface  ──▶ STOPPED
//!  microVM          and FIFO           dependencies                   SIGKILL      detached
//! ```
//!
//! Steps without work take no time and are passed in one go (facts/ecs.md 53). A reminder
//! holds only if its step is due at that very time.

use super::containers::{AfterExit, ContainerState, ContainersState, Health};
use super::images::{self, Pull};
use super::probes::{failing_from, first_healthy};
use super::tasks::{self, birth};
use super::{Event, Fact, StartUp, StopReason, TaskFact, World, fargate, instances, services};
use crate::cluster::{InstanceId, Task, TaskId};
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{Container, Delays, NetworkMode, PullBehavior};
use crate::units::{SimTime, Span};
use std::collections::VecDeque;
use std::sync::Arc;

/// What an instance's agent keeps.
pub(super) struct Agent {
    /// Tasks that wait until those before them fit on the host (facts/ecs.md 66).
    pub queue: VecDeque<TaskId>,
    pub images: Option<Box<crate::cluster::ImageCache>>,
    /// Images on their way, and until when.
    pub pulling: Vec<(usize, SimTime)>,
    pub pull_behavior: PullBehavior,
}

impl Agent {
    pub(super) fn new(pull_behavior: PullBehavior) -> Self {
        Self {
            queue: VecDeque::new(),
            images: None,
            pulling: Vec::new(),
            pull_behavior,
        }
    }

    /// The host is up again: nothing runs or is on its way; the disk is as it was.
    pub(super) fn restart(&mut self) {
        self.queue.clear();
        self.pulling.clear();
    }
}

/// Keys of what is random in the lives of an entry's tasks.
pub(super) struct LifeKeys {
    provisioning: StreamKey,
    pending: StreamKey,
    polling: StreamKey,
    detach: StreamKey,
    containers: Vec<ContainerKeys>,
}

struct ContainerKeys {
    start: StreamKey,
    start_failure: StreamKey,
    run_time: StreamKey,
    crash: StreamKey,
    memory: StreamKey,
    growth: StreamKey,
    healthy: StreamKey,
    health_failure: StreamKey,
    stop: StreamKey,
    /// The hash of entry and container, for faults.
    name: String,
}

impl LifeKeys {
    pub(super) fn new(seed: u64, entry: &str, containers: &[Container]) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, entry);
        let of_container = |container: &Container| {
            let name = format!("{entry}/{}", container.name);
            let key = |purpose| StreamKey::new(seed, purpose, &name);
            ContainerKeys {
                start: key(Purpose::ContainerStart),
                start_failure: key(Purpose::ContainerStartFailure),
                run_time: key(Purpose::ContainerRunTime),
                crash: key(Purpose::ContainerCrash),
                memory: key(Purpose::ContainerMemory),
                growth: key(Purpose::ContainerMemoryGrowth),
                healthy: key(Purpose::ContainerHealthy),
                health_failure: key(Purpose::ContainerHealthFailure),
                stop: key(Purpose::ContainerStop),
                name,
            }
        };
        Self {
            provisioning: key(Purpose::TaskProvisioning),
            pending: key(Purpose::TaskPending),
            polling: key(Purpose::TaskPolling),
            detach: key(Purpose::InterfaceDetach),
            containers: containers.iter().map(of_container).collect(),
        }
    }
}

/// The life of one task.
pub(super) struct Life {
    step: Step,
    /// When the step is over; reminders for other times are stale.
    due: SimTime,
    state: ContainersState,
    runs: Vec<Run>,
    marks: Marks,
    /// It counts as healthy for its service.
    pub healthy: bool,
    /// A health check has found it unhealthy.
    pub unhealthy: bool,
    /// Why it stops, once it does.
    stop: Option<StopReason>,
    /// Containers still to be stopped, the next wave last.
    waves: Vec<Vec<usize>>,
    /// When its containers had ended.
    ended: SimTime,
    billed_since: Option<SimTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Provisioning,
    Pending,
    Queued,
    Activating,
    Polling,
    Running,
    Stopping,
    Deprovisioning,
    /// Its host is gone, which ECS has not noticed.
    Dead,
}

/// One container's present run and what lies ahead of it.
#[derive(Default)]
struct Run {
    /// The next thing that happens; reminders for other times are stale.
    due: Option<SimTime>,
    /// How often it was started before.
    number: u32,
    /// It has its image from the instance's cache, to be given back.
    has_image: bool,
    exit: Option<Exit>,
    /// What its health check will find, the next last.
    verdicts: Vec<(SimTime, Health)>,
    /// When those that wait for it give up.
    deadline: Option<SimTime>,
}

#[derive(Clone, Copy)]
struct Exit {
    at: SimTime,
    code: i32,
    out_of_memory: bool,
}

/// When the steps of a start were over.
#[derive(Clone, Copy)]
struct Marks {
    provisioned: SimTime,
    activated: SimTime,
    /// Pulls under way, since when some are, and how long some have been.
    pulls: u32,
    pulling_since: SimTime,
    pulled: Span,
    started: SimTime,
    /// No image had to be fetched.
    cached: bool,
}

impl Life {
    fn new(now: SimTime, state: ContainersState) -> Self {
        let count = 0..state.len();
        Self {
            step: Step::Provisioning,
            due: now,
            state,
            runs: count.map(|_| Run::default()).collect(),
            marks: Marks {
                provisioned: now,
                activated: now,
                pulls: 0,
                pulling_since: now,
                pulled: Span::ZERO,
                started: now,
                cached: true,
            },
            healthy: false,
            unhealthy: false,
            stop: None,
            waves: Vec::new(),
            ended: now,
            billed_since: None,
        }
    }
}

/// A task has its capacity: its life begins.
pub(super) fn receive<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let entry = &world.entries[task.entry.index()];
    let state = ContainersState::new(&Arc::from(entry.containers));
    let slot = id.slot();
    if world.lives.len() <= slot {
        world.lives.resize_with(slot + 1, || None);
    }
    world.lives[slot] = Some(Box::new(Life::new(turn.now(), state)));
    let assumptions = &world.plan.assumptions;
    let law = match task.instance {
        None => Some(&assumptions.fargate_provisioning),
        Some(_) if entry.demand.network_mode == NetworkMode::Awsvpc => {
            Some(&assumptions.interface_attach)
        }
        Some(_) => None,
    };
    let keys = entry.life.as_ref().expect("it has a life in detail");
    let span = world.delay(law, keys.provisioning, birth(&task));
    step(world, turn, id, Step::Provisioning, span);
}

/// A task's step lasts so long; one without length is over at once.
fn step<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    step: Step,
    lasts: Span,
) {
    let Some(life) = world.life(id) else { return };
    life.step = step;
    life.due = turn.now() + lasts;
    if lasts == Span::ZERO {
        step_over(world, turn, id);
    } else {
        turn.after(lasts, Event::TaskTurns { task: id });
    }
}

/// A task's step is over, if the reminder still holds.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    if world.life(id).is_some_and(|life| life.due == turn.now()) {
        step_over(world, turn, id);
    }
}

fn step_over<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    match life.step {
        Step::Provisioning => {
            life.marks.provisioned = now;
            let assumptions = &world.plan.assumptions;
            let law = match task.instance {
                None => &assumptions.fargate_pending,
                Some(_) => &assumptions.agent_pickup,
            };
            let keys = world.entries[task.entry.index()].life.as_ref();
            let key = keys.expect("it has a life in detail").pending;
            let span = world.delay(Some(law), key, birth(&task));
            step(world, turn, id, Step::Pending, span);
        }
        Step::Pending => match task.instance {
            None => activate(world, turn, id),
            Some(instance) => {
                life.step = Step::Queued;
                world.machines[instance.index()].agent.queue.push_back(id);
                next_in_queue(world, turn, instance);
            }
        },
        Step::Polling => run(world, turn, id),
        Step::Running => count_as_healthy(world, turn, id),
        Step::Stopping => stop_next_wave(world, turn, id),
        Step::Deprovisioning => leave(world, turn, id),
        Step::Queued | Step::Activating | Step::Dead => {}
    }
}

/// The agent takes up tasks in order, each as soon as the host has what it needs; the first
/// blocks those behind it (facts/ecs.md 66).
fn next_in_queue<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    while let Some(head) = world.machines[instance.index()]
        .agent
        .queue
        .front()
        .copied()
    {
        let Some(task) = world.tasks.get_mut(head).filter(|task| !task.stopping) else {
            world.machines[instance.index()].agent.queue.pop_front();
            continue;
        };
        if !world.cluster.can_hold(instance, &task.shape) {
            return;
        }
        task.held = true;
        world.cluster.hold(instance, &task.shape);
        world.machines[instance.index()].agent.queue.pop_front();
        activate(world, turn, head);
    }
}

/// The agent begins with the containers. From here Fargate bills (facts/pricing.md 2).
fn activate<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    life.step = Step::Activating;
    life.marks.activated = now;
    life.marks.started = now;
    if task.instance.is_none() {
        life.billed_since = Some(now);
        fargate::start_billing(world, now, &task);
    }
    start_ready(world, turn, id);
}

/// Containers whose dependencies are met are pulled and started (facts/ecs.md 19, 20).
fn start_ready<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    loop {
        let Some(life) = world.life(id) else { return };
        let ready = life.state.ready();
        if ready.is_empty() {
            return is_it_running(world, turn, id);
        }
        for container in ready {
            pull(world, turn, id, container);
        }
    }
}

fn pull<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied().filter(|task| !task.stopping) else {
        return;
    };
    let image = world.entries[task.entry.index()].containers[container].image;
    let cached = task
        .instance
        .is_some_and(|instance| images::is_cached(world, instance, image));
    match images::begin(world, now, &task, image) {
        Pull::Failed => stop(world, turn, id, StopReason::CannotPullContainer),
        Pull::Done(at) if at == now => {
            let Some(life) = world.life(id) else { return };
            life.runs[container].has_image = task.instance.is_some();
            life.state.pulled(container);
            start(world, turn, id, container);
        }
        Pull::Done(at) => {
            let Some(life) = world.life(id) else { return };
            life.marks.cached &= cached;
            if life.marks.pulls == 0 {
                life.marks.pulling_since = now;
            }
            life.marks.pulls += 1;
            container_due(world, turn, id, container, at);
        }
    }
}

/// A pull that took time is over.
fn pulled<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let image = world.entries[task.entry.index()].containers[container].image;
    if let Some(instance) = task.instance
        && matches!(images::finish(world, now, instance, image), Pull::Failed)
    {
        return stop(world, turn, id, StopReason::CannotPullContainer);
    }
    let Some(life) = world.life(id) else { return };
    life.runs[container].has_image = task.instance.is_some();
    life.marks.pulls -= 1;
    if life.marks.pulls == 0 {
        life.marks.pulled = life.marks.pulled + (now - life.marks.pulling_since);
    }
    life.state.pulled(container);
    start(world, turn, id, container);
    start_ready(world, turn, id);
}

/// A container whose image is there is started.
fn start<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let number = world.life(id).map_or(0, |life| life.runs[container].number);
    let keys = world.keys(&task, container);
    let span = match world.plan.delays {
        Delays::Start(span) => span,
        _ => {
            let law = &world.plan.assumptions.container_start;
            world.delay(Some(law), keys.start, nth(&task, number))
        }
    };
    if span == Span::ZERO {
        started(world, turn, id, container);
    } else {
        container_due(world, turn, id, container, turn.now() + span);
    }
}

/// The ordinal of draws for a container's n-th run.
fn nth(task: &Task, number: u32) -> u64 {
    birth(task) ^ u64::from(number) << 54
}

/// A container runs: all that will happen to it is drawn, unless something comes first.
fn started<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let number = world.life(id).map_or(0, |life| life.runs[container].number);
    let exit = draw_exit(world, &task, container, number, now);
    let verdicts = draw_verdicts(world, &task, container, number, now);
    let Some(life) = world.life(id) else { return };
    life.state.started(container, now);
    life.marks.started = now;
    let deadline = life.state.start_deadline(container);
    let run = &mut life.runs[container];
    run.number += 1;
    run.exit = exit;
    run.verdicts = verdicts;
    run.deadline = deadline;
    remind(world, turn, id, container);
}

/// How the container's run ends: what comes first of its run time, a crash, and its memory.
fn draw_exit(
    world: &World<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> Option<Exit> {
    let entry = &world.entries[task.entry.index()];
    let definition = &entry.containers[container];
    let behavior = &definition.behavior;
    let keys = world.keys(task, container);
    let ordinal = nth(task, number);
    let mut exits: Vec<Exit> = Vec::new();
    let mut add = |after: f64, code: i32, out_of_memory: bool| {
        exits.push(Exit {
            at: tasks::later(now, after),
            code,
            out_of_memory,
        });
    };
    if behavior.start_failure > 0.0
        && keys.start_failure.stream(ordinal).unit() < behavior.start_failure
    {
        add(0.0, 1, false);
    }
    if let Some(law) = &behavior.run_time {
        let after = law.sample(&mut keys.run_time.stream(ordinal));
        add(after, behavior.exit_code, false);
    }
    if behavior.crashes_per_hour > 0.0 {
        let mean = 3600.0 / behavior.crashes_per_hour;
        let law = Distribution::Exponential { mean };
        add(law.sample(&mut keys.crash.stream(ordinal)), 1, false);
    }
    if let (Some(law), Some(limit)) = (&behavior.memory_use, definition.memory_limit) {
        let use_bytes = law.sample(&mut keys.memory.stream(ordinal));
        if use_bytes > limit.as_bytes() as f64 {
            let after = behavior
                .memory_growth
                .sample(&mut keys.growth.stream(ordinal));
            add(after, 137, true);
        }
    }
    let struck = world
        .faults
        .strikes_container(task.entry, definition, &keys.name, ordinal);
    if let Some(after) = struck.crash {
        add(after, 1, false);
    }
    if let Some(after) = struck.out_of_memory {
        add(after, 137, true);
    }
    // Standalone work runs for as long as its entry says, but for explicit run times.
    if entry.service.is_none() && definition.essential && behavior.run_time.is_none() {
        exits.push(Exit {
            at: now + task.duration,
            code: behavior.exit_code,
            out_of_memory: false,
        });
    }
    exits.into_iter().min_by_key(|exit| exit.at)
}

/// What the container's health check will find, the first last.
fn draw_verdicts(
    world: &World<'_>,
    task: &Task,
    container: usize,
    number: u32,
    now: SimTime,
) -> Vec<(SimTime, Health)> {
    let entry = &world.entries[task.entry.index()];
    let definition = &entry.containers[container];
    let Some(check) = &definition.health_check else {
        return Vec::new();
    };
    let behavior = &definition.behavior;
    let keys = world.keys(task, container);
    let ordinal = nth(task, number);
    let ready = behavior
        .time_to_healthy
        .sample(&mut keys.healthy.stream(ordinal));
    let ready = Span::from_seconds_f64(ready);
    let mut failure: Option<f64> = None;
    if behavior.health_failures_per_hour > 0.0 {
        let mean = 3600.0 / behavior.health_failures_per_hour;
        let law = Distribution::Exponential { mean };
        failure = Some(law.sample(&mut keys.health_failure.stream(ordinal)));
    }
    let struck = world
        .faults
        .strikes_container(task.entry, definition, &keys.name, ordinal);
    let failure = match (failure, struck.unhealthy) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let mut verdicts = Vec::new();
    let failing = failure.map(|after| failing_from(check, ready, Span::from_seconds_f64(after)));
    if let Some(failing) = failing {
        verdicts.push((now + failing, Health::Unhealthy));
    }
    let first = first_healthy(check, ready);
    let comes_first = |at: &Span| failing.is_none_or(|failing| *at < failing);
    verdicts.extend(
        Some(first.healthy)
            .filter(comes_first)
            .map(|at| (now + at, Health::Healthy)),
    );
    let early = first.unhealthy_before.filter(comes_first);
    verdicts.extend(early.map(|at| (now + at, Health::Unhealthy)));
    verdicts
}

/// Reminds of the next thing that happens to a running container.
fn remind<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let Some(life) = world.life(id) else { return };
    let run = &life.runs[container];
    let exit = run.exit.map(|exit| exit.at);
    let verdict = run.verdicts.last().map(|(at, _)| *at);
    let next = [exit, verdict, run.deadline].into_iter().flatten().min();
    match next {
        Some(at) => container_due(world, turn, id, container, at),
        None => life.runs[container].due = None,
    }
}

fn container_due<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
    at: SimTime,
) {
    let Some(life) = world.life(id) else { return };
    life.runs[container].due = Some(at);
    let container = u8::try_from(container).expect("at most ten containers");
    turn.at(
        at,
        Event::ContainerTurns {
            task: id,
            container,
        },
    );
}

/// Something happens to a container, if the reminder still holds.
pub(super) fn container_turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(life) = world.life(id) else { return };
    if life.runs[container].due != Some(now) || life.stop.is_some() || life.step == Step::Dead {
        return;
    }
    life.runs[container].due = None;
    match life.state.state(container) {
        ContainerState::Pulling => pulled(world, turn, id, container),
        ContainerState::Starting => {
            started(world, turn, id, container);
            start_ready(world, turn, id);
        }
        ContainerState::Running { .. } => running_turn(world, turn, id, container),
        ContainerState::Waiting | ContainerState::Exited { .. } => {}
    }
}

fn running_turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(life) = world.life(id) else { return };
    let run = &mut life.runs[container];
    if let Some((at, verdict)) = run.verdicts.last().copied()
        && at <= now
    {
        run.verdicts.pop();
        life.state.health(container, verdict);
        health_changed(world, turn, id);
        start_ready(world, turn, id);
    }
    let Some(life) = world.life(id) else { return };
    let run = &mut life.runs[container];
    if let Some(exit) = run.exit
        && exit.at <= now
    {
        run.exit = None;
        return exited(world, turn, id, container, exit);
    }
    if run.deadline.is_some_and(|at| at <= now) {
        run.deadline = None;
        // Those that wait give up, unless what they wait for has come (facts/ecs.md 21).
        if life.state.start_deadline(container).is_some() {
            return stop(world, turn, id, StopReason::DependencyFailed);
        }
    }
    remind(world, turn, id, container);
}

/// A container's process has ended.
fn exited<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
    exit: Exit,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let essential = world.entries[task.entry.index()].containers[container].essential;
    let Some(life) = world.life(id) else { return };
    match life.state.exited(container, exit.code, turn.now()) {
        AfterExit::Restart => {
            let provider = world.provider_of(&task);
            let of = TaskFact { task, provider };
            turn.report(Fact::ContainerRestarted(of, exit.code));
            health_changed(world, turn, id);
            start(world, turn, id, container);
        }
        AfterExit::TaskStops if essential => {
            let (code, out_of_memory) = (exit.code, exit.out_of_memory);
            let why = StopReason::EssentialContainerExited {
                code,
                out_of_memory,
            };
            stop(world, turn, id, why);
        }
        AfterExit::TaskStops => stop(world, turn, id, StopReason::DependencyFailed),
        AfterExit::Nothing => start_ready(world, turn, id),
    }
}

/// A container is struck from outside: it exits now.
pub(super) fn strike<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
    out_of_memory: bool,
) {
    let now = turn.now();
    let Some(life) = world.life(id) else { return };
    if life.stop.is_none() && matches!(life.state.state(container), ContainerState::Running { .. })
    {
        life.runs[container].exit = Some(Exit {
            at: now,
            code: if out_of_memory { 137 } else { 1 },
            out_of_memory,
        });
        life.runs[container].due = Some(now);
        running_turn(world, turn, id, container);
    }
}

/// A container's health check fails from now on.
pub(super) fn sicken<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    container: usize,
) {
    let now = turn.now();
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let check = world.entries[task.entry.index()].containers[container].health_check;
    let Some(life) = world.life(id) else { return };
    let ContainerState::Running { since, .. } = life.state.state(container) else {
        return;
    };
    if let Some(check) = check {
        let failing = failing_from(&check, Span::ZERO, now - since);
        life.runs[container].verdicts = vec![(since + failing, Health::Unhealthy)];
        remind(world, turn, id, container);
    }
}

/// The task is RUNNING once all its containers are as far as they should be
/// (facts/ecs.md 63); on Fargate the control plane sees it a little later.
fn is_it_running<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    if life.step != Step::Activating || !life.state.is_running() {
        return;
    }
    let law = Some(&world.plan.assumptions.status_polling).filter(|_| task.instance.is_none());
    let keys = world.entries[task.entry.index()].life.as_ref();
    let key = keys.expect("it has a life in detail").polling;
    let span = world.delay(law, key, birth(&task));
    step(world, turn, id, Step::Polling, span);
}

/// The task is RUNNING.
fn run<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    task.running = true;
    task.started = now;
    let task = *task;
    let Some(life) = world.life(id) else { return };
    let marks = life.marks;
    let provider = world.provider_of(&task);
    let of = TaskFact { task, provider };
    turn.report(Fact::TaskStarted(of));
    let containers = marks.started.since(marks.activated);
    turn.report(Fact::StartBrokenDown(
        of,
        StartUp {
            fargate: task.instance.is_none(),
            cached: marks.cached && task.instance.is_some(),
            provisioning: marks.provisioned.since(task.placed),
            pending: marks.activated.since(marks.provisioned),
            pull: marks.pulled,
            start: containers.saturating_sub(marks.pulled),
            polling: now.since(marks.started),
        },
    ));
    let Some(service) = world.entries[task.entry.index()].service else {
        let Some(life) = world.life(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        return;
    };
    services::task_running(world, turn, service);
    let containers = world.entries[task.entry.index()].containers;
    let is_checked = containers
        .iter()
        .any(|c| c.essential && c.health_check.is_some());
    if is_checked {
        let Some(life) = world.life(id) else { return };
        life.step = Step::Running;
        life.due = SimTime::MAX;
        health_changed(world, turn, id);
    } else {
        // facts/ecs.md 196.
        let span = match world.plan.delays {
            Delays::Realistic => world.plan.assumptions.healthy_without_check,
            _ => Span::ZERO,
        };
        step(world, turn, id, Step::Running, span);
    }
}

/// Without a health check, a task counts as healthy some time after RUNNING.
fn count_as_healthy<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(life) = world.life(id) else { return };
    life.due = SimTime::MAX;
    set_health(world, turn, id, true, false);
}

/// The health of a task with checks may be another (facts/ecs.md 18).
fn health_changed<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    let health = life.state.task_health();
    let has_checks = world.entries[task.entry.index()]
        .containers
        .iter()
        .any(|c| c.essential && c.health_check.is_some());
    if task.running && has_checks {
        set_health(
            world,
            turn,
            id,
            health == Health::Healthy,
            health == Health::Unhealthy,
        );
    }
}

fn set_health<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    healthy: bool,
    unhealthy: bool,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    if (life.healthy, life.unhealthy) == (healthy, unhealthy) {
        return;
    }
    let was = std::mem::replace(&mut life.healthy, healthy);
    life.unhealthy = unhealthy;
    if was != healthy {
        let provider = world.provider_of(&task);
        turn.report(Fact::TaskHealth(TaskFact { task, provider }, healthy));
    }
    if let Some(service) = world.entries[task.entry.index()].service {
        services::wake(world, turn, service);
    }
}

/// The desired status of a task becomes STOPPED: what it was promised is free for others at
/// once (facts/ecs.md 68), and its containers are stopped in reverse order of dependency
/// (facts/ecs.md 19, 62).
pub(super) fn stop<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
    why: StopReason,
) {
    let Some(task) = world.tasks.get_mut(id).filter(|task| !task.stopping) else {
        return;
    };
    if world.lives.get(id.slot()).is_none_or(Option::is_none) {
        // Nothing takes time here: it is gone at once.
        return tasks::lose(world, turn, id, why);
    }
    task.stopping = true;
    let promised = std::mem::replace(&mut task.promised, false);
    let task = *task;
    let provider = world.provider_of(&task);
    turn.report(Fact::TaskStopping(TaskFact { task, provider }, why));
    if let (Some(instance), true) = (task.instance, promised) {
        tasks::free_promise(world, turn, &task, instance);
    }
    let Some(life) = world.life(id) else { return };
    life.stop = Some(why);
    life.healthy = false;
    life.state.stop();
    life.waves = life.state.stop_order();
    life.waves.reverse();
    if life.step != Step::Dead {
        stop_next_wave(world, turn, id);
    }
}

/// SIGTERM to the containers that may be stopped next; they exit by themselves or are killed
/// at their stop timeout (facts/ecs.md 23, 52).
fn stop_next_wave<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    let Some(life) = world.life(id) else { return };
    let Some(wave) = life.waves.pop() else {
        return ended(world, turn, id);
    };
    let takes = wave.iter().map(|container| {
        let definition = &world.entries[task.entry.index()].containers[*container];
        let keys = world.keys(&task, *container);
        let law = &definition.behavior.stop_time;
        let span = Span::from_seconds_f64(law.sample(&mut keys.stop.stream(birth(&task))));
        span.min(definition.stop_timeout)
    });
    let takes = takes.max().unwrap_or(Span::ZERO);
    step(world, turn, id, Step::Stopping, takes);
}

/// All its containers have ended: the host has room again, Fargate bills no more.
fn ended<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let now = turn.now();
    let Some(task) = world.tasks.get_mut(id) else {
        return;
    };
    let held = std::mem::replace(&mut task.held, false);
    let task = *task;
    give_images_back(world, id, &task, now);
    if let Some(life) = world.life(id) {
        life.ended = now;
    }
    match task.instance {
        Some(instance) => {
            if held {
                world.cluster.let_go(instance, &task.shape);
            }
            next_in_queue(world, turn, instance);
        }
        None => end_billing(world, id, &task, now),
    }
    let entry = &world.entries[task.entry.index()];
    let detaches = task.instance.is_none() || entry.demand.network_mode == NetworkMode::Awsvpc;
    let law = Some(&world.plan.assumptions.interface_detach).filter(|_| detaches);
    let key = entry.life.as_ref().expect("it has a life in detail").detach;
    let span = world.delay(law, key, birth(&task));
    step(world, turn, id, Step::Deprovisioning, span);
}

fn end_billing(world: &mut World<'_>, id: TaskId, task: &Task, now: SimTime) {
    let since = world.life(id).and_then(|life| life.billed_since.take());
    if let Some(since) = since {
        fargate::end_meters(world, now, task, since);
    }
}

fn give_images_back(world: &mut World<'_>, id: TaskId, task: &Task, now: SimTime) {
    let Some(instance) = task.instance else {
        return;
    };
    let containers = world.entries[task.entry.index()].containers;
    let Some(life) = world.life(id) else { return };
    let runs = life.runs.iter_mut().zip(containers);
    let had: Vec<usize> = runs
        .filter_map(|(run, container)| {
            std::mem::replace(&mut run.has_image, false).then_some(container.image)
        })
        .collect();
    for image in had {
        images::release(world, instance, image, now);
    }
}

/// The task is STOPPED and leaves.
fn leave<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let Some(task) = world.tasks.remove(id) else {
        return;
    };
    let Some(life) = world.lives[id.slot()].take() else {
        return;
    };
    let provider = world.provider_of(&task);
    if task.instance.is_none() {
        fargate::leave(world, turn, &task);
    }
    let of = TaskFact { task, provider };
    let why = life.stop.expect("who leaves has been stopped");
    let is_success = matches!(why, StopReason::EssentialContainerExited { code: 0, .. });
    if is_success && world.entries[task.entry.index()].service.is_none() {
        world.jobs -= 1;
        turn.report(Fact::TaskFinished(of));
    } else {
        tasks::gone(world, turn, of, why, life.ended);
    }
    if let Some(instance) = task.instance {
        instances::task_left(world, turn, instance);
    }
}

/// A task's life is over from outside, with its host or its Fargate capacity. Says why it
/// was stopping already, if it was, and when its containers ended.
pub(super) fn forget(
    world: &mut World<'_>,
    id: TaskId,
    task: &Task,
    now: SimTime,
) -> Option<(Option<StopReason>, SimTime)> {
    world.lives.get(id.slot())?.as_ref()?;
    // The task itself has left already; its life knows what it had.
    give_images_back(world, id, task, now);
    let life = world.lives[id.slot()].take()?;
    if let Some(since) = life.billed_since {
        fargate::end_meters(world, now, task, since);
    }
    let ended = match life.step {
        Step::Dead | Step::Deprovisioning => life.ended,
        _ => now,
    };
    Some((life.stop, ended))
}

/// An instance has died: nothing on it happens any more, which ECS may notice later.
pub(super) fn host_died<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    for id in tasks::on_instance(world, instance) {
        let now = turn.now();
        if let Some(life) = world.life(id) {
            life.step = Step::Dead;
            life.due = SimTime::MAX;
            life.ended = now;
            set_dead(world, turn, id);
        }
    }
    world.machines[instance.index()].agent.restart();
}

/// A dead task serves nobody, though ECS may still believe in it.
fn set_dead<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: TaskId) {
    let Some(task) = world.tasks.get(id).copied() else {
        return;
    };
    if world.life(id).is_some_and(|life| life.healthy) {
        let provider = world.provider_of(&task);
        turn.report(Fact::TaskHealth(TaskFact { task, provider }, false));
    }
}

impl World<'_> {
    /// The life of a living task that has one in detail.
    pub(super) fn life(&mut self, id: TaskId) -> Option<&mut Life> {
        self.lives.get_mut(id.slot())?.as_deref_mut()
    }

    fn keys(&self, task: &Task, container: usize) -> &ContainerKeys {
        let keys = self.entries[task.entry.index()].life.as_ref();
        &keys.expect("it has a life in detail").containers[container]
    }

    /// How long something of the platform takes: no time without realistic delays.
    fn delay(&self, law: Option<&Distribution>, key: StreamKey, ordinal: u64) -> Span {
        match (law, self.plan.delays) {
            (Some(law), Delays::Realistic) => {
                Span::from_seconds_f64(law.sample(&mut key.stream(ordinal)))
            }
            _ => Span::ZERO,
        }
    }
}

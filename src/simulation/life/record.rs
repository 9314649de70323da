//! The data of a task's detailed life, of its containers' runs, and of an instance's agent.

use super::containers::{ContainersState, Health};
use super::serving_tasks::Counted;
use super::target::{TargetState, Targets};
use crate::cluster::{Task, TaskId};
use crate::engine::random::{Ahead, Purpose, StreamKey};
use crate::plan::Container;
use crate::simulation::fact::{StartUp, StopReason};
use crate::simulation::notice::Step;
use crate::units::{SimTime, Span};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// The container agent of an instance.
#[derive(Default)]
pub(super) struct Agent {
    /// Tasks that wait for room on the host, in order (facts/ecs.md 66).
    pub(super) queue: VecDeque<TaskId>,
    /// When the control plane will notice that the agent is disconnected.
    pub(super) notice_due: Option<SimTime>,
    /// The control plane has noticed that the agent is disconnected.
    pub(super) noticed: bool,
}

/// The keys of the random numbers in the lives of a revision's tasks.
pub(super) struct LifeKeys {
    pub(super) provisioning: StreamKey,
    pub(super) pending: StreamKey,
    pub(super) polling: StreamKey,
    pub(super) detach: StreamKey,
    pub(super) containers: Vec<ContainerKeys>,
}

/// The keys of the random numbers of one container.
pub(super) struct ContainerKeys {
    pub(super) start: StreamKey,
    /// The draws of its first start in the first attempt of each task.
    pub(super) first_start: Ahead,
    pub(super) start_failure: StreamKey,
    pub(super) run_time: StreamKey,
    pub(super) crash: StreamKey,
    pub(super) memory: StreamKey,
    pub(super) growth: StreamKey,
    pub(super) healthy: StreamKey,
    pub(super) health_failure: StreamKey,
    pub(super) stop: StreamKey,
    /// `entry/container`: part of the keys of faults.
    pub(super) name: String,
    /// Nothing is drawn at its start: its run ends with the run time of the task, or by a stop, a fault
    /// or an exit of another container.
    pub(super) is_plain: bool,
}

impl LifeKeys {
    pub(super) fn new(seed: u64, entry: &str, containers: &[Container]) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, entry);
        let of_container = |container: &Container| {
            let name = format!("{entry}/{}", container.name);
            let key = |purpose| StreamKey::new(seed, purpose, &name);
            let start = key(Purpose::ContainerStart);
            ContainerKeys {
                start,
                // Of the run with the number 0, and of the first attempt.
                first_start: Ahead::new(start.of(0).of(1)),
                start_failure: key(Purpose::ContainerStartFailure),
                run_time: key(Purpose::ContainerRunTime),
                crash: key(Purpose::ContainerCrash),
                memory: key(Purpose::ContainerMemory),
                growth: key(Purpose::ContainerMemoryGrowth),
                healthy: key(Purpose::ContainerHealthy),
                health_failure: key(Purpose::ContainerHealthFailure),
                stop: key(Purpose::ContainerStop),
                name,
                is_plain: is_plain(container),
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

/// True when nothing is drawn at the start of a container, but for faults.
fn is_plain(container: &Container) -> bool {
    let behavior = &container.behavior;
    container.health_check.is_none()
        && behavior.run_time.is_none()
        && behavior.memory_use.is_none()
        && behavior.crashes_per_hour == 0.0
        && behavior.start_failure == 0.0
}

/// The detailed life of one task. It fills four lines of the processor's cache, in this order: what the
/// steps need, the containers' runs, the containers' state, and what is needed until RUNNING.
#[repr(C, align(64))]
pub(super) struct Life<'p> {
    /// The task; [`TaskId::NONE`] before its beginning and after its end.
    pub(super) of: TaskId,
    pub(super) step: Step,
    /// It counts as healthy for its service.
    pub(super) healthy: bool,
    /// A health check has found it unhealthy.
    pub(super) unhealthy: bool,
    /// What ECS knows of the health of its containers.
    pub(super) known: Health,
    /// When the step is over. An event for another time is stale.
    pub(super) due: SimTime,
    /// When its containers had ended.
    pub(super) ended: SimTime,
    /// Why it stops; `None` until then.
    pub(super) stop: Option<StopReason>,
    /// It is registered with the target groups of its service.
    pub(super) targets: Option<Box<Targets>>,
    /// How it is counted for the load of its service.
    pub(super) counted: Counted,
    /// Fargate bills it, since `marks.activated`.
    pub(super) is_billed: bool,
    /// The number of waves of its containers whose stop has begun.
    pub(super) waves: u8,
    /// When and why it stopped by itself while its agent was disconnected: ECS is not informed yet.
    pub(super) unreported: Option<(SimTime, StopReason)>,
    /// By container.
    pub(super) runs: SmallVec<[Run; 1]>,
    pub(super) state: ContainersState<'p>,
    pub(super) marks: Marks,
}

const _: () = assert!(size_of::<Life<'_>>() == 256, "a life fills four lines");

/// The current run of a container, with its future events, which are drawn at its start.
pub(super) struct Run {
    /// When the next change is due; `SimTime::MAX`: never. An event for another time is stale.
    pub(super) due: SimTime,
    /// The number of starts so far.
    pub(super) number: u32,
    /// It uses an image of the instance's cache, to be released at its end.
    pub(super) has_image: bool,
    /// How its run will end.
    pub(super) exit: Option<Exit>,
    /// What may happen before its end; `None` for most runs, so that a life is small.
    pub(super) changes: Option<Box<Changes>>,
}

/// What may happen to a container's run before its end.
#[derive(Default)]
pub(super) struct Changes {
    /// The memory that it uses, where the task's memory is limited.
    pub(super) memory: Option<MemoryUse>,
    /// A fault makes its health check fail until its end.
    pub(super) check_fails: bool,
    /// The coming changes of its health; the next one is the last item.
    pub(super) verdicts: Vec<(SimTime, Health)>,
    /// When its health check begins to fail until the end of the run.
    pub(super) fails_from: Option<SimTime>,
    /// The end of its start timeout (facts/ecs.md 21).
    pub(super) deadline: Option<SimTime>,
}

impl Changes {
    /// The time of the next one.
    pub(super) fn next(&self) -> Option<SimTime> {
        let verdict = self.verdicts.last().map(|(at, _)| *at);
        let growth = self.memory.filter(|memory| !memory.is_used);
        let growth = growth.map(|memory| memory.from);
        [verdict, growth, self.deadline].into_iter().flatten().min()
    }
}

impl Default for Run {
    /// No run so far.
    fn default() -> Self {
        Self {
            due: SimTime::MAX,
            number: 0,
            has_image: false,
            exit: None,
            changes: None,
        }
    }
}

impl Run {
    /// The time of its next change, which may be its end; `SimTime::MAX`: never.
    #[inline]
    pub(super) fn next(&self) -> SimTime {
        let exit = self.exit.map_or(SimTime::MAX, |exit| exit.at);
        match &self.changes {
            Some(changes) => exit.min(changes.next().unwrap_or(SimTime::MAX)),
            None => exit,
        }
    }

    /// The memory that it uses now; `None` where it is not counted.
    pub(super) fn used_memory(&self) -> Option<MemoryUse> {
        let memory = self.changes.as_ref()?.memory;
        memory.filter(|memory| memory.is_used)
    }

    /// When its health check begins to fail until its end.
    pub(super) fn fails_from(&self) -> Option<SimTime> {
        self.changes.as_ref()?.fails_from
    }
}

/// The memory of a container's run: it is used from one time on.
#[derive(Clone, Copy)]
pub(super) struct MemoryUse {
    pub(super) bytes: u64,
    pub(super) from: SimTime,
    /// The time has come.
    pub(super) is_used: bool,
}

/// The end of a container's process.
#[derive(Clone, Copy)]
pub(super) struct Exit {
    pub(super) at: SimTime,
    pub(super) code: i32,
    pub(super) out_of_memory: bool,
}

/// The times of a task's start, for [`StartUp`](crate::simulation::StartUp).
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub(super) provisioned: SimTime,
    pub(super) activated: SimTime,
    /// The number of pulls in progress.
    pub(super) pulls: u32,
    /// When the number of pulls last rose from 0.
    pub(super) pulling_since: SimTime,
    /// The time with at least one pull in progress.
    pub(super) pulled: Span,
    /// The latest start of a container.
    pub(super) started: SimTime,
    /// No image had to be pulled.
    pub(super) cached: bool,
}

impl Marks {
    /// The parts of the start of a task that is RUNNING now.
    #[inline]
    pub(super) fn start_up(&self, task: &Task, now: SimTime) -> StartUp {
        let containers = self.started.since(self.activated);
        StartUp {
            fargate: task.instance.is_none(),
            cached: self.cached && task.instance.is_some(),
            provisioning: self.provisioned.since(task.placed),
            pending: self.activated.since(self.provisioned),
            pull: self.pulled,
            start: containers.saturating_sub(self.pulled),
            polling: now.since(self.started),
        }
    }

    /// The marks of a task that is placed at a time.
    fn at(now: SimTime) -> Self {
        Self {
            provisioned: now,
            activated: now,
            pulls: 0,
            pulling_since: now,
            pulled: Span::ZERO,
            started: now,
            cached: true,
        }
    }
}

/// The health status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct TaskHealth {
    /// It counts as healthy for its service, as far as ECS knows: its health checks pass, or it has
    /// none and the assumption `healthyWithoutCheck` has passed since RUNNING.
    pub healthy: bool,
    /// A health check has found it unhealthy.
    pub unhealthy: bool,
    /// Its target in the first target group of its service is healthy.
    pub target_is_healthy: bool,
    /// Its target in the first target group of its service is unhealthy.
    pub target_is_unhealthy: bool,
    /// One of its targets is unhealthy.
    pub fails_target_checks: bool,
}

impl<'p> Life<'p> {
    /// No life.
    pub(super) fn none() -> Self {
        Self {
            of: TaskId::NONE,
            step: Step::Provisioning,
            healthy: false,
            unhealthy: false,
            known: Health::Unknown,
            due: SimTime::ZERO,
            ended: SimTime::ZERO,
            stop: None,
            targets: None,
            counted: Counted::default(),
            is_billed: false,
            waves: 0,
            unreported: None,
            runs: SmallVec::new(),
            state: ContainersState::new(&[]),
            marks: Marks::at(SimTime::ZERO),
        }
    }

    /// Makes this the life of a new task, in the memory of an old one.
    pub(super) fn begin(&mut self, id: TaskId, now: SimTime, containers: &'p [Container]) {
        // By its fields, so that the compiler asks for each one that is added.
        let Self {
            of,
            step,
            healthy,
            unhealthy,
            known,
            due,
            ended,
            stop,
            targets,
            counted,
            is_billed,
            waves,
            unreported,
            runs,
            state,
            marks,
        } = self;
        *of = id;
        (*step, *due, *ended) = (Step::Provisioning, now, now);
        (*healthy, *unhealthy, *known) = (false, false, Health::Unknown);
        (*stop, *targets, *unreported) = (None, None, None);
        (*counted, *is_billed, *waves) = (Counted::default(), false, 0);
        runs.truncate(containers.len());
        for run in runs.iter_mut() {
            *run = Run::default();
        }
        runs.resize_with(containers.len(), Run::default);
        state.begin(containers);
        *marks = Marks::at(now);
    }

    /// Reads each line of the processor's cache that has a part of it. The next task of its slot needs
    /// all of them, too, soon after its end.
    #[inline]
    pub(super) fn touch(&self) {
        let due = self.runs.first().map(|run| run.due);
        let state = (self.state.waiting(), self.marks.started);
        std::hint::black_box((self.of, due, state));
    }

    /// Its health.
    pub(super) fn health(&self) -> TaskHealth {
        let targets = self.targets.as_ref();
        let target = targets.map(|targets| targets.first().state);
        TaskHealth {
            healthy: self.healthy,
            unhealthy: self.unhealthy,
            target_is_healthy: target == Some(TargetState::Healthy),
            target_is_unhealthy: target == Some(TargetState::Unhealthy),
            fails_target_checks: targets.is_some_and(|targets| targets.has_unhealthy()),
        }
    }

    /// When Fargate began to bill it; `None` when it bills nothing.
    pub(super) fn billed_since(&self) -> Option<SimTime> {
        self.is_billed.then_some(self.marks.activated)
    }

    /// True when the run of a container ends now or has ended.
    pub(super) fn exits_by(&self, container: usize, now: SimTime) -> bool {
        self.runs[container].exit.is_some_and(|exit| exit.at <= now)
    }

    /// True when no change of its containers is handled any more, except their stop.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_some() || self.unreported.is_some() || self.step == Step::Dead
    }
}

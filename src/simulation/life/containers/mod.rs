//! The state of one task's containers: which may start, the effect of an exit, and the health of
//! the task. The caller provides times; nothing is drawn, scheduled or reported here.
//!
//! ```text
//!            ready           pulled           started            exited
//! Waiting ──────────▶ Pulling ─────▶ Starting ──────▶ Running ──────────▶ Exited
//!                                       ▲                 │ restart in place
//!                                       └─────────────────┘
//! ```
//!
//! A container may exit at its start; it counts as started. Once the task is stopping, no container
//! starts or is restarted.

use crate::plan::{Condition, Container};
use crate::units::{SimTime, Span};
pub(super) use set::ContainerSet;
use smallvec::SmallVec;

mod set;

/// The result of a container's health check (facts/ecs.md 16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// No result since the container's start.
    #[default]
    Unknown,
    /// The last probe passed.
    Healthy,
    /// `retries` probes in a row failed.
    Unhealthy,
}

/// The state of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// It waits for its dependencies. Its image is not pulled yet (facts/ecs.md 20).
    Waiting,
    /// Its image is being pulled.
    Pulling,
    /// It has its image and is starting.
    Starting,
    /// It runs.
    Running {
        /// The time of its latest start.
        since: SimTime,
        /// Its health since that start.
        health: Health,
    },
    /// It has exited and is not restarted.
    Exited {
        /// Its exit code.
        code: i32,
        /// The time of the exit.
        at: SimTime,
    },
}

/// The effect of an exit on the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterExit {
    /// The container is restarted in place. It is `Starting` now.
    Restart,
    /// The task stops: its desired status is STOPPED from now on.
    TaskStops,
    /// The task goes on, or was stopping before.
    Nothing,
}

/// The state of the containers of one task. Containers are numbered in the order of their
/// definitions.
#[derive(Clone, Debug)]
pub struct ContainersState<'p> {
    definitions: &'p [Container],
    records: SmallVec<[Record; 1]>,
    /// The number of containers that are `Waiting`.
    waiting: u32,
    stopping: bool,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    state: ContainerState,
    /// True after its first start, even if it exited at once.
    started: bool,
}

impl<'p> ContainersState<'p> {
    /// The containers of a new task: all are `Waiting`. Each definition comes after those that it
    /// depends on.
    pub fn new(definitions: &'p [Container]) -> Self {
        let mut state = Self {
            definitions,
            records: SmallVec::new(),
            waiting: 0,
            stopping: false,
        };
        state.begin(definitions);
        state
    }

    /// Makes this the state of a new task's containers, in the memory of an old one.
    pub fn begin(&mut self, definitions: &'p [Container]) {
        let record = Record {
            state: ContainerState::Waiting,
            started: false,
        };
        self.definitions = definitions;
        self.stopping = false;
        self.waiting = u32::try_from(definitions.len()).expect("at most ten containers");
        if self.records.len() == definitions.len() {
            self.records.fill(record);
        } else {
            self.records.clear();
            self.records.resize(definitions.len(), record);
        }
    }

    /// The number of containers that are `Waiting`.
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// The state of a container.
    #[inline]
    pub fn state(&self, container: usize) -> ContainerState {
        self.records[container].state
    }

    /// The waiting containers whose dependencies are met, in order. They become `Pulling`: an image
    /// is pulled only when its container may start (facts/ecs.md 19, 20). To be called after every
    /// change; each container is returned once.
    #[inline]
    pub fn ready(&mut self) -> ContainerSet {
        if self.stopping || self.waiting == 0 {
            return ContainerSet::default();
        }
        self.leave_waiting()
    }

    #[inline(never)]
    fn leave_waiting(&mut self) -> ContainerSet {
        let mut ready = ContainerSet::default();
        for container in 0..self.records.len() {
            if self.may_start(container) {
                self.records[container].state = ContainerState::Pulling;
                self.waiting -= 1;
                ready.insert(container);
            }
        }
        ready
    }

    /// The pull of a container's image is over.
    ///
    /// # Panics
    /// When the container is not `Pulling`.
    pub fn pulled(&mut self, container: usize) {
        let state = &mut self.records[container].state;
        assert_eq!(
            *state,
            ContainerState::Pulling,
            "only an image in its pull is pulled"
        );
        *state = ContainerState::Starting;
    }

    /// A container has started.
    ///
    /// # Panics
    /// When the container is not `Starting`.
    pub fn started(&mut self, container: usize, now: SimTime) {
        let record = &mut self.records[container];
        assert_eq!(
            record.state,
            ContainerState::Starting,
            "only a container with its image starts"
        );
        record.started = true;
        record.state = ContainerState::Running {
            since: now,
            health: Health::Unknown,
        };
    }

    /// A running or starting container has exited: by itself, killed for its memory with code 137
    /// (facts/ecs.md 64), or because it was stopped. [`AfterExit::TaskStops`] is returned at most
    /// once per task.
    ///
    /// # Panics
    /// When the container is neither running nor starting.
    pub fn exited(&mut self, container: usize, code: i32, now: SimTime) -> AfterExit {
        assert!(
            self.is_live(container),
            "only a running or starting container exits, at {now}"
        );
        let restarts = !self.stopping && self.restarts_after(container, code, now);
        let record = &mut self.records[container];
        record.started = true;
        if restarts {
            record.state = ContainerState::Starting;
            return AfterExit::Restart;
        }
        record.state = ContainerState::Exited { code, at: now };
        let ends_task =
            self.definitions[container].essential || self.blocks_a_dependent(container, code);
        if ends_task && !self.stopping {
            self.stopping = true;
            return AfterExit::TaskStops;
        }
        AfterExit::Nothing
    }

    /// Sets the health of a container. Ignored when it is not running.
    pub fn health(&mut self, container: usize, verdict: Health) {
        if let ContainerState::Running { health, .. } = &mut self.records[container].state {
            *health = verdict;
        }
    }

    /// The task's desired status becomes STOPPED, for a reason other than an exit of its
    /// containers.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// True when the task is RUNNING: every container has started. One that has exited without
    /// stopping the task counts (facts/ecs.md 63), and one that is being restarted (facts/ecs.md
    /// 24).
    #[inline]
    pub fn is_running(&self) -> bool {
        !self.stopping && self.waiting == 0 && self.records.iter().all(|record| record.started)
    }

    /// The health of the task (facts/ecs.md 18), by its essential containers with a health check:
    /// UNHEALTHY when one of them is, HEALTHY when all are and there is at least one, else UNKNOWN.
    pub fn task_health(&self) -> Health {
        let checked = self.definitions.iter().zip(&self.records);
        let checked = checked
            .filter(|(container, _)| container.essential && container.health_check.is_some());
        let mut verdicts = checked.map(|(_, record)| health_of(record)).peekable();
        if verdicts.peek().is_none() {
            return Health::Unknown;
        }
        let worse = |so_far, verdict| match (so_far, verdict) {
            (Health::Unhealthy, _) | (_, Health::Unhealthy) => Health::Unhealthy,
            (Health::Healthy, Health::Healthy) => Health::Healthy,
            _ => Health::Unknown,
        };
        verdicts.fold(Health::Healthy, worse)
    }

    /// The end of a container's `startTimeout`, counted from its latest start. If another container
    /// still waits for it to be COMPLETE, SUCCESS or HEALTHY then, the task stops (facts/ecs.md
    /// 21). `None` when it has no `startTimeout`, does not run, or no container waits for it; a
    /// wait for START has no deadline.
    #[inline]
    pub fn start_deadline(&self, container: usize) -> Option<SimTime> {
        let timeout = self.definitions[container].start_timeout?;
        self.deadline_after(container, timeout)
    }

    #[inline(never)]
    fn deadline_after(&self, container: usize, timeout: Span) -> Option<SimTime> {
        let ContainerState::Running { since, .. } = self.state(container) else {
            return None;
        };
        let mut awaited = self.awaited_conditions(container);
        let awaited = awaited.any(|condition| !self.is_met(container, condition));
        awaited.then(|| since + timeout)
    }

    /// The containers of one wave of the stop, by its number from 0; empty after the last wave. The
    /// running and starting containers of a wave are stopped together, those of the next wave when all of
    /// it have exited. A container is stopped after all live containers that depend on it, under any
    /// condition (facts/ecs.md 19, 62).
    #[inline]
    pub fn stop_wave(&self, number: usize) -> ContainerSet {
        if (0..self.records.len()).any(|container| self.is_live(container)) {
            self.live_wave(number)
        } else {
            ContainerSet::default()
        }
    }

    #[inline(never)]
    fn live_wave(&self, number: usize) -> ContainerSet {
        let mut wave = ContainerSet::default();
        let mut wave_of = [0; 16];
        // Dependents come later in the list. From its end, a container's wave is final when it is
        // reached.
        let live = (0..self.records.len()).rev().filter(|c| self.is_live(*c));
        for container in live {
            let of = wave_of[container];
            for (dependency, _) in &self.definitions[container].depends_on {
                wave_of[*dependency] = wave_of[*dependency].max(of + 1);
            }
            if of == number {
                wave.insert(container);
            }
        }
        wave
    }

    fn is_live(&self, container: usize) -> bool {
        matches!(
            self.records[container].state,
            ContainerState::Starting | ContainerState::Running { .. }
        )
    }

    fn may_start(&self, container: usize) -> bool {
        let mut depends_on = self.definitions[container].depends_on.iter();
        self.state(container) == ContainerState::Waiting
            && depends_on.all(|(dependency, condition)| self.is_met(*dependency, *condition))
    }

    /// True when a dependency meets a condition of `dependsOn` (facts/ecs.md 19).
    fn is_met(&self, dependency: usize, condition: Condition) -> bool {
        let record = &self.records[dependency];
        match condition {
            Condition::Start => record.started,
            Condition::Complete => matches!(record.state, ContainerState::Exited { .. }),
            Condition::Success => matches!(record.state, ContainerState::Exited { code: 0, .. }),
            Condition::Healthy => health_of(record) == Health::Healthy,
        }
    }

    /// The conditions on a container of those that still wait.
    fn awaited_conditions(&self, container: usize) -> impl Iterator<Item = Condition> {
        let dependents = self.definitions.iter().zip(&self.records);
        let waiting = dependents.filter(|(_, record)| record.state == ContainerState::Waiting);
        let conditions = waiting.flat_map(|(dependent, _)| &dependent.depends_on);
        let of_this = conditions.filter(move |(dependency, _)| *dependency == container);
        of_this.map(|(_, condition)| *condition)
    }

    /// True when a final exit makes it impossible for another container to start: it waits for
    /// SUCCESS and the code is not 0 (facts/ecs.md 22), or it waits for HEALTHY. (In the second
    /// case the real agent waits for ever; here the task stops.)
    fn blocks_a_dependent(&self, container: usize, code: i32) -> bool {
        let mut awaited = self.awaited_conditions(container);
        awaited.any(|condition| match condition {
            Condition::Success => code != 0,
            Condition::Healthy => true,
            Condition::Start | Condition::Complete => false,
        })
    }

    /// True when its restart policy restarts a container after an exit (facts/ecs.md 24).
    fn restarts_after(&self, container: usize, code: i32, now: SimTime) -> bool {
        let Container { restart, .. } = &self.definitions[container];
        let ran = match self.state(container) {
            ContainerState::Running { since, .. } => now - since,
            _ => Span::ZERO,
        };
        restart.as_ref().is_some_and(|policy| {
            ran >= policy.attempt_period && !policy.ignored_exit_codes.contains(&code)
        })
    }
}

/// The health of a container; UNKNOWN when it does not run.
fn health_of(record: &Record) -> Health {
    match record.state {
        ContainerState::Running { health, .. } => health,
        _ => Health::Unknown,
    }
}

#[cfg(test)]
mod tests;

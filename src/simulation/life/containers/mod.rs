//! The containers of one task: who may start, what an exit means, how the task is. Driven
//! from outside with times; nothing is drawn, scheduled or reported here, and what pulls and
//! starts last is not known here.
//!
//! ```text
//!            ready           pulled           started            exited
//! Waiting ──────────▶ Pulling ─────▶ Starting ──────▶ Running ──────────▶ Exited
//!                                       ▲                 │ restart in place
//!                                       └─────────────────┘
//! ```
//!
//! A container may exit as it starts; that counts as having started. Once the task stops,
//! nothing starts or is restarted any more.

use crate::plan::{Condition, Container, Containers};
use crate::units::{SimTime, Span};

/// What a health check has found (facts/ecs.md 16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Nothing so far.
    #[default]
    Unknown,
    /// The last verdict was a pass.
    Healthy,
    /// Too many failures in a row.
    Unhealthy,
}

/// Where a container is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// For those that it depends on; its image is not asked for yet (facts/ecs.md 20).
    Waiting,
    /// Its image is on the way.
    Pulling,
    /// The image is there.
    Starting,
    /// It runs.
    Running {
        /// Since its latest start.
        since: SimTime,
        /// Since that start.
        health: Health,
    },
    /// It is over for good.
    Exited {
        /// Its exit code.
        code: i32,
        /// When.
        at: SimTime,
    },
}

/// What follows from an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterExit {
    /// The container is restarted in place; it is starting already, its image is there.
    Restart,
    /// The task stops: its desired status is STOPPED from now on.
    TaskStops,
    /// The task goes on, or is stopping already.
    Nothing,
}

/// The containers of one task.
#[derive(Clone, Debug)]
pub struct ContainersState {
    definitions: Containers,
    records: Vec<Record>,
    stopping: bool,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    state: ContainerState,
    /// Has ever started, even if it exited at once.
    started: bool,
}

impl ContainersState {
    /// The containers of a new task: all wait. In the definitions each comes after those it
    /// depends on.
    pub fn new(definitions: &Containers) -> Self {
        let record = Record {
            state: ContainerState::Waiting,
            started: false,
        };
        Self {
            definitions: Containers::clone(definitions),
            records: vec![record; definitions.len()],
            stopping: false,
        }
    }

    /// How many containers there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Where a container is.
    pub fn state(&self, container: usize) -> ContainerState {
        self.records[container].state
    }

    /// Takes the containers whose dependencies are met, in order, and begins with their
    /// images: a dependent's image is pulled only when it may start (facts/ecs.md 19, 20).
    /// Ask again after every change; each is named once.
    pub fn ready(&mut self) -> Vec<usize> {
        if self.stopping {
            return Vec::new();
        }
        let all = 0..self.records.len();
        let ready: Vec<usize> = all.filter(|container| self.may_start(*container)).collect();
        for container in &ready {
            self.records[*container].state = ContainerState::Pulling;
        }
        ready
    }

    /// A container's image is there.
    pub fn pulled(&mut self, container: usize) {
        let state = &mut self.records[container].state;
        assert_eq!(*state, ContainerState::Pulling, "it is pulled once");
        *state = ContainerState::Starting;
    }

    /// A container runs.
    pub fn started(&mut self, container: usize, now: SimTime) {
        let record = &mut self.records[container];
        assert_eq!(
            record.state,
            ContainerState::Starting,
            "it starts when its image is there"
        );
        record.started = true;
        record.state = ContainerState::Running {
            since: now,
            health: Health::Unknown,
        };
    }

    /// A running or starting container has ended: by itself, killed for its memory with
    /// code 137 (facts/ecs.md 64), or because it was stopped. [`AfterExit::TaskStops`] is
    /// said at most once.
    pub fn exited(&mut self, container: usize, code: i32, now: SimTime) -> AfterExit {
        assert!(self.is_live(container), "who exits was alive at {now}");
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

    /// A health check has come to a verdict; of a container that does not run, nothing.
    pub fn health(&mut self, container: usize, verdict: Health) {
        if let ContainerState::Running { health, .. } = &mut self.records[container].state {
            *health = verdict;
        }
    }

    /// The task's desired status becomes STOPPED for a reason that is not one of its
    /// containers.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// True when all containers have come as far as they should: they run, or have finished
    /// as somebody's dependency or as one the task does not need (facts/ecs.md 63). One that
    /// is being restarted counts: the task stays RUNNING (facts/ecs.md 24).
    pub fn is_running(&self) -> bool {
        !self.stopping && self.records.iter().all(|record| record.started)
    }

    /// The task's health (facts/ecs.md 18): UNHEALTHY when an essential container is,
    /// HEALTHY when all essential containers with a check are and there is one, else
    /// UNKNOWN. Others do not count.
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

    /// Until when others wait for this container to complete, succeed or be healthy, from
    /// its latest start; then they give up and the task stops (facts/ecs.md 21). `None` when
    /// it has no `startTimeout`, does not run, or nobody waits for it (any more): who waits
    /// for START has no deadline.
    pub fn start_deadline(&self, container: usize) -> Option<SimTime> {
        let timeout = self.definitions[container].start_timeout?;
        let ContainerState::Running { since, .. } = self.state(container) else {
            return None;
        };
        let mut awaited = self.awaited_conditions(container);
        let awaited = awaited.any(|condition| !self.is_met(container, condition));
        awaited.then(|| since + timeout)
    }

    /// The containers that run or start, in the order in which they are stopped: each wave
    /// at once, the next when all before have exited; each container comes after the live
    /// ones that depend on it, whatever for (facts/ecs.md 19, 62).
    pub fn stop_order(&self) -> Vec<Vec<usize>> {
        let mut wave_of = vec![0; self.records.len()];
        let mut waves: Vec<Vec<usize>> = Vec::new();
        // Dependents come later in the list: from its end each is known before it is needed.
        let live = (0..self.records.len()).rev().filter(|c| self.is_live(*c));
        for container in live {
            let wave = wave_of[container];
            for (dependency, _) in &self.definitions[container].depends_on {
                wave_of[*dependency] = wave_of[*dependency].max(wave + 1);
            }
            if waves.len() <= wave {
                waves.resize(wave + 1, Vec::new());
            }
            waves[wave].push(container);
        }
        for wave in &mut waves {
            wave.reverse();
        }
        waves
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

    /// Whether a dependency is as its dependents want it (facts/ecs.md 19).
    fn is_met(&self, dependency: usize, condition: Condition) -> bool {
        let record = &self.records[dependency];
        match condition {
            Condition::Start => record.started,
            Condition::Complete => matches!(record.state, ContainerState::Exited { .. }),
            Condition::Success => matches!(record.state, ContainerState::Exited { code: 0, .. }),
            Condition::Healthy => health_of(record) == Health::Healthy,
        }
    }

    /// What those that still wait want of a container.
    fn awaited_conditions(&self, container: usize) -> impl Iterator<Item = Condition> {
        let dependents = self.definitions.iter().zip(&self.records);
        let waiting = dependents.filter(|(_, record)| record.state == ContainerState::Waiting);
        let conditions = waiting.flat_map(|(dependent, _)| &dependent.depends_on);
        let of_this = conditions.filter(move |(dependency, _)| *dependency == container);
        of_this.map(|(_, condition)| *condition)
    }

    /// True when a final exit makes it impossible for another to start: it waits for SUCCESS
    /// and the code is not 0 (facts/ecs.md 22), or it waits for a health check that will
    /// never pass. (There the agent would wait for ever; a task that can never start is of
    /// use to nobody.)
    fn blocks_a_dependent(&self, container: usize, code: i32) -> bool {
        let mut awaited = self.awaited_conditions(container);
        awaited.any(|condition| match condition {
            Condition::Success => code != 0,
            Condition::Healthy => true,
            Condition::Start | Condition::Complete => false,
        })
    }

    /// Whether its policy restarts a container after an exit (facts/ecs.md 24).
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

/// Of a container that does not run: unknown.
fn health_of(record: &Record) -> Health {
    match record.state {
        ContainerState::Running { health, .. } => health,
        _ => Health::Unknown,
    }
}

#[cfg(test)]
mod tests;

//! The containers of a task definition: the parameters of their life cycle, and their behavior, for
//! which AWS's JSON has no keys.

use crate::engine::random::Distribution;
use crate::units::{Cpu, Memory, Span};
use std::sync::Arc;

/// The most containers of a task definition (facts/ecs.md 43).
pub const MOST_CONTAINERS: usize = 10;

/// The containers of a task definition. Each comes after the containers that it depends on.
pub type Containers = Arc<[Container]>;

/// One container definition.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Index into the plan's images.
    pub image: usize,
    /// True when its exit stops the task (facts/ecs.md 10, 62).
    pub essential: bool,
    /// Indices of earlier containers that it waits for, with the condition (facts/ecs.md 19).
    pub depends_on: Vec<(usize, Condition)>,
    /// The longest time, from its start, for which other containers wait for its COMPLETE, SUCCESS
    /// or HEALTHY (facts/ecs.md 21); `None`: no limit.
    pub start_timeout: Option<Span>,
    /// Time from SIGTERM to SIGKILL (facts/ecs.md 23).
    pub stop_timeout: Span,
    /// Its health check, if it has one.
    pub health_check: Option<HealthCheck>,
    /// Its restart policy; `None`: it is not restarted.
    pub restart: Option<RestartPolicy>,
    /// The hard limit of its memory: a container that uses more is killed (facts/ecs.md 64).
    pub memory_limit: Option<Memory>,
    /// Its simulated behavior.
    pub behavior: Behavior,
}

/// A condition of `dependsOn` (facts/ecs.md 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `START`: the other has started; it may have stopped since.
    Start,
    /// `COMPLETE`: the other has exited.
    Complete,
    /// `SUCCESS`: the other has exited with code 0.
    Success,
    /// `HEALTHY`: the other's health check has passed.
    Healthy,
}

/// A container health check (facts/ecs.md 16, 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Time between probes, and before the first.
    pub interval: Span,
    /// The time after which a probe without an answer fails.
    pub timeout: Span,
    /// The number of failures in a row that make the container unhealthy.
    pub retries: u32,
    /// Time after the start in which failures do not count.
    pub start_period: Span,
}

/// Restarts of a container within its task (facts/ecs.md 24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    /// Exit codes after which it is not restarted.
    pub ignored_exit_codes: Vec<i32>,
    /// The container is restarted only if it ran for at least this time since its last start.
    pub attempt_period: Span,
}

/// How a probe of a health check fails (facts/ecs.md 16, 17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbeFailure {
    /// The probe fails at once, as on a closed port.
    #[default]
    Refused,
    /// The probe fails at its timeout, as without an answer.
    Hangs,
}

/// The simulated behavior of a container: `behavior:` in a scenario.
#[derive(Clone, Debug)]
pub struct Behavior {
    /// Seconds from its start to its exit; `None`: it runs until it is stopped. In standalone tasks
    /// the entry's `duration` overrides it for essential containers.
    pub run_time: Option<Distribution>,
    /// The exit code after the run time.
    pub exit_code: i32,
    /// Seconds from its start until its health check would pass, drawn at each start. It becomes
    /// HEALTHY with the first probe from then on. From then on it answers its load balancer too.
    /// Without either it has no effect.
    pub time_to_healthy: Distribution,
    /// Crashes per hour of run time; the exit code is 1.
    pub crashes_per_hour: f64,
    /// Rate per hour of run time at which its health check begins to fail; it then fails until the
    /// container stops.
    pub health_failures_per_hour: f64,
    /// How a probe of its health check fails.
    pub probe_failure: ProbeFailure,
    /// The probability, 0 to 1, that it exits with code 1 at its start.
    pub start_failure: f64,
    /// The CPU that it uses while its task is RUNNING, beside the requests of a load.
    pub cpu_use: Cpu,
    /// Bytes of memory that it reaches, drawn at each start. When it reaches the limit first, it is
    /// killed with exit code 137.
    pub memory_use: Option<Distribution>,
    /// Seconds from its start until it uses `memory_use`.
    pub memory_growth: Distribution,
    /// Seconds from SIGTERM to its exit; SIGKILL comes at the stop timeout.
    pub stop_time: Distribution,
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            run_time: None,
            exit_code: 0,
            time_to_healthy: Distribution::Constant(0.0),
            crashes_per_hour: 0.0,
            health_failures_per_hour: 0.0,
            probe_failure: ProbeFailure::Refused,
            start_failure: 0.0,
            cpu_use: Cpu::ZERO,
            memory_use: None,
            memory_growth: Distribution::Constant(0.0),
            stop_time: Distribution::Constant(0.0),
        }
    }
}

impl Behavior {
    /// True when no random numbers are drawn.
    pub fn is_certain(&self) -> bool {
        let laws = [&self.time_to_healthy, &self.memory_growth, &self.stop_time];
        let optional = [&self.run_time, &self.memory_use];
        laws.iter().all(|law| law.is_certain())
            && optional
                .iter()
                .all(|law| law.as_ref().is_none_or(Distribution::is_certain))
            && self.crashes_per_hour == 0.0
            && self.health_failures_per_hour == 0.0
            && (self.start_failure == 0.0 || self.start_failure == 1.0)
    }
}

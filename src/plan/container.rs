//! The containers of a task definition, as far as their life cycle needs, and how they
//! behave: what AWS's JSON cannot say.

use crate::engine::random::Distribution;
use crate::units::{Memory, Span};
use std::sync::Arc;

/// The containers of a task definition, in an order in which each comes after those it
/// depends on.
pub type Containers = Arc<[Container]>;

/// One container definition.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Index into the plan's images.
    pub image: usize,
    /// Its end ends the task (facts/ecs.md 10, 62).
    pub essential: bool,
    /// Indices of earlier containers that it waits for, and for what (facts/ecs.md 19).
    pub depends_on: Vec<(usize, Condition)>,
    /// How long those that depend on it wait for COMPLETE, SUCCESS or HEALTHY, from its own
    /// start (facts/ecs.md 21); `None`: without limit.
    pub start_timeout: Option<Span>,
    /// From SIGTERM to SIGKILL (facts/ecs.md 23).
    pub stop_timeout: Span,
    /// Its health check, if it has one.
    pub health_check: Option<HealthCheck>,
    /// Whether it is restarted in place.
    pub restart: Option<RestartPolicy>,
    /// The hard limit: beyond it the container is killed (facts/ecs.md 64).
    pub memory_limit: Option<Memory>,
    /// What it does.
    pub behavior: Behavior,
}

/// What a container waits for (facts/ecs.md 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The other has started, or has stopped again already.
    Start,
    /// The other has exited.
    Complete,
    /// The other has exited with code 0.
    Success,
    /// The other's health check has passed.
    Healthy,
}

/// A container health check (facts/ecs.md 16, 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Between probes, and before the first.
    pub interval: Span,
    /// The time after which a probe without an answer fails.
    pub timeout: Span,
    /// The number of failures in a row that make the container unhealthy.
    pub retries: u32,
    /// Failures in the beginning that do not count.
    pub start_period: Span,
}

/// Restarts of a container within its task (facts/ecs.md 24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestartPolicy {
    /// Exit codes after which it is not restarted.
    pub ignored_exit_codes: Vec<i32>,
    /// It is restarted only if it ran at least this long since its last start.
    pub attempt_period: Span,
}

/// How a probe of a health check fails (facts/ecs.md 16, 17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbeFailure {
    /// At once, as on a closed port.
    #[default]
    Refused,
    /// At its timeout, as when no answer comes.
    Hangs,
}

/// What a container does: `behavior:` beside the definition.
#[derive(Clone, Debug)]
pub struct Behavior {
    /// Seconds from its start to its exit; `None`: until it is stopped. In standalone work
    /// the entry's `duration` wins for essential containers.
    pub run_time: Option<Distribution>,
    /// The exit code after the run time.
    pub exit_code: i32,
    /// Seconds from its start until its health check would pass.
    pub time_to_healthy: Distribution,
    /// Crashes per hour of running; exit code 1.
    pub crashes_per_hour: f64,
    /// How often per hour of running its health check fails for good.
    pub health_failures_per_hour: f64,
    /// How a probe of its health check fails.
    pub probe_failure: ProbeFailure,
    /// The chance that it exits with code 1 as it starts.
    pub start_failure: f64,
    /// Bytes that it comes to use, drawn at each start; above the limit it is killed with
    /// code 137 when it gets there.
    pub memory_use: Option<Distribution>,
    /// Seconds from its start until it uses that much.
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
            memory_use: None,
            memory_growth: Distribution::Constant(0.0),
            stop_time: Distribution::Constant(0.0),
        }
    }
}

impl Behavior {
    /// True when no draw is needed.
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

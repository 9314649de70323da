//! The story of one deployment.

use super::stage::{Stage, TaskCounts};
use super::traffic::{RequestsMet, TrafficStory};
use super::tried::{DeploymentEnd, DeploymentTry};
use crate::explain::at_end::Closed;
use crate::explain::story::Told;
use crate::plan::{DeploymentRules, Plan, Scheduling, Service};
use crate::policy::services::{CircuitBreaker, Threshold};
use crate::simulation::{DeploymentCause, DeploymentFailure};
use crate::units::SimTime;
use serde::Serialize;

/// A deployment of a service in one run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentStory {
    /// The service.
    pub service: String,
    /// Its name: that of its revision, with a number from the second deployment of the revision on.
    pub deployment: String,
    /// The name of its revision.
    pub revision: String,
    /// Family and revision of its task definition.
    pub task_definition: String,
    /// The revision that was PRIMARY before, and its task definition.
    pub before: Option<[String; 2]>,
    /// What differs from the revision before, in words: `the images`; empty where nothing does, as with
    /// `forceNewDeployment`.
    pub differs: Vec<&'static str>,
    /// The variant of the run.
    pub variant: String,
    /// The seed of the run.
    pub seed: u64,
    /// When it began.
    #[serde(rename = "beganMicros")]
    pub began: SimTime,
    /// What started it.
    pub cause: DeploymentCause,
    /// True for a daemon service.
    pub is_daemon: bool,
    /// `minimumHealthyPercent` and `maximumPercent`.
    pub percent: [u32; 2],
    /// The limits in tasks, each from a time on.
    pub limits: Vec<Limits>,
    /// The circuit breaker, where it is enabled.
    pub circuit_breaker: Option<BreakerRule>,
    /// The alarms that it watches.
    pub alarms: Vec<String>,
    /// True when an alarm is followed by a rollback.
    pub alarms_roll_back: bool,
    /// How it shifted requests; `None` for a rolling deployment.
    pub traffic: Option<TrafficStory>,
    /// The requests to the service while it was going on; `None` for a service without a load.
    pub requests: Option<RequestsMet>,
    /// Its stages in order of time.
    pub stages: Vec<Stage>,
    /// The number of stages that are left out in the middle.
    pub left_out: u64,
    /// The latest failure of a task of it.
    pub latest_failure: Option<Told>,
    /// The tasks when it began.
    pub tasks_before: TaskCounts,
    /// The tasks at its end, or at the end of the run.
    pub tasks: TaskCounts,
    /// The latest time at which it had more healthy tasks of its revision, or fewer others, than ever
    /// before.
    #[serde(rename = "latestProgressMicros")]
    pub latest_progress: SimTime,
    /// When all tasks were replaced and healthy, and the bake time began.
    #[serde(rename = "bakesMicros")]
    pub bakes: Option<SimTime>,
    /// The instances that take no tasks at the end of the run, because of their state, of a deployment
    /// that is then in progress.
    pub closed: Vec<Closed>,
    /// The changes with which one that makes no progress was tried again.
    pub tries: Vec<DeploymentTry>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// How it ended.
    pub end: DeploymentEnd,
    /// When it was no longer in progress or PRIMARY, or the end of the run.
    #[serde(rename = "endMicros")]
    pub ended: SimTime,
    /// The deployment that followed: its name.
    pub next: Option<String>,
    /// True when that is a rollback.
    pub is_rolled_back: bool,
}

/// The limits of the number of tasks of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The time from which on they hold.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The desired count.
    pub desired: u32,
    /// The least number of healthy tasks.
    pub minimum_healthy: u32,
    /// The largest number of RUNNING and PENDING tasks.
    pub maximum_total: u32,
    /// True while the tasks of two revisions run side by side: the numbers are those of each revision.
    pub of_each_revision: bool,
    /// The number of failed tasks at which the circuit breaker ends it.
    pub threshold: Option<u32>,
}

/// The circuit breaker of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakerRule {
    /// Its threshold in the words of AWS: `BOUNDED_PERCENT 50`.
    pub threshold: String,
    /// `resetOnHealthyTask`.
    pub reset_on_healthy_task: bool,
    /// `rollback`.
    pub rollback: bool,
}

/// Why a deployment has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The time.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The reason.
    pub why: DeploymentFailure,
    /// `failedTasks` then.
    pub failed_tasks: u32,
}

impl DeploymentStory {
    /// A deployment of a service that begins now, by its name and the number of its revision.
    pub(super) fn new(
        plan: &Plan,
        seed: u64,
        service: &Service,
        (name, number): (String, usize),
        now: SimTime,
        tasks: TaskCounts,
    ) -> Self {
        let parts = service.revision(number);
        Self {
            service: service.name.clone(),
            deployment: name,
            revision: parts.name.into(),
            task_definition: parts.definition.into(),
            before: None,
            differs: Vec::new(),
            variant: plan.variant.clone(),
            seed,
            began: now,
            cause: DeploymentCause::Created,
            is_daemon: service.scheduling == Scheduling::Daemon,
            percent: [0; 2],
            limits: Vec::new(),
            circuit_breaker: None,
            alarms: Vec::new(),
            alarms_roll_back: false,
            traffic: None,
            requests: None,
            stages: Vec::new(),
            left_out: 0,
            latest_failure: None,
            tasks_before: tasks,
            tasks,
            latest_progress: now,
            bakes: None,
            closed: Vec::new(),
            tries: Vec::new(),
            failure: None,
            end: DeploymentEnd::InProgress,
            ended: now,
            next: None,
            is_rolled_back: false,
        }
    }

    /// Drops all stages but the last.
    pub(in crate::explain) fn keep_last_stage(&mut self) {
        let before = self.stages.len().saturating_sub(1);
        self.stages.drain(..before);
        self.left_out += before as u64;
    }
}

impl BreakerRule {
    /// The circuit breaker of some rules, where it is enabled.
    pub(super) fn of(rules: &DeploymentRules) -> Option<Self> {
        let CircuitBreaker {
            rollback,
            reset_on_healthy_task,
            threshold,
        } = rules.circuit_breaker?;
        let threshold = match threshold {
            Threshold::BoundedPercent(percent) => format!("BOUNDED_PERCENT {percent}"),
            Threshold::UnboundedPercent(percent) => format!("UNBOUNDED_PERCENT {percent}"),
            Threshold::Count(count) => format!("COUNT {count}"),
        };
        Some(Self {
            threshold,
            reset_on_healthy_task,
            rollback,
        })
    }
}

//! `events.jsonl`: one fact per line, as a JSON object with `timeMicros`, `fact`, the subject of
//! the fact, ECS's `message`, and at the end the `variant` and `seed` of the run.

use crate::units::{SimTime, Span};
use serde::Serialize;
use std::io::{self, Write};

/// A line of `events.jsonl`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRow<'a> {
    /// Time since the start of the run, in microseconds.
    #[serde(rename = "timeMicros")]
    pub time: SimTime,
    /// The name of the fact: `TaskStarted`.
    pub fact: &'a str,
    /// The subject of the fact.
    #[serde(flatten)]
    pub about: EventAbout<'a>,
    /// ECS's message, where ECS has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The variant of the run.
    pub variant: &'a str,
    /// The seed of the run.
    pub seed: u64,
}

/// The subject of a line of `events.jsonl`, with names instead of ids.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum EventAbout<'a> {
    /// An instance, or a launch that failed.
    Instance(InstanceEvent<'a>),
    /// A task.
    Task(TaskEvent<'a>),
    /// Rows of a trace that were left out.
    Skipped {
        /// The entry of `tasks`.
        entry: &'a str,
        /// The number of tasks.
        tasks: u64,
    },
    /// An arrival of a schedule.
    Arrival {
        /// The entry of `tasks`.
        entry: &'a str,
    },
    /// A call of `RunTask`, or tasks that an arrival replaces.
    Call {
        /// The entry of `tasks`.
        entry: &'a str,
        /// The number of its tasks.
        tasks: u32,
    },
    /// A service.
    Service {
        /// Its name.
        service: &'a str,
        /// ECS's reason for a placement that failed (facts/ecs.md 111, 114).
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    /// A deployment of a service.
    Deployment {
        /// The service.
        service: &'a str,
        /// The revision that the service is moved to: `initial`, or the name of the deployment.
        revision: &'a str,
        /// `failedTasks`, in facts about it.
        #[serde(rename = "failedTasks", skip_serializing_if = "Option::is_none")]
        failed_tasks: Option<u32>,
    },
    /// A measurement of managed scaling.
    Measured {
        /// The capacity provider.
        provider: &'a str,
        /// Instances needed: M of the metric.
        needed: u32,
        /// Instances running: N of the metric.
        running: u32,
        /// True, and written, where the metric is set to its target: tasks wait that no instance
        /// type of the group can hold.
        #[serde(rename = "atTarget", skip_serializing_if = "std::ops::Not::not")]
        at_target: bool,
    },
    /// A change of a group's desired capacity.
    Scaled {
        /// The capacity provider.
        provider: &'a str,
        /// Instances desired before.
        from: u32,
        /// Instances desired from now on.
        to: u32,
    },
    /// Work whose tasks wait for capacity.
    Waits {
        /// The entry of `tasks` or the service.
        entry: &'a str,
        /// What its oldest waiting task lacks, as in the paths of figures.
        reason: &'static str,
    },
    /// A fault.
    Fault {
        /// Its name.
        fault: &'a str,
        /// The number of the occurrence, from 0.
        occurrence: u32,
    },
}

/// An instance, or a launch that failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceEvent<'a> {
    /// Its number in the order of launches, from 0; `None` where the launch failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<u64>,
    /// The capacity provider.
    pub provider: &'a str,
    /// The instance type; `None` on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<&'a str>,
    /// The Availability Zone.
    pub zone: &'a str,
    /// The purchase option; `None` in facts of instances on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase: Option<EventPurchase>,
    /// The reason of the fact, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

/// The purchase option of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EventPurchase {
    /// On demand.
    OnDemand,
    /// Spot.
    Spot,
}

/// A task.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEvent<'a> {
    /// The entry of `tasks` or the service.
    pub entry: &'a str,
    /// The ordinal of the task in its entry, in order of arrival, from 0.
    pub task: u64,
    /// The capacity provider whose capacity it has; `None` while it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'a str>,
    /// The container, in facts about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<&'a str>,
    /// The target group, in facts about the health of a target of a service with several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_group: Option<&'a str>,
    /// The exit code of that container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The number of its instance; `None` without one and on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<u64>,
    /// ECS's stop code (facts/ecs.md 57), in facts of a stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_code: Option<&'a str>,
    /// What `RunTask` answers: `failures[].reason` or the error of the call (facts/ecs.md 114).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'a str>,
    /// Why it was rejected; of a container that has exited: `outOfMemory`, if the kernel killed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Time from the loss of the task until ECS noticed it.
    #[serde(rename = "afterMicros", skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Why it was placed there; in lines of the fact `TaskPlaced` only, where a policy chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Box<PlacementEvent>>,
    /// The parts of the time from placement to RUNNING; in lines of the fact `StartBrokenDown` only.
    #[serde(flatten)]
    pub start: Option<StartEvent>,
}

/// Why a task was placed where it was: which instances were candidates, and which rule chose. The
/// counts are of the moment before the choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacementEvent {
    /// The placement strategies or the policy that chose among the candidates, in the words of
    /// scenarios.
    pub rule: String,
    /// The number of instances of the task's provider and architecture.
    pub eligible: usize,
    /// The number of those that were looked at for the counts below.
    pub examined: usize,
    /// The number of those on which the task fitted.
    pub fitting: usize,
    /// The first of the instances on which it fitted, in order of launch.
    pub candidates: Vec<u64>,
    /// The number of instances on which it did not fit, by what they lacked.
    pub lack: LackCounts,
}

/// Numbers of instances by what they lacked for a task; each instance counts once, by the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LackCounts {
    /// Another operating system or architecture, or a missing attribute.
    #[serde(skip_serializing_if = "is_zero")]
    pub attribute: usize,
    /// A constraint `memberOf`.
    #[serde(rename = "memberOf", skip_serializing_if = "is_zero")]
    pub member_of: usize,
    /// CPU.
    #[serde(skip_serializing_if = "is_zero")]
    pub cpu: usize,
    /// Memory.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory: usize,
    /// A free host port.
    #[serde(skip_serializing_if = "is_zero")]
    pub ports: usize,
    /// GPUs.
    #[serde(skip_serializing_if = "is_zero")]
    pub gpu: usize,
    /// A network interface.
    #[serde(skip_serializing_if = "is_zero")]
    pub interface: usize,
    /// The constraint `distinctInstance`.
    #[serde(skip_serializing_if = "is_zero")]
    pub constraint: usize,
    /// An agent that takes tasks: it is not registered, draining, disconnected or terminated.
    #[serde(skip_serializing_if = "is_zero")]
    pub agent: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The parts of the time from placement to RUNNING, in microseconds; they sum to that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StartEvent {
    /// From placement until the microVM or the network interface is ready. The wait for capacity in
    /// PROVISIONING is before placement and not included.
    #[serde(rename = "provisioningMicros")]
    pub provisioning: Span,
    /// From there until the agent begins with the task, with the wait in the agent's queue.
    #[serde(rename = "pendingMicros")]
    pub pending: Span,
    /// Pulling and unpacking images.
    #[serde(rename = "pullMicros")]
    pub pull: Span,
    /// Starting containers, with waits for `dependsOn`.
    #[serde(rename = "startMicros")]
    pub start: Span,
    /// From the start of the last container until the control plane reports RUNNING.
    #[serde(rename = "pollingMicros")]
    pub polling: Span,
}

/// Writes `events.jsonl` or `eventbridge.jsonl` line by line.
#[derive(Debug)]
pub struct EventWriter<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> EventWriter<W> {
    /// Begins the file.
    pub fn begin(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }

    /// Writes one line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, row: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Ends the file and returns the writer.
    ///
    /// # Errors
    /// When the writer cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

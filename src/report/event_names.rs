//! The keys and the facts of `events.jsonl`, each with its meaning, for `docs/outputs.md`.

use super::column::{Column, column};
use crate::plan::EventKind;

/// The keys of a line, in their order.
pub(super) const KEYS: &[Column] = &[
    column(
        "timeMicros",
        "Time since the start of the run, in microseconds",
    ),
    column("fact", "What happened; see the table below"),
    column(
        "entry",
        "The entry of `tasks` or the service, in facts about tasks",
    ),
    column(
        "task",
        "The ordinal of the task in it, in order of arrival, from 0",
    ),
    column("container", "The container, in facts about one"),
    column(
        "targetGroup",
        "The target group, in facts about the health of a target of a service with several",
    ),
    column("exitCode", "The exit code of that container"),
    column(
        "instance",
        "The number of the instance in the order of launches, from 0",
    ),
    column(
        "provider",
        "The capacity provider; of a task, the one whose capacity it has",
    ),
    column("instanceType", "The instance type; none on Fargate"),
    column("zone", "The Availability Zone"),
    column("purchase", "`spot`, or of a failed launch also `onDemand`"),
    column("stopCode", "ECS's stop code, in facts of a stop"),
    column(
        "reason",
        "Why an instance is gone (`scaledIn`, `interrupted`, `failed`, `terminated`), a launch failed (EC2's error code), or a task was refused; of a container that has exited: `outOfMemory`, if the kernel killed it; of `WorkWaits` what is lacking; of `SERVICE_TASK_PLACEMENT_FAILURE` ECS's code, such as `RESOURCE:MEMORY`",
    ),
    column(
        "failure",
        "Of a standalone task that is refused: what `RunTask` answers, which is `failures[].reason` or the error of the call",
    ),
    column(
        "afterMicros",
        "Time from the loss of a task until ECS noticed it",
    ),
    column(
        "placement",
        "Why a task was placed there, where a policy chose among instances",
    ),
    column(
        "provisioningMicros",
        "From placement until the microVM or the network interface is ready",
    ),
    column(
        "pendingMicros",
        "From there until the agent begins with the task",
    ),
    column("pullMicros", "Pulling and unpacking images"),
    column(
        "startMicros",
        "Starting containers, with waits for `dependsOn`",
    ),
    column(
        "pollingMicros",
        "From the start of the last container until RUNNING",
    ),
    column(
        "tasks",
        "Number of tasks: of trace rows that were left out, of a call of `RunTask`, or that are replaced",
    ),
    column("service", "The service, in facts about services"),
    column(
        "revision",
        "The revision that a deployment moves the service to: its name, or `initial`",
    ),
    column("failedTasks", "The number of failed tasks of a deployment"),
    column("needed", "Instances needed, M of the metric"),
    column("running", "Instances running, N of the metric"),
    column(
        "atTarget",
        "True where the metric is set to its target: tasks wait that no instance type of the group can hold",
    ),
    column("from", "Desired capacity before"),
    column("to", "Desired capacity from now on"),
    column("fault", "The fault"),
    column("occurrence", "The number of its occurrence, from 0"),
    column("message", "ECS's message, where it has one"),
    column("variant", "The variant of the run"),
    column("seed", "The seed of the run"),
];

/// The keys of `placement`.
pub(super) const PLACEMENT: [Column; 6] = [
    column(
        "rule",
        "The placement strategies in their order, or the policy. Ties of a chain of strategies go to the fewest tasks of the group, then to the earliest launch",
    ),
    column(
        "eligible",
        "Number of instances of the task's capacity provider and architecture",
    ),
    column(
        "examined",
        "Number of those that were looked at: the first 1,000",
    ),
    column("fitting", "Number of those on which the task fitted"),
    column(
        "candidates",
        "The first 20 on which it fitted, in order of launch",
    ),
    column(
        "lack",
        "Number of instances on which it did not fit, by the first thing that they lacked: `attribute`, `memberOf`, `cpu`, `memory`, `ports`, `gpu`, `interface`, `constraint`, `agent`",
    ),
];

/// Every kind of event, in the order of the code that has them.
pub(super) fn facts() -> Vec<Column> {
    let kinds = EventKind::ALL.iter();
    let kinds = kinds.map(|kind| column(kind.name(), kind.doc()));
    kinds.chain(SAID).collect()
}

/// What ECS says about a service by itself, which no fact of the run is.
const SAID: [Column; 5] = [
    column(
        "ServiceTasksStarted",
        "A service has started tasks; those of one instant are one event",
    ),
    column(
        "TASKS_STOPPED",
        "A service has stopped RUNNING tasks; those of one instant are one event",
    ),
    column(
        "ServiceTargetsRegistered",
        "A service has registered tasks with its target group; those of one instant are one event",
    ),
    column(
        "ServiceTargetsDeregistered",
        "A service has deregistered tasks from its target group; those of one instant are one event",
    ),
    column(
        "ServiceTaskUnhealthy",
        "A container health check of a task has failed, or the load balancer finds its target unhealthy",
    ),
];

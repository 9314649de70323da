//! The keys and the facts of `events.jsonl`, each with its meaning, for `docs/outputs.md`.

use super::column::{Column, column};

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
        "Why an instance is gone (`scaledIn`, `interrupted`, `failed`, `terminated`), a launch failed (EC2's error code), or a task was refused; of a container that has exited: `outOfMemory`, if the kernel killed it",
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
    column("tasks", "Number of tasks of trace rows that were left out"),
    column("service", "The service, in facts about services"),
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

/// Every fact, in the order of the code that writes them.
pub(super) const FACTS: &[Column] = &[
    column("InstanceLaunched", "An instance was launched"),
    column("InstanceRegistered", "Its agent registered: it takes tasks"),
    column("InstanceDraining", "It is DRAINING: it takes no more tasks"),
    column(
        "InstanceActivated",
        "A draining instance is ACTIVE again: it takes tasks",
    ),
    column(
        "InstanceFailed",
        "It has failed, by itself or with its zone",
    ),
    column("InstanceRecovered", "It has recovered, without tasks"),
    column(
        "AgentDisconnected",
        "ECS has noticed that its agent is disconnected",
    ),
    column("AgentReconnected", "Its agent is connected again"),
    column("InstanceGone", "It was terminated"),
    column("LaunchFailed", "A launch failed"),
    column("TaskArrived", "A client or a service submitted a task"),
    column(
        "TaskPlaced",
        "The task has capacity on an instance or on Fargate",
    ),
    column("TaskStarted", "It is RUNNING"),
    column(
        "StartBrokenDown",
        "The parts of the time from placement to RUNNING",
    ),
    column("TaskHealthy", "From now on it counts as healthy"),
    column("TaskUnhealthy", "From now on it does not count as healthy"),
    column(
        "TaskDied",
        "Its containers have ended with their instance; ECS has not noticed it yet",
    ),
    column(
        "WorkWaits",
        "Tasks of a service or an entry wait, and why; at most once a minute",
    ),
    column(
        "LossNoticed",
        "ECS notices that a task of a service is lost",
    ),
    column("ContainerPulling", "A container's image is being pulled"),
    column("ContainerStarted", "A container runs"),
    column("ContainerHealthy", "From now on it counts as healthy"),
    column(
        "ContainerUnhealthy",
        "From now on it does not count as healthy",
    ),
    column("ContainerExited", "It has exited"),
    column(
        "ContainerRestarted",
        "A container was restarted within its task",
    ),
    column("TaskStopping", "Its desired status became STOPPED"),
    column("TaskFinished", "A standalone task is done"),
    column(
        "TaskStopped",
        "It has stopped; a standalone task has failed for good",
    ),
    column(
        "TaskInterrupted",
        "A standalone task was lost and will be submitted again",
    ),
    column(
        "SubmissionRefused",
        "A submission was refused, and will be repeated",
    ),
    column("TaskRejected", "It was refused"),
    column(
        "TasksSkipped",
        "Trace rows were left out, as no instance can hold them",
    ),
    column(
        "CapacityMeasured",
        "`CapacityProviderReservation` was measured",
    ),
    column(
        "GroupScaled",
        "The desired capacity of an Auto Scaling group changed",
    ),
    column("FaultBegan", "A fault occurred"),
    column("FaultEnded", "It is over"),
    column(
        "SERVICE_DESIRED_COUNT_UPDATED",
        "A service's desired count changed",
    ),
    column(
        "SERVICE_STEADY_STATE",
        "A service has as many healthy tasks as desired",
    ),
    column(
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "A task of a service found no room",
    ),
    column(
        "SERVICE_TASK_START_IMPAIRED",
        "Tasks of a service repeatedly fail to start",
    ),
    column(
        "ServiceBlocked",
        "The service may neither stop nor start a task",
    ),
];

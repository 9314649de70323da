//! Everything that observers can read about a run.

use super::amounts::{CpuCreditAmounts, Requests};
use super::messages::Messages;
use super::round::Round;
use super::scaling::{PolicyLook, Scaled};
use super::task_changes::{PassingStatus, TargetChange};
use crate::cluster::{
    EntryId, InstanceId, Lack, Lacks, ProviderId, ServiceId, Task, WorkId, ZoneId,
};
use crate::units::Span;
use serde::{Deserialize, Serialize};

/// Something that happened. A reader gets it with its time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase")]
pub enum Fact {
    /// An instance was launched. Ids are in order of launch.
    InstanceLaunched(InstanceFact),
    /// The agent of an instance registered: it is ACTIVE and may be given tasks.
    InstanceRegistered(InstanceFact),
    /// An instance is DRAINING: it is given no more tasks and waits for those it has to end.
    InstanceDraining(InstanceFact),
    /// A DRAINING instance is ACTIVE again: it may be given tasks.
    InstanceActivated(InstanceFact),
    /// An instance has failed, by itself or with its zone; it may recover.
    InstanceFailed(InstanceFact),
    /// An instance that had failed has recovered, without tasks.
    InstanceRecovered(InstanceFact),
    /// ECS has noticed that an instance's agent is disconnected. The instance is given no more
    /// tasks; its tasks keep their status (facts/ecs.md 236).
    AgentDisconnected(InstanceFact),
    /// The agent of an instance is connected again. The instance had not failed.
    AgentReconnected(InstanceFact),
    /// An action has deregistered an instance: ECS no longer has it. EC2 still runs it, until it is
    /// terminated.
    InstanceDeregistered(InstanceFact),
    /// An action could not deregister an instance without `force`, as it has tasks
    /// (facts/ecs.md 238).
    InstanceDeregistrationFailed(InstanceFact),
    /// An instance was terminated.
    InstanceGone(InstanceFact, InstanceEnd),
    /// A launch failed. On Fargate only failures of the API are reported.
    LaunchFailed {
        /// The provider.
        provider: ProviderId,
        /// Index of the type in the plan; `None` on Fargate.
        instance_type: Option<usize>,
        /// The zone.
        zone: ZoneId,
        /// True for a Spot launch.
        spot: bool,
        /// The reason.
        why: LaunchFailure,
    },
    /// A client or a service submitted a task.
    TaskArrived(TaskFact),
    /// A task was placed: it has capacity on an instance or on Fargate.
    TaskPlaced(TaskFact),
    /// A task is RUNNING.
    TaskStarted(TaskFact),
    /// The parts of the time from placement to RUNNING. Follows the
    /// [`TaskStarted`](Self::TaskStarted) of a task with a detailed life.
    StartBrokenDown(TaskFact, StartUp),
    /// From now on a task counts as healthy (true) or no longer does (false).
    TaskHealth(TaskFact, bool),
    /// A task died with its instance. The control plane does not know it yet: until it notices, the
    /// task keeps its status (facts/ecs.md 237).
    TaskDied(TaskFact),
    /// ECS notices that a task of a service is lost: its host died (facts/ecs.md 237), or a health
    /// check that had passed fails. The span is the time from the loss until now.
    LossNoticed(TaskFact, Span),
    /// The agent, or Fargate, begins to pull the image of a container: (task, index of the container
    /// in its task definition). Not reported where it takes no time.
    ContainerPulling(TaskFact, u8),
    /// A container has started: (task, container).
    ContainerStarted(TaskFact, u8),
    /// The health status of a container changed: HEALTHY (true) or UNHEALTHY (false). The single
    /// probes are not reported (facts/ecs.md 16, 17).
    ContainerHealth(TaskFact, u8, bool),
    /// A container has exited by itself or was killed by the kernel. Containers that are stopped
    /// with their task, and those that die with their host, are not reported.
    ContainerExited(TaskFact, u8, ContainerExit),
    /// The target of a task behind a load balancer was registered, deregistered, or found healthy or
    /// unhealthy; with the place of its target group in `loadBalancers` of the service, from 0.
    Target(TaskFact, TargetChange, u8),
    /// A container was restarted within its task (facts/ecs.md 24), after this exit code.
    ContainerRestarted(TaskFact, i32),
    /// The last status of a task changed to one between its placement and RUNNING, or between its stop
    /// and STOPPED. Reported only to readers that want every step
    /// ([`Reader::wants_repeats`](crate::engine::Reader::wants_repeats)).
    TaskStatus(TaskFact, PassingStatus),
    /// The desired status of a task became STOPPED.
    TaskStopping(TaskFact, StopReason),
    /// A standalone task is done: it ended with exit code 0 and its capacity is free.
    TaskFinished(TaskFact),
    /// A task of a service has stopped, or a standalone task has failed and is not submitted again.
    /// Its capacity is free.
    TaskStopped(TaskFact, StopReason),
    /// A standalone task was lost or failed, and will be submitted again.
    TaskInterrupted(TaskFact, StopReason, Interruption),
    /// What the instances lacked for a standalone task that is refused for want of room. Comes before
    /// the refusal, and only to readers that want every step
    /// ([`Reader::wants_repeats`](crate::engine::Reader::wants_repeats)).
    NoRoomFor(TaskFact, Lacks),
    /// A task was refused for good.
    TaskRejected(TaskFact, Rejection),
    /// A standalone task was refused, and will be submitted again.
    SubmissionRefused(TaskFact, Rejection),
    /// A call of `RunTask` was answered with ThrottlingException (facts/ecs.md 48). It is made again,
    /// or its tasks are refused.
    RunTaskThrottled {
        /// The entry.
        entry: EntryId,
        /// The number of tasks of the call.
        tasks: u32,
    },
    /// An arrival of a schedule was left out, as tasks of an earlier one had not left.
    ArrivalSkipped {
        /// The entry.
        entry: EntryId,
    },
    /// An arrival of a schedule replaces the tasks of earlier ones that had not left.
    ArrivalReplaced {
        /// The entry.
        entry: EntryId,
        /// The number of tasks that are stopped or withdrawn.
        tasks: u32,
    },
    /// Rows of a trace were left out because no instance of the plan can hold them.
    TasksSkipped {
        /// Index of the entry.
        entry: usize,
        /// The number of tasks in those rows.
        tasks: u64,
    },
    /// Why the oldest waiting task of an entry or a service has no capacity. Reported when tasks of
    /// it begin to wait, and then once a minute at most while they do.
    WorkWaits(WorkId, Obstacle),
    /// Something happened to a service.
    Service(ServiceId, ServiceEvent),
    /// The scheduler has looked at a service: what it saw, and what it decided. Reported only to readers that
    /// want details ([`Reader::wants_details`](crate::engine::Reader::wants_details)).
    ServiceRound(ServiceId, Round),
    /// The alarms of a scaling policy of a service have seen a value: what the policy saw, and what came of
    /// it. Reported only to readers that want details.
    PolicyEvaluated(ServiceId, PolicyLook),
    /// What has passed of the requests of a service with a load since the last report.
    Requests(ServiceId, Requests),
    /// What has passed of the CPU credits of an instance since the last report, every five minutes.
    CpuCredits(InstanceFact, CpuCreditAmounts),
    /// What has passed of the messages of a queue, by its index in the plan, since the last report.
    Messages(usize, Messages),
    /// Something happened to a deployment of a service.
    Deployment(ServiceId, DeploymentFact),
    /// The capacity metric of a provider was measured: `CapacityProviderReservation` is needed ÷
    /// running (facts/ecs.md 135). While the metric stays the same it is reported each minute only to readers
    /// that want repeated facts ([`Reader::wants_repeats`](crate::engine::Reader::wants_repeats)).
    CapacityMeasured {
        /// The provider.
        provider: ProviderId,
        /// Instances that its tasks need, running or waiting.
        needed: u32,
        /// Instances running.
        running: u32,
        /// True where the metric is set to its target instead: tasks wait that no instance type of
        /// the group can hold (facts/ecs.md 140c).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_target: bool,
    },
    /// An Auto Scaling group's desired capacity changed.
    GroupScaled {
        /// The provider.
        provider: ProviderId,
        /// The value before.
        from: u32,
        /// The value from now on.
        to: u32,
        /// The reason.
        why: ScalingReason,
    },
    /// A fault of the plan occurred: (index of the fault, number of the occurrence, from 0).
    FaultBegan(usize, u32),
    /// An occurrence of a fault is over: (index of the fault, number of the occurrence).
    FaultEnded(usize, u32),
}

/// The instance of a fact.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceFact {
    /// The instance.
    pub instance: InstanceId,
    /// The provider.
    pub provider: ProviderId,
    /// Index of its type in the plan.
    pub instance_type: usize,
    /// Its zone.
    pub zone: ZoneId,
    /// True for a Spot instance.
    pub spot: bool,
    /// Registered CPU in 1/128,000 vCPU.
    pub cpu: u64,
    /// Registered memory in bytes.
    pub memory: u64,
    /// The number of GPUs.
    pub gpus: u32,
    /// True when its capacity counts in the figures just before this fact: it had registered and
    /// had not failed.
    pub counted: bool,
}

/// Why a launch failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LaunchFailure {
    /// `InsufficientInstanceCapacity`: EC2 had no capacity (facts/ecs.md 241).
    NoCapacity,
    /// The API returned an error, in the first time after an outage of another zone
    /// (facts/platform.md 8.3.3).
    ApiError,
}

/// Why an instance was terminated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstanceEnd {
    /// Its Auto Scaling group scaled in, before or after it registered; or ECS removed a Managed
    /// Instance that was idle or underused.
    ScaledIn,
    /// A Managed Instance reached its maximum age (facts/ecs.md 42l).
    MaximumAge,
    /// AWS interrupted the Spot instance.
    Interrupted,
    /// It failed and its group replaces it.
    Failed,
    /// An action terminated it.
    Terminated,
}

/// The task of a fact.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskFact {
    /// The task.
    pub task: Task,
    /// The entry of `tasks` or the service that the task belongs to.
    pub work: WorkId,
    /// The provider whose capacity it has; `None` while it has none.
    pub provider: Option<ProviderId>,
}

/// The parts of the time from placement to RUNNING of a task. They sum to that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartUp {
    /// True on Fargate, false on an instance.
    pub fargate: bool,
    /// True when every image was on the instance before.
    pub cached: bool,
    /// PROVISIONING: until the microVM or the network interface is ready.
    pub provisioning: Span,
    /// PENDING: from the end of PROVISIONING until the agent begins to pull images: `agentPickup` or
    /// `fargatePending`, and on an instance the wait in the agent's queue (facts/ecs.md 66).
    pub pending: Span,
    /// The time in which at least one image was pulled or unpacked.
    pub pull: Span,
    /// The rest of the time until the last container started: container starts and waits for
    /// dependencies.
    pub start: Span,
    /// From the last container start until the control plane shows RUNNING.
    pub polling: Span,
}

/// How a container has exited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerExit {
    /// Its exit code.
    pub code: i32,
    /// True when the kernel killed it for exceeding a memory limit.
    pub out_of_memory: bool,
}

/// The work that was lost with an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interruption {
    /// The run time that has to be repeated.
    pub lost: Span,
}

/// Why a task was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rejection {
    /// No instance had room, and the task does not wait.
    NoRoom,
    /// The job queue was full.
    QueueFull,
    /// No instance or Fargate size of the plan can hold it.
    Unplaceable,
    /// The scheduler refused it.
    ByScheduler,
    /// It waited in PROVISIONING for the longest time allowed (facts/ecs.md 55).
    ProvisioningTimedOut,
    /// The limit of tasks in PROVISIONING was reached (facts/ecs.md 56).
    ProvisioningFull,
    /// Fargate had no capacity (facts/ecs.md 112).
    NoFargate,
    /// The account's quota of vCPUs on Fargate was reached (facts/ecs.md 46, 112).
    FargateQuota,
    /// All attempts of its call of `RunTask` were throttled (facts/ecs.md 48).
    Throttled,
    /// A later arrival of its schedule replaced it before it had capacity.
    Replaced,
}

/// Why a task has no capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Obstacle {
    /// No instance has room; with what they lack.
    NoRoom(Lacks),
    /// No type of its Managed Instances could hold it, in no zone; with what the closest one lacks.
    NoType(Lack),
    /// It stands behind the head of the job queue, for which there is no room.
    Behind,
    /// The limit of tasks in PROVISIONING was reached (facts/ecs.md 56).
    ProvisioningFull,
    /// Fargate had no capacity (facts/ecs.md 112).
    NoFargate,
    /// The account's quota of vCPUs on Fargate was reached (facts/ecs.md 46, 112).
    FargateQuota,
    /// The launch rate of Fargate has not admitted it yet (facts/ecs.md 45).
    FargateRate,
    /// The rate of calls of `RunTask` has not admitted it yet (facts/ecs.md 47, 48).
    RunTaskRate,
    /// Tasks of an earlier arrival of its schedule have not left (`onStillRunning: queue`).
    EarlierTasks,
    /// The control plane is out: nothing is placed (facts/platform.md 8.3.3).
    ControlPlane,
}

/// Why a task stops, grouped by ECS's stop codes and texts of reasons (facts/ecs.md 57, 59, 61).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StopReason {
    /// An essential container exited.
    EssentialContainerExited {
        /// Its exit code.
        code: i32,
        /// True when the kernel killed it for exceeding its memory limit.
        out_of_memory: bool,
    },
    /// `CannotPullContainerError`: an image could not be pulled, or the disk had no room for it
    /// (facts/ecs.md 245).
    CannotPullContainer,
    /// A dependency can no longer be met, or a start timeout has passed (facts/ecs.md 21, 22).
    DependencyFailed,
    /// The service has more tasks than desired.
    ScaledIn,
    /// A deployment replaces it by a task of another revision.
    Replaced,
    /// Availability Zone rebalancing: a task in another zone takes its place.
    ZoneRebalancing,
    /// A health check of a container found it unhealthy.
    FailedHealthChecks,
    /// The health checks of its load balancer found it unhealthy.
    FailedTargetHealthChecks,
    /// Its instance is DRAINING.
    InstanceDraining,
    /// Its instance was terminated or died.
    HostGone,
    /// AWS interrupted the task on Fargate Spot.
    SpotInterruption,
    /// The host of a Fargate task died.
    InfrastructureHealth,
    /// An action called `StopTask`.
    UserInitiated,
    /// An action deregistered its instance with `force` (facts/ecs.md 238).
    DeregistrationForced,
}

/// What happens to a service: its event messages (facts/ecs.md 110 to 113) and changes of its
/// desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ServiceEvent {
    /// The desired count changed.
    DesiredCountUpdated {
        /// The value before.
        from: u32,
        /// The value from now on.
        to: u32,
    },
    /// A scaling policy or a scheduled action sets the desired count; the change follows (facts/ecs.md
    /// 176, 177, 186, 189).
    Scaled(Scaled),
    /// It has as many healthy tasks as desired, and no task is starting or stopping.
    SteadyState,
    /// Its tasks are not even over its zones: some start in another zone (facts/ecs.md 127).
    RebalancingStarted,
    /// Tasks of the zones with the most stop, as those in the other zone are healthy.
    RebalancingFinished,
    /// No instance met the requirements of a task; with what the instances lacked.
    PlacementFailed(Lacks),
    /// Fargate had no capacity.
    FargateUnavailable,
    /// The account's quota of vCPUs on Fargate was reached (facts/ecs.md 112).
    FargateQuotaReached,
    /// The limit of tasks in PROVISIONING was reached (facts/ecs.md 56).
    ProvisioningLimitReached,
    /// Tasks repeatedly fail before RUNNING; starts are throttled (facts/ecs.md 70).
    StartImpaired,
    /// Its minimum and maximum percent allow neither a stop nor a start (facts/ecs.md 201).
    Blocked,
}

/// An event of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentFact {
    /// The number of the [revision](crate::plan::Service::revision) that the service is moved to.
    pub revision: u32,
    /// What happened.
    pub event: DeploymentEvent,
}

/// What happens to a deployment (facts/ecs.md 29, 111, 205 to 214).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeploymentEvent {
    /// It began: it is PRIMARY and IN_PROGRESS.
    Began(DeploymentCause),
    /// A task of it failed, or a healthy task has set the count back: `failedTasks` from now on.
    FailedTasks(u32),
    /// All tasks are replaced and healthy; with alarms the bake time begins (facts/ecs.md 215).
    Replaced,
    /// It is COMPLETED.
    Completed,
    /// It is FAILED, and starts no more tasks.
    Failed(DeploymentFailure),
    /// A newer deployment has replaced it before it was COMPLETED (facts/ecs.md 205).
    Superseded,
    /// Its release is bad from now on.
    TurnedBad,
    /// This share of the requests, in millionths, goes to its tasks from now on (facts/ecs.md 217).
    TrafficShifted(u32),
    /// Its bake time is over: the tasks of the earlier revision stop (facts/ecs.md 217, 218).
    CleansUp,
}

/// Why a deployment began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeploymentCause {
    /// The service was created.
    Created,
    /// A deployment of the plan, by its index.
    Planned(u32),
    /// The one before has failed, and the service is rolled back (facts/ecs.md 213).
    RolledBack,
}

/// Why a deployment has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeploymentFailure {
    /// `failedTasks` has reached the threshold of the circuit breaker (facts/ecs.md 211).
    CircuitBreaker,
    /// An alarm is in ALARM (facts/ecs.md 214): its index in the plan.
    Alarm(u32),
    /// A stage has lasted for 24 h (facts/ecs.md 218).
    StageTimedOut,
}

/// Why the desired capacity of a group changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScalingReason {
    /// The capacity metric was above the target.
    Above {
        /// Instances that its tasks need, running or waiting.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// The capacity metric was below the target in all periods of the low alarm (facts/ecs.md 148).
    Below {
        /// Instances that its tasks need, running or waiting.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// The user's autoscaler decided.
    Autoscaler,
    /// An action called `SetDesiredCapacity`.
    SetDesiredCapacity,
}

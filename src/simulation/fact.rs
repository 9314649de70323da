//! Everything that can have happened.

use crate::cluster::{InstanceId, Lack, ProviderId, ServiceId, Task, WorkId, ZoneId};
use crate::units::Span;
use serde::{Deserialize, Serialize};

/// Something that happened, at the time that its reader is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase")]
pub enum Fact {
    /// An instance was launched; ids are in order of launch.
    InstanceLaunched(InstanceFact),
    /// An instance joined: it may be given tasks.
    InstanceRegistered(InstanceFact),
    /// An instance takes no more tasks and waits for those it has to end.
    InstanceDraining(InstanceFact),
    /// An instance has failed, or went down with its zone; it may come back.
    InstanceFailed(InstanceFact),
    /// An instance that had failed is back.
    InstanceRecovered(InstanceFact),
    /// ECS has noticed that an instance's agent is not connected: no placements, and its
    /// tasks stay as they are (facts/ecs.md 236).
    AgentDisconnected(InstanceFact),
    /// The agent of an instance that had not failed is connected again.
    AgentReconnected(InstanceFact),
    /// An instance is gone for good.
    InstanceGone(InstanceFact, InstanceEnd),
    /// A launch failed; on Fargate only those that the API failed are told.
    LaunchFailed {
        /// The provider.
        provider: ProviderId,
        /// Index of the type in the plan; `None` on Fargate.
        instance_type: Option<usize>,
        /// The zone.
        zone: ZoneId,
        /// It was to be Spot.
        spot: bool,
        /// Why.
        why: LaunchFailure,
    },
    /// A client or a service submitted a task.
    TaskArrived(TaskFact),
    /// A task got its capacity.
    TaskPlaced(TaskFact),
    /// A task's containers run: it is RUNNING.
    TaskStarted(TaskFact),
    /// Where the seconds of a start went; with [`TaskStarted`](Self::TaskStarted).
    StartBrokenDown(TaskFact, StartUp),
    /// A task counts as healthy from now on, or no more.
    TaskHealth(TaskFact, bool),
    /// ECS notices that a task of a service has been lost or broken for so long: its host died
    /// (facts/ecs.md 237), or a health check that had passed fails.
    LossNoticed(TaskFact, Span),
    /// A container was restarted within its task (facts/ecs.md 24).
    ContainerRestarted(TaskFact, i32),
    /// A task's desired status is STOPPED.
    TaskStopping(TaskFact, StopReason),
    /// A task's containers have ended as they should and its capacity is free.
    TaskFinished(TaskFact),
    /// A task has stopped for another reason; its capacity is free.
    TaskStopped(TaskFact, StopReason),
    /// A task was lost or failed, and will be submitted again.
    TaskInterrupted(TaskFact, StopReason, Interruption),
    /// A task was refused.
    TaskRejected(TaskFact, Rejection),
    /// Rows of a trace were left out because no instance could ever hold them.
    TasksSkipped {
        /// Index of the entry.
        entry: usize,
        /// How many tasks.
        tasks: u64,
    },
    /// Something happened to a service.
    Service(ServiceId, ServiceEvent),
    /// Managed scaling measured its provider: instances needed and there
    /// (facts/ecs.md 135).
    CapacityMeasured {
        /// The provider.
        provider: ProviderId,
        /// Instances needed.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// An Auto Scaling group's desired capacity changed.
    GroupScaled {
        /// The provider.
        provider: ProviderId,
        /// From.
        from: u32,
        /// To.
        to: u32,
        /// Why.
        why: ScalingReason,
    },
    /// A fault of the plan began, at its n-th occurrence.
    FaultBegan(usize, u32),
    /// An occurrence of a fault of the plan is over.
    FaultEnded(usize, u32),
}

/// An instance as a fact tells of it.
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
    /// It is Spot.
    pub spot: bool,
    /// Registered CPU in 1/128,000 vCPU.
    pub cpu: u64,
    /// Registered memory in bytes.
    pub memory: u64,
    /// GPUs.
    pub gpus: u32,
    /// It had registered and not failed: its capacity counts until now.
    pub counted: bool,
}

/// Why a launch failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LaunchFailure {
    /// EC2 had no capacity (facts/ecs.md 241).
    NoCapacity,
    /// The API failed, as another zone had gone out (facts/platform.md 8.3.3).
    ApiError,
}

/// Why an instance is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstanceEnd {
    /// Its Auto Scaling group scaled in, or its boot was cancelled.
    ScaledIn,
    /// AWS took the Spot instance back.
    Interrupted,
    /// It failed and was replaced.
    Failed,
}

/// A task as a fact tells of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskFact {
    /// The task.
    pub task: Task,
    /// What the task belongs to.
    pub work: WorkId,
    /// The provider whose capacity it has; `None` while it has none.
    pub provider: Option<ProviderId>,
}

/// Where the seconds of a start went, from placement to RUNNING.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartUp {
    /// On Fargate, or on an instance.
    pub fargate: bool,
    /// Every image was on the instance already.
    pub cached: bool,
    /// PROVISIONING: the microVM or the interface.
    pub provisioning: Span,
    /// PENDING: until the agent begins.
    pub pending: Span,
    /// Pulling and unpacking images.
    pub pull: Span,
    /// Starting containers and waiting for one another.
    pub start: Span,
    /// Until the control plane shows RUNNING.
    pub polling: Span,
}

/// What was lost with an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interruption {
    /// Run time that has to be done again.
    pub lost: Span,
}

/// Why a task was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rejection {
    /// There was no room and it does not wait.
    NoRoom,
    /// The job queue was full.
    QueueFull,
    /// No instance could ever hold it.
    Unplaceable,
    /// The scheduler refused it.
    ByScheduler,
    /// It waited for capacity in PROVISIONING for too long (facts/ecs.md 55).
    ProvisioningTimedOut,
    /// Too many tasks were in PROVISIONING (facts/ecs.md 56).
    ProvisioningFull,
    /// Fargate had no capacity (facts/ecs.md 112).
    NoFargate,
    /// The account's quota of vCPUs on Fargate was reached (facts/ecs.md 46, 112).
    FargateQuota,
}

/// Why a task stops, by ECS's stop codes and families of reasons (facts/ecs.md 57, 59, 61).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StopReason {
    /// An essential container exited.
    EssentialContainerExited {
        /// Its exit code.
        code: i32,
        /// It was killed for its memory.
        out_of_memory: bool,
    },
    /// An image could not be pulled.
    CannotPullContainer,
    /// A dependency can no longer be met, or a start timed out (facts/ecs.md 21, 22).
    DependencyFailed,
    /// The service has too many tasks.
    ScaledIn,
    /// It was unhealthy.
    FailedHealthChecks,
    /// Its instance drains.
    InstanceDraining,
    /// Its instance was terminated or died.
    HostGone,
    /// AWS took Fargate Spot capacity back.
    SpotInterruption,
    /// The host of a Fargate task died.
    InfrastructureHealth,
}

impl StopReason {
    /// ECS's stop code (facts/ecs.md 57, 61).
    pub const fn code(self) -> &'static str {
        match self {
            Self::EssentialContainerExited { .. } => "EssentialContainerExited",
            Self::CannotPullContainer | Self::DependencyFailed => "TaskFailedToStart",
            Self::ScaledIn | Self::FailedHealthChecks | Self::InstanceDraining => {
                "ServiceSchedulerInitiated"
            }
            Self::HostGone => "TerminationNotice",
            Self::SpotInterruption => "SpotInterruption",
            Self::InfrastructureHealth => "InfrastructureHealth",
        }
    }
}

/// What happens to services (facts/ecs.md 110 to 113).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ServiceEvent {
    /// The desired count is another.
    DesiredCountUpdated {
        /// From.
        from: u32,
        /// To.
        to: u32,
    },
    /// It has as many healthy tasks as desired, and nothing is under way.
    SteadyState,
    /// No instance met the requirements of a task.
    PlacementFailed(Lack),
    /// Fargate had no capacity.
    FargateUnavailable,
    /// The account's quota of vCPUs on Fargate was reached (facts/ecs.md 112).
    FargateQuotaReached,
    /// The limit of tasks in PROVISIONING was reached (facts/ecs.md 56).
    ProvisioningLimitReached,
    /// Tasks fail before they run; it is throttled (facts/ecs.md 70).
    StartImpaired,
    /// Its minimum and maximum percent allow neither a stop nor a start (facts/ecs.md 201).
    Blocked,
}

/// Why the desired capacity of a group changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScalingReason {
    /// The metric is above the target: instances needed and running, in the metric's terms.
    Above {
        /// Instances needed.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// The metric was below the target for as long as it takes.
    Below {
        /// Instances needed.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// An autoscaler of the user's own decided.
    Autoscaler,
}

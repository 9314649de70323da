//! The kind of each fact, and the names of its reasons, as `events.jsonl` has them.

use super::fact::{DeploymentEvent, Fact, InstanceEnd, LaunchFailure, Rejection, ServiceEvent};
use super::task_changes::{PassingStatus, TargetChange};
use crate::plan::EventKind;

impl Fact {
    /// The kind of the fact.
    pub const fn kind(&self) -> EventKind {
        use EventKind as K;
        match self {
            Self::InstanceLaunched(_) => K::InstanceLaunched,
            Self::InstanceRegistered(_) => K::InstanceRegistered,
            Self::InstanceDraining(_) => K::InstanceDraining,
            Self::InstanceActivated(_) => K::InstanceActivated,
            Self::InstanceFailed(_) => K::InstanceFailed,
            Self::InstanceRecovered(_) => K::InstanceRecovered,
            Self::AgentDisconnected(_) => K::AgentDisconnected,
            Self::AgentReconnected(_) => K::AgentReconnected,
            Self::InstanceDeregistered(_) => K::InstanceDeregistered,
            Self::InstanceDeregistrationFailed(_) => K::InstanceDeregistrationFailed,
            Self::InstanceGone(..) => K::InstanceGone,
            Self::LaunchFailed { .. } => K::LaunchFailed,
            Self::TaskArrived(_) => K::TaskArrived,
            Self::TaskPlaced(_) => K::TaskPlaced,
            Self::TaskStarted(_) => K::TaskStarted,
            Self::StartBrokenDown(..) => K::StartBrokenDown,
            Self::TaskHealth(_, true) => K::TaskHealthy,
            Self::TaskHealth(_, false) => K::TaskUnhealthy,
            Self::TaskDied(_) => K::TaskDied,
            Self::LossNoticed(..) => K::LossNoticed,
            Self::ContainerPulling(..) => K::ContainerPulling,
            Self::ContainerStarted(..) => K::ContainerStarted,
            Self::ContainerHealth(_, _, true) => K::ContainerHealthy,
            Self::ContainerHealth(_, _, false) => K::ContainerUnhealthy,
            Self::ContainerExited(..) => K::ContainerExited,
            Self::ContainerRestarted(..) => K::ContainerRestarted,
            Self::TaskStatus(_, PassingStatus::Pending) => K::TaskPending,
            Self::Target(_, TargetChange::Registered, _) => K::TargetRegistered,
            Self::Target(_, TargetChange::Healthy, _) => K::TargetHealthy,
            Self::Target(_, TargetChange::Unhealthy, _) => K::TargetUnhealthy,
            Self::Target(_, TargetChange::Deregistered, _) => K::TargetDeregistered,
            Self::TaskStatus(_, PassingStatus::Deactivating) => K::TaskDeactivating,
            Self::TaskStatus(_, PassingStatus::Stopping) => K::TaskDrained,
            Self::TaskStatus(_, PassingStatus::Deprovisioning) => K::TaskDeprovisioning,
            Self::TaskStopping(..) => K::TaskStopping,
            Self::TaskFinished(_) => K::TaskFinished,
            Self::TaskStopped(..) => K::TaskStopped,
            Self::TaskInterrupted(..) => K::TaskInterrupted,
            Self::TaskRejected(..) => K::TaskRejected,
            Self::SubmissionRefused(..) => K::SubmissionRefused,
            Self::NoRoomFor(..) => K::NoRoomFor,
            Self::ArrivalSkipped { .. } => K::ArrivalSkipped,
            Self::ArrivalReplaced { .. } => K::ArrivalReplaced,
            Self::RunTaskThrottled { .. } => K::RunTaskThrottled,
            Self::TasksSkipped { .. } => K::TasksSkipped,
            Self::ServiceRound(..) => K::ServiceRound,
            Self::PolicyEvaluated(..) => K::PolicyEvaluated,
            Self::Requests(..) => K::ServiceRequests,
            Self::CpuCredits(..) => K::CpuCredits,
            Self::Messages(..) => K::QueueMessages,
            Self::WorkWaits(..) => K::WorkWaits,
            Self::Service(_, event) => event.kind(),
            Self::Deployment(_, of) => of.event.kind(),
            Self::CapacityMeasured { .. } => K::CapacityMeasured,
            Self::GroupScaled { .. } => K::GroupScaled,
            Self::FaultBegan(..) => K::FaultBegan,
            Self::FaultEnded(..) => K::FaultEnded,
        }
    }
}

impl ServiceEvent {
    /// The kind of the event, by ECS's name (facts/ecs.md 111) where it has one.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::DesiredCountUpdated { .. } => EventKind::ServiceDesiredCountUpdated,
            Self::Scaled(_) => EventKind::ServiceScaled,
            Self::SteadyState => EventKind::ServiceSteadyState,
            Self::RebalancingStarted => EventKind::ServiceRebalancingStarted,
            Self::RebalancingFinished => EventKind::ServiceRebalancingFinished,
            Self::PlacementFailed(_)
            | Self::FargateUnavailable
            | Self::FargateQuotaReached
            | Self::ProvisioningLimitReached => EventKind::ServiceTaskPlacementFailure,
            Self::StartImpaired => EventKind::ServiceTaskStartImpaired,
            Self::Blocked => EventKind::ServiceBlocked,
        }
    }

    /// The `reason` of a placement failure (facts/ecs.md 111, 114); `None` where AWS names none.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::PlacementFailed(lacks) => Some(lacks.closest().code()),
            Self::FargateUnavailable => Some("RESOURCE:FARGATE"),
            _ => None,
        }
    }
}

impl DeploymentEvent {
    /// The kind of the event, by ECS's name (facts/ecs.md 111) where it has one.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Began(_) => EventKind::ServiceDeploymentInProgress,
            Self::Completed => EventKind::ServiceDeploymentCompleted,
            Self::Failed(_) => EventKind::ServiceDeploymentFailed,
            Self::FailedTasks(_) => EventKind::DeploymentFailedTasks,
            Self::Replaced => EventKind::DeploymentBakes,
            Self::Superseded => EventKind::DeploymentSuperseded,
            Self::TurnedBad => EventKind::ReleaseTurnedBad,
            Self::TrafficShifted(_) => EventKind::DeploymentTrafficShifted,
            Self::CleansUp => EventKind::DeploymentCleansUp,
        }
    }
}

impl InstanceEnd {
    /// Its name in `events.jsonl`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ScaledIn => "scaledIn",
            Self::MaximumAge => "maximumAge",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Terminated => "terminated",
        }
    }
}

impl LaunchFailure {
    /// The error code of EC2.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoCapacity => "InsufficientInstanceCapacity",
            Self::ApiError => "InternalError",
        }
    }
}

impl Rejection {
    /// Its name in `events.jsonl` and `tasks.csv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoRoom => "noRoom",
            Self::QueueFull => "queueFull",
            Self::Unplaceable => "unplaceable",
            Self::ByScheduler => "byScheduler",
            Self::ProvisioningTimedOut => "provisioningTimedOut",
            Self::ProvisioningFull => "provisioningFull",
            Self::NoFargate => "noFargate",
            Self::FargateQuota => "fargateQuota",
            Self::Throttled => "throttled",
            Self::Replaced => "replaced",
        }
    }
}

//! ECS's stop codes (facts/ecs.md 57, 61).

use crate::simulation::fact::StopReason;

impl StopReason {
    /// ECS's stop code (facts/ecs.md 57, 61).
    pub const fn code(self) -> &'static str {
        match self {
            Self::EssentialContainerExited { .. } => "EssentialContainerExited",
            Self::CannotPullContainer | Self::DependencyFailed => "TaskFailedToStart",
            Self::ScaledIn
            | Self::Replaced
            | Self::ZoneRebalancing
            | Self::FailedHealthChecks
            | Self::FailedTargetHealthChecks
            | Self::InstanceDraining => "ServiceSchedulerInitiated",
            Self::HostGone => "TerminationNotice",
            Self::SpotInterruption => "SpotInterruption",
            Self::InfrastructureHealth => "InfrastructureHealth",
            Self::UserInitiated | Self::DeregistrationForced => "UserInitiated",
        }
    }

    /// True when containers of the task have ended by themselves, so that it stops.
    pub const fn is_by_itself(self) -> bool {
        matches!(
            self,
            Self::EssentialContainerExited { .. }
                | Self::CannotPullContainer
                | Self::DependencyFailed
        )
    }
}

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

    /// True when ECS waits for the targets of the task to be deregistered before it stops the containers. Containers
    /// that have ended end the others at once, and SIGTERM comes with the notice of Fargate Spot (facts/ecs.md 234).
    pub const fn drains(self) -> bool {
        !self.is_by_itself() && !matches!(self, Self::SpotInterruption)
    }
}

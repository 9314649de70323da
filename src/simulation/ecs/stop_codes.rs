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
            | Self::InstanceDraining => "ServiceSchedulerInitiated",
            Self::HostGone => "TerminationNotice",
            Self::SpotInterruption => "SpotInterruption",
            Self::InfrastructureHealth => "InfrastructureHealth",
            Self::UserInitiated => "UserInitiated",
        }
    }
}

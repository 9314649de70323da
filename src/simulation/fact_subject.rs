//! Which task or instance a fact is about.

use super::fact::{Fact, InstanceFact, TaskFact};

impl Fact {
    /// The task that the fact is about; `None` where it is about something else.
    pub const fn task(&self) -> Option<&TaskFact> {
        match self {
            Self::TaskArrived(of)
            | Self::TaskPlaced(of)
            | Self::TaskStarted(of)
            | Self::StartBrokenDown(of, _)
            | Self::TaskHealth(of, _)
            | Self::TaskDied(of)
            | Self::LossNoticed(of, _)
            | Self::ContainerPulling(of, _)
            | Self::ContainerStarted(of, _)
            | Self::ContainerHealth(of, ..)
            | Self::ContainerExited(of, ..)
            | Self::ContainerRestarted(of, _)
            | Self::Target(of, ..)
            | Self::TaskStatus(of, _)
            | Self::NoRoomFor(of, _)
            | Self::TaskStopping(of, _)
            | Self::TaskFinished(of)
            | Self::TaskStopped(of, _)
            | Self::TaskInterrupted(of, ..)
            | Self::TaskRejected(of, _)
            | Self::SubmissionRefused(of, _) => Some(of),
            _ => None,
        }
    }

    /// The instance that the fact is about; `None` where it is about something else.
    pub const fn instance(&self) -> Option<&InstanceFact> {
        match self {
            Self::InstanceLaunched(of)
            | Self::InstanceRegistered(of)
            | Self::InstanceDraining(of)
            | Self::InstanceActivated(of)
            | Self::InstanceFailed(of)
            | Self::InstanceRecovered(of)
            | Self::AgentDisconnected(of)
            | Self::AgentReconnected(of)
            | Self::InstanceDeregistered(of)
            | Self::InstanceDeregistrationFailed(of)
            | Self::InstanceGone(of, _) => Some(of),
            _ => None,
        }
    }
}

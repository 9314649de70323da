//! Which task or instance a fact is about.

use crate::simulation::{Fact, InstanceFact, TaskFact};

/// True for a fact about another task of a service after which the service may start one.
pub(super) fn is_cause(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::TaskStopping(..)
            | Fact::TaskStopped(..)
            | Fact::TaskRejected(..)
            | Fact::LossNoticed(..)
            | Fact::TaskHealth(_, false)
    )
}

/// The task of a fact about one.
pub(super) fn task_of(fact: &Fact) -> Option<&TaskFact> {
    match fact {
        Fact::TaskArrived(of)
        | Fact::TaskPlaced(of)
        | Fact::TaskStarted(of)
        | Fact::StartBrokenDown(of, _)
        | Fact::TaskHealth(of, _)
        | Fact::TaskDied(of)
        | Fact::LossNoticed(of, _)
        | Fact::ContainerPulling(of, _)
        | Fact::ContainerStarted(of, _)
        | Fact::ContainerHealth(of, ..)
        | Fact::ContainerExited(of, ..)
        | Fact::ContainerRestarted(of, _)
        | Fact::TaskStopping(of, _)
        | Fact::TaskStatus(of, _)
        | Fact::NoRoomFor(of, _)
        | Fact::TaskFinished(of)
        | Fact::TaskStopped(of, _)
        | Fact::TaskInterrupted(of, ..)
        | Fact::TaskRejected(of, _)
        | Fact::SubmissionRefused(of, _) => Some(of),
        _ => None,
    }
}

/// The instance of a fact about one.
pub(super) fn host_of(fact: &Fact) -> Option<&InstanceFact> {
    match fact {
        Fact::InstanceDraining(of)
        | Fact::InstanceActivated(of)
        | Fact::InstanceFailed(of)
        | Fact::InstanceRecovered(of)
        | Fact::AgentDisconnected(of)
        | Fact::AgentReconnected(of)
        | Fact::InstanceGone(of, _) => Some(of),
        _ => None,
    }
}

//! Why tasks are refused and stopped: ECS's codes and texts (facts/ecs.md 57 to 61, 112, 114).

use super::names::{Names, Plain};
use crate::cluster::Lacks;
use crate::plan::Plan;
use crate::simulation::{Rejection, StopReason, TaskFact};

/// What `RunTask` answers to a refusal: `failures[].reason`, or the error of the call (facts/ecs.md
/// 56, 58, 112, 114). `None` where the client itself refuses the task, and for a task that was
/// created and then stopped.
pub(super) fn run_task_failure(why: Rejection, lacks: Option<&Lacks>) -> Option<&'static str> {
    match why {
        Rejection::NoRoom | Rejection::Unplaceable => lacks.map(lack_code),
        Rejection::ProvisioningFull => Some("ClientException"),
        Rejection::NoFargate => Some(NO_FARGATE),
        Rejection::FargateQuota => Some(FARGATE_QUOTA),
        Rejection::Throttled => Some("ThrottlingException"),
        Rejection::QueueFull
        | Rejection::ByScheduler
        | Rejection::ProvisioningTimedOut
        | Rejection::Replaced => None,
    }
}

/// Fargate has no capacity (facts/ecs.md 112).
pub(super) const NO_FARGATE: &str = "Capacity is unavailable at this time. Please try again later or in a different availability zone.";

/// The account's quota of vCPUs on Fargate is reached (facts/ecs.md 46, 112).
pub(super) const FARGATE_QUOTA: &str =
    "You've reached the limit on the number of vCPUs you can run concurrently.";

/// ECS's code for what the closest matching instance lacks (facts/ecs.md 58, 114).
pub(super) fn lack_code(lacks: &Lacks) -> &'static str {
    match lacks.instances {
        0 => "NO ACTIVE INSTANCES",
        _ => lacks.closest().code(),
    }
}

/// `stopCode` and `stoppedReason` of a task that ends in PROVISIONING (facts/ecs.md 55, 57).
pub(super) const PROVISIONING_TIMED_OUT: (&str, &str) = (
    "TaskFailedToStart",
    "TaskFailedToStart: no capacity became available while the task was in PROVISIONING",
);

/// The text of a container that the kernel has killed (facts/ecs.md 60, 64).
pub(super) const OUT_OF_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";

/// ECS's `stoppedReason` (facts/ecs.md 59, 60).
pub(super) fn stopped(names: &impl Names, of: &TaskFact, why: StopReason) -> String {
    let by_deployment = |what: &str| match names.deployment_of(of) {
        Some(deployment) => format!("{what} initiated by (deployment {deployment})"),
        None => what.into(),
    };
    match why {
        StopReason::EssentialContainerExited {
            out_of_memory: true,
            ..
        } => OUT_OF_MEMORY.into(),
        StopReason::EssentialContainerExited { .. } => "Essential container in task exited".into(),
        StopReason::CannotPullContainer => {
            "CannotPullContainerError: the image could not be pulled".into()
        }
        StopReason::DependencyFailed => {
            "TaskFailedToStart: a dependency between containers could not be met".into()
        }
        StopReason::ScaledIn | StopReason::Replaced | StopReason::InstanceDraining => {
            by_deployment("Scaling activity")
        }
        StopReason::ZoneRebalancing => by_deployment("Availability Zone rebalancing"),
        StopReason::FailedHealthChecks => "Task failed container health checks".into(),
        StopReason::FailedTargetHealthChecks => {
            let groups = names.target_groups(of.work);
            format!("Task failed ELB health checks in ({groups})")
        }
        StopReason::HostGone => match of.task.instance {
            Some(id) => format!("Host EC2 (instance {}) terminated.", names.ec2_instance(id)),
            None => "Host terminated.".into(),
        },
        StopReason::SpotInterruption => "Your Spot Task was interrupted.".into(),
        StopReason::UserInitiated => "Task stopped by user".into(),
        StopReason::DeregistrationForced => {
            "Container instance deregistration forced by user".into()
        }
        StopReason::InfrastructureHealth => {
            "Task stopped: the underlying infrastructure was unhealthy".into()
        }
    }
}

/// ECS's `stoppedReason`, with what ECS says elsewhere: the exit code, and that the container instance
/// is DRAINING. `events.jsonl` and `tasks.csv` have it.
pub(super) fn explained(plan: &Plan, of: &TaskFact, why: StopReason) -> String {
    let reason = stopped(&Plain(plan), of, why);
    match why {
        StopReason::EssentialContainerExited { code, .. } => format!("{reason} (exit code {code})"),
        StopReason::InstanceDraining => {
            format!("{reason}: its container instance is DRAINING")
        }
        _ => reason,
    }
}

//! Why tasks are refused and stopped, in the words of `events.jsonl` and `tasks.csv`.

use crate::plan::Plan;
use crate::simulation::{Rejection, StopReason, TaskFact};

/// The reason of a rejection, as `events.jsonl` and `tasks.csv` name it.
pub(super) const fn rejection(why: Rejection) -> &'static str {
    match why {
        Rejection::NoRoom => "noRoom",
        Rejection::QueueFull => "queueFull",
        Rejection::Unplaceable => "unplaceable",
        Rejection::ByScheduler => "byScheduler",
        Rejection::ProvisioningTimedOut => "provisioningTimedOut",
        Rejection::ProvisioningFull => "provisioningFull",
        Rejection::NoFargate => "noFargate",
        Rejection::FargateQuota => "fargateQuota",
    }
}

/// The stopped reason (facts/ecs.md 59, 60).
pub(super) fn stopped(plan: &Plan, of: &TaskFact, why: StopReason) -> String {
    let service = plan.work_name(of.work);
    match why {
        StopReason::EssentialContainerExited {
            code,
            out_of_memory: true,
        } => format!(
            "OutOfMemoryError: Essential container in task exited (exit code {code}: container killed due to memory usage)"
        ),
        StopReason::EssentialContainerExited { code, .. } => {
            format!("Essential container in task exited (exit code {code})")
        }
        StopReason::CannotPullContainer => {
            "CannotPullContainerError: the image could not be pulled".into()
        }
        StopReason::DependencyFailed => {
            "TaskFailedToStart: a dependency between containers could not be met".into()
        }
        StopReason::ScaledIn => format!("Scaling activity initiated by (service {service})"),
        StopReason::Replaced => format!("Scaling activity initiated by (deployment of {service})"),
        StopReason::ZoneRebalancing => {
            format!("Availability Zone rebalancing initiated by (deployment of {service})")
        }
        StopReason::FailedHealthChecks => "Task failed container health checks".into(),
        StopReason::InstanceDraining => format!(
            "Scaling activity initiated by (service {service}): its container instance is DRAINING"
        ),
        StopReason::HostGone => match of.task.instance {
            Some(id) => format!("Host EC2 (instance {}) terminated", id.index()),
            None => "Host terminated".into(),
        },
        StopReason::SpotInterruption => "Your Spot Task was interrupted.".into(),
        StopReason::UserInitiated => "Task stopped by user".into(),
        StopReason::InfrastructureHealth => {
            "Task stopped: the underlying infrastructure was unhealthy".into()
        }
    }
}

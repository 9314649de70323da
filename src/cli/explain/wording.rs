//! Why a task has no capacity, or was refused, in a few words.

use super::words::span;
use crate::cluster::Lacks;
use crate::explain::{Look, TaskStory};
use crate::plan::{OnNoCapacity, Plan};
use crate::simulation::{Obstacle, Rejection};

/// `lacking: CPU on 4 of 5 instances, memory on 1`, in the words of `events.jsonl`.
pub(super) fn plain(lacks: &Lacks) -> String {
    let counts = super::super::lacks::lacks(Obstacle::NoRoom(*lacks)).unwrap_or_default();
    match lacks.instances {
        0 => "there was no instance that could be given tasks".into(),
        _ => format!("lacking: {counts}"),
    }
}

/// The reason of a look in one line.
pub(super) fn reason(look: &Look) -> String {
    let mut text = match &look.behind {
        Some(behind) => format!(
            "it stands behind the head of the job queue, task {}; {}",
            behind.head,
            plain(&behind.lacks)
        ),
        None => plain(&look.lacks),
    };
    if look.behind.is_some() {
        return text;
    }
    match look.starting {
        0 => {}
        1 => text += "; 1 more is starting",
        more => text += &format!("; {more} more are starting"),
    }
    match look.closed {
        0 => {}
        1 => text += "; 1 more takes no tasks now",
        more => text += &format!("; {more} more take no tasks now"),
    }
    text
}

/// Why a task that finds no instance waits, or why it does not: by its entry or its capacity provider.
pub(super) fn rule_of_waiting(plan: &Plan, story: &TaskStory) -> Option<&'static str> {
    if story.is_service && story.on_fargate {
        return Some("It does not wait: what Fargate refuses to a service is refused at once");
    }
    if story.is_service {
        let mut services = plan.services.iter();
        let target = &services.find(|of| of.name == story.task.entry)?.target;
        let mut own = plan.cluster.providers_of(target);
        return Some(
            match own.any(|(_, of)| of.capacity.grows_for_tasks()) && !target.providers().is_empty()
            {
                true => {
                    "It waits in PROVISIONING, as its capacity provider adds instances for tasks that wait"
                }
                false => {
                    "It does not wait, as a task of a service waits only where its capacity provider adds instances for it"
                }
            },
        );
    }
    let mut entries = plan.tasks.iter();
    let entry = entries.find(|of| of.name == story.task.entry)?;
    Some(match entry.on_no_capacity {
        OnNoCapacity::Queue | OnNoCapacity::Provisioning if story.on_fargate => {
            "It waits, as `onNoCapacity` of its entry is not `fail`"
        }
        OnNoCapacity::Fail => "It does not wait, as `onNoCapacity` of its entry is `fail`",
        OnNoCapacity::Queue => {
            "It waits in the job queue, as `onNoCapacity` of its entry is `queue`"
        }
        OnNoCapacity::Provisioning => {
            "It waits in PROVISIONING, as `onNoCapacity` of its entry is `provisioning`"
        }
    })
}

/// Why a task was refused.
pub(super) fn refused(plan: &Plan, why: Rejection) -> String {
    let text = match why {
        Rejection::NoRoom => "no instance met all that it requires",
        Rejection::QueueFull => "the job queue was full (`jobQueue.limit`)",
        Rejection::Unplaceable => {
            "no instance type of its capacity providers, in none of their zones, and no Fargate size can ever hold it"
        }
        Rejection::ByScheduler => "the scheduler refused it",
        Rejection::ProvisioningTimedOut => {
            let longest = span(plan.assumptions.provisioning_timeout);
            return format!("the longest time allowed in PROVISIONING, {longest}, was over");
        }
        Rejection::ProvisioningFull => "the limit of tasks in PROVISIONING was reached",
        Rejection::NoFargate => "Fargate had no capacity",
        Rejection::FargateQuota => "the account's quota of vCPUs on Fargate was reached",
        Rejection::Throttled => "AWS throttled the calls of `RunTask` (Rate exceeded)",
        Rejection::Replaced => "a later arrival of its schedule replaced it",
    };
    text.into()
}

/// Why a task has no capacity, where no instance is to blame.
pub(super) const fn obstacle(why: Obstacle) -> &'static str {
    match why {
        Obstacle::NoRoom(_) => "no instance meets all that it requires",
        Obstacle::Behind => "behind the head of the job queue",
        Obstacle::ProvisioningFull => "the limit of tasks in PROVISIONING is reached",
        Obstacle::NoType(_) => "no type of the Managed Instances could hold it, in no zone",
        Obstacle::NoFargate => "Fargate has no capacity",
        Obstacle::FargateQuota => "the account's quota of vCPUs on Fargate is reached",
        Obstacle::FargateRate => "the launch rate of Fargate has not admitted it yet",
        Obstacle::RunTaskRate => "its client waits for the rate of calls of `RunTask`",
        Obstacle::EarlierTasks => "tasks of an earlier arrival of its schedule have not left",
        Obstacle::ControlPlane => "the control plane is out: nothing is placed",
    }
}

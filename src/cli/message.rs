//! Translates facts into lines of `events.jsonl`: name, subject and the message of ECS
//! (facts/ecs.md 57 to 60, 110 to 113). Names and messages are ECS's, where it has one.

use super::deployment_message::deployment;
use super::described::{Described, broken_down, container, task, without_message};
use super::instance_message::{failed_launch, instance, instance_end};
use super::lacks::lacks;
use super::names::Plain;
use super::reasons::{explained, rejection, run_task_failure};
use super::service_message::{self, Said};
use crate::cluster::{EntryId, Lacks, ServiceId, WorkId};
use crate::metrics::reason;
use crate::plan::Plan;
use crate::report::{EventAbout, TaskEvent};
use crate::simulation::{
    Fact, Obstacle, PassingStatus, Rejection, ScalingReason, StopReason, TaskFact,
};
use crate::units::Span;

/// Describes a fact of a run of `plan`.
pub fn describe<'a>(plan: &'a Plan, fact: &Fact) -> Described<'a> {
    let provider = |index: usize| plan.cluster.providers[index].name.as_str();
    let plain = |fact, about| Described {
        fact,
        about,
        message: None,
    };
    match fact {
        Fact::InstanceLaunched(of) => instance(plan, "InstanceLaunched", of, None),
        Fact::InstanceRegistered(of) => instance(plan, "InstanceRegistered", of, None),
        Fact::InstanceDraining(of) => instance(plan, "InstanceDraining", of, None),
        Fact::InstanceActivated(of) => instance(plan, "InstanceActivated", of, None),
        Fact::InstanceFailed(of) => instance(plan, "InstanceFailed", of, None),
        Fact::InstanceRecovered(of) => instance(plan, "InstanceRecovered", of, None),
        Fact::AgentDisconnected(of) => instance(plan, "AgentDisconnected", of, None),
        Fact::AgentReconnected(of) => instance(plan, "AgentReconnected", of, None),
        Fact::InstanceGone(of, end) => instance(plan, "InstanceGone", of, Some(instance_end(*end))),
        Fact::LaunchFailed {
            provider,
            instance_type,
            zone,
            spot,
            why,
        } => {
            let of = (*provider, *instance_type, *zone, *spot);
            plain(
                "LaunchFailed",
                EventAbout::Instance(failed_launch(plan, of, *why)),
            )
        }
        Fact::TaskArrived(of) => without_message("TaskArrived", task(plan, of)),
        Fact::TaskPlaced(of) => without_message("TaskPlaced", task(plan, of)),
        Fact::TaskStarted(of) => without_message("TaskStarted", task(plan, of)),
        Fact::StartBrokenDown(of, start) => broken_down(plan, of, start),
        Fact::TaskHealth(of, healthy) => health(plan, of, *healthy),
        Fact::TaskDied(of) => without_message("TaskDied", task(plan, of)),
        Fact::LossNoticed(of, after) => loss_noticed(plan, of, *after),
        Fact::ContainerPulling(of, number)
        | Fact::ContainerStarted(of, number)
        | Fact::ContainerHealth(of, number, _)
        | Fact::ContainerExited(of, number, _) => container(plan, of, *number, fact),
        Fact::ContainerRestarted(of, _) => without_message("ContainerRestarted", task(plan, of)),
        Fact::TaskStatus(of, PassingStatus::Pending) => {
            without_message("TaskPending", task(plan, of))
        }
        Fact::TaskStatus(of, PassingStatus::Deprovisioning) => {
            without_message("TaskDeprovisioning", task(plan, of))
        }
        Fact::TaskStopping(of, why) => stop(plan, "TaskStopping", of, *why),
        Fact::TaskFinished(of) => without_message("TaskFinished", task(plan, of)),
        Fact::TaskStopped(of, why) => stop(plan, "TaskStopped", of, *why),
        Fact::TaskInterrupted(of, why, _) => stop(plan, "TaskInterrupted", of, *why),
        Fact::NoRoomFor(of, lacks) => no_room(plan, of, lacks),
        Fact::TaskRejected(of, why) => refused(plan, "TaskRejected", of, *why),
        Fact::SubmissionRefused(of, why) => refused(plan, "SubmissionRefused", of, *why),
        Fact::TasksSkipped { entry, tasks } => {
            let (entry, tasks) = (&plan.tasks[*entry].name, *tasks);
            plain("TasksSkipped", EventAbout::Skipped { entry, tasks })
        }
        Fact::ArrivalSkipped { entry } => {
            let entry = plan.work_name(WorkId::Entry(*entry));
            plain("ArrivalSkipped", EventAbout::Arrival { entry })
        }
        Fact::ArrivalReplaced { entry, tasks } => {
            counted(plan, "ArrivalReplaced", (*entry, *tasks), None)
        }
        Fact::RunTaskThrottled { entry, tasks } => {
            let message = "ThrottlingException: Rate exceeded";
            counted(plan, "RunTaskThrottled", (*entry, *tasks), Some(message))
        }
        Fact::WorkWaits(work, why) => waits(plan, *work, *why),
        Fact::Service(of, event) => service(plan, *of, &Said::Event(*event)),
        Fact::ServiceRound(of, _) => round(plan, *of),
        Fact::Deployment(of, event) => deployment(plan, *of, event),
        Fact::CapacityMeasured {
            provider: of,
            needed,
            running,
            at_target,
        } => plain(
            "CapacityMeasured",
            EventAbout::Measured {
                provider: provider(of.index()),
                needed: *needed,
                running: *running,
                at_target: *at_target,
            },
        ),
        Fact::GroupScaled {
            provider: of,
            from,
            to,
            why,
        } => Described {
            fact: "GroupScaled",
            about: EventAbout::Scaled {
                provider: provider(of.index()),
                from: *from,
                to: *to,
            },
            message: Some(scaling(*why)),
        },
        Fact::FaultBegan(of, number) => fault(plan, "FaultBegan", *of, *number),
        Fact::FaultEnded(of, number) => fault(plan, "FaultEnded", *of, *number),
    }
}

/// A fact about a number of tasks of an entry.
fn counted<'a>(
    plan: &'a Plan,
    fact: &'static str,
    (entry, tasks): (EntryId, u32),
    message: Option<&str>,
) -> Described<'a> {
    let entry = plan.work_name(WorkId::Entry(entry));
    Described {
        fact,
        about: EventAbout::Call { entry, tasks },
        message: message.map(String::from),
    }
}

/// What keeps the tasks of an entry or a service from their capacity.
fn waits(plan: &Plan, work: WorkId, why: Obstacle) -> Described<'_> {
    Described {
        fact: "WorkWaits",
        about: EventAbout::Waits {
            entry: plan.work_name(work),
            reason: reason(why).name(),
        },
        message: lacks(why),
    }
}

/// ECS has noticed the loss of a task, so long after it.
fn loss_noticed<'a>(plan: &'a Plan, of: &TaskFact, after: Span) -> Described<'a> {
    let event = TaskEvent {
        after: Some(after),
        ..task(plan, of)
    };
    without_message("LossNoticed", event)
}

/// A fact about an occurrence of a fault.
fn fault<'a>(plan: &'a Plan, fact: &'static str, fault: usize, occurrence: u32) -> Described<'a> {
    Described {
        fact,
        about: EventAbout::Fault {
            fault: &plan.faults[fault].name,
            occurrence,
        },
        message: None,
    }
}

/// A fact of a task that stops or was lost, with ECS's stop code and stopped reason.
fn stop<'a>(plan: &'a Plan, fact: &'static str, of: &TaskFact, why: StopReason) -> Described<'a> {
    let stop_code = Some(why.code());
    let event = TaskEvent {
        stop_code,
        ..task(plan, of)
    };
    Described {
        fact,
        about: EventAbout::Task(event),
        message: Some(explained(plan, of, why)),
    }
}

/// A fact of a task that was refused.
fn refused<'a>(plan: &'a Plan, fact: &'static str, of: &TaskFact, why: Rejection) -> Described<'a> {
    let mut event = task(plan, of);
    event.reason = Some(rejection(why));
    let is_standalone = matches!(of.work, WorkId::Entry(_));
    event.failure = run_task_failure(why, None).filter(|_| is_standalone);
    without_message(fact, event)
}

/// `RunTask` finds no room: `failures[].reason`, and what the instances lack.
fn no_room<'a>(plan: &'a Plan, of: &TaskFact, of_instances: &Lacks) -> Described<'a> {
    let mut event = task(plan, of);
    event.failure = run_task_failure(Rejection::NoRoom, Some(of_instances));
    Described {
        fact: "NoRoomFor",
        about: EventAbout::Task(event),
        message: lacks(Obstacle::NoRoom(*of_instances)),
    }
}

/// A task counts as healthy, or no longer does.
fn health<'a>(plan: &'a Plan, of: &TaskFact, healthy: bool) -> Described<'a> {
    let fact = match healthy {
        true => "TaskHealthy",
        false => "TaskUnhealthy",
    };
    without_message(fact, task(plan, of))
}

/// A round of the service scheduler. Only explanations read it (`Reader::wants_details`).
fn round(plan: &Plan, of: ServiceId) -> Described<'_> {
    let service = &plan.services[of.index()].name;
    Described {
        fact: "ServiceRound",
        about: EventAbout::Service { service },
        message: None,
    }
}

/// What ECS says about a service.
pub(super) fn service<'a>(plan: &'a Plan, of: ServiceId, said: &Said) -> Described<'a> {
    let name = &plan.services[of.index()].name;
    Described {
        fact: service_message::fact(said),
        about: EventAbout::Service { service: name },
        message: Some(service_message::message(&Plain(plan), of, name, said)),
    }
}

/// The reason for which the desired capacity of a group changed.
pub fn scaling(why: ScalingReason) -> String {
    match why {
        ScalingReason::Above { needed, running } => format!(
            "CapacityProviderReservation is above its target: {needed} instances needed, {running} running"
        ),
        ScalingReason::Below { needed, running } => format!(
            "CapacityProviderReservation was below its target for 15 minutes: {needed} instances needed, {running} running"
        ),
        ScalingReason::SetDesiredCapacity => "an action called SetDesiredCapacity".into(),
        ScalingReason::Autoscaler => "the autoscaler plug-in changed the desired capacity".into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::outputs_reference;

    /// The names in this file that are not of facts: error codes of EC2.
    const CODES: [&str; 2] = ["InsufficientInstanceCapacity", "InternalError"];

    #[test]
    fn the_page_about_outputs_has_every_fact() {
        let page = outputs_reference();
        let files = [
            include_str!("message.rs"),
            include_str!("deployment_message.rs"),
            include_str!("described.rs"),
            include_str!("instance_message.rs"),
            include_str!("service_message.rs"),
        ];
        let code = files
            .iter()
            .filter_map(|file| file.split("mod tests").next());
        let literals = code.flat_map(|code| code.split('"').skip(1).step_by(2));
        let is_name = |text: &&str| {
            let letters = text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
            letters && text.starts_with(|first: char| first.is_ascii_uppercase())
        };
        for name in literals
            .filter(is_name)
            .filter(|name| !CODES.contains(name))
        {
            let row = format!("\n| `{name}` | ");
            assert!(
                page.contains(&row),
                "`{name}` has no row in `report/event_names.rs`"
            );
        }
    }
}

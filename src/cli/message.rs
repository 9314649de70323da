//! Translates facts into lines of `events.jsonl`: name, subject and the message of ECS
//! (facts/ecs.md 57 to 60, 110 to 113). Names and messages are ECS's, where it has one.

use super::deployment_message::deployment;
use super::described::{Described, broken_down, container, task, without_message};
use super::instance_message::{failed_launch, instance, instance_end};
use super::lacks::{closest, lacks};
use super::reasons::{rejection, stopped};
use crate::cluster::{ServiceId, WorkId};
use crate::metrics::reason;
use crate::plan::Plan;
use crate::report::{EventAbout, TaskEvent};
use crate::simulation::{
    Fact, Obstacle, Rejection, ScalingReason, ServiceEvent, StopReason, TaskFact,
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
        Fact::TaskHealth(of, true) => without_message("TaskHealthy", task(plan, of)),
        Fact::TaskHealth(of, false) => without_message("TaskUnhealthy", task(plan, of)),
        Fact::TaskDied(of) => without_message("TaskDied", task(plan, of)),
        Fact::LossNoticed(of, after) => loss_noticed(plan, of, *after),
        Fact::ContainerPulling(of, number)
        | Fact::ContainerStarted(of, number)
        | Fact::ContainerHealth(of, number, _)
        | Fact::ContainerExited(of, number, _) => container(plan, of, *number, fact),
        Fact::ContainerRestarted(of, _) => without_message("ContainerRestarted", task(plan, of)),
        Fact::TaskStopping(of, why) => stop(plan, "TaskStopping", of, *why),
        Fact::TaskFinished(of) => without_message("TaskFinished", task(plan, of)),
        Fact::TaskStopped(of, why) => stop(plan, "TaskStopped", of, *why),
        Fact::TaskInterrupted(of, why, _) => stop(plan, "TaskInterrupted", of, *why),
        Fact::TaskRejected(of, why) => refused(plan, "TaskRejected", of, *why),
        Fact::SubmissionRefused(of, why) => refused(plan, "SubmissionRefused", of, *why),
        Fact::TasksSkipped { entry, tasks } => {
            let (entry, tasks) = (&plan.tasks[*entry].name, *tasks);
            plain("TasksSkipped", EventAbout::Skipped { entry, tasks })
        }
        Fact::WorkWaits(work, why) => waits(plan, *work, *why),
        Fact::Service(of, event) => service(plan, *of, *event),
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
        message: Some(stopped(plan, of, why)),
    }
}

/// A fact of a task that was refused.
fn refused<'a>(plan: &'a Plan, fact: &'static str, of: &TaskFact, why: Rejection) -> Described<'a> {
    let mut event = task(plan, of);
    event.reason = Some(rejection(why));
    without_message(fact, event)
}

/// Service events (facts/ecs.md 110 to 113).
fn service<'a>(plan: &'a Plan, of: ServiceId, event: ServiceEvent) -> Described<'a> {
    let name = &plan.services[of.index()].name;
    let (fact, message) = service_event(name, event);
    Described {
        fact,
        about: EventAbout::Service { service: name },
        message: Some(message),
    }
}

/// The name and the message of a service event, as ECS writes them (facts/ecs.md 110 to 113).
fn service_event(name: &str, event: ServiceEvent) -> (&'static str, String) {
    match event {
        ServiceEvent::DesiredCountUpdated { from, to } => (
            "SERVICE_DESIRED_COUNT_UPDATED",
            format!("(service {name}) desired count was updated from {from} to {to}."),
        ),
        ServiceEvent::SteadyState => (
            "SERVICE_STEADY_STATE",
            format!("(service {name}) has reached a steady state."),
        ),
        ServiceEvent::RebalancingStarted => (
            "ServiceRebalancingStarted",
            format!(
                "(service {name}) is not AZ balanced: tasks are started in the zone with the fewest."
            ),
        ),
        ServiceEvent::RebalancingFinished => (
            "ServiceRebalancingFinished",
            format!(
                "(service {name}) is AZ balanced as far as possible: tasks in the zone with the most are stopped."
            ),
        ),
        ServiceEvent::PlacementFailed(lacks) => (
            "SERVICE_TASK_PLACEMENT_FAILURE",
            format!(
                "(service {name}) was unable to place a task because no container instance met all of its requirements.{}",
                closest(lacks.closest())
            ),
        ),
        ServiceEvent::FargateUnavailable => (
            "SERVICE_TASK_PLACEMENT_FAILURE",
            format!(
                "(service {name}) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone."
            ),
        ),
        ServiceEvent::FargateQuotaReached => (
            "SERVICE_TASK_PLACEMENT_FAILURE",
            format!(
                "(service {name}) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
            ),
        ),
        ServiceEvent::ProvisioningLimitReached => (
            "SERVICE_TASK_PLACEMENT_FAILURE",
            format!("(service {name}) exceeded the limit of tasks in the PROVISIONING state."),
        ),
        ServiceEvent::StartImpaired => (
            "SERVICE_TASK_START_IMPAIRED",
            format!("(service {name}) is unable to consistently start tasks successfully."),
        ),
        // EventBridge has no name for this one (facts/ecs.md 111).
        ServiceEvent::Blocked => (
            "ServiceBlocked",
            format!(
                "(service {name}) was unable to stop or start tasks because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value."
            ),
        ),
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
    use super::*;
    use crate::report::outputs_reference;

    /// The names in this file that are not of facts: error codes of EC2.
    const CODES: [&str; 2] = ["InsufficientInstanceCapacity", "InternalError"];

    #[test]
    fn the_page_about_outputs_has_every_fact() {
        let page = outputs_reference();
        let files = [
            include_str!("message.rs"),
            include_str!("described.rs"),
            include_str!("instance_message.rs"),
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

    #[test]
    fn fact_112_the_quota_has_its_own_message() {
        let (fact, message) = service_event("web", ServiceEvent::FargateQuotaReached);
        assert_eq!(fact, "SERVICE_TASK_PLACEMENT_FAILURE");
        assert_eq!(
            message,
            "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
        );
    }

    #[test]
    fn fact_201_the_message_of_a_blocked_service_has_the_reason() {
        let (_, message) = service_event("web", ServiceEvent::Blocked);
        let because =
            "was unable to stop or start tasks because of the service deployment configuration";
        assert!(message.contains(because), "{message}");
    }
}

//! Translates facts into lines of `events.jsonl`: name, subject and the message of ECS
//! (facts/ecs.md 57 to 60, 110 to 113). Names and messages are ECS's, where it has one.

use super::deployment_message::deployment;
use super::described::{Described, broken_down, container, task};
use super::instance_message::{failed_launch, instance};
use super::lacks::{closest, lacks};
use super::reasons::stopped;
use crate::cluster::{ProviderId, ServiceId};
use crate::metrics::reason;
use crate::plan::{EventKind, Plan};
use crate::report::{EventAbout, TaskEvent};
use crate::simulation::{Fact, ScalingReason, ServiceEvent, StopReason, TaskFact};

/// Describes a fact of a run of `plan`.
pub fn describe<'a>(plan: &'a Plan, fact: &Fact) -> Described<'a> {
    let provider = |id: ProviderId| plan.cluster.providers[id.index()].name.as_str();
    let name = fact.kind().name();
    let plain = |about| Described {
        fact: name,
        about,
        message: None,
    };
    match fact {
        Fact::InstanceLaunched(of)
        | Fact::InstanceRegistered(of)
        | Fact::InstanceDraining(of)
        | Fact::InstanceActivated(of)
        | Fact::InstanceFailed(of)
        | Fact::InstanceRecovered(of)
        | Fact::AgentDisconnected(of)
        | Fact::AgentReconnected(of)
        | Fact::InstanceDeregistered(of)
        | Fact::InstanceDeregistrationFailed(of) => plain(instance(plan, of, None)),
        Fact::InstanceGone(of, end) => plain(instance(plan, of, Some(end.name()))),
        Fact::LaunchFailed {
            provider,
            instance_type,
            zone,
            spot,
            why,
        } => {
            let of = (*provider, *instance_type, *zone, *spot);
            plain(EventAbout::Instance(failed_launch(plan, of, *why)))
        }
        Fact::TasksSkipped { entry, tasks } => {
            let (entry, tasks) = (&plan.tasks[*entry].name, *tasks);
            plain(EventAbout::Skipped { entry, tasks })
        }
        Fact::WorkWaits(work, why) => Described {
            fact: name,
            about: EventAbout::Waits {
                entry: plan.work_name(*work),
                reason: reason(*why).name(),
            },
            message: lacks(*why),
        },
        Fact::Service(of, event) => of_service(plan, *of, *event),
        Fact::Deployment(of, event) => deployment(plan, *of, event),
        Fact::CapacityMeasured {
            provider: of,
            needed,
            running,
            at_target,
        } => plain(EventAbout::Measured {
            provider: provider(*of),
            needed: *needed,
            running: *running,
            at_target: *at_target,
        }),
        Fact::GroupScaled {
            provider: of,
            from,
            to,
            why,
        } => scaled(provider(*of), (*from, *to), *why),
        Fact::FaultBegan(of, occurrence) | Fact::FaultEnded(of, occurrence) => {
            plain(EventAbout::Fault {
                fault: &plan.faults[*of].name,
                occurrence: *occurrence,
            })
        }
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
        | Fact::TaskFinished(of)
        | Fact::TaskStopped(of, _)
        | Fact::TaskInterrupted(of, ..)
        | Fact::TaskRejected(of, _)
        | Fact::SubmissionRefused(of, _) => Described {
            fact: name,
            about: EventAbout::Task(of_task(plan, of, fact)),
            message: stop_reason(fact).map(|why| stopped(plan, of, why)),
        },
    }
}

/// A change of a desired capacity, with its reason.
fn scaled(provider: &str, (from, to): (u32, u32), why: ScalingReason) -> Described<'_> {
    Described {
        fact: EventKind::GroupScaled.name(),
        about: EventAbout::Scaled { provider, from, to },
        message: Some(scaling(why)),
    }
}

/// An event of a service (facts/ecs.md 110 to 113).
fn of_service(plan: &Plan, of: ServiceId, event: ServiceEvent) -> Described<'_> {
    let service = &plan.services[of.index()].name;
    Described {
        fact: event.kind().name(),
        about: EventAbout::Service {
            service,
            reason: event.reason(),
        },
        message: Some(service_message(service, event)),
    }
}

/// The subject of a fact about a task.
fn of_task<'a>(plan: &'a Plan, of: &TaskFact, fact: &Fact) -> TaskEvent<'a> {
    match fact {
        Fact::StartBrokenDown(_, start) => broken_down(plan, of, start),
        Fact::LossNoticed(_, after) => TaskEvent {
            after: Some(*after),
            ..task(plan, of)
        },
        Fact::ContainerPulling(_, number)
        | Fact::ContainerStarted(_, number)
        | Fact::ContainerHealth(_, number, _) => container(plan, of, *number, None),
        Fact::ContainerExited(_, number, exit) => container(plan, of, *number, Some(exit)),
        Fact::TaskRejected(_, why) | Fact::SubmissionRefused(_, why) => TaskEvent {
            reason: Some(why.name()),
            ..task(plan, of)
        },
        _ => TaskEvent {
            stop_code: stop_reason(fact).map(StopReason::code),
            ..task(plan, of)
        },
    }
}

/// Why a task stops or was lost.
const fn stop_reason(fact: &Fact) -> Option<StopReason> {
    match fact {
        Fact::TaskStopping(_, why)
        | Fact::TaskStopped(_, why)
        | Fact::TaskInterrupted(_, why, _) => Some(*why),
        _ => None,
    }
}

/// The message of a service event, as ECS writes it (facts/ecs.md 110 to 113).
fn service_message(name: &str, event: ServiceEvent) -> String {
    match event {
        ServiceEvent::DesiredCountUpdated { from, to } => {
            format!("(service {name}) desired count was updated from {from} to {to}.")
        }
        ServiceEvent::SteadyState => format!("(service {name}) has reached a steady state."),
        ServiceEvent::RebalancingStarted => format!(
            "(service {name}) is not AZ balanced: tasks are started in the zone with the fewest."
        ),
        ServiceEvent::RebalancingFinished => format!(
            "(service {name}) is AZ balanced as far as possible: tasks in the zone with the most are stopped."
        ),
        ServiceEvent::PlacementFailed(lacks) => format!(
            "(service {name}) was unable to place a task because no container instance met all of its requirements.{}",
            closest(lacks.closest())
        ),
        ServiceEvent::FargateUnavailable => format!(
            "(service {name}) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone."
        ),
        ServiceEvent::FargateQuotaReached => format!(
            "(service {name}) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
        ),
        ServiceEvent::ProvisioningLimitReached => {
            format!("(service {name}) exceeded the limit of tasks in the PROVISIONING state.")
        }
        ServiceEvent::StartImpaired => {
            format!("(service {name}) is unable to consistently start tasks successfully.")
        }
        ServiceEvent::Blocked => format!(
            "(service {name}) was unable to stop or start tasks because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value."
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

    #[test]
    fn fact_112_the_quota_has_its_own_message() {
        let message = service_message("web", ServiceEvent::FargateQuotaReached);
        assert_eq!(
            message,
            "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
        );
    }

    #[test]
    fn fact_201_the_message_of_a_blocked_service_has_the_reason() {
        let message = service_message("web", ServiceEvent::Blocked);
        let because =
            "was unable to stop or start tasks because of the service deployment configuration";
        assert!(message.contains(because), "{message}");
    }
}

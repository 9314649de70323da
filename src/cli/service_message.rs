//! The texts and the codes of service events (facts/ecs.md 110 to 113). Each text is here and nowhere
//! else; `events.jsonl` and `eventbridge.jsonl` differ in the names that they put into it.

use super::lacks::closest;
use super::names::Names;
use super::reasons::{FARGATE_QUOTA, NO_FARGATE};
use crate::cluster::{ServiceId, WorkId};
use crate::runner::{scaled_why, scaler_name};
use crate::simulation::{ScaledBy, ServiceEvent};

/// Something that ECS says about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// An event of the service scheduler.
    Event(ServiceEvent),
    /// It has started these tasks, by their ordinals.
    Started(Vec<u64>),
    /// It has stopped these RUNNING tasks.
    Stopped(Vec<u64>),
    /// It has registered this number of targets with the target group at this place.
    Registered(u32, u8),
    /// It has deregistered this number of targets from the target group at this place.
    Deregistered(u32, u8),
    /// The load balancer finds the target of this task unhealthy in the target group at this place.
    TargetUnhealthy(u64, u8),
    /// A container health check of this task has failed, and the task is replaced.
    Unhealthy(u64),
}

/// The name of what is said: that of EventBridge, where it has one (facts/ecs.md 111).
pub(super) const fn fact(said: &Said) -> &'static str {
    match said {
        Said::Event(event) => event.kind().name(),
        Said::Stopped(_) => "TASKS_STOPPED",
        Said::Started(_) => "ServiceTasksStarted",
        Said::Unhealthy(_) | Said::TargetUnhealthy(..) => "ServiceTaskUnhealthy",
        Said::Registered(..) => "ServiceTargetsRegistered",
        Said::Deregistered(..) => "ServiceTargetsDeregistered",
    }
}

/// ECS's message.
pub(super) fn message(names: &impl Names, id: ServiceId, name: &str, said: &Said) -> String {
    let work = WorkId::Service(id);
    let tasks = |tasks: &[u64]| -> String {
        let name = |ordinal: &u64| format!(" (task {})", names.task(work, *ordinal));
        tasks.iter().map(name).collect()
    };
    let group = |place: u8| names.target_group(work, place).unwrap_or_default();
    let unplaced = format!("(service {name}) was unable to place a task");
    match said {
        Said::Started(started) => {
            let (count, tasks) = (started.len(), tasks(started));
            format!("(service {name}) has started {count} tasks:{tasks}.")
        }
        Said::Stopped(stopped) => {
            let (count, tasks) = (stopped.len(), tasks(stopped));
            format!("(service {name}) has stopped {count} running tasks:{tasks}.")
        }
        Said::Registered(count, place) => {
            let group = group(*place);
            format!("(service {name}) registered {count} targets in (target-group {group}).")
        }
        Said::Deregistered(count, place) => {
            let group = group(*place);
            format!("(service {name}) deregistered {count} targets in (target-group {group}).")
        }
        Said::TargetUnhealthy(ordinal, place) => {
            let (task, group) = (names.task(work, *ordinal), group(*place));
            format!(
                "(service {name}) (task {task}) is unhealthy in (target-group {group}) due to (reason Health checks failed)."
            )
        }
        Said::Unhealthy(ordinal) => {
            let task = names.task(work, *ordinal);
            format!("(service {name}) (task {task}) failed container health checks.")
        }
        Said::Event(event) => match event {
            ServiceEvent::DesiredCountUpdated { from, to } => {
                format!("(service {name}) desired count was updated from {from} to {to}.")
            }
            ServiceEvent::Scaled(scaled) => {
                let service = &names.plan().services[id.index()];
                let kind = match scaled.by {
                    ScaledBy::ScheduledAction(_) => "scheduled action",
                    _ => "policy",
                };
                format!(
                    "(service {name}) ({kind} {}) set the desired count from {} to {}: {}.",
                    scaler_name(service, scaled.by),
                    scaled.from,
                    scaled.to,
                    scaled_why(service, scaled),
                )
            }
            ServiceEvent::SteadyState => format!("(service {name}) has reached a steady state."),
            ServiceEvent::PlacementFailed(lacks) => {
                let closest = closest(names, lacks);
                format!(
                    "{unplaced} because no container instance met all of its requirements.{closest}"
                )
            }
            ServiceEvent::RebalancingStarted => format!(
                "(service {name}) is not AZ balanced: tasks are started in the zone with the fewest."
            ),
            ServiceEvent::RebalancingFinished => format!(
                "(service {name}) is AZ balanced as far as possible: tasks in the zone with the most are stopped."
            ),
            ServiceEvent::FargateUnavailable => format!("{unplaced}. Reason: {NO_FARGATE}"),
            ServiceEvent::FargateQuotaReached => format!("{unplaced}. Reason: {FARGATE_QUOTA}"),
            ServiceEvent::ProvisioningLimitReached => {
                format!("(service {name}) exceeded the limit of tasks in the PROVISIONING state.")
            }
            ServiceEvent::StartImpaired => {
                format!("(service {name}) is unable to consistently start tasks successfully.")
            }
            ServiceEvent::Blocked => format!(
                "(service {name}) was unable to stop or start tasks because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{InstanceId, Lack, Lacks};
    use crate::plan::{Plan, Service};

    fn said(said: &Said) -> String {
        let mut plan = Plan::new("test", "us-east-1");
        plan.services.push(Service::new("web", 2));
        let names = crate::cli::names::Plain(&plan);
        message(&names, ServiceId::new(0), "web", said)
    }

    fn no_room(instances: u32, lack: Lack, closest_instance: Option<InstanceId>) -> Said {
        let mut lacks = Lacks::default();
        lacks.add(instances, (instances > 0).then_some(lack));
        if let Some(instance) = closest_instance {
            lacks.name_closest(instance, lack);
        }
        Said::Event(ServiceEvent::PlacementFailed(lacks))
    }

    #[test]
    fn fact_110_the_closest_instance_is_named_with_what_it_lacks() {
        let no_instance = "(service web) was unable to place a task because no container instance met all of its requirements.";
        let here = Some(InstanceId::new(7));
        let closest = |text: &str| format!("{no_instance} The closest matching {text}");
        for (lack, text) in [
            (Lack::Cpu, "has insufficient CPU units available."),
            (Lack::Memory, "has insufficient memory available."),
            (
                Lack::Ports,
                "is already using a port required by your task.",
            ),
            (
                Lack::Attribute,
                "is missing an attribute required by your task.",
            ),
            (Lack::Interface, "encountered error \"RESOURCE:ENI\"."),
            (Lack::Agent, "encountered error \"AGENT\"."),
        ] {
            let wanted = closest(&format!("(container-instance i-7) {text}"));
            assert_eq!(said(&no_room(3, lack, here)), wanted);
        }
        assert_eq!(
            said(&no_room(0, Lack::Agent, None)),
            format!("{no_instance} Reason: No Container Instances were found in your cluster.")
        );
    }

    #[test]
    fn fact_112_the_quota_has_its_own_message() {
        assert_eq!(
            said(&Said::Event(ServiceEvent::FargateQuotaReached)),
            "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
        );
    }

    #[test]
    fn fact_201_the_message_of_a_blocked_service_has_the_reason() {
        let message = said(&Said::Event(ServiceEvent::Blocked));
        let because =
            "was unable to stop or start tasks because of the service deployment configuration";
        assert!(message.contains(because), "{message}");
    }

    #[test]
    fn started_and_stopped_tasks_are_counted_and_named() {
        assert_eq!(
            said(&Said::Started(vec![4, 5])),
            "(service web) has started 2 tasks: (task web/4) (task web/5)."
        );
        assert_eq!(
            said(&Said::Stopped(vec![1])),
            "(service web) has stopped 1 running tasks: (task web/1)."
        );
    }
}

//! Facts in the words of `events.jsonl`: their names, whom they are about, and what ECS
//! itself says about them (facts/ecs.md 57 to 60, 110 to 113).

use crate::cluster::{EntryId, Lack, ServiceId};
use crate::plan::Plan;
use crate::report::EventId;
use crate::simulation::{
    Fact, InstanceEnd, InstanceFact, LaunchFailure, Rejection, ScalingReason, ServiceEvent,
    StopReason, TaskFact,
};

/// A fact in words.
pub struct Said<'a> {
    /// Its name.
    pub fact: &'static str,
    /// Whom it is about.
    pub ids: Vec<(&'static str, EventId<'a>)>,
    /// What ECS says.
    pub message: Option<String>,
}

/// The name of an entry of `tasks` or of a service.
pub fn entry(plan: &Plan, entry: EntryId) -> &str {
    let (index, tasks) = (entry.index(), plan.tasks.len());
    match plan.tasks.get(index) {
        Some(entry) => &entry.name,
        None => &plan.services[index - tasks].name,
    }
}

/// The task group of an entry of `tasks` or of a service.
pub fn group(plan: &Plan, entry: EntryId) -> String {
    let (index, tasks) = (entry.index(), plan.tasks.len());
    match plan.tasks.get(index) {
        Some(entry) => entry.group.clone(),
        None => plan.services[index - tasks].group(),
    }
}

/// A fact in words.
pub fn say<'a>(plan: &'a Plan, fact: &Fact) -> Said<'a> {
    let provider = |index: usize| EventId::Name(&plan.cluster.providers[index].name);
    let plain = |fact, ids| Said {
        fact,
        ids,
        message: None,
    };
    match fact {
        Fact::InstanceLaunched(of) => instance(plan, "InstanceLaunched", of, None),
        Fact::InstanceRegistered(of) => instance(plan, "InstanceRegistered", of, None),
        Fact::InstanceDraining(of) => instance(plan, "InstanceDraining", of, None),
        Fact::InstanceFailed(of) => instance(plan, "InstanceFailed", of, None),
        Fact::InstanceRecovered(of) => instance(plan, "InstanceRecovered", of, None),
        Fact::AgentDisconnected(of) => instance(plan, "AgentDisconnected", of, None),
        Fact::AgentReconnected(of) => instance(plan, "AgentReconnected", of, None),
        Fact::InstanceGone(of, end) => {
            let why = match end {
                InstanceEnd::ScaledIn => "scaledIn",
                InstanceEnd::Interrupted => "interrupted",
                InstanceEnd::Failed => "failed",
            };
            instance(plan, "InstanceGone", of, Some(why))
        }
        Fact::LaunchFailed {
            provider: of,
            instance_type,
            zone,
            spot,
            why,
        } => {
            let types = &plan.cluster.instance_types;
            let kind = instance_type.map(|kind| EventId::Name(&types[kind].name));
            let reason = match why {
                LaunchFailure::NoCapacity => "InsufficientInstanceCapacity",
                LaunchFailure::ApiError => "InternalError",
            };
            let mut ids = vec![("provider", provider(of.index()))];
            ids.extend(kind.map(|kind| ("instanceType", kind)));
            ids.extend([
                ("zone", EventId::Name(&plan.cluster.zones[zone.index()])),
                ("purchase", EventId::Name(purchase(*spot))),
                ("reason", EventId::Name(reason)),
            ]);
            plain("LaunchFailed", ids)
        }
        Fact::TaskArrived(of) => task(plan, "TaskArrived", of, None),
        Fact::TaskPlaced(of) => task(plan, "TaskPlaced", of, None),
        Fact::TaskStarted(of) => task(plan, "TaskStarted", of, None),
        Fact::StartBrokenDown(of, start) => {
            let mut said = task(plan, "StartBrokenDown", of, None);
            let parts = [
                ("provisioningMicros", start.provisioning),
                ("pendingMicros", start.pending),
                ("pullMicros", start.pull),
                ("startMicros", start.start),
                ("pollingMicros", start.polling),
            ];
            let numbers = parts.map(|(name, span)| (name, EventId::Number(span.as_micros())));
            said.ids.extend(numbers);
            said
        }
        Fact::TaskHealth(of, true) => task(plan, "TaskHealthy", of, None),
        Fact::TaskHealth(of, false) => task(plan, "TaskUnhealthy", of, None),
        Fact::LossNoticed(of, after) => {
            let mut said = task(plan, "LossNoticed", of, None);
            let after = EventId::Number(after.as_micros());
            said.ids.push(("afterMicros", after));
            said
        }
        Fact::ContainerRestarted(of, _) => task(plan, "ContainerRestarted", of, None),
        Fact::TaskStopping(of, why) => task(plan, "TaskStopping", of, Some(*why)),
        Fact::TaskFinished(of) => task(plan, "TaskFinished", of, None),
        Fact::TaskStopped(of, why) => task(plan, "TaskStopped", of, Some(*why)),
        Fact::TaskInterrupted(of, why, _) => task(plan, "TaskInterrupted", of, Some(*why)),
        Fact::TaskRejected(of, why) => {
            let mut said = task(plan, "TaskRejected", of, None);
            said.ids.push(("reason", EventId::Name(rejection(*why))));
            said
        }
        Fact::TasksSkipped { entry, tasks } => plain(
            "TasksSkipped",
            vec![
                ("entry", EventId::Name(&plan.tasks[*entry].name)),
                ("tasks", EventId::Number(*tasks)),
            ],
        ),
        Fact::Service(of, event) => service(plan, *of, *event),
        Fact::CapacityMeasured {
            provider: of,
            needed,
            running,
        } => plain(
            "CapacityMeasured",
            vec![
                ("provider", provider(of.index())),
                ("needed", EventId::Number(u64::from(*needed))),
                ("running", EventId::Number(u64::from(*running))),
            ],
        ),
        Fact::GroupScaled {
            provider: of,
            from,
            to,
            why,
        } => Said {
            fact: "GroupScaled",
            ids: vec![
                ("provider", provider(of.index())),
                ("from", EventId::Number(u64::from(*from))),
                ("to", EventId::Number(u64::from(*to))),
            ],
            message: Some(scaling(*why)),
        },
        Fact::FaultBegan(of, number) => fault(plan, "FaultBegan", *of, *number),
        Fact::FaultEnded(of, number) => fault(plan, "FaultEnded", *of, *number),
    }
}

fn fault<'a>(plan: &'a Plan, fact: &'static str, fault: usize, number: u32) -> Said<'a> {
    Said {
        fact,
        ids: vec![
            ("fault", EventId::Name(&plan.faults[fault].name)),
            ("occurrence", EventId::Number(u64::from(number))),
        ],
        message: None,
    }
}

/// `onDemand` or `spot`.
const fn purchase(spot: bool) -> &'static str {
    if spot { "spot" } else { "onDemand" }
}

fn instance<'a>(
    plan: &'a Plan,
    fact: &'static str,
    of: &InstanceFact,
    why: Option<&'static str>,
) -> Said<'a> {
    let cluster = &plan.cluster;
    let mut ids = vec![
        ("instance", EventId::Number(of.instance.index() as u64)),
        (
            "provider",
            EventId::Name(&cluster.providers[of.provider.index()].name),
        ),
        (
            "instanceType",
            EventId::Name(&cluster.instance_types[of.instance_type].name),
        ),
        ("zone", EventId::Name(&cluster.zones[of.zone.index()])),
    ];
    if of.spot {
        ids.push(("purchase", EventId::Name(purchase(true))));
    }
    if let Some(why) = why {
        ids.push(("reason", EventId::Name(why)));
    }
    Said {
        fact,
        ids,
        message: None,
    }
}

fn task<'a>(
    plan: &'a Plan,
    fact: &'static str,
    of: &TaskFact,
    why: Option<StopReason>,
) -> Said<'a> {
    let mut ids = vec![
        ("entry", EventId::Name(entry(plan, of.task.entry))),
        ("task", EventId::Number(of.task.ordinal)),
    ];
    if let Some(instance) = of.task.instance {
        ids.push(("instance", EventId::Number(instance.index() as u64)));
    }
    if let Some(why) = why {
        ids.push(("stopCode", EventId::Name(why.code())));
    }
    Said {
        fact,
        ids,
        message: why.map(|why| stopped(plan, of, why)),
    }
}

const fn rejection(why: Rejection) -> &'static str {
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
fn stopped(plan: &Plan, of: &TaskFact, why: StopReason) -> String {
    let service = entry(plan, of.task.entry);
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
        StopReason::FailedHealthChecks => "Task failed container health checks".into(),
        StopReason::InstanceDraining => format!(
            "Scaling activity initiated by (service {service}): its container instance is DRAINING"
        ),
        StopReason::HostGone => match of.task.instance {
            Some(id) => format!("Host EC2 (instance {}) terminated", id.index()),
            None => "Host terminated".into(),
        },
        StopReason::SpotInterruption => "Your Spot Task was interrupted.".into(),
        StopReason::InfrastructureHealth => {
            "Task stopped: the underlying infrastructure was unhealthy".into()
        }
    }
}

/// Service events (facts/ecs.md 110 to 113).
fn service<'a>(plan: &'a Plan, of: ServiceId, event: ServiceEvent) -> Said<'a> {
    let name = &plan.services[of.index()].name;
    let (fact, message) = service_event(name, event);
    Said {
        fact,
        ids: vec![("service", EventId::Name(name))],
        message: Some(message),
    }
}

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
        ServiceEvent::PlacementFailed(lack) => (
            "SERVICE_TASK_PLACEMENT_FAILURE",
            format!(
                "(service {name}) was unable to place a task because no container instance met all of its requirements.{}",
                closest(lack)
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

/// What the closest instance lacks (facts/ecs.md 110).
const fn closest(lack: Lack) -> &'static str {
    match lack {
        Lack::Cpu => {
            " The closest matching container instance has insufficient CPU units available."
        }
        Lack::Memory => {
            " The closest matching container instance has insufficient memory available."
        }
        Lack::Ports => {
            " The closest matching container instance is already using a port required by your task."
        }
        Lack::Gpu => " The closest matching container instance has insufficient GPUs available.",
        Lack::Interface => " The closest matching container instance has no available ENI.",
        Lack::Attribute => {
            " The closest matching container instance is missing an attribute required by your task."
        }
        Lack::Constraint => {
            " The closest matching container instance does not meet a placement constraint."
        }
        Lack::Agent => " Reason: No Container Instances were found in your cluster.",
    }
}

/// Why the desired capacity of a group changed.
pub fn scaling(why: ScalingReason) -> String {
    match why {
        ScalingReason::Above { needed, running } => format!(
            "CapacityProviderReservation is above its target: {needed} instances needed, {running} running"
        ),
        ScalingReason::Below { needed, running } => format!(
            "CapacityProviderReservation was below its target for 15 minutes: {needed} instances needed, {running} running"
        ),
        ScalingReason::Autoscaler => "an autoscaler of one's own decided".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_112_the_quota_has_its_own_words() {
        let (fact, message) = service_event("web", ServiceEvent::FargateQuotaReached);
        assert_eq!(fact, "SERVICE_TASK_PLACEMENT_FAILURE");
        assert_eq!(
            message,
            "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently."
        );
    }

    #[test]
    fn fact_201_a_service_that_is_blocked_says_why() {
        let (_, message) = service_event("web", ServiceEvent::Blocked);
        let because =
            "was unable to stop or start tasks because of the service deployment configuration";
        assert!(message.contains(because), "{message}");
    }
}

//! Facts about one task in words. The reasons of stops and refusals are those of `events.jsonl`.

use super::super::names::{Names, Plain};
use super::super::{message, reasons};
use super::words::{About, count, span};
use super::{causes, wording};
use crate::explain::{HostName, TaskStory};
use crate::metrics::counted;
use crate::plan::{Delays, Plan};
use crate::simulation::{
    Fact, InstanceEnd, PassingStatus, ServiceEvent, StartUp, TargetChange, TaskFact,
};

/// What happens to the target of a task.
fn target(plan: &Plan, of: &TaskFact, change: TargetChange, place: u8) -> String {
    let names = Plain(plan);
    let group = names.target_group(of.work, place);
    let group = group.unwrap_or_default();
    match change {
        TargetChange::Registered => format!("registered with target group `{group}`"),
        TargetChange::Healthy => match place {
            0 => format!("healthy in target group `{group}`: it gets requests"),
            _ => format!("healthy in target group `{group}`"),
        },
        TargetChange::Unhealthy => format!("unhealthy in target group `{group}`"),
        TargetChange::Deregistered => {
            format!("deregistered from target group `{group}`: no new requests")
        }
    }
}

/// What a fact of the life of a task says.
pub(super) fn told(about: &About<'_>, story: &TaskStory, fact: &Fact) -> String {
    let plan = about.plan;
    match fact {
        Fact::TaskArrived(_) if story.is_service => "created by its service".into(),
        Fact::TaskArrived(_) => "submitted".into(),
        Fact::TaskPlaced(of) => placed(plan, of),
        Fact::TaskStarted(_) if plan.delays == Delays::None => {
            "RUNNING (with `delays: none` a start takes no time)".into()
        }
        Fact::TaskStarted(_) => "RUNNING".into(),
        // In an outage of the control plane the instances lack nothing.
        Fact::NoRoomFor(_, lacks) if lacks.instances > 0 && counted(lacks).1.is_empty() => {
            String::new()
        }
        // The look of the same pass says it.
        Fact::NoRoomFor(..) if !story.waits.is_empty() => String::new(),
        Fact::NoRoomFor(_, lacks) => format!("not placed; {}", wording::plain(lacks)),
        Fact::TaskStatus(_, PassingStatus::Pending) => "its status becomes PENDING".into(),
        Fact::TaskStatus(_, PassingStatus::Deprovisioning) => {
            "its status becomes DEPROVISIONING".into()
        }
        Fact::TaskStatus(_, PassingStatus::Stopping) => {
            "its status becomes STOPPING: the deregistration delay is over".into()
        }
        Fact::TaskStatus(_, PassingStatus::Deactivating) => {
            "its status becomes DEACTIVATING: ECS waits for the deregistration delay".into()
        }
        Fact::Target(of, change, place) => target(plan, of, *change, *place),
        Fact::StartBrokenDown(_, start) => broken_down(start),
        Fact::TaskHealth(_, true) => "counts as healthy".into(),
        Fact::TaskHealth(_, false) => "no longer counts as healthy".into(),
        Fact::TaskDied(_) => {
            "its containers are gone with the instance; ECS does not know it yet".into()
        }
        Fact::LossNoticed(_, after) => format!("ECS notices the loss, {} after it", span(*after)),
        Fact::ContainerPulling(of, number) => {
            format!(
                "the pull of the image of container `{}` begins",
                container(plan, of, *number)
            )
        }
        Fact::ContainerStarted(of, number) => {
            format!("container `{}` has started", container(plan, of, *number))
        }
        Fact::ContainerHealth(of, number, healthy) => {
            let status = if *healthy { "HEALTHY" } else { "UNHEALTHY" };
            format!("container `{}` is {status}", container(plan, of, *number))
        }
        Fact::ContainerExited(of, number, exit) => {
            let name = container(plan, of, *number);
            let killed = if exit.out_of_memory {
                ": killed, out of memory"
            } else {
                ""
            };
            format!(
                "container `{name}` has exited with code {}{killed}",
                exit.code
            )
        }
        Fact::ContainerRestarted(_, code) => {
            format!("a container restarts after exit code {code}")
        }
        Fact::TaskStopping(of, why) => {
            let reason = reasons::stopped(&Plain(plan), of, *why);
            format!("its desired status is STOPPED. {reason} ({})", why.code())
        }
        Fact::TaskFinished(_) => "has ended with exit code 0; its capacity is free".into(),
        Fact::TaskStopped(of, why) => {
            format!(
                "STOPPED. {} ({})",
                reasons::stopped(&Plain(plan), of, *why),
                why.code()
            )
        }
        Fact::TaskInterrupted(of, why, lost) => format!(
            "lost: {} ({}). {} of its work are lost; its client submits it again",
            reasons::stopped(&Plain(plan), of, *why),
            why.code(),
            span(lost.lost)
        ),
        Fact::TaskRejected(_, why) => {
            format!("refused: {}", causes::refusal(about, story, *why))
        }
        Fact::SubmissionRefused(_, why) => {
            format!(
                "refused: {}; its client submits it again",
                wording::refused(plan, *why)
            )
        }
        _ => around(plan, fact),
    }
}

/// What a fact says about the instance of the task, its service or its capacity providers.
fn around(plan: &Plan, fact: &Fact) -> String {
    match fact {
        Fact::InstanceDraining(_) => "its instance is DRAINING".into(),
        Fact::InstanceActivated(_) => "its instance is ACTIVE again".into(),
        Fact::InstanceFailed(_) => "its instance fails".into(),
        Fact::InstanceRecovered(_) => "its instance has recovered, without its tasks".into(),
        Fact::AgentDisconnected(_) => {
            "ECS notices that the agent of its instance is disconnected; the task keeps its status"
                .into()
        }
        Fact::AgentReconnected(_) => "the agent of its instance is connected again".into(),
        Fact::InstanceDeregistered(_) => "its instance is deregistered from the cluster".into(),
        Fact::InstanceDeregistrationFailed(_) => {
            "its instance cannot be deregistered without `force`, as it has tasks".into()
        }
        Fact::InstanceGone(_, end) => format!("its instance is terminated: {}", gone(*end)),
        Fact::FaultBegan(of, _) => format!("the fault `{}` begins", plan.faults[*of].name),
        Fact::FaultEnded(of, _) => format!("the fault `{}` is over", plan.faults[*of].name),
        Fact::GroupScaled {
            provider,
            from,
            to,
            why,
        } => format!(
            "the desired capacity of `{}` changes from {from} to {to}: {}",
            plan.cluster.providers[provider.index()].name,
            message::scaling(*why)
        ),
        Fact::LaunchFailed { provider, .. } => format!(
            "a launch of an instance of `{}` fails",
            plan.cluster.providers[provider.index()].name
        ),
        Fact::InstanceRegistered(of) => {
            format!(
                "i-{} has registered and may be given tasks",
                of.instance.index()
            )
        }
        Fact::Service(_, ServiceEvent::DesiredCountUpdated { from, to }) => {
            format!("the desired count of the service was updated from {from} to {to}")
        }
        // Facts about others are not part of a life.
        _ => String::new(),
    }
}

/// What happened to another task of the service, or to the service, before a task was created.
pub(super) fn cause(plan: &Plan, fact: &Fact) -> String {
    let name = |of: &TaskFact| format!("{}/{}", plan.work_name(of.work), of.task.ordinal);
    match fact {
        Fact::TaskStopping(of, why) | Fact::TaskStopped(of, why) => {
            format!(
                "task {} stopped. {}",
                name(of),
                reasons::stopped(&Plain(plan), of, *why)
            )
        }
        Fact::TaskRejected(of, why) => {
            format!(
                "task {} was refused: {}",
                name(of),
                wording::refused(plan, *why)
            )
        }
        Fact::LossNoticed(of, _) => format!("ECS noticed the loss of task {}", name(of)),
        Fact::TaskHealth(of, false) => format!("task {} no longer counted as healthy", name(of)),
        Fact::Service(_, ServiceEvent::DesiredCountUpdated { from, to }) => {
            format!("the desired count was updated from {from} to {to}")
        }
        _ => String::new(),
    }
}

fn placed(plan: &Plan, of: &TaskFact) -> String {
    let cluster = &plan.cluster;
    let zone = &cluster.zones[of.task.zone.index()];
    let provider = of
        .provider
        .map_or("", |id| &cluster.providers[id.index()].name);
    match of.task.instance {
        Some(id) => format!(
            "placed on i-{} in {zone}, capacity provider `{provider}`",
            id.index()
        ),
        None => format!("has capacity of {provider} in {zone}"),
    }
}

/// `i-3 (m6i.large, us-east-1a)`.
pub(super) fn host(of: &HostName) -> String {
    format!("{of} ({}, {})", of.instance_type, of.zone)
}

/// The parts of a start that took time.
fn broken_down(start: &StartUp) -> String {
    let parts = [
        (start.provisioning, "network interface or microVM"),
        (start.pending, "agent"),
        (start.pull, "image pull"),
        (start.start, "container start"),
        (start.polling, "until ECS shows RUNNING"),
    ];
    let parts = parts
        .into_iter()
        .filter(|(length, _)| length.as_micros() > 0);
    let parts: Vec<String> = parts
        .map(|(length, what)| format!("{what} {}", span(length)))
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("the start took: {}", parts.join(", ")),
    }
}

fn container<'a>(plan: &'a Plan, of: &TaskFact, number: u8) -> &'a str {
    let container = plan
        .containers_of_task(of.work, of.task.revision)
        .get(usize::from(number));
    container.map_or("?", |container| &container.name)
}

const fn gone(end: InstanceEnd) -> &'static str {
    match end {
        InstanceEnd::ScaledIn => "its Auto Scaling group or ECS Managed Instances scaled in",
        InstanceEnd::MaximumAge => "it had the longest age of a Managed Instance",
        InstanceEnd::Interrupted => "AWS interrupted the Spot instance",
        InstanceEnd::Failed => "it had failed",
        InstanceEnd::Terminated => "an action terminated it",
    }
}

/// `and 12 more events`.
pub(super) fn left_out(number: u64) -> String {
    format!("{} left out", count(number, "more event"))
}

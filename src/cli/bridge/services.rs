//! `ECS Service Action` and `ECS Deployment State Change` (facts/ecs.md 111).

use super::super::names::Names;
use super::super::reasons::lack_code;
use super::super::service_events::Sent;
use super::super::service_message::{Said, fact};
use super::out::Out;
use crate::cluster::{ProviderId, ServiceId};
use crate::plan::{ApiCall, Plan, Target};
use crate::report::{BridgeDeployment, BridgeDetail, BridgeServiceAction, EventType};
use crate::simulation::{
    DeploymentCause, DeploymentEvent, DeploymentFact, DeploymentFailure, ServiceEvent,
};
use crate::units::SimTime;

/// Writes service events that EventBridge has a name for.
pub(super) fn send(out: &mut Out<'_>, sent: Vec<Sent>) {
    for (at, service, said) in sent {
        if is_sent(out.plan, service, at, &said) {
            action(out, at, service, &said);
        }
        if said == Said::Event(ServiceEvent::SteadyState) {
            provider_steady(out, at, service);
        }
    }
}

/// Writes the change of a deployment, where EventBridge has an event for it.
pub(super) fn deployment(out: &mut Out<'_>, at: SimTime, service: ServiceId, of: &DeploymentFact) {
    let id = out.ids.deployment(service, of.revision as usize);
    let (event_type, event_name) = match of.event {
        DeploymentEvent::Began(_) => (EventType::Info, "SERVICE_DEPLOYMENT_IN_PROGRESS"),
        DeploymentEvent::Completed => (EventType::Info, "SERVICE_DEPLOYMENT_COMPLETED"),
        DeploymentEvent::Failed(_) => (EventType::Error, "SERVICE_DEPLOYMENT_FAILED"),
        _ => return,
    };
    let reason = match of.event {
        DeploymentEvent::Began(DeploymentCause::RolledBack) => {
            format!("ECS deployment circuit breaker: rolling back to deploymentId {id}.")
        }
        DeploymentEvent::Failed(DeploymentFailure::CircuitBreaker) => {
            "ECS deployment circuit breaker: task failed to start.".into()
        }
        DeploymentEvent::Failed(DeploymentFailure::Alarm(alarm)) => {
            let alarm = &out.plan.alarms[alarm as usize].name;
            format!("ECS deployment failed: alarm detected: {alarm}.")
        }
        DeploymentEvent::Failed(DeploymentFailure::StageTimedOut) => {
            "ECS deployment failed: a lifecycle stage has timed out.".into()
        }
        DeploymentEvent::Completed => format!("ECS deployment {id} completed."),
        _ => format!("ECS deployment {id} in progress."),
    };
    let detail = BridgeDeployment {
        event_type,
        event_name,
        reason,
        deployment_id: id,
        updated_at: out.time(at),
    };
    let arn = out.ids.service_arn(service);
    out.send(at, arn, BridgeDetail::Deployment(Box::new(detail)));
}

/// True for what EventBridge has an event for. A desired count that a user has set is none
/// (facts/ecs.md 111).
fn is_sent(plan: &Plan, service: ServiceId, at: SimTime, said: &Said) -> bool {
    match said {
        Said::Started(_)
        | Said::Registered(..)
        | Said::Deregistered(..)
        | Said::TargetUnhealthy(..)
        | Said::Unhealthy(_)
        | Said::Event(
            ServiceEvent::Blocked
            | ServiceEvent::Scaled(_)
            | ServiceEvent::RebalancingStarted
            | ServiceEvent::RebalancingFinished,
        ) => false,
        Said::Event(ServiceEvent::DesiredCountUpdated { .. }) => {
            let by_user = |action: &crate::plan::Action| {
                let of = matches!(&action.call, ApiCall::UpdateService { service: of, .. }
                    if *of == service.index());
                of && action.at == at
            };
            !plan.actions.iter().any(by_user)
        }
        Said::Stopped(_) | Said::Event(_) => true,
    }
}

fn action(out: &mut Out<'_>, at: SimTime, service: ServiceId, said: &Said) {
    let (mut instances, mut providers, mut reason) = (Vec::new(), Vec::new(), None);
    let event_type = match said {
        Said::Event(ServiceEvent::StartImpaired) => EventType::Warn,
        Said::Event(ServiceEvent::PlacementFailed(lacks)) => {
            let closest = lacks.closest_instance().map(|id| out.ids.instance_arn(id));
            instances.extend(closest);
            reason = Some(lack_code(lacks));
            EventType::Error
        }
        Said::Event(ServiceEvent::FargateUnavailable | ServiceEvent::FargateQuotaReached) => {
            providers = provider_arns(out, service);
            reason = Some("RESOURCE:FARGATE");
            EventType::Error
        }
        Said::Event(ServiceEvent::ProvisioningLimitReached) => {
            providers = provider_arns(out, service);
            reason = Some("EMPTY CAPACITY PROVIDER");
            EventType::Error
        }
        _ => EventType::Info,
    };
    send_action(out, at, service, |out| BridgeServiceAction {
        event_type,
        event_name: fact(said),
        cluster_arn: out.ids.cluster_arn(),
        capacity_provider_arns: providers,
        container_instance_arns: instances,
        reason,
        created_at: out.time(at),
    });
}

/// The capacity providers of a steady service are steady.
fn provider_steady(out: &mut Out<'_>, at: SimTime, service: ServiceId) {
    let providers = provider_arns(out, service);
    if providers.is_empty() {
        return;
    }
    send_action(out, at, service, |out| BridgeServiceAction {
        event_type: EventType::Info,
        event_name: "CAPACITY_PROVIDER_STEADY_STATE",
        cluster_arn: out.ids.cluster_arn(),
        capacity_provider_arns: providers,
        container_instance_arns: Vec::new(),
        reason: None,
        created_at: out.time(at),
    });
}

fn send_action(
    out: &mut Out<'_>,
    at: SimTime,
    service: ServiceId,
    detail: impl FnOnce(&Out<'_>) -> BridgeServiceAction,
) {
    let arn = out.ids.service_arn(service);
    let detail = Box::new(detail(out));
    out.send(at, arn, BridgeDetail::ServiceAction(detail));
}

/// The capacity providers of a service; none with a launch type.
fn provider_arns(out: &Out<'_>, service: ServiceId) -> Vec<String> {
    let target = &out.plan.services[service.index()].target;
    let providers = match target {
        Target::AnyInstance => Vec::new(),
        target => target.providers(),
    };
    let arn = |index: usize| out.ids.provider_arn(ProviderId::new(index));
    providers.into_iter().map(arn).collect()
}

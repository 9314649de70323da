//! `ECS Service Action` and `ECS Deployment State Change` (facts/ecs.md 111).

use super::super::names::Names;
use super::super::reasons::lack_code;
use super::super::service_events::Sent;
use super::super::service_message::{Said, fact};
use super::out::Out;
use crate::cluster::{ProviderId, ServiceId};
use crate::plan::{ApiCall, Plan, Target};
use crate::report::{BridgeDeployment, BridgeDetail, BridgeServiceAction, EventType};
use crate::simulation::ServiceEvent;
use crate::units::SimTime;

/// The services of a run.
pub(super) struct Services {
    /// By service: its first deployment is completed.
    completed: Vec<bool>,
}

impl Services {
    /// The first deployment of every service begins.
    pub(super) fn begin(out: &mut Out<'_>) -> Self {
        let count = out.plan.services.len();
        for number in 0..count {
            let service = ServiceId::new(number);
            deployment(out, SimTime::ZERO, service, DeploymentStep::InProgress);
        }
        Self {
            completed: vec![false; count],
        }
    }

    /// Writes service events that EventBridge has a name for.
    pub(super) fn send(&mut self, out: &mut Out<'_>, sent: Vec<Sent>) {
        for (at, service, said) in sent {
            if is_sent(out.plan, service, at, &said) {
                action(out, at, service, &said);
            }
            if said == Said::Event(ServiceEvent::SteadyState) {
                provider_steady(out, at, service);
                if !std::mem::replace(&mut self.completed[service.index()], true) {
                    deployment(out, at, service, DeploymentStep::Completed);
                }
            }
        }
    }
}

/// A change of a deployment. Deployments after the first one, their failures and their rollbacks have
/// their place here.
enum DeploymentStep {
    InProgress,
    Completed,
}

fn deployment(out: &mut Out<'_>, at: SimTime, service: ServiceId, step: DeploymentStep) {
    let id = out.ids.deployment(service);
    let (event_name, reason) = match step {
        DeploymentStep::InProgress => ("SERVICE_DEPLOYMENT_IN_PROGRESS", "in progress"),
        DeploymentStep::Completed => ("SERVICE_DEPLOYMENT_COMPLETED", "completed"),
    };
    let detail = BridgeDeployment {
        event_type: EventType::Info,
        event_name,
        reason: format!("ECS deployment {id} {reason}."),
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
        Said::Started(_) | Said::Unhealthy(_) | Said::Event(ServiceEvent::Blocked) => false,
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
            let closest = lacks.closest_instance.map(|id| out.ids.instance_arn(id));
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

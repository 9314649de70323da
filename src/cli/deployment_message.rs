//! Translates facts of deployments into lines of `events.jsonl`, with the names and the messages of
//! ECS where it has one (facts/ecs.md 29, 111, 211 to 214).

use super::described::Described;
use crate::cluster::ServiceId;
use crate::plan::Plan;
use crate::report::EventAbout;
use crate::simulation::{DeploymentCause, DeploymentEvent, DeploymentFact, DeploymentFailure};

/// Describes an event of a deployment.
pub(super) fn deployment<'a>(
    plan: &'a Plan,
    of: ServiceId,
    fact: &DeploymentFact,
) -> Described<'a> {
    let service = &plan.services[of.index()];
    let revision = service.revision(fact.revision as usize).name;
    let failed_tasks = match fact.event {
        DeploymentEvent::FailedTasks(count) => Some(count),
        _ => None,
    };
    let (name, message) = words(plan, revision, fact.event);
    Described {
        fact: name,
        about: EventAbout::Deployment {
            service: &service.name,
            revision,
            failed_tasks,
        },
        message,
    }
}

/// The name of the event, and the message that ECS or this model has for it.
fn words(plan: &Plan, revision: &str, event: DeploymentEvent) -> (&'static str, Option<String>) {
    let text = |rest: &str| Some(format!("(deployment {revision}) {rest}"));
    match event {
        DeploymentEvent::Began(DeploymentCause::RolledBack) => (
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            text("rolling back: the deployment before has failed."),
        ),
        DeploymentEvent::Began(_) => (
            "SERVICE_DEPLOYMENT_IN_PROGRESS",
            text("deployment in progress."),
        ),
        DeploymentEvent::Completed => (
            "SERVICE_DEPLOYMENT_COMPLETED",
            text("deployment completed."),
        ),
        DeploymentEvent::Failed(DeploymentFailure::CircuitBreaker) => (
            "SERVICE_DEPLOYMENT_FAILED",
            text("deployment failed: tasks failed to start."),
        ),
        DeploymentEvent::Failed(DeploymentFailure::Alarm(alarm)) => {
            let alarm = &plan.alarms[alarm as usize].name;
            (
                "SERVICE_DEPLOYMENT_FAILED",
                text(&format!("deployment failed: alarm detected: {alarm}.")),
            )
        }
        DeploymentEvent::FailedTasks(_) => ("DeploymentFailedTasks", None),
        DeploymentEvent::Replaced => ("DeploymentBakes", None),
        DeploymentEvent::Superseded => ("DeploymentSuperseded", None),
        DeploymentEvent::TurnedBad => ("ReleaseTurnedBad", None),
    }
}

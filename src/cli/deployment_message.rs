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
    Described {
        fact: fact.event.kind().name(),
        about: EventAbout::Deployment {
            service: &service.name,
            revision,
            failed_tasks,
        },
        message: message(plan, revision, fact.event),
    }
}

/// The message that ECS or this model has for an event.
fn message(plan: &Plan, revision: &str, event: DeploymentEvent) -> Option<String> {
    let text = |rest: &str| Some(format!("(deployment {revision}) {rest}"));
    match event {
        DeploymentEvent::Began(DeploymentCause::RolledBack) => {
            text("rolling back: the deployment before has failed.")
        }
        DeploymentEvent::Began(_) => text("deployment in progress."),
        DeploymentEvent::Completed => text("deployment completed."),
        DeploymentEvent::Failed(DeploymentFailure::CircuitBreaker) => {
            text("deployment failed: tasks failed to start.")
        }
        DeploymentEvent::Failed(DeploymentFailure::Alarm(alarm)) => {
            let alarm = &plan.alarms[alarm as usize].name;
            text(&format!("deployment failed: alarm detected: {alarm}."))
        }
        DeploymentEvent::Failed(DeploymentFailure::StageTimedOut) => {
            text("deployment failed: not all new tasks were healthy in time.")
        }
        DeploymentEvent::TrafficShifted(0) => {
            text("all production traffic goes to the earlier service revision again.")
        }
        DeploymentEvent::TrafficShifted(weight) => text(&format!(
            "{} % of the production traffic goes to the new service revision.",
            f64::from(weight) / 1e4
        )),
        DeploymentEvent::CleansUp => {
            text("bake time is over: the tasks of the earlier service revision stop.")
        }
        DeploymentEvent::FailedTasks(_)
        | DeploymentEvent::Replaced
        | DeploymentEvent::Superseded
        | DeploymentEvent::TurnedBad => None,
    }
}

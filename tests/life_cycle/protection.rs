//! Task scale-in protection: `updateTaskProtection` (facts/ecs.md 227).

use crate::world::*;
use ecsim::plan::{
    Action, ApiCall, ContainerInstanceStatus, Deployment, InstanceSelection, NextRevision,
    ServiceRevision,
};
use ecsim::simulation::DeploymentEvent;

/// A service of four tasks with room for eight, of which `count` are protected for `minutes` from
/// minute 10 on.
fn protected(count: u32, minutes: u64) -> Plan {
    let mut plan = plan(vec![fleet(2)], 4, Span::hours(2));
    plan.services = vec![service(4)];
    plan.services[0].max_capacity = 10;
    call(&mut plan, 10, update(count, Some(minutes)));
    plan
}

fn update(count: u32, minutes: Option<u64>) -> ApiCall {
    ApiCall::UpdateTaskProtection {
        service: 0,
        count,
        expires_in: minutes.map(|minutes| Span::seconds(60 * minutes)),
    }
}

fn call(plan: &mut Plan, minute: u64, call: ApiCall) {
    let at = at(60 * minute);
    plan.actions.push(Action { at, call });
}

fn desired(plan: &mut Plan, minute: u64, desired_count: u32) {
    let service = 0;
    let update = ApiCall::UpdateService {
        service,
        desired_count,
    };
    call(plan, minute, update);
}

/// Minutes at which tasks stop, by ordinal.
fn stops(diary: &Diary) -> Vec<(f64, u64)> {
    let all = diary.stopping(0).into_iter();
    all.map(|(at, (ordinal, _))| (at / 60.0, ordinal)).collect()
}

#[test]
fn fact_227_scale_in_leaves_protected_tasks_until_the_protection_ends() {
    let mut plan = protected(3, 30);
    desired(&mut plan, 20, 1);
    let stops = stops(&diary(&plan, 1));
    assert_eq!(stops[0], (20.0, 3), "the only one without protection");
    let later: Vec<f64> = stops[1..].iter().map(|(at, _)| *at).collect();
    assert_eq!(later, [40.0, 40.0], "30 minutes after minute 10");
}

#[test]
fn fact_227_the_protection_ends_when_it_is_switched_off() {
    let mut plan = protected(4, 2_880);
    desired(&mut plan, 20, 1);
    call(&mut plan, 30, update(2, None));
    let stops = stops(&diary(&plan, 1));
    assert_eq!(stops, [(30.0, 0), (30.0, 1)]);
}

#[test]
fn fact_227_a_deployment_waits_for_protected_tasks() {
    let mut plan = protected(1, 60);
    let web = &mut plan.services[0];
    web.revisions.push(ServiceRevision {
        name: "v2".into(),
        definition: web.definition.clone(),
        target: web.target.clone(),
        demand: web.demand.clone(),
        containers: web.containers.clone(),
        bad: None,
    });
    plan.deployments.push(Deployment {
        name: "v2".into(),
        occurrence: 0,
        service: 0,
        at: at(1_200),
        to: NextRevision::Number(1),
        rules: None,
        desired_count: None,
    });
    let played = diary(&plan, 1);
    let first = stops(&played)
        .into_iter()
        .find(|(_, ordinal)| *ordinal == 0);
    assert_eq!(first, Some((70.0, 0)), "the protected task");
    let completed = played.times(|fact| match fact {
        Fact::Deployment(_, of) if of.revision == 1 => {
            matches!(of.event, DeploymentEvent::Completed).then_some(())
        }
        _ => None,
    });
    assert!(
        (4_200.0..4_260.0).contains(&completed[0].0),
        "{completed:?}"
    );
}

/// `StopTask` and a DRAINING instance stop protected tasks, which are replaced.
#[test]
fn fact_227_what_protection_does_not_prevent() {
    let mut plan = protected(4, 60);
    let work = ecsim::cluster::WorkId::Service(ecsim::cluster::ServiceId::new(0));
    call(&mut plan, 20, ApiCall::StopTask { work, count: 1 });
    let drain = ApiCall::UpdateContainerInstancesState {
        instances: InstanceSelection {
            instances: Some(vec![0]),
            ..InstanceSelection::default()
        },
        status: ContainerInstanceStatus::Draining,
    };
    call(&mut plan, 30, drain);
    let stops = stops(&diary(&plan, 1));
    assert_eq!(stops[0], (20.0, 0));
    assert!(stops.len() > 1 && stops[1..].iter().all(|(at, _)| (30.0..31.0).contains(at)));
}

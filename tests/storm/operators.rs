//! What operators do: random calls of AWS's APIs.

use crate::common::worlds::Dice;
use ecsim::cluster::{ServiceId, WorkId};
use ecsim::plan::{Action, ApiCall, ContainerInstanceStatus, InstanceSelection, Plan, Scheduling};
use ecsim::units::{SimTime, Span};

/// Adds calls at random times of the first hour.
pub fn actions(dice: &mut Dice, plan: &mut Plan) {
    for _ in 0..dice.below(6) {
        let at = SimTime::micros(dice.below(3_600) * 1_000_000);
        if let Some(call) = call(dice, plan) {
            plan.actions.push(Action { at, call });
        }
    }
}

fn call(dice: &mut Dice, plan: &Plan) -> Option<ApiCall> {
    let services = plan.services.len() as u64;
    let service = (services > 0).then(|| dice.below(services) as usize);
    Some(match dice.below(8) {
        0 => ApiCall::UpdateContainerInstancesState {
            instances: instances(dice, plan),
            status: ContainerInstanceStatus::Active,
        },
        1 => ApiCall::StopTask {
            work: WorkId::Service(ServiceId::new(service?)),
            count: dice.between(1, 3) as u32,
        },
        2 => ApiCall::UpdateTaskProtection {
            service: replica(plan, service?)?,
            count: dice.between(1, 3) as u32,
            expires_in: dice.of(&[None, Some(Span::seconds(600))]),
        },
        3 => ApiCall::UpdateService {
            service: replica(plan, service?)?,
            desired_count: dice.below(10) as u32,
        },
        4 => ApiCall::TerminateInstances {
            instances: instances(dice, plan),
        },
        _ => ApiCall::UpdateContainerInstancesState {
            instances: instances(dice, plan),
            status: ContainerInstanceStatus::Draining,
        },
    })
}

fn replica(plan: &Plan, service: usize) -> Option<usize> {
    (plan.services[service].scheduling == Scheduling::Replica).then_some(service)
}

fn instances(dice: &mut Dice, plan: &Plan) -> InstanceSelection {
    let zones = plan.cluster.zones.len() as u64;
    InstanceSelection {
        provider: None,
        zone: dice.one_in(3).then(|| dice.below(zones) as usize),
        instances: None,
        count: Some(dice.between(1, 3) as u32),
    }
}

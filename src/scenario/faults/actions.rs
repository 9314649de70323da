//! Reads `actions`. An entry has a time and exactly one call.

use super::ground::Ground;
use super::kinds::{optional, which_instances};
use super::timing;
use crate::plan::check::rules;
use crate::plan::{Action, ApiCall, Capacity, ContainerInstanceStatus, InstanceSelection};
use crate::scenario::keys::actions::{
    ACTION, CALLS, SET_DESIRED_CAPACITY, STOP_TASK, TERMINATE_INSTANCES,
    UPDATE_CONTAINER_INSTANCES_STATE, UPDATE_SERVICE,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};

/// The most actions of a scenario.
const MOST: usize = 10_000;

/// Reads `actions`.
pub fn read(root: &Record<'_>, ground: &Ground<'_>) -> Vec<Action> {
    let Some(at) = root.get("actions") else {
        return Vec::new();
    };
    let items = at.list();
    if items.len() > MOST {
        at.problem(format!("there are {} actions", items.len()))
            .expected(format!("at most {MOST}"))
            .report();
        return Vec::new();
    }
    items
        .iter()
        .filter_map(|item| action(item, ground))
        .collect()
}

fn action(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Action> {
    let record = at.record(&ACTION)?;
    let time = record
        .get("at")
        .and_then(|at| timing::time(&at, ground.until, "action is due"));
    let (key, call_at) = only_call(&record)?;
    let call = match key {
        "updateService" => update_service(&call_at, ground),
        "stopTask" => stop_task(&call_at, ground),
        "updateContainerInstancesState" => update_state(&call_at, ground),
        "terminateInstances" => {
            let record = call_at.record(&TERMINATE_INSTANCES)?;
            let instances = selection(&record, ground)?;
            Some(ApiCall::TerminateInstances { instances })
        }
        _ => set_desired_capacity(&call_at, ground),
    };
    Some(Action {
        at: time?,
        call: call?,
    })
}

/// The call of an entry; an entry without one or with several is reported.
fn only_call<'a>(record: &Record<'a>) -> Option<(&'static str, Cursor<'a>)> {
    let calls = CALLS
        .iter()
        .filter_map(|key| Some((*key, record.get(key)?)));
    let mut calls: Vec<_> = calls.collect();
    if let Some((_, second)) = calls.get(1) {
        second
            .problem("an action is exactly one call")
            .hint("make it two entries")
            .report();
        return None;
    }
    if calls.is_empty() && !CALLS.iter().any(|key| record.is_mistyped(key)) {
        record
            .at
            .problem("this action has no call")
            .hint(format!("give one of {}", ticked(CALLS)))
            .report();
    }
    calls.pop()
}

fn update_service(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&UPDATE_SERVICE)?;
    let service = record
        .get("service")
        .and_then(|at| ground.works.service(&at));
    let count = record
        .get("desiredCount")
        .and_then(|at| at.integer(0, 5_000));
    let crate::cluster::WorkId::Service(service) = service? else {
        return None;
    };
    Some(ApiCall::UpdateService {
        service: service.index(),
        desired_count: count? as u32,
    })
}

fn stop_task(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&STOP_TASK)?;
    let work = match (record.get("service"), record.get("tasks")) {
        (Some(_), Some(second)) => {
            second
                .problem("`service` and `tasks` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (Some(at), None) => ground.works.service(&at),
        (None, Some(at)) => ground.works.task(&at),
        (None, None) => {
            if !record.has_mistyped() {
                at.problem("`stopTask` needs `service` or `tasks`").report();
            }
            None
        }
    };
    let count = match record.get("count") {
        Some(at) => at.integer(1, 1_000_000)?,
        None => 1,
    };
    Some(ApiCall::StopTask {
        work: work?,
        count: count as u32,
    })
}

fn update_state(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&UPDATE_CONTAINER_INSTANCES_STATE)?;
    let status = record.get("status").and_then(|at| {
        at.choice(&[
            ("DRAINING", ContainerInstanceStatus::Draining),
            ("ACTIVE", ContainerInstanceStatus::Active),
        ])
    });
    let instances = selection(&record, ground);
    Some(ApiCall::UpdateContainerInstancesState {
        instances: instances?,
        status: status?,
    })
}

fn selection(record: &Record<'_>, ground: &Ground<'_>) -> Option<InstanceSelection> {
    let hint = "tasks on Fargate are on no instance of the cluster";
    let (provider, zone, instances) = which_instances(record, ground, hint);
    let count = optional(record.get("count"), |at| at.integer(1, 1_000_000));
    Some(InstanceSelection {
        provider: provider?,
        zone: zone?,
        instances: instances?,
        count: count?.map(|count| count as u32),
    })
}

fn set_desired_capacity(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&SET_DESIRED_CAPACITY)?;
    let provider_at = record.get("capacityProvider")?;
    let provider = ground.providers.index(&provider_at)?;
    let to = record.get("desiredCapacity")?.integer(0, 1_000_000)? as u32;
    let Capacity::Group(group) = &ground.providers.cluster.providers[provider].capacity else {
        let name = &ground.providers.cluster.providers[provider].name;
        provider_at
            .problem(format!("`{name}` has no Auto Scaling group"))
            .report();
        return None;
    };
    if group.managed_instances.is_some() {
        provider_at
            .problem("Managed Instances have no desired capacity")
            .hint("ECS launches and terminates them for the tasks of their provider")
            .report();
        return None;
    }
    if let Some(flaw) = rules::group_sizes(group.min_size, group.max_size, to) {
        record.flaw(flaw);
        return None;
    }
    Some(ApiCall::SetDesiredCapacity {
        provider,
        desired_capacity: to,
    })
}

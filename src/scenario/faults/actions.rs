//! Reads `actions`. An entry has a time and exactly one call.

use super::ground::Ground;
use super::kinds::{optional, which_instances};
use super::timing;
use crate::plan::check::rules;
use crate::plan::{
    Action, ApiCall, Capacity, ContainerInstanceStatus, Count, FleetMember, InstanceSelection,
    MOST_ACTIONS,
};
use crate::scenario::keys::actions::{
    ACTION, CALLS, DEREGISTER, REGISTER, SET_DESIRED_CAPACITY, START_TASK, STOP_TASK,
    TERMINATE_INSTANCES, UPDATE_CONTAINER_INSTANCES_STATE, UPDATE_SERVICE, UPDATE_TASK_PROTECTION,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::Value;
use crate::units::Span;

/// Reads `actions`.
pub fn read(root: &Record<'_>, ground: &Ground<'_>) -> Vec<Action> {
    let Some(at) = root.get("actions") else {
        return Vec::new();
    };
    let items = at.list();
    if items.len() > MOST_ACTIONS {
        at.problem(format!("there are {} actions", items.len()))
            .expected(format!("at most {MOST_ACTIONS}"))
            .report();
        return Vec::new();
    }
    items
        .iter()
        .filter_map(|item| action(item, ground))
        .collect()
}

/// True where an action registers more instances of a fixed fleet.
pub fn registers(root: &Record<'_>) -> bool {
    let Some(Value::List(items)) = root.at.node.get("actions").map(|node| &node.value) else {
        return false;
    };
    let mut items = items.iter();
    items.any(|item| item.get("registerContainerInstance").is_some())
}

fn action(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<Action> {
    let record = at.record(&ACTION)?;
    let time = record
        .get("at")
        .and_then(|at| timing::time(&at, ground.until, "action is due"));
    let (key, call_at) = only_call(&record)?;
    let call = match key {
        "updateService" => update_service(&call_at, ground),
        "startTask" => start_task(&call_at, ground),
        "stopTask" => stop_task(&call_at, ground),
        "updateTaskProtection" => update_task_protection(&call_at, ground),
        "updateContainerInstancesState" => update_state(&call_at, ground),
        "registerContainerInstance" => register(&call_at, ground),
        "deregisterContainerInstance" => {
            let record = call_at.record(&DEREGISTER)?;
            let force = match record.get("force") {
                Some(at) => at.boolean()?,
                None => false,
            };
            let instances = selection(&record, ground)?;
            Some(ApiCall::DeregisterContainerInstance { instances, force })
        }
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
    let service = record.get("service").and_then(|at| {
        ground
            .works
            .replica_service(&at, rules::DAEMON_HAS_NO_COUNT)
    });
    let count = record
        .get("desiredCount")
        .and_then(|at| at.integer(0, 5_000));
    Some(ApiCall::UpdateService {
        service: service?.index(),
        desired_count: count? as u32,
    })
}

fn start_task(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&START_TASK)?;
    let entry = record.get("tasks").and_then(|at| ground.works.task(&at));
    let items = record.get("instances")?.list();
    if let Some(flaw) = rules::start_task(items.len()) {
        record.flaw(flaw);
        return None;
    }
    let numbers = items.iter().map(|item| item.integer(0, 10_000_000));
    let numbers: Option<Vec<u64>> = numbers.collect();
    let crate::cluster::WorkId::Entry(entry) = entry? else {
        return None;
    };
    Some(ApiCall::StartTask {
        entry: entry.index(),
        instances: numbers?.into_iter().map(|number| number as u32).collect(),
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

fn update_task_protection(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&UPDATE_TASK_PROTECTION)?;
    let service = record.get("service").and_then(|at| {
        ground
            .works
            .replica_service(&at, rules::DAEMON_HAS_NO_PROTECTION)
    });
    let integer = |key, most, preset| match record.get(key) {
        Some(at) => at.integer(1, most),
        None => Some(preset),
    };
    let (count, minutes) = (
        integer("count", 1_000_000, 1),
        integer("expiresInMinutes", *rules::PROTECTION_MINUTES.end(), 120),
    );
    let enabled = match record.get("protectionEnabled") {
        Some(at) => at.boolean()?,
        None => true,
    };
    let expires_in = Span::seconds(60 * minutes?);
    Some(ApiCall::UpdateTaskProtection {
        service: service?.index(),
        count: count? as u32,
        expires_in: enabled.then_some(expires_in),
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

fn register(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<ApiCall> {
    let record = at.record(&REGISTER)?;
    let cluster = ground.providers.cluster;
    let provider_at = record.get("capacityProvider")?;
    let provider = ground.providers.index(&provider_at)?;
    let Capacity::Fleet(members) = &cluster.providers[provider].capacity else {
        let name = &cluster.providers[provider].name;
        provider_at
            .problem(format!("`{name}` has no fixed fleet"))
            .hint("an Auto Scaling group registers its own instances: use `setDesiredCapacity`")
            .report();
        return None;
    };
    // Types without instances need no price.
    let is_there = |member: &&FleetMember| member.count != Count::Fixed(0);
    let name = |member: &FleetMember| cluster.instance_types[member.instance_type].name.as_str();
    let member = match record.get("instanceType") {
        None => {
            let found = members.iter().position(|member| is_there(&member));
            if found.is_none() {
                provider_at
                    .problem("this fleet has no instances that more could be like")
                    .report();
            }
            found?
        }
        Some(at) => {
            let text = at.text()?;
            let of_type = |member: &FleetMember| is_there(&member) && name(member) == text;
            let found = members.iter().position(of_type);
            if found.is_none() {
                at.problem(format!("this fleet has no instances of the type `{text}`"))
                    .among(text, members.iter().filter(is_there).map(name))
                    .report();
            }
            found?
        }
    };
    let zones = &members.get(member)?.zones;
    let zone = match record.get("availabilityZone") {
        None => *zones.first()?,
        Some(at) => {
            let text = at.text()?;
            let found = zones.iter().find(|zone| cluster.zones[**zone] == text);
            if found.is_none() {
                at.problem(format!("`{text}` is not a zone of this part of the fleet"))
                    .among(text, zones.iter().map(|zone| cluster.zones[*zone].as_str()))
                    .report();
            }
            *found?
        }
    };
    let count = match record.get("count") {
        Some(at) => at.integer(1, 100_000)?,
        None => 1,
    };
    Some(ApiCall::RegisterContainerInstance {
        provider,
        member,
        zone,
        count: count as u32,
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

//! Reads `serviceCalls`: what services send to each other.

use super::load::{highest, warn_of_overload};
use super::works::Works;
use crate::plan::check::rules;
use crate::plan::{
    ALL_REQUESTS, Drawn, LoadMode, MOST_CALLS, MOST_TASKS, Service, ServiceCall, Until, call_order,
};
use crate::scenario::keys::service_calls::SERVICE_CALL;
use crate::scenario::reading::reader::{Cursor, Record};

/// The fewest calls for one request in the mean.
const FEWEST_CALLS: f64 = 1e-6;

/// Reads `serviceCalls`; `services` are those without problems.
pub fn read(
    root: &Record<'_>,
    works: &Works,
    (services, until): (&[Service], Option<Until>),
) -> Vec<ServiceCall> {
    let Some(at) = root.get("serviceCalls") else {
        return Vec::new();
    };
    let mut calls: Vec<ServiceCall> = Vec::new();
    for item in at.list() {
        let Some(call) = call(&item, works, services) else {
            continue;
        };
        calls.push(call);
        if let Some(problem) = rules::last_call(&calls, |service| works.service_name(service)) {
            calls.pop();
            item.problem(problem)
                .hint("leave this call out, or give both numbers in one `callsPerRequest`")
                .report();
        }
    }
    if services.len() == works.services() {
        warn_of_overloads(&at, &calls, services, until);
    }
    calls
}

/// Warns of services that cannot serve the requests of a load and the calls together.
fn warn_of_overloads(
    at: &Cursor<'_>,
    calls: &[ServiceCall],
    services: &[Service],
    until: Option<Until>,
) {
    let mut rates: Vec<f64> = services
        .iter()
        .map(|service| {
            service
                .load
                .as_ref()
                .map_or(0.0, |load| highest(load, until))
        })
        .collect();
    let own = rates.clone();
    for caller in call_order(calls).unwrap_or_default() {
        for call in calls.iter().filter(|call| call.caller == caller) {
            let count = call.per_request as f64 / f64::from(ALL_REQUESTS);
            rates[call.callee] += rates[caller] * count;
        }
    }
    for (number, service) in services.iter().enumerate() {
        let (Some(load), Drawn::Fixed(cpu)) = (&service.load, &service.demand.cpu) else {
            continue;
        };
        let limit = load.limit_of_task(&service.demand, *cpu);
        if let Some(limit) = limit.filter(|_| rates[number] > own[number]) {
            // Without `scaling` there is no bound but that of a service.
            let most = match service.max_capacity == MOST_TASKS {
                true => service.desired_count,
                false => service.max_capacity,
            };
            let who = format!(
                "`{}`, with the calls of other services at their peaks: ",
                service.name
            );
            warn_of_overload(at, load, limit, (most, rates[number]), &who);
        }
    }
}

fn call(at: &Cursor<'_>, works: &Works, services: &[Service]) -> Option<ServiceCall> {
    let record = at.record(&SERVICE_CALL)?;
    let caller = record
        .get("caller")
        .and_then(|at| service(&at, works, services));
    let callee = record
        .get("callee")
        .and_then(|at| service(&at, works, services));
    let count = match record.get("callsPerRequest") {
        Some(at) => count(&at),
        None => Some(1.0),
    };
    let is_required = match record.get("required") {
        Some(at) => at.boolean(),
        None => Some(true),
    };
    Some(ServiceCall {
        caller: caller?,
        callee: callee?,
        // `as` truncates toward zero.
        per_request: (count? * f64::from(ALL_REQUESTS) + 0.5) as u64,
        is_required: is_required?,
    })
}

/// The service that is named here: it has a load in the fluid model.
fn service(at: &Cursor<'_>, works: &Works, services: &[Service]) -> Option<usize> {
    let id = works.replica_service(at, "a daemon has no load, so that it calls nothing")?;
    if !works.sources(id).has_load {
        at.problem("this service has no `load`, which says what a request costs its tasks")
            .hint("give it one; `requestsPerSecond: 0/s` where all its requests are calls")
            .report();
        return None;
    }
    let name = at.text()?;
    let load = services.iter().find(|of| of.name == name);
    let load = load.and_then(|of| of.load.as_ref());
    if load.is_some_and(|load| load.mode == LoadMode::Exact) {
        at.problem(rules::EXACT_HAS_NO_CALLS)
            .hint("use `mode: fluid`")
            .report();
        return None;
    }
    Some(id.index())
}

/// Reads `callsPerRequest`.
fn count(at: &Cursor<'_>) -> Option<f64> {
    let count = at.number()?;
    if (FEWEST_CALLS..=MOST_CALLS as f64).contains(&count) {
        return Some(count);
    }
    at.problem("this is no number of calls")
        .expected("from 0.000001 to 1,000")
        .report();
    None
}

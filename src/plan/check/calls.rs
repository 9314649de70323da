//! Checks of the calls between services.

use super::super::{ALL_REQUESTS, LoadMode, MOST_CALLS, Plan, Scheduling};
use super::at::At;
use super::rules;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    let most = MOST_CALLS * u64::from(ALL_REQUESTS);
    for (number, call) in plan.calls.iter().enumerate() {
        let at = at.key(&number.to_string());
        let clean = at.found.borrow().len();
        for (key, service) in [("caller", call.caller), ("callee", call.callee)] {
            check_service(plan, service, &at.key(key));
        }
        if !(1..=most).contains(&call.per_request) {
            let message = format!("{} is no number of calls", call.per_request);
            let expected = format!("from 1 to {most} millionths");
            at.key("perRequest").expected(message, &expected);
        }
        if at.found.borrow().len() > clean {
            return;
        }
        let name = |service: usize| plan.services[service].name.clone();
        if let Some(problem) = rules::last_call(&plan.calls[..=number], name) {
            return at.problem(problem);
        }
    }
}

/// A service that calls or is called has a load in the fluid model.
fn check_service(plan: &Plan, service: usize, at: &At<'_>) {
    if !at.index(service, plan.services.len(), "service") {
        return;
    }
    let service = &plan.services[service];
    match &service.load {
        _ if service.scheduling == Scheduling::Daemon => at.problem("a daemon has no load"),
        None => at.problem("this service has no load"),
        Some(load) if load.mode == LoadMode::Exact => at.problem(rules::EXACT_HAS_NO_CALLS),
        Some(_) => {}
    }
}

//! Checks of the calls between services.

use super::super::{LoadMode, Plan, call_order};
use super::at::At;

pub(super) fn check(plan: &Plan, at: &At<'_>) {
    let clean = at.found.borrow().len();
    for (number, call) in plan.calls.iter().enumerate() {
        let at = at.key(&number.to_string());
        for (key, service) in [("caller", call.caller), ("callee", call.callee)] {
            let at = at.key(key);
            if !at.index(service, plan.services.len(), "service") {
                continue;
            }
            match &plan.services[service].load {
                None => at.problem("this service has no load"),
                Some(load) if load.mode == LoadMode::Exact => {
                    at.problem("calls of a service with `mode: exact` are not modelled yet");
                }
                Some(_) => {}
            }
        }
        if call.per_request == 0 {
            at.key("perRequest")
                .problem("a call that is never made: leave it out");
        }
    }
    if at.found.borrow().len() == clean
        && let Err(circle) = call_order(&plan.calls)
    {
        let names = circle.iter().chain(circle.first());
        let names: Vec<&str> = names.map(|of| plan.services[*of].name.as_str()).collect();
        let names = names.join(" → ");
        at.problem(format!("services call each other in a circle: {names}"));
    }
}

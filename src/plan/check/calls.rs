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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{
        FleetMember, InstanceType, Load, LoadShape, Provider, RateShape, Service, ServiceCall,
        Until,
    };
    use crate::units::Span;

    fn call(caller: usize, callee: usize, per_request: u64) -> ServiceCall {
        ServiceCall {
            caller,
            callee,
            per_request,
            is_required: true,
        }
    }

    /// Two services with a load, one whose requests are single ones, and one without a load.
    fn plan(calls: Vec<ServiceCall>) -> Plan {
        let mut plan = Plan::new("calls", "us-east-1");
        plan.until = Until::Elapsed(Span::hours(1));
        let large = InstanceType::of_catalog("m6i.large", "us-east-1");
        plan.cluster.instance_types.extend(large);
        let fleet = Provider::fleet("fleet", vec![FleetMember::new(0, 8)]);
        plan.cluster.providers.push(fleet);
        let rate = "1/s".parse().expect("a rate");
        let load = || Load::new(LoadShape::Rate(RateShape::Constant(rate)));
        let loads = [
            Some(load()),
            Some(load()),
            Some(Load {
                mode: LoadMode::Exact,
                ..load()
            }),
            None,
        ];
        for (name, load) in ["shop", "orders", "exact", "cron"].into_iter().zip(loads) {
            let mut service = Service::new(name, 1);
            service.load = load;
            plan.services.push(service);
        }
        plan.calls = calls;
        plan
    }

    #[test]
    fn every_mistake_of_a_call_is_told_at_its_key() {
        let sound = plan(vec![call(0, 1, 2_500_000)]).check();
        sound.expect("without a mistake it is right");
        for (calls, path, text) in [
            (vec![call(0, 9, 1)], "0.callee", "there is no service 9"),
            (vec![call(3, 1, 1)], "0.caller", "has no load"),
            (vec![call(0, 2, 1)], "0.callee", rules::EXACT_HAS_NO_CALLS),
            (vec![call(0, 1, 0)], "0.perRequest", "no number of calls"),
            (
                vec![call(0, 1, 1_000_000_001)],
                "0.perRequest",
                "no number of calls",
            ),
            (
                vec![call(0, 1, 1), call(0, 1, 2)],
                "1",
                "in this list already",
            ),
            (
                vec![call(0, 1, 1), call(1, 0, 1)],
                "1",
                "in a circle without an end: shop → orders → shop",
            ),
        ] {
            let problems = plan(calls).check().expect_err(text).0;
            let path = format!("serviceCalls.{path}");
            assert!(
                problems
                    .iter()
                    .any(|found| found.path == path && found.message.contains(text)),
                "{path}: {text}\n{problems:#?}"
            );
        }
    }
}

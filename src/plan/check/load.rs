//! Checks of the load of a service and of its target tracking policies.

use super::super::{Drawn, Load, Service};
use super::at::At;
use super::shapes;
use crate::units::{Cpu, Span};

pub(super) fn check(service: &Service, at: &At<'_>) {
    if let Some(load) = &service.load {
        check_load(service, load, &at.key("load"));
    }
    let at = at.key("scaling").key("targetTracking");
    for (index, policy) in service.target_tracking.iter().enumerate() {
        let at = at.item(index);
        if service.load.is_none() {
            let name = policy.metric.name();
            at.problem(format!("`{name}` has no value without a load"));
        }
        if policy.target == 0 {
            at.key("targetValue").problem("the target must be above 0");
        }
    }
}

fn check_load(service: &Service, load: &Load, at: &At<'_>) {
    let rates = at.key("requestsPerSecond");
    if load.rates.is_empty() {
        rates.problem("this list is empty");
    }
    for (index, shape) in load.rates.iter().enumerate() {
        shapes::check(shape, &rates.item(index));
    }
    if !(load.noise.is_finite() && load.noise >= 0.0) {
        at.key("noise")
            .problem("a standard deviation is not negative");
    }
    for (key, span) in [
        ("cpuPerRequest", load.cpu_per_request),
        ("timeout", load.timeout),
    ] {
        if span == Span::ZERO {
            at.key(key).problem("this time must be above 0");
        }
    }
    for revision in service.all_revisions() {
        let Drawn::Fixed(cpu) = revision.demand.cpu else {
            continue;
        };
        let limit = load.cpu_limit.unwrap_or(cpu);
        if load.idle_cpu >= limit || limit == Cpu::ZERO {
            at.key("idleCpu").problem(format!(
                "revision `{}` has {limit} a task, which leaves nothing for requests",
                revision.name
            ));
        }
    }
}

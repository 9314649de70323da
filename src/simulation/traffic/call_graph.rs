//! The calls between services, and what they cost requests.

use crate::cluster::ServiceId;
use crate::plan::{Plan, ServiceCall, call_order};
use crate::simulation::event::{Ctx, Event};
use crate::units::{SimTime, Span};

/// From one look at the calls to the next, where that would be in the same instant.
pub(super) const AGAIN: Span = Span::seconds(1);

/// The share of the requests whose calls take as long as the 99th percentile.
const SLOW: f64 = 0.02;

/// The calls of all services.
pub(super) struct Calls {
    pub(super) calls: Vec<ServiceCall>,
    /// The services that call or are called, each before those that it calls.
    pub(super) order: Vec<ServiceId>,
    /// True for these, by service.
    is_in: Vec<bool>,
    /// The time at which they are looked at next.
    pub(super) due: Option<SimTime>,
    /// The time at which they were looked at last.
    pub(super) last: Option<SimTime>,
}

impl Calls {
    /// `None` where no service calls another one.
    pub(super) fn new(plan: &Plan) -> Option<Box<Self>> {
        if plan.calls.is_empty() {
            return None;
        }
        let order = call_order(&plan.calls).expect("a checked plan has no circle of calls");
        let mut is_in = vec![false; plan.services.len()];
        order.iter().for_each(|service| is_in[*service] = true);
        Some(Box::new(Self {
            calls: plan.calls.clone(),
            order: order.into_iter().map(ServiceId::new).collect(),
            is_in,
            due: None,
            last: None,
        }))
    }

    /// The requests, the tasks or the capacity of a service have changed.
    pub(super) fn service_changed<R>(&mut self, ctx: &mut Ctx<'_, R>, service: ServiceId) {
        if self.is_in[service.index()] {
            let now = ctx.now();
            let is_again = self.last == Some(now);
            self.look_at(ctx, if is_again { now + AGAIN } else { now });
        }
    }

    /// They are looked at then, or before.
    pub(super) fn look_at<R>(&mut self, ctx: &mut Ctx<'_, R>, at: SimTime) {
        if self.due.is_none_or(|due| due > at) {
            self.due = Some(at);
            ctx.at(at, Event::CallsChanged);
        }
    }

    /// The calls that a service makes.
    pub(super) fn of_caller(&self, service: ServiceId) -> impl Iterator<Item = &ServiceCall> {
        let calls = self.calls.iter();
        calls.filter(move |call| call.caller == service.index())
    }
}

/// What the calls of a service cost its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Answers {
    /// The share of its requests that fail with a call, in millionths.
    pub(super) failed: u32,
    /// The mean time for which a request waits for answers, in µs.
    pub(super) mean: u64,
    /// The 99th percentile of this time, in µs.
    pub(super) p99: u64,
}

impl Answers {
    /// The times for which requests wait for answers: shares of the requests with their seconds. The mean and
    /// the 99th percentile are kept.
    pub(super) fn times(&self) -> [(f64, f64); 2] {
        let (mean, p99) = (self.mean as f64 / 1e6, self.p99 as f64 / 1e6);
        let rest = (mean - SLOW * p99) / (1.0 - SLOW);
        match rest > 0.0 {
            true => [(1.0 - SLOW, rest), (SLOW, p99)],
            false => [(1.0, mean), (0.0, 0.0)],
        }
    }
}

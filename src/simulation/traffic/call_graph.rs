//! The calls between services, and what they cost requests.

use crate::cluster::ServiceId;
use crate::plan::{ALL_REQUESTS, Plan, ServiceCall, call_order};
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
    /// What the tasks of each service could serve when the CPU of instances was divided last.
    capacities: Vec<u64>,
    /// The time at which they are looked at next.
    pub(super) next_look: Option<SimTime>,
    /// The time at which they were looked at last.
    pub(super) last_look: Option<SimTime>,
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
            capacities: vec![0; plan.services.len()],
            next_look: None,
            last_look: None,
        }))
    }

    /// The requests, the tasks or the capacity of a service have changed.
    pub(super) fn service_changed<R>(&mut self, ctx: &mut Ctx<'_, R>, service: ServiceId) {
        if self.is_in[service.index()] {
            let now = ctx.now();
            let is_again = self.last_look == Some(now);
            self.look_at(ctx, if is_again { now + AGAIN } else { now });
        }
    }

    /// The CPU of instances has been divided. `capacity`: the requests per second that the tasks of the service
    /// can serve from now on, in millionths.
    pub(super) fn can_serve<R>(&mut self, ctx: &mut Ctx<'_, R>, service: ServiceId, capacity: u64) {
        let known = &mut self.capacities[service.index()];
        if std::mem::replace(known, capacity) != capacity {
            self.service_changed(ctx, service);
        }
    }

    /// Schedules a look at `at`, unless there is one before.
    pub(super) fn look_at<R>(&mut self, ctx: &mut Ctx<'_, R>, at: SimTime) {
        if self.next_look.is_none_or(|next| next > at) {
            self.next_look = Some(at);
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
    /// The share of its requests that wait for an answer.
    pub(super) waiting: f64,
    /// The mean time for which a request waits for answers, in µs; of all requests.
    pub(super) mean: u64,
    /// The 99th percentile of this time, in µs.
    pub(super) p99: u64,
}

/// Shares of the requests of a service with the seconds for which they wait for answers.
pub(super) type Waits = [(f64, f64); 3];

impl Answers {
    /// The times for which requests wait: not at all, most of them, and the slowest. The mean and the 99th
    /// percentile are kept where those that wait are more than the slowest.
    pub(super) fn times(&self) -> Waits {
        let (mean, p99) = (self.mean as f64 / 1e6, self.p99 as f64 / 1e6);
        if self.waiting <= 0.0 {
            return [(1.0, 0.0), (0.0, 0.0), (0.0, 0.0)];
        }
        let none = (1.0 - self.waiting, 0.0);
        let most = self.waiting - SLOW;
        let rest = (mean - SLOW * p99) / most;
        match most > 0.0 && rest > 0.0 {
            true => [none, (most, rest), (SLOW, p99)],
            false => [none, (self.waiting, mean / self.waiting), (0.0, 0.0)],
        }
    }

    /// The share of the requests that wait for longer than this time, in millionths.
    pub(super) fn later_than(&self, longest: Span) -> u32 {
        let longest = longest.as_seconds_f64();
        let late = self.times().into_iter().filter(|of| of.1 >= longest);
        let share: f64 = late.map(|of| of.0).sum();
        (share * f64::from(ALL_REQUESTS) + 0.5) as u32
    }

    /// True where the difference would not be seen: below one per cent of each value.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 0.01 * a.max(b);
        near(f64::from(self.failed), f64::from(other.failed))
            && near(self.waiting, other.waiting)
            && near(self.mean as f64, other.mean as f64)
            && near(self.p99 as f64, other.p99 as f64)
    }
}

//! Services that call services: what each of them sends to the others, and what becomes of its requests
//! when their answers come late or not at all.
//!
//! A service makes its calls while it works on its requests: their rate is that of the requests that its
//! tasks work on. It is followed at the end of an instant in which something has changed, once in an
//! instant: what it causes in the same instant is followed a second later.

use super::call_graph::{AGAIN, Answers, Calls};
use super::requests::advance;
use super::side::Side;
use super::state::{Loaded, Traffic};
use crate::cluster::ServiceId;
use crate::engine::Reader;
use crate::plan::ALL_REQUESTS;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::units::{SimTime, Span};

/// Between two looks at the response times of the callees.
const LOOKS: Span = Span::seconds(60);

/// The end of an instant in which services that call or are called have changed; does nothing at another
/// time.
pub(in crate::simulation) fn settle<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let now = ctx.now();
    let is_due = |calls: &mut Box<Calls>| calls.next_look == Some(now);
    let Some(mut calls) = traffic.calls.take_if(is_due) else {
        return;
    };
    (calls.next_look, calls.last_look) = (None, Some(now));
    for service in &calls.order {
        advance(traffic, ctx, *service);
    }
    for service in &calls.order {
        send(&calls, traffic, ctx, *service);
    }
    let mut work_changed = false;
    for service in calls.order.iter().rev() {
        work_changed |= answer(&calls, traffic, ctx, *service);
    }
    let turns = calls.order.iter().filter_map(|service| {
        let loaded = traffic.services[service.index()].as_ref()?;
        loaded
            .sides
            .iter()
            .filter_map(|side| side.flow.turns_at())
            .min()
    });
    let next = match work_changed {
        true => now + AGAIN,
        false => next_look(&calls, traffic, now),
    };
    // What changes more often than once a second is followed once a second.
    let turn = turns.min().map(|turn| turn.max(now + AGAIN));
    calls.look_at(ctx, turn.map_or(next, |turn| turn.min(next)));
    traffic.calls = Some(calls);
}

/// When the response times of the callees are looked at again, also where nothing else changes.
fn next_look(calls: &Calls, traffic: &Traffic<'_>, now: SimTime) -> SimTime {
    let callees = calls.calls.iter().filter_map(|call| {
        let callee = traffic.services[call.callee].as_ref();
        callee.map(|callee| callee.sides.iter())
    });
    let is_new = |side: &Side<'_>| side.flow.worked() > 0 && side.typical.mean == 0;
    match callees.flatten().any(is_new) {
        true => now + AGAIN,
        false => now + LOOKS,
    }
}

/// Sets the rate at which a service is called.
fn send<R>(calls: &Calls, traffic: &mut Traffic<'_>, ctx: &mut Ctx<'_, R>, service: ServiceId) {
    let to_it = calls.calls.iter();
    let to_it = to_it.filter(|call| call.callee == service.index());
    let rates = to_it.map(|call| {
        let worked = traffic.services[call.caller]
            .as_ref()
            .map_or(0, Loaded::worked);
        u128::from(worked) * u128::from(call.per_request) / u128::from(ALL_REQUESTS)
    });
    let rate = u64::try_from(rates.sum::<u128>()).unwrap_or(u64::MAX);
    let Some(loaded) = traffic.services[service.index()].as_mut() else {
        return;
    };
    if loaded.called == rate {
        return;
    }
    loaded.set_called(rate);
    loaded.route();
    loaded.schedule_retry(ctx, service);
    if let Some(cpu) = &mut traffic.cpu {
        cpu.service_changed(ctx, service);
    }
}

/// Sets what becomes of the requests of a service that calls others. True when its tasks work on fewer or
/// more requests for it.
fn answer<R>(
    calls: &Calls,
    traffic: &mut Traffic<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
) -> bool {
    let Some(answers) = answers(calls, traffic, service) else {
        return false;
    };
    let Some(loaded) = traffic.services[service.index()].as_mut() else {
        return false;
    };
    if loaded.answers.is_near(&answers) {
        return false;
    }
    let before = loaded.worked();
    loaded.answers = answers;
    loaded.route();
    loaded.schedule_retry(ctx, service);
    let has_changed = loaded.worked() != before;
    if let Some(cpu) = traffic.cpu.as_mut().filter(|_| has_changed) {
        cpu.service_changed(ctx, service);
    }
    has_changed
}

/// What the calls of a service cost its requests; `None` where it makes none.
fn answers(calls: &Calls, traffic: &Traffic<'_>, service: ServiceId) -> Option<Answers> {
    let (mut succeeded, mut without) = (1.0, 1.0);
    let (mut mean, mut squares) = (0.0, 0.0);
    let mut is_caller = false;
    for call in calls.of_caller(service) {
        is_caller = true;
        let Some(callee) = traffic.services[call.callee].as_ref() else {
            continue;
        };
        let count = call.per_request as f64 / f64::from(ALL_REQUESTS);
        let outcome = callee.outcome();
        // A part of a call is made by that part of the requests.
        let (whole, part) = (libm::floor(count), count - libm::floor(count));
        if call.is_required {
            let of_part = 1.0 - part * (1.0 - outcome.answered);
            succeeded *= libm::pow(outcome.answered, whole) * of_part;
        }
        if outcome.mean > 0.0 {
            without *= 1.0 - count.min(1.0);
        }
        mean += count * outcome.mean;
        // The times of the calls of a request are independent: the squares of what is above the means
        // are added.
        let above = outcome.above_mean(count);
        squares += above * above;
    }
    is_caller.then(|| Answers {
        failed: ((1.0 - succeeded) * f64::from(ALL_REQUESTS) + 0.5) as u32,
        waiting: 1.0 - without,
        mean: (mean + 0.5) as u64,
        p99: (mean + squares.sqrt() + 0.5) as u64,
    })
}

/// What becomes of requests at the present rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CallOutcome {
    /// The share that is answered without an error.
    pub(super) answered: f64,
    /// The mean time to the answer, or to the time-out, in µs. A call that is refused takes no time.
    pub(super) mean: f64,
    /// The 99th percentile of the time to the answer, in µs.
    pub(super) p99: f64,
}

impl CallOutcome {
    /// The 99th percentile of the time that `count` calls take, minus the mean of this time, in µs. A `count`
    /// below 1 is the share of the requests that make a call: the 99th percentile of all requests is then a
    /// lower percentile of the time of a call, which is taken from an exponential tail.
    fn above_mean(&self, count: f64) -> f64 {
        let above = (self.p99 - self.mean).max(0.0);
        if count >= 1.0 {
            return above * count.sqrt();
        }
        let part = 1.0 + libm::log10(count) / 2.0;
        match part > 0.0 {
            true => self.mean + above * part - count * self.mean,
            false => 0.0,
        }
    }
}

impl Loaded<'_> {
    /// The requests per second that the tasks can serve, in millionths.
    pub(super) fn capacity(&self) -> u64 {
        self.sides.iter().map(|side| side.flow.capacity).sum()
    }

    /// The requests per second that the tasks work on, in millionths.
    fn worked(&self) -> u64 {
        self.sides.iter().map(|side| side.flow.worked()).sum()
    }

    /// What becomes of the requests of the service now.
    fn outcome(&self) -> CallOutcome {
        let (mut offered, mut answered, mut late, mut lost) = (0.0, 0.0, 0.0, 0.0);
        let (mut mean, mut p99, mut all_served) = (0.0, 0.0, 0.0);
        for side in &self.sides {
            let flow = &side.flow;
            let served = flow.served_now() as f64;
            offered += flow.offered as f64;
            all_served += served;
            answered += served * (1.0 - f64::from(flow.erring) / f64::from(ALL_REQUESTS));
            late += flow.timing_out() as f64;
            lost += flow.offered as f64 - served;
            mean += served * side.typical.mean as f64;
            p99 += served * side.typical.p99 as f64;
        }
        if offered <= 0.0 {
            return CallOutcome {
                answered: 1.0,
                mean: 0.0,
                p99: 0.0,
            };
        }
        let timeout = self.load.timeout.as_micros() as f64;
        // A lost call is sent again, up to the number of attempts.
        let attempts = self.load.client_retries.map_or(1, |rules| rules.attempts);
        let sent: f64 = (0..attempts)
            .map(|attempt| libm::pow(lost / offered, f64::from(attempt)))
            .sum();
        CallOutcome {
            answered: (answered / offered * sent).clamp(0.0, 1.0),
            mean: (mean + late * timeout) / offered,
            p99: match late / offered > 0.01 {
                true => timeout,
                false if all_served > 0.0 => p99 / all_served,
                false => 0.0,
            },
        }
    }
}

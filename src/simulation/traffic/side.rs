//! The requests that go to one target group of a service, or to its tasks where it has none. Targets of a group
//! that get different shares of its requests have a side for each class.

use super::call_graph::Answers;
use super::exact::{Exact, Share};
use super::flow::Flow;
use super::patience::served_share;
use super::responses::{Responses, Segment, ServingClass};
use super::sizes::Sizes;
use super::task_times::{TaskTimes, Typical};
use crate::plan::{ALL_REQUESTS, Load};
use crate::simulation::amounts::Requests;
use crate::simulation::life::{Routed, TargetClass};
use crate::simulation::response_times::ResponseTimes;
use crate::units::{SimTime, Span};

/// The requests that go to one target group, or to a class of its targets.
pub(super) struct Side<'p> {
    /// The number of the target group: 0, or 1 for the alternate one.
    pub(super) group: usize,
    /// The class of its targets; with single requests all of them.
    pub(super) class: TargetClass,
    pub(super) flow: Flow,
    /// The response times of the requests.
    responses: Responses,
    /// The CPU times of requests, of a task without a limit of requests at once, since its first overload.
    sizes: Option<Sizes>,
    /// The single requests; `None` in the fluid model.
    exact: Option<Box<Exact<'p>>>,
    /// The response times that were typical when it was counted last.
    pub(super) typical: Typical,
    /// The share of the answers of its tasks that are errors of their own, in millionths.
    pub(super) erring: u32,
    /// What the calls of the service to others cost its requests.
    answers: Answers,
    /// Requests per second that its tasks serve where they do not wait for calls, in millionths.
    without_calls: u64,
    /// The tasks that requests are sent to.
    pub(super) routed: Routed,
    /// Those of them that belong to a bad release.
    pub(super) bad: u32,
    /// With single requests, where targets get different shares: what share of the requests goes to those that
    /// do not answer, and to those of a bad release, in parts of `WHOLE`.
    uneven: Option<(u64, u64)>,
    /// No target is healthy, so that the others get the requests.
    pub(super) fails_open: bool,
    /// Where CPU is shared: requests wait, and the tasks work on them with all the CPU that they can get.
    pub(super) drains: bool,
}

/// All requests of a target group, in the shares of classes of its targets.
pub(super) const WHOLE: u64 = 1_000_000_000_000;

impl<'p> Side<'p> {
    /// No request has come. The tasks of a service get all requests until its listener says otherwise.
    pub(super) fn new(load: &Load, exact: Option<Box<Exact<'p>>>, since: SimTime) -> Self {
        let flow = Flow {
            since,
            timeout: load.timeout,
            cpu_per_request: load.cpu_per_request,
            ..Flow::default()
        };
        Self {
            group: 0,
            class: TargetClass::default(),
            flow,
            responses: Responses::new(),
            sizes: None,
            exact,
            typical: Typical::default(),
            erring: 0,
            answers: Answers::default(),
            without_calls: 0,
            routed: Routed::default(),
            bad: 0,
            uneven: None,
            fails_open: false,
            drains: false,
        }
    }

    /// The time at which no request waits any more, where the tasks work on those that wait with all the CPU
    /// that they can get.
    pub(super) fn drained_at(&self) -> Option<SimTime> {
        let flow = &self.flow;
        let excess = flow.capacity.checked_sub(flow.offered - flow.failing)?;
        if !self.drains || excess == 0 {
            return None;
        }
        let micros = flow.queued.div_ceil(excess.into()).max(1);
        Some(flow.since + Span::micros(u64::try_from(micros).ok()?))
    }

    /// Counts what has passed until `now`; `None` where no time has passed.
    pub(super) fn pass(
        &mut self,
        (load, known): (&Load, &mut TaskTimes),
        now: SimTime,
    ) -> Option<Requests> {
        let mut passed = match &mut self.exact {
            Some(exact) => exact.advance(&mut self.flow, now),
            None => self.pass_as_fluid((load, known), now),
        }?;
        self.note_least_and_most(&mut passed);
        Some(passed)
    }

    /// Notes the CPU utilization of the tasks with the least and with the most. Those that answer requests share
    /// them evenly; the other RUNNING tasks get none.
    fn note_least_and_most(&self, passed: &mut Requests) {
        let (running, answering) = (self.flow.running, self.routed.answering);
        let micros = u128::from(passed.span.as_micros());
        let idle = u128::from(self.flow.idle_cpu.as_base()) * micros;
        let of_requests = passed.cpu_used.saturating_sub(idle);
        let all = passed.cpu_used;
        (passed.cpu_least, passed.cpu_most) = match answering {
            0 => (all, all),
            answering if answering >= running => (all, all),
            answering => {
                let busiest = of_requests * u128::from(running) / u128::from(answering);
                (idle.min(all), (idle + busiest).max(all))
            }
        };
    }

    fn pass_as_fluid(
        &mut self,
        (load, known): (&Load, &mut TaskTimes),
        now: SimTime,
    ) -> Option<Requests> {
        let flow = &self.flow;
        let segment = Segment {
            micros: now.since(flow.since).as_micros(),
            offered: flow.offered - flow.failing,
            capacity: flow.capacity,
            served_when_full: flow.capacity - flow.wasted,
            queued: flow.queued,
            timeout: flow.timeout,
            calls: self.answers.times(),
        };
        let mut passed = self.flow.advance(now)?;
        let typical = self.responses.pass(known, &segment);
        self.typical = typical;
        let of_served = self.responses.latest();
        passed.served_p50 = passed.served * u128::from(of_served.p50);
        passed.served_p95 = passed.served * u128::from(of_served.p95);
        passed.served_p99 = passed.served * u128::from(of_served.p99);
        passed.served_mean = passed.served * u128::from(of_served.mean);
        // Requests in the tasks = their rate × their mean response time (Little's law).
        let answered = passed.served + passed.errors;
        let in_tasks = answered * u128::from(typical.mean) / u128::from(Requests::PER_REQUEST);
        passed.memory_used += in_tasks * u128::from(load.memory_per_request.as_bytes());
        Some(passed)
    }

    /// Forgets the response times that have been counted.
    pub(super) fn clear(&mut self) {
        self.responses.clear();
        self.exact.iter_mut().for_each(|exact| exact.clear());
    }

    /// Sets the tasks that serve from `now` on.
    pub(super) fn serve(
        &mut self,
        (load, known): (&Load, &mut TaskTimes),
        now: SimTime,
        classes: &[ServingClass],
    ) {
        match &mut self.exact {
            Some(exact) => exact.serve(now, classes),
            None => self.responses.serve(known, load, classes),
        }
        self.uneven = None;
    }

    /// Sets the shares of the targets in the requests, where these are simulated one by one: of a task of each
    /// class; and those of all tasks that do not answer, and that belong to a bad release.
    pub(super) fn serve_unevenly(
        &mut self,
        now: SimTime,
        classes: &[(ServingClass, Share)],
        (failing, bad): (u64, u64),
    ) {
        if let Some(exact) = &mut self.exact {
            exact.serve_shares(now, classes);
        }
        self.uneven = Some((failing, bad));
    }

    /// The response times in the reported time.
    pub(super) fn response_times(&self, load: &Load, known: &TaskTimes) -> ResponseTimes {
        match &self.exact {
            Some(exact) => exact.response_times(),
            None => self.responses.distribution(known, load.timeout),
        }
    }

    /// Sets the requests per second that the tasks serve where they do not wait for calls, in millionths.
    pub(super) fn set_capacity(&mut self, load: &Load, capacity: u64) {
        self.without_calls = capacity;
        self.flow.capacity = capacity.min(self.most_with_calls(load));
    }

    /// The most requests per second that the tasks can work on while each takes the time of its calls too, in
    /// millionths: with a limit of requests at once a request that waits for an answer counts.
    fn most_with_calls(&self, load: &Load) -> u64 {
        let Some(at_once) = load.max_concurrency.filter(|_| self.answers.mean > 0) else {
            return u64::MAX;
        };
        let own = load.latency.as_micros() + load.cpu_per_request.as_micros();
        let places = u128::from(self.routed.answering) * u128::from(at_once);
        let time = u128::from(own) + u128::from(self.answers.mean);
        let most = places * 1_000_000 * 1_000_000 / time;
        u64::try_from(most).unwrap_or(u64::MAX)
    }

    /// Divides the requests of the side, in millionths per second, evenly among the tasks that
    /// they are sent to, or by their shares: those that do not answer fail theirs.
    pub(super) fn route(&mut self, load: &Load, offered: u64, answers: Answers) {
        let to = |tasks: u32| {
            let part = u128::from(offered) * u128::from(tasks);
            let part = part.checked_div(self.routed.total().into());
            part.unwrap_or(0) as u64
        };
        let part = |share: u64| {
            let part = u128::from(offered) * u128::from(share) / u128::from(WHOLE);
            part as u64
        };
        let (failing, bad) = match self.uneven {
            Some((failing, bad)) => (part(failing), part(bad)),
            None => (to(self.routed.failing), to(self.bad)),
        };
        (self.flow.offered, self.flow.failing, self.flow.bad) = (offered, failing, bad);
        self.answers = answers;
        self.set_capacity(load, self.without_calls);
        // A request succeeds where neither the task nor a call fails.
        let succeeds = |failed: u32| u64::from(ALL_REQUESTS - failed);
        let both = succeeds(self.erring) * succeeds(answers.failed) / u64::from(ALL_REQUESTS);
        self.flow.erring = ALL_REQUESTS - both as u32;
        self.flow.late = answers.later_than(load.timeout);
        self.flow.wasted = self.wasted(load);
    }

    /// The CPU that is spent in vain in a lasting overload, as a rate of requests. With a limit of requests
    /// at once a task begins those that it can serve.
    fn wasted(&mut self, load: &Load) -> u64 {
        let (answered, capacity) = (self.flow.offered - self.flow.failing, self.flow.capacity);
        if load.max_concurrency.is_some() || capacity == 0 || answered <= capacity {
            return 0;
        }
        let mean = load.cpu_per_request.as_seconds_f64();
        let sizes = self
            .sizes
            .get_or_insert_with(|| Sizes::new(load.cpu_law.as_ref(), mean));
        let share = served_share(sizes, answered as f64 / capacity as f64);
        capacity - ((answered as f64 * share) as u64).min(capacity)
    }
}

//! The state of the traffic layer.

use super::exact::Exact;
use super::flow::Flow;
use super::patience::served_share;
use super::rate::RateOverTime;
use super::responses::{Responses, Segment, ServingClass};
use super::retries::Retries;
use super::sizes::Sizes;
use crate::cluster::ServiceId;
use crate::plan::{Load, LoadMode, MetricPeriod, Plan};
use crate::simulation::amounts::Requests;
use crate::simulation::life::Routed;
use crate::simulation::response_times::ResponseTimes;
use crate::units::{Cpu, SimTime};
use std::collections::BTreeMap;

/// The requests of all services.
pub(in crate::simulation) struct Traffic<'p> {
    /// By service; `None` without a load.
    pub(super) services: Vec<Option<Loaded<'p>>>,
}

/// The requests of a service with a load.
pub(super) struct Loaded<'p> {
    pub(super) load: &'p Load,
    pub(super) flow: Flow,
    /// The response times of the requests.
    responses: Responses,
    /// The retries of clients; `None` without them, and where requests are simulated one by one.
    pub(super) retries: Option<Retries>,
    /// The CPU times of requests, of a task without a limit of requests at once, since its first overload.
    sizes: Option<Sizes>,
    /// The single requests; `None` in the fluid model.
    exact: Option<Box<Exact<'p>>>,
    /// The requests per second that a task with this CPU can serve, in millionths.
    capacities: BTreeMap<Cpu, u64>,
    /// The beginning of the reported time.
    origin: SimTime,
    /// The tasks that requests are sent to.
    pub(super) routed: Routed,
    /// What has passed since the metrics were measured last.
    pub(super) since_measured: Requests,
    /// The same for metrics of high resolution; `None`: no policy watches them.
    pub(super) since_measured_fast: Option<Requests>,
    /// The requests, in units of [`Requests`], since the load balancer was billed last.
    pub(super) since_billed: u128,
    /// The time at which the rate changes next.
    pub(super) next: Option<SimTime>,
    /// The rate at which requests arrive.
    pub(super) rate: RateOverTime<'p>,
}

impl<'p> Traffic<'p> {
    pub(in crate::simulation) fn new(plan: &'p Plan, seed: u64) -> Self {
        let services = plan.services.iter().map(|service| {
            let load = service.load.as_ref()?;
            let start = plan.start_unix_seconds;
            let rate = RateOverTime::new(load, start, (seed, &service.name));
            let exact = (load.mode == LoadMode::Exact)
                .then(|| Box::new(Exact::new(load, (seed, &service.name))));
            let origin = SimTime::ZERO + plan.warm_up;
            let mut loaded = Loaded::new(load, rate, exact, origin);
            if service.watches(MetricPeriod::TwentySeconds) {
                loaded.since_measured_fast = Some(Requests::default());
            }
            Some(loaded)
        });
        Self {
            services: services.collect(),
        }
    }

    /// The services with a load.
    pub(super) fn loaded(&self) -> impl Iterator<Item = ServiceId> + use<> {
        let services = self.services.iter().enumerate();
        let loaded = services.filter(|(_, of)| of.is_some());
        let ids: Vec<ServiceId> = loaded.map(|(number, _)| ServiceId::new(number)).collect();
        ids.into_iter()
    }

    /// The response times in the reported time, by service; `None` without a load.
    pub(in crate::simulation) fn response_times(&self) -> Vec<Option<ResponseTimes>> {
        let services = self.services.iter();
        let times = services.map(|of| of.as_ref().map(Loaded::response_times));
        times.collect()
    }
}

impl<'p> Loaded<'p> {
    fn new(
        load: &'p Load,
        rate: RateOverTime<'p>,
        exact: Option<Box<Exact<'p>>>,
        origin: SimTime,
    ) -> Self {
        let flow = Flow {
            timeout: load.timeout,
            cpu_per_request: load.cpu_per_request,
            ..Flow::default()
        };
        Self {
            load,
            flow,
            responses: Responses::new(),
            retries: load
                .client_retries
                .filter(|_| exact.is_none())
                .map(Retries::new),
            sizes: None,
            exact,
            capacities: BTreeMap::new(),
            origin,
            routed: Routed::default(),
            since_measured: Requests::default(),
            since_measured_fast: None,
            since_billed: 0,
            next: None,
            rate,
        }
    }

    /// Counts what has passed until `now`; `None` where no time has passed.
    pub(super) fn pass(&mut self, now: SimTime) -> Option<Requests> {
        let passed = match &mut self.exact {
            Some(exact) => exact.advance(&mut self.flow, now)?,
            None => self.pass_as_fluid(now)?,
        };
        if now <= self.origin {
            self.responses.clear();
            self.exact.iter_mut().for_each(|exact| exact.clear());
        }
        self.since_measured.add(&passed);
        if let Some(since) = &mut self.since_measured_fast {
            since.add(&passed);
        }
        self.since_billed += passed.offered;
        Some(passed)
    }

    fn pass_as_fluid(&mut self, now: SimTime) -> Option<Requests> {
        let flow = &self.flow;
        let segment = Segment {
            micros: now.since(flow.since).as_micros(),
            offered: flow.offered - flow.failing,
            capacity: flow.capacity,
            served_when_full: flow.capacity - flow.wasted,
            queued: flow.queued,
            timeout: flow.timeout,
        };
        let mut passed = self.flow.advance(now)?;
        let typical = self.responses.pass(&segment);
        passed.served_p50 = passed.served * u128::from(typical.p50);
        passed.served_p99 = passed.served * u128::from(typical.p99);
        // Requests in the tasks = their rate × their mean response time (Little's law).
        let in_tasks = passed.served * u128::from(typical.mean) / u128::from(Requests::PER_REQUEST);
        passed.memory_used += in_tasks * u128::from(self.load.memory_per_request.as_bytes());
        if let Some(retries) = &mut self.retries {
            let again = retries.pass(passed.span, passed.lost());
            (passed.retried, passed.given_up) = (again.retried, again.given_up);
        }
        Some(passed)
    }

    /// Sets the tasks that serve from `now` on.
    pub(super) fn serve(&mut self, now: SimTime, classes: &[ServingClass]) {
        match &mut self.exact {
            Some(exact) => exact.serve(now, classes),
            None => self.responses.serve(self.load, classes),
        }
    }

    /// The requests per second that a task with this CPU can serve, in millionths.
    pub(super) fn capacity_of_task(&mut self, cpu: Cpu) -> u64 {
        let load = self.load;
        let capacity = self.capacities.entry(cpu);
        *capacity.or_insert_with(|| load.capacity_of_task(cpu))
    }

    /// The response times in the reported time.
    fn response_times(&self) -> ResponseTimes {
        match &self.exact {
            Some(exact) => exact.response_times(),
            None => self.responses.distribution(self.load.timeout),
        }
    }

    /// The load itself has another rate.
    pub(super) fn set_rate(&mut self, rate: u64) {
        self.flow.offered = match &mut self.retries {
            Some(retries) => {
                retries.set_first(rate);
                retries.rate()
            }
            None => rate,
        };
    }

    /// The end of a second in which clients may send requests again.
    pub(super) fn retry(&mut self, now: SimTime) {
        if let Some(retries) = &mut self.retries {
            retries.tick(now);
            self.flow.offered = retries.rate();
        }
    }

    /// The next time at which clients may send requests again, where there is none yet.
    pub(super) fn next_retry(&mut self, now: SimTime) -> Option<SimTime> {
        let may_lose = self.flow.may_lose();
        self.retries.as_mut()?.next_tick(now, may_lose)
    }

    /// Divides the requests evenly among the tasks that they are sent to: those that do not answer fail
    /// theirs.
    pub(super) fn route(&mut self) {
        let failing = u128::from(self.flow.offered) * u128::from(self.routed.failing);
        let failing = failing.checked_div(self.routed.total().into());
        self.flow.failing = failing.unwrap_or(0) as u64;
        self.flow.wasted = self.wasted();
    }

    /// The CPU that is spent in vain in a lasting overload, as a rate of requests. With a limit of requests
    /// at once a task begins those that it can serve.
    fn wasted(&mut self) -> u64 {
        let (answered, capacity) = (self.flow.offered - self.flow.failing, self.flow.capacity);
        let load = self.load;
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

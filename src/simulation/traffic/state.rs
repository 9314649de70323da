//! The state of the traffic layer.

use super::call_graph::{Answers, Calls};
use super::exact::Exact;
use super::processors::Processors;
use super::queue_states::Queues;
use super::rate::RateOverTime;
use super::retries::Retries;
use super::side::Side;
use super::task_times::TaskTimes;
use super::uneven::{among_classes, divide};
use crate::cluster::ServiceId;
use crate::plan::{ALL_REQUESTS, Load, LoadMode, MetricPeriod, Plan};
use crate::simulation::amounts::Requests;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::life::TargetClass;
use crate::simulation::response_times::ResponseTimes;
use crate::units::{Cpu, SimTime};
use std::collections::BTreeMap;

/// The requests of all services.
pub(in crate::simulation) struct Traffic<'p> {
    /// By service; `None` without a load.
    pub(super) services: Vec<Option<Loaded<'p>>>,
    /// The CPU of instances, where it is shared.
    pub(super) cpu: Option<Box<Processors>>,
    /// The calls between services; `None` without any.
    pub(super) calls: Option<Box<Calls>>,
    /// The queues of SQS.
    pub(super) queues: Queues<'p>,
}

/// The requests of a service with a load.
pub(super) struct Loaded<'p> {
    pub(super) load: &'p Load,
    /// The requests by target group: one, or two from the first deployment on that shifts traffic. In the fluid
    /// model also by class of targets.
    pub(super) sides: Vec<Side<'p>>,
    /// The response times of its tasks, which all sides share.
    pub(super) known: TaskTimes,
    /// The weights of both target groups in millionths.
    pub(super) weights: [u32; 2],
    /// The key of the random numbers of single requests.
    key: (u64, &'p str),
    /// The retries of clients; `None` without them, and where requests are simulated one by one.
    pub(super) retries: Option<Retries>,
    /// By the limit of a task's CPU: the requests per second that it can serve, in millionths.
    capacities: BTreeMap<Cpu, u64>,
    /// The beginning of the reported time.
    origin: SimTime,
    /// What has passed since the metrics were measured last.
    pub(super) since_measured: Requests,
    /// The same for metrics of high resolution; `None`: no policy watches them.
    pub(super) since_measured_fast: Option<Requests>,
    /// The requests, in units of [`Requests`], since the load balancer was billed last.
    pub(super) since_billed: u128,
    /// Requests that arrive, in millionths per second.
    pub(super) offered: u64,
    /// The rate of the load itself, and that of the calls of other services, in millionths per second.
    own: u64,
    pub(super) called: u64,
    /// What the calls of the service to others cost its requests.
    pub(super) answers: Answers,
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
            let rate = RateOverTime::new((&load.rates, load.noise), start, (seed, &service.name));
            let origin = SimTime::ZERO + plan.warm_up;
            let mut loaded = Loaded::new(load, rate, (seed, &service.name), origin);
            if service.watches(MetricPeriod::TwentySeconds) {
                loaded.since_measured_fast = Some(Requests::default());
            }
            Some(loaded)
        });
        Self {
            services: services.collect(),
            cpu: Processors::new(plan),
            queues: Queues::new(plan, seed),
            calls: Calls::new(plan),
        }
    }

    /// The requests or the tasks of a service have changed.
    pub(super) fn service_changed<R>(&mut self, ctx: &mut Ctx<'_, R>, service: ServiceId) {
        if let Some(cpu) = &mut self.cpu {
            cpu.service_changed(ctx, service);
        }
        if let Some(calls) = &mut self.calls {
            calls.service_changed(ctx, service);
        }
    }

    /// The services with a load.
    pub(super) fn loaded(&self) -> impl Iterator<Item = ServiceId> + use<> {
        let services = self.services.iter().enumerate();
        let loaded = services.filter(|(_, of)| of.is_some());
        let ids: Vec<ServiceId> = loaded.map(|(number, _)| ServiceId::new(number)).collect();
        ids.into_iter()
    }

    /// The waits of messages in the reported time, by queue.
    pub(in crate::simulation) fn message_waits(&self) -> Vec<ResponseTimes> {
        self.queues.wait_times()
    }

    /// The response times in the reported time, by service; `None` without a load.
    pub(in crate::simulation) fn response_times(&self) -> Vec<Option<ResponseTimes>> {
        let services = self.services.iter();
        let times = services.map(|of| of.as_ref().map(Loaded::response_times));
        times.collect()
    }
}

impl<'p> Loaded<'p> {
    fn new(load: &'p Load, rate: RateOverTime<'p>, key: (u64, &'p str), origin: SimTime) -> Self {
        let exact = (load.mode == LoadMode::Exact).then(|| Box::new(Exact::new(load, key)));
        Self {
            load,
            retries: load
                .client_retries
                .filter(|_| exact.is_none())
                .map(Retries::new),
            sides: vec![Side::new(load, exact, SimTime::ZERO)],
            known: TaskTimes::default(),
            weights: [ALL_REQUESTS, 0],
            key,
            capacities: BTreeMap::new(),
            origin,
            since_measured: Requests::default(),
            since_measured_fast: None,
            since_billed: 0,
            offered: 0,
            own: 0,
            called: 0,
            answers: Answers::default(),
            next: None,
            rate,
        }
    }

    /// Counts what has passed until `now`; `None` where no time has passed.
    pub(super) fn pass(&mut self, now: SimTime) -> Option<Requests> {
        let (load, known) = (self.load, &mut self.known);
        let mut sides = self.sides.iter_mut();
        let mut passed = sides.next()?.pass((load, known), now)?;
        sides
            .filter_map(|side| side.pass((load, known), now))
            .for_each(|of_side| passed.join(&of_side));
        if let Some(retries) = &mut self.retries {
            let again = retries.pass(passed.span, passed.lost());
            (passed.retried, passed.given_up) = (again.retried, again.given_up);
        }
        if now <= self.origin {
            self.sides.iter_mut().for_each(Side::clear);
        }
        self.since_measured.add(&passed);
        if let Some(since) = &mut self.since_measured_fast {
            since.add(&passed);
        }
        self.since_billed += passed.offered;
        Some(passed)
    }

    /// The requests of a class of the targets of a target group are counted apart from `now` on, up to which
    /// all is counted. With single requests these are all of its targets.
    pub(super) fn keep_apart(&mut self, (group, class): (usize, TargetClass), now: SimTime) {
        if self.place_of((group, class)).is_some() {
            return;
        }
        let (seed, service) = self.key;
        let name = format!("{service}/alternate");
        let exact = (self.load.mode == LoadMode::Exact)
            .then(|| Box::new(Exact::new(self.load, (seed, &name))));
        let mut side = Side::new(self.load, exact, now);
        (side.group, side.class) = (group, class);
        self.sides.push(side);
    }

    /// The place of the requests that a class of the targets of a target group gets.
    pub(super) fn place_of(&self, (group, class): (usize, TargetClass)) -> Option<usize> {
        let mut sides = self.sides.iter();
        sides.position(|side| (side.group, side.class) == (group, class))
    }

    /// The requests per second that a task whose CPU has this limit can serve, in millionths.
    pub(super) fn capacity_of_task(&mut self, limit: Cpu) -> u64 {
        let load = self.load;
        let capacity = self.capacities.entry(limit);
        *capacity.or_insert_with(|| load.capacity_of_task(limit))
    }

    /// The tasks that requests are sent to.
    pub(super) fn targets(&self) -> u32 {
        let sides = self.sides.iter();
        sides.map(|side| side.routed.total()).sum()
    }

    /// The response times in the reported time.
    fn response_times(&self) -> ResponseTimes {
        let (load, known) = (self.load, &self.known);
        let times = self
            .sides
            .iter()
            .map(|side| side.response_times(load, known));
        let all = times.reduce(|mut all, of_side| {
            all.merge(&of_side);
            all
        });
        all.unwrap_or_default()
    }

    /// The load itself has another rate.
    pub(super) fn set_rate(&mut self, rate: u64) {
        self.own = rate;
        self.set_first();
    }

    /// Other services call the service at another rate.
    pub(super) fn set_called(&mut self, rate: u64) {
        self.called = rate;
        self.set_first();
    }

    fn set_first(&mut self) {
        let rate = self.own.saturating_add(self.called);
        self.offered = match &mut self.retries {
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
            self.offered = retries.rate();
        }
    }

    /// Schedules the next time at which clients may send requests again, where there is none yet.
    pub(super) fn schedule_retry<R>(&mut self, ctx: &mut Ctx<'_, R>, service: ServiceId) {
        let may_lose = self.sides.iter().any(|side| side.flow.may_lose());
        let retries = self.retries.as_mut();
        if let Some(at) = retries.and_then(|retries| retries.next_tick(ctx.now(), may_lose)) {
            ctx.at(at, Event::LoadChanges { service });
        }
    }

    /// Divides the requests among the target groups by their weights, and among the tasks of each.
    pub(super) fn route(&mut self) {
        let (load, offered, answers) = (self.load, self.offered, self.answers);
        if let [only] = self.sides.as_mut_slice() {
            return only.route(load, offered, answers);
        }
        let of_groups = divide(offered, &self.weights.map(u64::from));
        for (group, of_group) in of_groups.into_iter().enumerate() {
            let own = |side: &&mut Side<'_>| side.group == group;
            let sides = self.sides.iter_mut().filter(own);
            let classes: Vec<_> = sides
                .map(|side| (side.class, side.routed.total()))
                .collect();
            let parts = among_classes(of_group, &classes);
            let sides = self.sides.iter_mut().filter(own);
            for (side, part) in sides.zip(parts) {
                side.route(load, part, answers);
            }
        }
    }
}

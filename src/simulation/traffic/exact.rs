//! The requests of a service one by one (`mode: exact`).
//!
//! They come as a Poisson process with the rate of the load, and each goes to one of the tasks that serve
//! at that time. Between two changes of the rate or of the tasks nothing else in the world touches them, so
//! that they are played in a loop of their own.
//!
//! A task that stops to serve gets no more requests, and ends those that it has.

use super::again::Again;
use super::flow::Flow;
use super::responses::ServingClass;
use super::task_shares::TaskShares;
pub(super) use super::worker::Share;
use super::worker::{Ends, Request, Rules, Worker, cpu_time};
use crate::engine::random::{Purpose, Stream, StreamKey};
use crate::plan::{ALL_REQUESTS, Load, Routing};
use crate::simulation::amounts::Requests;
use crate::simulation::response_times::ResponseTimes;
use crate::units::{Cpu, SimTime, Span};

/// Nanoseconds in a microsecond.
const NANOS: u64 = 1_000;

/// The requests of a service.
#[derive(Clone, Debug)]
pub(super) struct Exact<'p> {
    load: &'p Load,
    rules: Rules,
    arrivals: Arrivals,
    again: Again,
    sizes: Stream,
    routes: Stream,
    /// The number of requests that were given to a task.
    routed: u64,
    /// All tasks have equal shares.
    is_even: bool,
    /// Their shares, where these are different.
    shares: TaskShares,
    /// The tasks that serve.
    serving: Vec<Worker>,
    /// Tasks that serve no more and still have requests.
    leaving: Vec<Worker>,
    /// What became of requests since the last change.
    ends: Ends,
    /// Used CPU that is less than one unit of [`Requests`], in 1/128,000 vCPU × ns.
    rest: u128,
    /// The response times in the reported time.
    times: ResponseTimes,
}

/// Whole requests in a time.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    offered: u64,
    retried: u64,
    refused: u64,
    failed: u64,
    /// Lost ones that are not sent again, where those are noted.
    given_up: u64,
}

/// The Poisson process of the arrivals: each comes when the rate has added up to a drawn number.
#[derive(Clone, Debug)]
struct Arrivals {
    draws: Stream,
    /// The rate in millionths per second.
    rate: u64,
    /// The time from which on the rate is added up, in ns.
    since: u64,
    /// What is missing to the next arrival at that time.
    missing: f64,
}

impl Arrivals {
    fn new(key: StreamKey) -> Self {
        let mut draws = key.stream(0);
        let missing = exponential(&mut draws);
        Self {
            draws,
            rate: 0,
            since: 0,
            missing,
        }
    }

    /// The rate is another one from `since` on.
    fn set_rate(&mut self, since: u64, rate: u64) {
        if rate != self.rate {
            self.missing -= (since - self.since) as f64 * self.per_nano();
            self.missing = self.missing.max(0.0);
            (self.since, self.rate) = (since, rate);
        }
    }

    fn per_nano(&self) -> f64 {
        self.rate as f64 * 1e-15
    }

    /// The next arrival up to `to`.
    fn next(&mut self, to: u64) -> Option<u64> {
        if self.rate == 0 {
            return None;
        }
        let at = self
            .since
            .saturating_add((self.missing / self.per_nano()) as u64);
        if at > to {
            return None;
        }
        self.since = at;
        self.missing = exponential(&mut self.draws);
        Some(at)
    }
}

/// A draw of the exponential distribution with mean 1.
fn exponential(draws: &mut Stream) -> f64 {
    -libm::log(draws.unit())
}

impl<'p> Exact<'p> {
    pub(super) fn new(load: &'p Load, (seed, service): (u64, &str)) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, service);
        Self {
            load,
            rules: Rules {
                latency: nanos(load.latency),
                timeout: nanos(load.timeout),
                limit: load.max_concurrency.unwrap_or(u32::MAX),
                notes_lost: load.client_retries.is_some(),
            },
            again: Again::new(load.client_retries),
            arrivals: Arrivals::new(key(Purpose::RequestArrival)),
            sizes: key(Purpose::RequestCpu).stream(0),
            routes: key(Purpose::RequestRouting).stream(0),
            routed: 0,
            is_even: true,
            shares: TaskShares::default(),
            serving: Vec::new(),
            leaving: Vec::new(),
            ends: Ends::default(),
            rest: 0,
            times: ResponseTimes::default(),
        }
    }

    /// Sets the tasks that serve from now on, with equal shares. Of tasks with the same CPU those that came
    /// last leave.
    pub(super) fn serve(&mut self, now: SimTime, classes: &[ServingClass]) {
        let shares = classes.iter().map(|class| (*class, Share::EVEN));
        let classes: Vec<_> = shares.collect();
        self.set_tasks(now, &classes);
        self.is_even = true;
    }

    /// Sets the tasks that serve from now on, and the shares that a task of each class has. Of tasks with the
    /// same CPU in the same zone those that came first have the largest shares.
    pub(super) fn serve_shares(&mut self, now: SimTime, classes: &[(ServingClass, Share)]) {
        self.set_tasks(now, classes);
        self.is_even = false;
        self.shares
            .set(self.serving.iter().map(|worker| worker.share));
    }

    fn set_tasks(&mut self, now: SimTime, classes: &[(ServingClass, Share)]) {
        let now = now.as_micros() * NANOS;
        let wanted = |of: (Cpu, u8)| -> Vec<u64> {
            let own = classes
                .iter()
                .filter(|(class, share)| (class.cpu, share.zone) == of);
            let shares = own
                .flat_map(|(class, share)| std::iter::repeat_n(share.share, class.tasks as usize));
            let mut shares: Vec<u64> = shares.collect();
            shares.sort_unstable_by_key(|share| std::cmp::Reverse(*share));
            shares
        };
        let mut kinds: Vec<((Cpu, u8), Vec<u64>, usize)> = Vec::new();
        for (class, share) in classes {
            let kind = (class.cpu, share.zone);
            if kinds.iter().all(|(known, ..)| *known != kind) {
                kinds.push((kind, wanted(kind), 0));
            }
        }
        for mut worker in std::mem::take(&mut self.serving) {
            let kind = (worker.cpu, worker.share.zone);
            let known = kinds.iter_mut().find(|(known, ..)| *known == kind);
            match known {
                Some((_, shares, kept)) if *kept < shares.len() => {
                    worker.share.share = shares[*kept];
                    *kept += 1;
                    self.serving.push(worker);
                }
                _ if worker.present() > 0 => self.leaving.push(worker),
                _ => {}
            }
        }
        for ((cpu, zone), shares, kept) in kinds {
            for share in shares.into_iter().skip(kept) {
                let share = Share { zone, share };
                self.serving.push(Worker::new(cpu, share, now));
            }
        }
    }

    /// Plays the requests until `now`; the rates are those of `flow`. `None` where no time has passed.
    pub(super) fn advance(&mut self, flow: &mut Flow, now: SimTime) -> Option<Requests> {
        let span = now.since(flow.since);
        if span == Span::ZERO {
            return None;
        }
        let (from, to) = (flow.since.as_micros() * NANOS, now.as_micros() * NANOS);
        flow.since = now;
        self.arrivals.set_rate(from, flow.offered);
        let failing = flow.failing as f64 / flow.offered.max(1) as f64;
        let erring = f64::from(flow.erring) / f64::from(ALL_REQUESTS);
        let mut counts = Counts::default();
        // What is lost in a part comes again after it.
        let mut end = from;
        while end < to {
            end = self.again.end_of_part(end).min(to);
            self.play(end, (failing, erring), &mut counts);
        }
        self.leaving.retain(|worker| worker.present() > 0);
        Some(self.passed(flow, span, counts))
    }

    /// Plays the requests that arrive until `to`. Shares of them go to targets that do not answer, and are
    /// answered with an error.
    fn play(&mut self, to: u64, (failing, erring): (f64, f64), counts: &mut Counts) {
        let mut new = self.arrivals.next(to);
        while let Some((at, request)) = self.next_request(&mut new, to) {
            counts.offered += 1;
            counts.retried += u64::from(request.attempt > 1);
            if failing > 0.0 && self.routes.unit() < failing {
                counts.failed += 1;
                self.lose(at, request);
                continue;
            }
            match self.route(at) {
                Some(place) => {
                    let worker = &mut self.serving[place];
                    worker.advance(at, &self.rules, &mut self.ends);
                    let errs = erring > 0.0 && self.routes.unit() < erring;
                    let request = Request { errs, ..request };
                    worker.arrive(at, request, &self.rules, &mut self.ends);
                }
                None => {
                    counts.refused += 1;
                    self.lose(at, request);
                }
            }
        }
        for worker in self.serving.iter_mut().chain(&mut self.leaving) {
            worker.advance(to, &self.rules, &mut self.ends);
            worker.count(to, &mut self.ends);
        }
        for (at, request) in self.ends.lost.drain(..) {
            counts.given_up += u64::from(!self.again.lose(at, request));
        }
    }

    /// A request was not given to a task.
    fn lose(&mut self, at: u64, request: Request) {
        if self.rules.notes_lost {
            self.ends.lost.push((at, request));
        }
    }

    /// The next request up to `to`: the new one that arrives at this time, or one that comes again before.
    fn next_request(&mut self, new: &mut Option<u64>, to: u64) -> Option<(u64, Request)> {
        let again = self.again.next(new.unwrap_or(to));
        if again.is_some() {
            return again;
        }
        let at = (*new)?;
        *new = self.arrivals.next(to);
        let size = self.size();
        let errs = false;
        let attempt = 1;
        Some((
            at,
            Request {
                size,
                attempt,
                errs,
            },
        ))
    }

    /// The CPU time of the next request.
    fn size(&mut self) -> u64 {
        let load = self.load;
        match &load.cpu_law {
            Some(law) => cpu_time(law.sample(&mut self.sizes)),
            None => cpu_time(load.cpu_per_request.as_seconds_f64()),
        }
    }

    /// The task that gets the request that arrives at `at`.
    fn route(&mut self, at: u64) -> Option<usize> {
        let tasks = self.serving.len();
        if tasks == 0 {
            return None;
        }
        let turn = (self.routed % tasks as u64) as usize;
        self.routed += 1;
        if !self.is_even {
            return self.route_by_share(at, turn);
        }
        Some(match self.load.routing {
            Routing::Random => self.routes.below(tasks as u64) as usize,
            Routing::RoundRobin => turn,
            Routing::LeastOutstanding => {
                for worker in &mut self.serving {
                    worker.advance(at, &self.rules, &mut self.ends);
                }
                // Of several with the fewest requests the first from the turn on.
                let order = (turn..tasks).chain(0..turn);
                order.min_by_key(|place| self.serving[*place].present())?
            }
        })
    }

    /// The same where tasks have different shares: first the zone is drawn, then the task is chosen in it.
    fn route_by_share(&mut self, at: u64, turn: usize) -> Option<usize> {
        let zone = self.shares.draw(&mut self.routes)?;
        match self.load.routing {
            Routing::Random => zone.draw(&mut self.routes),
            Routing::RoundRobin if zone.is_even => zone.next_in_turn(),
            // Each turn adds the share of a task; the one that is the furthest behind gets the request.
            Routing::RoundRobin => {
                for place in &zone.places {
                    let worker = &mut self.serving[*place];
                    worker.behind += worker.share.share as i64;
                }
                let most = zone.places.iter().rev();
                let place = *most.max_by_key(|place| self.serving[**place].behind)?;
                self.serving[place].behind -= zone.whole() as i64;
                Some(place)
            }
            Routing::LeastOutstanding => {
                for place in &zone.places {
                    self.serving[*place].advance(at, &self.rules, &mut self.ends);
                }
                let order = |place: usize| (self.serving[place].present(), place < turn, place);
                zone.places
                    .iter()
                    .copied()
                    .min_by_key(|place| order(*place))
            }
        }
    }

    /// What has passed in a time, as facts report it.
    fn passed(&mut self, flow: &Flow, span: Span, counts: Counts) -> Requests {
        let whole = |number: u64| u128::from(number) * u128::from(Requests::PER_REQUEST);
        let micros = u128::from(span.as_micros());
        let tasks = self.serving.iter().chain(&self.leaving);
        let queued = tasks.map(|worker| u64::from(worker.present())).sum();
        let served = self.ends.times.requests();
        let timed_out = std::mem::take(&mut self.ends.timed_out);
        let used = std::mem::take(&mut self.ends.cpu_used) + self.rest;
        self.rest = used % u128::from(NANOS);
        let present = std::mem::take(&mut self.ends.present);
        let of_mean = |seconds: Option<f64>| {
            let micros = seconds.unwrap_or(0.0) * 1e6;
            served * ((micros + 0.5) as u128)
        };
        let typical = |q: f64| of_mean(self.ends.times.quantile(q));
        let to_bad = whole(counts.offered) * u128::from(flow.bad);
        let passed = Requests {
            span,
            offered: whole(counts.offered),
            served,
            errors: whole(std::mem::take(&mut self.ends.errors)),
            bad: to_bad.checked_div(flow.offered.into()).unwrap_or(0),
            refused: whole(counts.refused),
            failed: whole(counts.failed),
            timed_out: whole(timed_out),
            retried: whole(counts.retried),
            given_up: whole(match self.rules.notes_lost {
                true => counts.given_up,
                false => counts.refused + counts.failed + timed_out,
            }),
            queued: whole(queued),
            cpu_used: u128::from(flow.idle_cpu.as_base()) * micros + used / u128::from(NANOS),
            cpu_reserved: u128::from(flow.reserved_cpu.as_base()) * micros,
            memory_used: u128::from(flow.idle_memory.as_bytes()) * micros
                + present / u128::from(NANOS) * u128::from(self.load.memory_per_request.as_bytes()),
            memory_reserved: u128::from(flow.reserved_memory.as_bytes()) * micros,
            served_p50: typical(0.5),
            served_p95: typical(0.95),
            served_p99: typical(0.99),
            served_mean: of_mean(self.ends.times.mean()),
            ..Requests::default()
        };
        self.times.merge(&self.ends.times);
        self.ends.times.clear();
        passed
    }

    /// Forgets the response times that have been counted.
    pub(super) fn clear(&mut self) {
        self.times.clear();
    }

    /// The response times in the reported time.
    pub(super) fn response_times(&self) -> ResponseTimes {
        self.times.clone()
    }
}

fn nanos(span: Span) -> u64 {
    span.as_micros().saturating_mul(NANOS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Distribution;

    fn load(routing: Routing) -> Load {
        use crate::plan::{LoadMode, LoadShape, RateShape};
        let rate = "1/s".parse().unwrap();
        Load {
            latency: Span::millis(3),
            timeout: Span::millis(200),
            mode: LoadMode::Exact,
            routing,
            ..Load::new(LoadShape::Rate(RateShape::Constant(rate)))
        }
    }

    /// Plays changing rates and tasks, looked at in steps of `step` µs, and returns the sums.
    fn played(routing: Routing, step: u64) -> (Requests, ResponseTimes) {
        let load = load(routing);
        let mut exact = Exact::new(&load, (1, "web"));
        let mut flow = Flow::default();
        let mut total = Requests::default();
        for second in 0..60_u64 {
            let tasks = [3, 3, 1, 0, 4, 2][(second / 4 % 6) as usize];
            let class = ServingClass {
                cpu: Cpu::vcpus(1),
                speed: crate::plan::REFERENCE_SPEED,
                tasks,
            };
            exact.serve(flow.since, &[class]);
            flow.offered = [150, 250, 90, 0, 300][(second % 5) as usize] * 1_000_000;
            let mut now = second * 1_000_000;
            let end = now + 1_000_000;
            while now < end {
                now = (now + step).min(end);
                let passed = exact.advance(&mut flow, SimTime::micros(now));
                total.add(&passed.unwrap());
            }
        }
        (total, exact.response_times())
    }

    #[test]
    fn no_request_is_lost_and_looking_at_more_times_changes_nothing() {
        for routing in [
            Routing::Random,
            Routing::RoundRobin,
            Routing::LeastOutstanding,
        ] {
            let (total, times) = played(routing, 1_000_000);
            let gone = total.served + total.refused + total.timed_out;
            assert_eq!(total.offered, gone + total.queued);
            assert!(total.refused > 0 && total.timed_out > 0 && total.queued < total.served / 10);
            assert_eq!(times.requests(), total.served);
            let (often, often_times) = played(routing, 7_001);
            let plain = |of: Requests| Requests {
                served_p50: 0,
                served_p95: 0,
                served_p99: 0,
                served_mean: 0,
                ..of
            };
            assert_eq!(plain(often), plain(total));
            assert_eq!(often_times.mean(), times.mean());
        }
    }

    /// Four tasks at 80 %: the less an algorithm leaves to chance, the shorter the response times.
    #[test]
    fn algorithms_differ_where_tasks_are_busy() {
        let mean = |routing: Routing| {
            let load = Load {
                latency: Span::ZERO,
                timeout: Span::seconds(60),
                cpu_law: Some(Distribution::Exponential { mean: 0.01 }),
                ..load(routing)
            };
            let mut exact = Exact::new(&load, (1, "web"));
            let mut flow = Flow {
                offered: 320_000_000,
                ..Flow::default()
            };
            let class = ServingClass {
                cpu: Cpu::vcpus(1),
                speed: crate::plan::REFERENCE_SPEED,
                tasks: 4,
            };
            exact.serve(flow.since, &[class]);
            exact.advance(&mut flow, SimTime::ZERO + Span::seconds(200));
            exact.response_times().mean().expect("requests are served")
        };
        let random = mean(Routing::Random);
        let round_robin = mean(Routing::RoundRobin);
        let least = mean(Routing::LeastOutstanding);
        // Requests of 10 ms in the mean that come at random to a task at 80 % take 10 ÷ (1 − 0.8) ms there.
        assert!((random / 0.05 - 1.0).abs() < 0.1, "{random}");
        assert!(least < round_robin * 0.9, "{least} {round_robin}");
        assert!(round_robin < random * 0.7, "{round_robin} {random}");
    }
}

//! A task that works on single requests: it shares its CPU evenly among them, each of which uses at most
//! one vCPU (processor sharing). Times are whole nanoseconds.
//!
//! ```text
//! arrives ─▶ waits (only beyond the limit) ─▶ uses CPU ─▶ latency ─▶ served
//!     └──────────────┴───────────────────────────┴───────────┴─────▶ timed out
//! ```
//!
//! All requests at the CPU get the same CPU time per time. So a request ends when the CPU time that each
//! of them has got reaches its value at the arrival + its own CPU time: these ends are in a heap, and
//! nothing else moves while time passes. A request that times out leaves at once; the CPU time that it
//! has got is lost.

use crate::simulation::amounts::Requests;
use crate::simulation::response_times::ResponseTimes;
use crate::units::Cpu;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// CPU time is counted in this part of a nanosecond of one vCPU.
const PER_NANO: f64 = 64.0;

/// A time that does not come.
const NEVER: u64 = u64::MAX;

/// The share of a task in the requests of its target group, beside the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// Where the zones have shares of their own: the number of its zone; else 0.
    pub(super) zone: u8,
    /// Its share; above zero.
    pub(super) share: u64,
}

impl Share {
    /// All tasks have equal shares.
    pub(super) const EVEN: Self = Self { zone: 0, share: 1 };
}

/// What the tasks of a service have in common.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The time that a request takes after its CPU time.
    pub(super) latency: u64,
    /// The longest response time.
    pub(super) timeout: u64,
    /// The most requests that a task works on at once.
    pub(super) limit: u32,
    /// True when the requests that time out are noted, as their clients may send them again.
    pub(super) notes_lost: bool,
}

/// A request of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The CPU time that it needs.
    pub(super) size: u64,
    /// The number of times that it was sent, this one included.
    pub(super) attempt: u32,
    /// Its task answers it with an error.
    pub(super) errs: bool,
}

/// What became of requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends {
    /// Response times of those that were served.
    pub(super) times: ResponseTimes,
    /// The number of those that were answered with an error.
    pub(super) errors: u64,
    /// The number of those that timed out.
    pub(super) timed_out: u64,
    /// Those of them that are noted, with the time.
    pub(super) lost: Vec<(u64, Request)>,
    /// CPU that was used, in 1/128,000 vCPU × ns.
    pub(super) cpu_used: u128,
    /// Requests in the tasks × ns.
    pub(super) present: u128,
}

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    AtCpu,
    InLatency,
    Gone,
}

/// A task with its requests.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    /// The CPU for requests.
    pub(super) cpu: Cpu,
    /// Its zone and its share in the requests of the target group.
    pub(super) share: Share,
    /// Where tasks get requests in turn and by different shares: how far it is behind its share.
    pub(super) behind: i64,
    /// The same in vCPUs.
    cores: f64,
    /// The time of the last change.
    now: u64,
    /// The time up to which the use of CPU is counted.
    counted: u64,
    /// The CPU time that each request at the CPU has got, since the task was idle.
    got: u64,
    /// The CPU time that each request at the CPU gets per nanosecond.
    pace: f64,
    /// By the value of `got` at which they end: the requests at the CPU, and some that have timed out.
    ends: BinaryHeap<Reverse<(u64, u64)>>,
    /// The number of requests at the CPU.
    at_cpu: u32,
    /// The requests in their latency by their end, and some that have timed out.
    latencies: VecDeque<(u64, u64)>,
    in_latency: u32,
    /// The requests that wait with their CPU times, and some that have timed out.
    waiting: VecDeque<(u64, u64)>,
    /// The number of the first request of `requests`.
    first: u64,
    /// The requests with their arrival and stage, in order of arrival.
    requests: VecDeque<(u64, Stage, Request)>,
    /// The number of all requests that are not gone.
    present: u32,
    /// The time of the next change.
    next: u64,
}

/// CPU time in seconds in the unit of workers; at most a year.
pub(super) fn cpu_time(seconds: f64) -> u64 {
    (seconds.min(31_536_000.0) * 1e9 * PER_NANO + 0.5) as u64
}

impl Worker {
    pub(super) fn new(cpu: Cpu, share: Share, now: u64) -> Self {
        Self {
            cpu,
            share,
            behind: 0,
            cores: cpu.as_vcpus_f64(),
            now,
            counted: now,
            got: 0,
            pace: 0.0,
            ends: BinaryHeap::new(),
            at_cpu: 0,
            latencies: VecDeque::new(),
            in_latency: 0,
            waiting: VecDeque::new(),
            first: 0,
            requests: VecDeque::new(),
            present: 0,
            next: NEVER,
        }
    }

    /// The number of requests that have arrived and are not gone.
    pub(super) const fn present(&self) -> u32 {
        self.present
    }

    /// Does all that happens until `to`.
    pub(super) fn advance(&mut self, to: u64, rules: &Rules, ends: &mut Ends) {
        while self.next <= to {
            self.step(rules, ends);
        }
    }

    /// Counts the use of CPU until `to`, up to which all has happened.
    pub(super) fn count(&mut self, to: u64, ends: &mut Ends) {
        let used = (u64::from(self.at_cpu) * Cpu::BASE_PER_VCPU).min(self.cpu.as_base());
        ends.cpu_used += u128::from(to - self.counted) * u128::from(used);
        ends.present += u128::from(to - self.counted) * u128::from(self.present);
        self.counted = to;
    }

    /// A request arrives at `at`, up to which all has happened.
    pub(super) fn arrive(&mut self, at: u64, request: Request, rules: &Rules, ends: &mut Ends) {
        self.move_to(at, ends);
        let id = self.first + self.requests.len() as u64;
        self.present += 1;
        if self.at_cpu + self.in_latency < rules.limit {
            self.requests.push_back((at, Stage::AtCpu, request));
            self.begin(id, request.size);
        } else {
            self.requests.push_back((at, Stage::Waiting, request));
            self.waiting.push_back((id, request.size));
        }
        self.find_next(rules);
    }

    /// Time passes without a change.
    fn move_to(&mut self, to: u64, ends: &mut Ends) {
        self.count(to, ends);
        self.got += ((to - self.now) as f64 * self.pace) as u64;
        self.now = to;
    }

    fn set_pace(&mut self) {
        let number = f64::from(self.at_cpu);
        self.pace = match number > self.cores {
            true => PER_NANO * self.cores / number,
            false => PER_NANO,
        };
        if self.at_cpu == 0 {
            self.got = 0;
            self.ends.clear();
        }
    }

    /// A request begins to use CPU.
    fn begin(&mut self, id: u64, size: u64) {
        self.at_cpu += 1;
        self.ends.push(Reverse((self.got + size, id)));
        self.set_pace();
    }

    fn stage(&self, id: u64) -> Stage {
        let place = id.checked_sub(self.first);
        place.map_or(Stage::Gone, |place| self.requests[place as usize].1)
    }

    fn set_stage(&mut self, id: u64, stage: Stage) {
        self.requests[(id - self.first) as usize].1 = stage;
    }

    /// Finds the next change: the end of a CPU time, the end of a latency, or a time-out.
    fn find_next(&mut self, rules: &Rules) {
        while let Some((_, Stage::Gone, _)) = self.requests.front() {
            self.requests.pop_front();
            self.first += 1;
        }
        self.next = self
            .cpu_end()
            .min(self.latency_end())
            .min(self.deadline(rules));
    }

    fn cpu_end(&mut self) -> u64 {
        while let Some(Reverse((end, id))) = self.ends.peek().copied() {
            if self.stage(id) == Stage::AtCpu {
                let missing = end.saturating_sub(self.got) as f64 / self.pace;
                return self.now.saturating_add(libm::ceil(missing) as u64);
            }
            self.ends.pop();
        }
        NEVER
    }

    fn latency_end(&mut self) -> u64 {
        while let Some((end, id)) = self.latencies.front().copied() {
            if self.stage(id) == Stage::InLatency {
                return end;
            }
            self.latencies.pop_front();
        }
        NEVER
    }

    fn deadline(&self, rules: &Rules) -> u64 {
        let oldest = self.requests.front();
        oldest.map_or(NEVER, |(arrived, ..)| arrived.saturating_add(rules.timeout))
    }

    /// The next change. Of several at one time the end of a CPU time comes first, then that of a latency.
    fn step(&mut self, rules: &Rules, ends: &mut Ends) {
        let at = self.next;
        let (is_cpu, is_latency) = (self.cpu_end() == at, self.latency_end() == at);
        self.move_to(at, ends);
        if is_cpu {
            self.end_cpu(rules, ends);
        } else if is_latency {
            if let Some((_, id)) = self.latencies.pop_front() {
                self.in_latency -= 1;
                self.serve(id, ends);
                self.admit(rules);
            }
        } else {
            self.time_out(rules, ends);
            self.admit(rules);
        }
        self.find_next(rules);
    }

    /// The request at the CPU that ends first has got its CPU time.
    fn end_cpu(&mut self, rules: &Rules, ends: &mut Ends) {
        let Some(Reverse((end, id))) = self.ends.pop() else {
            return;
        };
        self.got = self.got.max(end);
        self.at_cpu -= 1;
        self.set_pace();
        if rules.latency > 0 {
            self.set_stage(id, Stage::InLatency);
            self.in_latency += 1;
            self.latencies.push_back((self.now + rules.latency, id));
        } else {
            self.serve(id, ends);
            self.admit(rules);
        }
    }

    fn serve(&mut self, id: u64, ends: &mut Ends) {
        let (arrived, _, request) = self.requests[(id - self.first) as usize];
        let micros = (self.now - arrived + 500) / 1_000;
        match request.errs {
            true => ends.errors += 1,
            false => ends.times.add(micros, u128::from(Requests::PER_REQUEST)),
        }
        self.set_stage(id, Stage::Gone);
        self.present -= 1;
    }

    /// The oldest request times out.
    fn time_out(&mut self, rules: &Rules, ends: &mut Ends) {
        match self.stage(self.first) {
            Stage::AtCpu => {
                self.at_cpu -= 1;
                self.set_pace();
            }
            Stage::InLatency => self.in_latency -= 1,
            Stage::Waiting | Stage::Gone => {}
        }
        self.set_stage(self.first, Stage::Gone);
        self.present -= 1;
        ends.timed_out += 1;
        if let Some((_, _, request)) = self.requests.front().filter(|_| rules.notes_lost) {
            ends.lost.push((self.now, *request));
        }
    }

    /// The requests that wait begin, as far as the limit allows.
    fn admit(&mut self, rules: &Rules) {
        while self.at_cpu + self.in_latency < rules.limit
            && let Some((id, size)) = self.waiting.pop_front()
        {
            if self.stage(id) == Stage::Waiting {
                self.set_stage(id, Stage::AtCpu);
                self.begin(id, size);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: u64 = 1_000_000;

    /// Plays requests with (arrival, CPU time) in ms; returns the number of those that were served and
    /// timed out, the longest response time and the CPU time used in ms.
    fn played(cpu: Cpu, rules: &Rules, requests: &[(u64, f64)]) -> (u64, u64, f64, f64) {
        let mut ends = Ends::default();
        let mut worker = Worker::new(cpu, Share::EVEN, 0);
        for (at, size) in requests {
            worker.advance(at * MILLI, rules, &mut ends);
            let request = Request {
                size: cpu_time(size / 1e3),
                attempt: 1,
                errs: false,
            };
            worker.arrive(at * MILLI, request, rules, &mut ends);
        }
        worker.advance(10_000 * MILLI, rules, &mut ends);
        worker.count(10_000 * MILLI, &mut ends);
        assert_eq!(worker.present(), 0);
        let served = ends.times.requests() / u128::from(Requests::PER_REQUEST);
        let longest = ends.times.quantile(1.0).unwrap_or(0.0) * 1e3;
        let used = ends.cpu_used as f64 / Cpu::BASE_PER_VCPU as f64 / 1e6;
        (served as u64, ends.timed_out, longest, used)
    }

    fn rules(latency: u64, timeout: u64, limit: u32) -> Rules {
        Rules {
            latency: latency * MILLI,
            timeout: timeout * MILLI,
            limit,
            notes_lost: false,
        }
    }

    #[test]
    fn requests_share_the_cpu() {
        let rules = rules(0, 5_000, u32::MAX);
        let two = [(0, 10.0), (0, 10.0)];
        assert_eq!(played(Cpu::vcpus(1), &rules, &two), (2, 0, 20.0, 20.0));
        assert_eq!(played(Cpu::vcpus(2), &rules, &two), (2, 0, 10.0, 20.0));
        assert_eq!(played(Cpu::millis(250), &rules, &two), (2, 0, 80.0, 20.0));
        // 5 ms alone, then 10 ms together: the second has 5 ms left.
        let later = [(0, 10.0), (5, 10.0)];
        assert_eq!(played(Cpu::vcpus(1), &rules, &later), (2, 0, 15.0, 20.0));
    }

    #[test]
    fn requests_wait_beyond_the_limit_and_take_their_latency() {
        let one = rules(30, 5_000, 1);
        let two = [(0, 10.0), (0, 10.0)];
        assert_eq!(played(Cpu::vcpus(4), &one, &two), (2, 0, 80.0, 20.0));
        let many = rules(30, 5_000, u32::MAX);
        assert_eq!(played(Cpu::vcpus(4), &many, &two), (2, 0, 40.0, 20.0));
    }

    #[test]
    fn a_request_that_times_out_leaves_at_once() {
        // At the CPU: the second has got 50 of 200 ms; the other goes on alone.
        let at_cpu = rules(0, 100, u32::MAX);
        let requests = [(0, 200.0), (0, 45.0)];
        let (served, timed_out, longest, used) = played(Cpu::vcpus(1), &at_cpu, &requests);
        assert_eq!((served, timed_out, longest), (1, 1, 90.0));
        assert!((used - 100.0).abs() < 1e-6, "{used}");
        // While it waits, and in its latency.
        let waiting = rules(0, 100, 1);
        let requests = [(0, 80.0), (0, 80.0), (90, 10.0)];
        let (served, timed_out, _, used) = played(Cpu::vcpus(1), &waiting, &requests);
        assert_eq!((served, timed_out), (2, 1));
        assert!((used - 110.0).abs() < 1e-6, "{used}");
        let in_latency = rules(95, 100, 1);
        let (served, timed_out, _, _) = played(Cpu::vcpus(1), &in_latency, &[(0, 10.0)]);
        assert_eq!((served, timed_out), (0, 1));
    }
}

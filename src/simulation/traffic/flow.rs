//! The requests of a service as a fluid: rates that are constant between two changes, and a queue.
//!
//! All amounts are integers, so that no request is lost: offered = served + errors + refused + failed +
//! timed out + queued.

use crate::plan::ALL_REQUESTS;
use crate::simulation::amounts::Requests;
use crate::units::{Cpu, Memory, SimTime, Span};

/// The flow of requests through the tasks of a service.
#[derive(Clone, Debug, Default)]
pub(super) struct Flow {
    /// The time up to which everything is counted.
    pub(super) since: SimTime,
    /// Requests that arrive, in millionths per second.
    pub(super) offered: u64,
    /// Those of them that are sent to targets which do not answer, in millionths per second.
    pub(super) failing: u64,
    /// Those of them that are sent to tasks of a bad release, in millionths per second.
    pub(super) bad: u64,
    /// The share of the answers that are errors, in millionths.
    pub(super) erring: u32,
    /// The share of the requests that time out while they wait for the answers of other services, in
    /// millionths.
    pub(super) late: u32,
    /// Requests that the serving tasks can serve, in millionths per second.
    pub(super) capacity: u64,
    /// In a lasting overload, the part of `capacity` that is spent on requests which time out all the same.
    pub(super) wasted: u64,
    /// True from the time on at which requests of an overload time out, until it is over.
    pub(super) is_congested: bool,
    /// A client waits this long.
    pub(super) timeout: Span,
    /// The mean time of one vCPU that a request needs.
    pub(super) cpu_per_request: Span,
    /// The CPU that the RUNNING tasks use without requests.
    pub(super) idle_cpu: Cpu,
    /// RUNNING tasks.
    pub(super) running: u32,
    /// The CPU that the RUNNING tasks have reserved.
    pub(super) reserved_cpu: Cpu,
    /// The memory that the RUNNING tasks use without requests; zero where the load says nothing of memory.
    pub(super) idle_memory: Memory,
    /// The memory that the RUNNING tasks have reserved; zero where the load says nothing of memory.
    pub(super) reserved_memory: Memory,
    /// Requests that wait, in units of [`Requests`].
    pub(super) queued: u128,
}

impl Flow {
    /// Counts what has passed until `now`, at the present rates; `None` where no time has passed.
    ///
    /// Requests that the tasks cannot serve at once wait. One that waits for longer than the time-out is
    /// given up: so the queue is at most what the tasks serve in that time. Without a serving task each
    /// request is refused.
    pub(super) fn advance(&mut self, now: SimTime) -> Option<Requests> {
        let span = now.since(self.since);
        if span == Span::ZERO {
            return None;
        }
        self.since = now;
        let micros = u128::from(span.as_micros());
        let offered = u128::from(self.offered) * micros;
        let failed = u128::from(self.failing) * micros;
        let answered = offered - failed;
        let most_served = u128::from(self.capacity) * micros;
        let most_queued = self.most_queued();
        // After a loss of capacity more may wait than are served in time: those are given up first.
        let mut timed_out = self.queued.saturating_sub(most_queued);
        self.queued -= timed_out;
        self.is_congested &= self.wastes();
        let (mut refused, mut served, mut worked) = (answered, 0, 0);
        if self.capacity > 0 {
            refused = 0;
            worked = (self.queued + answered).min(most_served);
            served = match self.is_congested {
                true => worked - u128::from(self.wasted) * micros,
                false => worked,
            };
            self.queued += answered;
            self.queued -= served;
        }
        let too_many = self.queued.saturating_sub(most_queued);
        self.queued -= too_many;
        timed_out += too_many;
        if self.wastes() && !self.is_congested {
            let wasted = self.wasted_of(too_many);
            served -= wasted;
            timed_out += wasted;
            self.is_congested = self.queued == most_queued;
        }
        let late = served / u128::from(ALL_REQUESTS) * u128::from(self.late);
        served -= late;
        timed_out += late;
        let errors = served / u128::from(ALL_REQUESTS) * u128::from(self.erring);
        Some(Requests {
            span,
            offered,
            served: served - errors,
            errors,
            bad: u128::from(self.bad) * micros,
            refused,
            failed,
            timed_out,
            retried: 0,
            given_up: refused + failed + timed_out,
            queued: self.queued,
            cpu_used: u128::from(self.idle_cpu.as_base()) * micros + self.cpu_of(worked),
            cpu_reserved: u128::from(self.reserved_cpu.as_base()) * micros,
            memory_used: u128::from(self.idle_memory.as_bytes()) * micros,
            memory_reserved: u128::from(self.reserved_memory.as_bytes()) * micros,
            ..Requests::default()
        })
    }

    /// The work on requests that time out, as far as it would have served others, while the queue is full: it
    /// has been for as long as this number of requests is too many.
    fn wasted_of(&self, too_many: u128) -> u128 {
        let answered = self.offered - self.failing;
        let growth = answered.saturating_sub(self.capacity);
        let wasted = too_many * u128::from(self.wasted);
        wasted.checked_div(growth.into()).unwrap_or(0)
    }

    /// True in an overload in which work is in vain once requests time out.
    fn wastes(&self) -> bool {
        self.wasted > 0 && self.offered - self.failing > self.capacity
    }

    /// The requests that get an answer in time if they come now, in millionths per second.
    pub(super) fn served_now(&self) -> u64 {
        let answered = self.offered - self.failing;
        let in_time = match self.capacity {
            0 => 0,
            capacity if answered > capacity && self.is_full() => match self.is_congested {
                true => capacity - self.wasted,
                false => capacity,
            },
            _ => answered,
        };
        let part = u128::from(in_time) * u128::from(ALL_REQUESTS - self.late);
        (part / u128::from(ALL_REQUESTS)) as u64
    }

    /// The requests that time out if they come now, in millionths per second.
    pub(super) fn timing_out(&self) -> u64 {
        match self.capacity {
            0 => 0,
            _ => self.offered - self.failing - self.served_now(),
        }
    }

    /// The requests that the tasks work on now, in millionths per second.
    pub(super) fn worked(&self) -> u64 {
        match self.queued {
            0 => (self.offered - self.failing).min(self.capacity),
            _ => self.capacity,
        }
    }

    /// The most requests that wait, in units of [`Requests`].
    fn most_queued(&self) -> u128 {
        u128::from(self.capacity) * u128::from(self.timeout.as_micros())
    }

    fn is_full(&self) -> bool {
        self.queued >= self.most_queued()
    }

    /// The time at which the queue is empty or full at the present rates; `None` where it stays as it is.
    pub(super) fn turns_at(&self) -> Option<SimTime> {
        let answered = self.offered - self.failing;
        let (left, rate) = match answered > self.capacity {
            true if self.capacity == 0 || self.is_full() => return None,
            true => (self.most_queued() - self.queued, answered - self.capacity),
            false => (self.queued, self.capacity - answered),
        };
        let micros = left.checked_div(rate.into())? + u128::from(left % u128::from(rate) > 0);
        let micros = u64::try_from(micros).ok().filter(|micros| *micros > 0)?;
        Some(self.since + Span::micros(micros))
    }

    /// True when requests may be lost before the rates change.
    pub(super) fn may_lose(&self) -> bool {
        let answered = self.offered - self.failing;
        let is_too_much = answered > self.capacity;
        let most_queued = self.most_queued();
        self.failing > 0 || self.late > 0 || is_too_much || self.queued > most_queued
    }

    /// The CPU that requests need, in base units × µs.
    fn cpu_of(&self, requests: u128) -> u128 {
        let vcpu_micros = u128::from(self.cpu_per_request.as_micros());
        requests / u128::from(Requests::PER_REQUEST / Cpu::BASE_PER_VCPU) * vcpu_micros
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    /// Whole requests.
    fn whole(amount: u128) -> u128 {
        assert_eq!(amount % u128::from(Requests::PER_REQUEST), 0);
        amount / u128::from(Requests::PER_REQUEST)
    }

    fn flow(offered: u64, capacity: u64) -> Flow {
        Flow {
            offered: offered * 1_000_000,
            capacity: capacity * 1_000_000,
            timeout: Span::seconds(10),
            cpu_per_request: Span::micros(10_000),
            idle_cpu: Cpu::units(512),
            reserved_cpu: Cpu::units(2_048),
            ..Flow::default()
        }
    }

    #[test]
    fn what_is_offered_below_the_capacity_is_served() {
        let passed = flow(40, 100).advance(at(60)).unwrap();
        assert_eq!(
            (whole(passed.offered), whole(passed.served)),
            (2_400, 2_400)
        );
        assert_eq!((passed.refused, passed.timed_out, passed.queued), (0, 0, 0));
        // 0.5 vCPU idle and 40/s of 10 ms: 0.9 of 2 vCPU.
        let vcpu_minute = u128::from(Cpu::BASE_PER_VCPU) * 60_000_000;
        assert_eq!(passed.cpu_used * 10, vcpu_minute * 9);
        assert_eq!(passed.cpu_reserved, vcpu_minute * 2);
        assert_eq!(passed.utilization(), Some(45_000_000));
    }

    #[test]
    fn requests_wait_up_to_the_time_out_and_are_served_later() {
        let mut flow = flow(150, 100);
        let passed = flow.advance(at(10)).unwrap();
        assert_eq!((whole(passed.served), whole(passed.queued)), (1_000, 500));
        let passed = flow.advance(at(30)).unwrap();
        assert_eq!(
            (whole(passed.queued), whole(passed.timed_out)),
            (1_000, 500)
        );
        flow.offered = 50_000_000;
        let passed = flow.advance(at(40)).unwrap();
        assert_eq!((whole(passed.served), whole(passed.queued)), (1_000, 500));
        let passed = flow.advance(at(60)).unwrap();
        assert_eq!((whole(passed.served), whole(passed.queued)), (1_500, 0));
    }

    /// Where half of the work is in vain, it is so from the time on at which requests time out.
    #[test]
    fn in_a_lasting_overload_work_is_wasted() {
        let mut flow = flow(150, 100);
        flow.wasted = 50_000_000;
        let passed = flow.advance(at(20)).unwrap();
        assert_eq!((whole(passed.served), whole(passed.queued)), (2_000, 1_000));
        assert!(flow.may_lose());
        let passed = flow.advance(at(30)).unwrap();
        assert_eq!(
            (whole(passed.served), whole(passed.timed_out)),
            (500, 1_000)
        );
        // The CPU is used in full all the same: 0.5 vCPU idle and 100/s of 10 ms.
        assert_eq!(passed.cpu_used, u128::from(Cpu::BASE_PER_VCPU) * 15_000_000);
        // More capacity does not end it where it is still too little.
        flow.capacity = 120_000_000;
        let passed = flow.advance(at(40)).unwrap();
        assert_eq!(
            (
                whole(passed.served),
                whole(passed.queued),
                whole(passed.timed_out)
            ),
            (700, 1_200, 600)
        );
        flow.capacity = 100_000_000;
        flow.advance(at(41));
        // Nothing is wasted while the queue empties.
        flow.offered = 50_000_000;
        assert_eq!(whole(flow.advance(at(51)).unwrap().served), 1_000);
        assert!(!flow.may_lose() && !flow.is_congested);
    }

    #[test]
    fn without_a_task_requests_are_refused_and_those_that_wait_time_out() {
        let mut flow = flow(150, 100);
        flow.advance(at(10));
        flow.capacity = 0;
        let passed = flow.advance(at(20)).unwrap();
        assert_eq!(
            (whole(passed.refused), whole(passed.timed_out)),
            (1_500, 500)
        );
        assert_eq!((passed.served, passed.queued), (0, 0));
        assert_eq!(flow.advance(at(20)), None);
    }

    #[test]
    fn looking_at_more_times_changes_nothing() {
        for (offered, capacity) in [(0, 100), (50, 20), (150, 100), (90, 100), (40, 0)] {
            let played = |steps: u64| {
                let mut flow = flow(150, 150);
                (flow.queued, flow.offered) = (1_500 * u128::from(Requests::PER_REQUEST), 0);
                flow.advance(at(1));
                flow.offered = offered * 1_000_000;
                flow.capacity = capacity * 1_000_000;
                let mut total = Requests::default();
                for step in 1..=steps {
                    let passed = flow.advance(at(1 + 60 * step / steps));
                    total.add(&passed.unwrap());
                }
                total
            };
            assert_eq!(played(1), played(60), "{offered} {capacity}");
        }
    }

    #[test]
    fn no_request_is_lost() {
        let mut flow = flow(0, 0);
        let (mut offered, mut gone, mut queued) = (0, 0, 0);
        let mut number: u64 = 1;
        for step in 1_u64..5_000 {
            // A plain generator of changing rates.
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            flow.offered = (number >> 33) % 1_000_003;
            flow.capacity = (number >> 13) % 1_000_003 * u64::from(!step.is_multiple_of(7));
            let now = SimTime::micros(step * (step % 11) * 999_983 + step);
            if now <= flow.since {
                continue;
            }
            let passed = flow.advance(now).unwrap();
            offered += passed.offered;
            gone += passed.served + passed.refused + passed.timed_out;
            queued = passed.queued;
        }
        assert!(gone > 0 && offered == gone + queued);
    }
}

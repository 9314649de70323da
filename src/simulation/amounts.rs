//! Amounts of requests that facts report.

use crate::units::{SimTime, Span};
use serde::{Deserialize, Serialize};

/// The requests of a service in some time. The unit of requests is 10⁻¹² of one, so that all amounts are
/// whole: offered = served + errors + refused + failed + timed out + the change of queued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    /// The length of the time.
    pub span: Span,
    /// Requests that arrived.
    pub offered: u128,
    /// Requests that were served.
    pub served: u128,
    /// Requests that a task of a bad release answered with an error (HTTP 5xx).
    pub errors: u128,
    /// Requests that were sent to tasks of a bad release, whatever became of them.
    pub bad: u128,
    /// Requests that found no task, and no target that was not deregistered.
    pub refused: u128,
    /// Requests that a load balancer sent to a target which did not answer.
    pub failed: u128,
    /// Requests whose client has given up.
    pub timed_out: u128,
    /// Of the requests that arrived, those that a client has sent before.
    pub retried: u128,
    /// Of the requests that were refused, failed or timed out, those that are not sent again.
    pub given_up: u128,
    /// Requests that wait at the end of the time.
    pub queued: u128,
    /// CPU that the RUNNING tasks used, in 1/128,000 vCPU × µs.
    pub cpu_used: u128,
    /// CPU that the RUNNING tasks have reserved, in 1/128,000 vCPU × µs.
    pub cpu_reserved: u128,
    /// Memory that the RUNNING tasks used, in bytes × µs; 0 where the load says nothing of memory.
    pub memory_used: u128,
    /// Memory that the RUNNING tasks have reserved, in bytes × µs; 0 where the load says nothing of memory.
    pub memory_reserved: u128,
    /// The median response time in µs × the requests served, added over the times in which the rates
    /// were constant.
    pub served_p50: u128,
    /// The same for the 95th percentile.
    pub served_p95: u128,
    /// The same for the 99th percentile.
    pub served_p99: u128,
    /// The same for the mean.
    pub served_mean: u128,
    /// The CPU that the RUNNING tasks would have used if each had used as much of what it has reserved as the
    /// one with the most, in 1/128,000 vCPU × µs.
    pub cpu_most: u128,
    /// The same as the one with the least.
    pub cpu_least: u128,
}

/// The CPU credits of an instance since they were measured last. Credits are in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CpuCreditAmounts {
    /// The length of the time.
    pub span: Span,
    /// `CPUCreditUsage`: credits spent.
    pub usage: u64,
    /// `CPUCreditBalance` now.
    pub balance: u64,
    /// `CPUSurplusCreditBalance` now.
    pub surplus: u64,
    /// `CPUSurplusCreditsCharged`, in 1/128,000 vCPU × µs.
    pub charged: u128,
    /// The time for which the instance could use no more than its baseline and wanted more.
    pub throttled: Span,
}

impl Requests {
    /// The requests that were not served.
    pub const fn lost(&self) -> u128 {
        self.refused + self.failed + self.timed_out
    }

    /// The units in one request.
    pub const PER_REQUEST: u64 = 1_000_000_000_000;

    /// Adds what passed in the time that follows.
    pub fn add(&mut self, next: &Self) {
        self.span = self.span.saturating_add(next.span);
        self.offered += next.offered;
        self.served += next.served;
        self.errors += next.errors;
        self.bad += next.bad;
        self.refused += next.refused;
        self.failed += next.failed;
        self.timed_out += next.timed_out;
        self.retried += next.retried;
        self.given_up += next.given_up;
        self.queued = next.queued;
        self.cpu_used += next.cpu_used;
        self.cpu_reserved += next.cpu_reserved;
        self.memory_used += next.memory_used;
        self.memory_reserved += next.memory_reserved;
        self.served_p50 += next.served_p50;
        self.served_p95 += next.served_p95;
        self.served_p99 += next.served_p99;
        self.served_mean += next.served_mean;
        self.cpu_most += next.cpu_most;
        self.cpu_least += next.cpu_least;
    }

    /// Adds the requests of another target group in the same time.
    pub fn join(&mut self, other: &Self) {
        let (span, queued) = (self.span, self.queued);
        let reserved = self.cpu_reserved + other.cpu_reserved;
        let of_all = |percent: u128| percent * reserved / 100_000_000;
        let [own, others] = [&*self, other].map(|of| of.part(of.cpu_most));
        let most = of_all(own.max(others).unwrap_or(0));
        let [own, others] = [&*self, other].map(|of| of.part(of.cpu_least));
        let least = of_all(own.min(others).or(own).or(others).unwrap_or(0));
        self.add(other);
        (self.span, self.queued) = (span, queued + other.queued);
        (self.cpu_most, self.cpu_least) = (most, least);
    }

    /// CPU ÷ the CPU that is reserved, in millionths of a per cent; `None` without a RUNNING task.
    fn part(&self, cpu: u128) -> Option<u128> {
        (cpu * 100_000_000).checked_div(self.cpu_reserved)
    }

    /// CPU used ÷ reserved, in millionths of a per cent; `None` without a RUNNING task.
    pub fn utilization(&self) -> Option<u64> {
        u64::try_from(self.part(self.cpu_used)?).ok()
    }

    /// The CPU utilization of the RUNNING tasks with the least and with the most, in millionths of a per cent;
    /// `None` without a RUNNING task. Times count by the CPU that is reserved in them, as for the mean, which
    /// lies between the two.
    pub fn least_and_most(&self) -> Option<[u64; 2]> {
        let mean = self.utilization()?;
        let of = |cpu: u128| u64::try_from(self.part(cpu)?).ok();
        Some([of(self.cpu_least)?.min(mean), of(self.cpu_most)?.max(mean)])
    }

    /// The mean response time of the requests served, and its percentiles 50, 95 and 99, in µs; `None` without
    /// one. The percentiles are means of those of times with constant rates.
    pub fn response_times(&self) -> Option<[u64; 4]> {
        let sums = [
            self.served_mean,
            self.served_p50,
            self.served_p95,
            self.served_p99,
        ];
        let of = |sum: u128| u64::try_from(sum / self.served).unwrap_or(u64::MAX);
        (self.served > 0).then(|| sums.map(of))
    }

    /// Memory used ÷ reserved, in millionths of a per cent; `None` without a RUNNING task, and where the
    /// load says nothing of memory.
    pub fn memory_utilization(&self) -> Option<u64> {
        // Both in KiB × µs, so that the product is not too large.
        let part =
            (self.memory_used / 1024 * 100_000_000).checked_div(self.memory_reserved / 1024)?;
        u64::try_from(part).ok()
    }
}

/// Requests of a service while a release is deployed: what users met of the release, in units of
/// [`Requests`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReleaseRequests {
    /// Requests that arrived.
    pub offered: u128,
    /// Those of them that were sent to tasks of a bad release.
    pub bad: u128,
    /// Those of them that tasks of a bad release answered with an error.
    pub errors: u128,
}

/// The part of an amount that passed evenly: that of `part` µs of `whole` µs.
pub fn part_of(amount: u128, (part, whole): (u64, u64)) -> u128 {
    let (part, whole) = (u128::from(part), u128::from(whole));
    // The quotient and the remainder apart, as the product of the whole amount could be too large.
    amount / whole * part + amount % whole * part / whole
}

impl ReleaseRequests {
    /// Adds the part of what passed until `now` that belongs to the time `from` … `to`. It passed evenly.
    pub fn add(&mut self, passed: &Requests, now: SimTime, [from, to]: [SimTime; 2]) {
        let span = passed.span.as_micros();
        let began = SimTime::micros(now.as_micros().saturating_sub(span)).max(from);
        let ended = now.min(to);
        if span == 0 || ended <= began {
            return;
        }
        let part = |amount: u128| part_of(amount, (ended.since(began).as_micros(), span));
        self.offered += part(passed.offered);
        self.bad += part(passed.bad);
        self.errors += part(passed.errors);
    }

    /// Adds other requests.
    pub fn join(&mut self, other: &Self) {
        self.offered += other.offered;
        self.bad += other.bad;
        self.errors += other.errors;
    }

    /// A number of requests, rounded to whole ones.
    pub fn whole(amount: u128) -> u64 {
        let unit = u128::from(Requests::PER_REQUEST);
        u64::try_from((amount + unit / 2) / unit).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{SimTime, Span};

    #[test]
    fn fact_251_the_mean_lies_between_the_task_with_the_least_and_the_one_with_the_most() {
        let of = |span, [least, used, most]: [u128; 3], reserved| Requests {
            span: Span::seconds(span),
            cpu_used: used,
            cpu_least: least,
            cpu_most: most,
            cpu_reserved: reserved,
            ..Requests::default()
        };
        // 10 s without a task, then one task, then nine.
        let mut all = of(10, [0; 3], 0);
        all.add(&of(10, [10, 10, 10], 100));
        all.add(&of(10, [540, 810, 900], 900));
        assert_eq!(all.utilization(), Some(82_000_000));
        assert_eq!(all.least_and_most(), Some([55_000_000, 91_000_000]));
        // Another target group has tasks with more.
        let mut both = of(10, [20, 30, 40], 100);
        both.join(&of(10, [150, 180, 190], 200));
        assert_eq!(both.utilization(), Some(70_000_000));
        assert_eq!(both.least_and_most(), Some([20_000_000, 95_000_000]));
        both.join(&of(10, [0; 3], 0));
        assert_eq!(both.least_and_most(), Some([20_000_000, 95_000_000]));
    }

    #[test]
    fn only_the_part_inside_of_the_time_counts() {
        let at = |seconds: u64| SimTime::ZERO + Span::seconds(seconds);
        let passed = Requests {
            span: Span::seconds(100),
            offered: 1_000,
            bad: 100,
            errors: 10,
            ..Requests::default()
        };
        let of = |window: [SimTime; 2]| {
            let mut sum = ReleaseRequests::default();
            sum.add(&passed, at(200), window);
            (sum.offered, sum.bad, sum.errors)
        };
        assert_eq!(of([at(0), at(300)]), (1_000, 100, 10));
        assert_eq!(of([at(150), at(160)]), (100, 10, 1));
        assert_eq!(of([at(180), SimTime::MAX]), (200, 20, 2));
        assert_eq!(of([at(0), at(100)]), (0, 0, 0));
        assert_eq!(of([at(200), at(300)]), (0, 0, 0));
    }
}

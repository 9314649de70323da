//! The stationary response times of the requests of a task.
//!
//! Requests come to a task as a Poisson process. The number that it works on has the same distribution
//! for every law of CPU times with this mean (Cohen 1979; facts/validation.md 1.1). A request with the
//! CPU time x takes x × the mean slowdown, on average; its variance follows from how fast the number of
//! requests changes while it is worked on, and is exact for one vCPU and exponential CPU times (Coffman,
//! Muntz and Trotter 1970). With a limit of requests at once the others wait in order of arrival; the mean
//! of one vCPU is then that of Avi-Itzhak and Halfin (1988).

use super::sizes::Sizes;
use crate::plan::TaskRates;

/// The requests of a task.
#[derive(Clone, Debug)]
pub(super) struct TaskQueue {
    rates: TaskRates,
    sizes: Sizes,
}

/// What requests find that arrive at a task.
#[derive(Default)]
struct Found {
    /// (slowdown of the CPU time, share of requests), of those that need not wait.
    at_once: Vec<(f64, f64)>,
    /// Share of the requests that wait.
    waiting: f64,
    /// Their mean wait in seconds.
    wait: f64,
    /// The slowdown after the wait.
    slowdown_after: f64,
}

impl TaskQueue {
    pub(super) const fn new(rates: TaskRates, sizes: Sizes) -> Self {
        Self { rates, sizes }
    }

    /// Calls `add` with response times in seconds and their shares, which sum to 1. `utilization` is the
    /// rate of arrivals ÷ the highest rate of the task; below 1.
    pub(super) fn responses(&self, utilization: f64, mut add: impl FnMut(f64, f64)) {
        let found = self.found(utilization);
        let all = |value: &dyn Fn(f64) -> f64| {
            let at_once = found.at_once.iter();
            let at_once: f64 = at_once.map(|(slow, share)| value(*slow) * share).sum();
            at_once + found.waiting * value(found.slowdown_after)
        };
        let mean = all(&|slow| slow);
        let latency = self.rates.latency();
        for (size, share) in &self.sizes.groups {
            let spread = self.spread(*size, utilization);
            let response = |slow: f64| latency + size * (mean + spread * (slow - mean));
            for (slow, of_found) in &found.at_once {
                add(response(*slow), share * of_found);
            }
            if found.waiting > 0.0 {
                let after = response(found.slowdown_after);
                for (wait, of_wait) in exponential() {
                    let share = share * found.waiting * of_wait;
                    add(after + wait * found.wait, share);
                }
            }
        }
    }

    /// How much of the deviation of the slowdown at the arrival is left over the whole CPU time: its
    /// correlation falls exponentially.
    fn spread(&self, size: f64, utilization: f64) -> f64 {
        let residual = self.rates.demand() * (1.0 + self.sizes.squared_variation) / 2.0;
        let times = size * (1.0 - utilization) / residual;
        if times < 1e-6 {
            return 1.0;
        }
        (2.0 * (times - 1.0 + libm::exp(-times)) / (times * times)).sqrt()
    }

    /// What arriving requests find: with a Poisson process that is what the task has over time.
    fn found(&self, utilization: f64) -> Found {
        let rates = &self.rates;
        let slowdown = |number: f64| {
            let whole = rates.slowdown(number as usize);
            whole + (rates.slowdown(number as usize + 1) - whole) * (number - libm::floor(number))
        };
        let limit = rates.limit().map(|limit| limit as usize);
        let mut found = Found::default();
        if utilization <= 0.0 {
            found.at_once.push((rates.slowdown(1), 1.0));
            return found;
        }
        let (below, saturated) = self.shares(utilization);
        let full = rates.saturated_at();
        for (number, share) in below.iter().enumerate() {
            found.at_once.push((rates.slowdown(number + 1), *share));
        }
        // From `full` requests on each number has `utilization` of the share of the one before.
        let (mut number, mut left) = (full, saturated);
        while left > 1e-9 && limit.is_none_or(|limit| number < limit) {
            let width = (number as f64 / 16.0).min(0.25 / (1.0 - utilization)) as usize;
            let width = width.max(1);
            let width = limit.map_or(width, |limit| width.min(limit - number));
            let after = left * libm::pow(utilization, width as f64);
            let middle = number as f64 + (width - 1) as f64 / 2.0 + 1.0;
            found.at_once.push((slowdown(middle), left - after));
            (number, left) = (number + width, after);
        }
        match limit {
            Some(limit) if number >= limit => {
                let residual = (1.0 + self.sizes.squared_variation) / 2.0;
                found.waiting = left;
                found.wait = residual / rates.most() / (1.0 - utilization);
                found.slowdown_after = rates.slowdown(limit);
            }
            _ => {
                if let Some((_, share)) = found.at_once.last_mut() {
                    *share += left;
                }
            }
        }
        found
    }

    /// The shares of the time with 0, 1, … requests below those with which the rate is the highest, and
    /// of that number and more together.
    fn shares(&self, utilization: f64) -> (Vec<f64>, f64) {
        let rates = &self.rates;
        let arrivals = utilization * rates.most();
        let full = rates.saturated_at();
        let mut share = 1.0;
        let mut saturated = 1.0 / (1.0 - utilization);
        let mut below = vec![0.0; full];
        for number in (0..full).rev() {
            share *= rates.rate(number + 1) / arrivals;
            below[number] = share;
            if share > 1e200 {
                below[number..]
                    .iter_mut()
                    .for_each(|share| *share *= 1e-200);
                (share, saturated) = (share * 1e-200, saturated * 1e-200);
            }
        }
        let all = below.iter().sum::<f64>() + saturated;
        below.iter_mut().for_each(|share| *share /= all);
        (below, saturated / all)
    }
}

/// The exponential distribution with mean 1 as values and shares: the means between quantiles.
fn exponential() -> impl Iterator<Item = (f64, f64)> {
    // Between t and t + d the share is e^-t − e^-(t+d).
    let ends = (0..48).map(|step: u32| {
        let step = f64::from(step);
        0.05 * step * (1.0 + step / 16.0)
    });
    let ends: Vec<f64> = ends.collect();
    (0..ends.len()).map(move |place| {
        let from = ends[place];
        let above = libm::exp(-from);
        let Some(to) = ends.get(place + 1) else {
            return (from + 1.0, above);
        };
        let below = libm::exp(-to);
        let share = above - below;
        // The mean of an exponential between two times.
        ((from * above - to * below) / share + 1.0, share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Distribution;

    /// Mean and quantiles of the response time.
    fn summary<const N: usize>(
        queue: &TaskQueue,
        utilization: f64,
        q: [f64; N],
    ) -> (f64, [f64; N]) {
        let mut points = Vec::new();
        queue.responses(utilization, |value, share| points.push((value, share)));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all: f64 = points.iter().map(|point| point.1).sum();
        assert!((all - 1.0).abs() < 1e-9, "{all}");
        let mean = points.iter().map(|point| point.0 * point.1).sum();
        let quantile = |q: f64| {
            let mut below = 0.0;
            let found = points.iter().find(|point| {
                below += point.1;
                below >= q
            });
            found.unwrap().0
        };
        (mean, q.map(quantile))
    }

    fn queue(cores: f64, limit: Option<u32>, law: Option<Distribution>) -> TaskQueue {
        let rates = TaskRates::new(cores, 1.0, 0.0, limit);
        TaskQueue::new(rates, Sizes::new(law.as_ref(), 1.0))
    }

    fn close(got: f64, wanted: f64, within: f64) {
        let error = (got / wanted - 1.0).abs();
        assert!(error < within, "{got}, not {wanted}");
    }

    #[test]
    fn the_mean_is_that_of_processor_sharing_for_every_law() {
        let exponential = Some(Distribution::Exponential { mean: 1.0 });
        for law in [None, exponential] {
            // ps_W of facts/validation.md 1.2: 1 ÷ (1 − rho).
            close(
                summary(&queue(1.0, None, law.clone()), 0.8, []).0,
                5.0,
                1e-3,
            );
            close(
                summary(&queue(0.25, None, law.clone()), 0.8, []).0,
                20.0,
                1e-3,
            );
            // M/M/10 at 0.8 and M/M/100 at 0.9.
            close(
                summary(&queue(10.0, None, law.clone()), 0.8, []).0,
                1.204_590_08,
                1e-3,
            );
            close(
                summary(&queue(100.0, None, law), 0.9, []).0,
                1.021_694_05,
                1e-3,
            );
        }
    }

    #[test]
    fn with_a_limit_requests_wait_as_in_m_m_c() {
        let law = || Some(Distribution::Exponential { mean: 1.0 });
        let (mean, [p95, p99]) = summary(&queue(1.0, Some(1), law()), 0.8, [0.95, 0.99]);
        close(mean, 5.0, 1e-3);
        close(p95, 14.978_661_4, 0.02);
        close(p99, 23.025_850_9, 0.02);
        // M/D/1: 1 + Wq of facts/validation.md 1.2.
        close(summary(&queue(1.0, Some(1), None), 0.8, []).0, 3.0, 1e-3);
        close(
            summary(&queue(10.0, Some(10), law()), 0.8, []).0,
            1.204_590_08,
            1e-3,
        );
    }

    #[test]
    fn the_variance_of_m_m_1_with_processor_sharing_is_exact() {
        // (2 + rho) ÷ (2 − rho) ÷ (1 − rho)².
        for rho in [0.3, 0.8, 0.95] {
            let queue = queue(1.0, None, Some(Distribution::Exponential { mean: 1.0 }));
            let (mut mean, mut squares) = (0.0, 0.0);
            queue.responses(rho, |value, share| {
                mean += value * share;
                squares += value * value * share;
            });
            let wanted = (2.0 + rho) / (2.0 - rho) / ((1.0 - rho) * (1.0 - rho));
            close(squares - mean * mean, wanted, 0.03);
        }
    }

    #[test]
    fn an_idle_task_takes_the_cpu_time_and_the_latency() {
        let rates = TaskRates::new(0.5, 0.01, 0.03, None);
        let queue = TaskQueue::new(rates, Sizes::new(None, 0.01));
        let (mean, [p99]) = summary(&queue, 0.0, [0.99]);
        close(mean, 0.05, 1e-9);
        close(p99, 0.05, 1e-9);
        let limited = TaskRates::new(0.5, 0.01, 0.03, Some(4));
        let queue = TaskQueue::new(limited, Sizes::new(None, 0.01));
        close(summary(&queue, 0.0, []).0, 0.05, 1e-9);
        assert!(summary(&queue, 0.9, []).0 > 0.06);
    }
}

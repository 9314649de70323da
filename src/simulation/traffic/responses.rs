//! The response times of the requests of a service in the fluid model.
//!
//! While the rates are constant the response times are those of the stationary tasks (`task_queue.rs`) at
//! the present congestion (`congestion.rs`), and the delay by the queue of the fluid. So it is enough to
//! keep how many requests came at which congestion and with which delay; the distribution is made at the
//! end. The cost does not grow with the number of requests.

use super::call_graph::Waits;
use super::congestion::{self, Congestion};
use super::task_times::{TaskKind, TaskTimes, Typical, micros};
use crate::plan::Load;
use crate::simulation::response_times::ResponseTimes;
use crate::units::{Cpu, Decimal, Span};
use std::collections::BTreeMap;

/// Delays by the queue are kept in steps of this ratio.
const DELAYS_PER_DOUBLING: f64 = 8.0;

/// The tasks of one kind that serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServingClass {
    /// The CPU that a task has for requests.
    pub(super) cpu: Cpu,
    /// The speed of its processor.
    pub(super) speed: Decimal,
    /// The number of tasks.
    pub(super) tasks: u32,
}

/// A time in which the rates are constant, as the fluid model has counted it. Rates are in millionths
/// per second, amounts in units of [`Requests`](crate::simulation::Requests).
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) micros: u64,
    pub(super) offered: u64,
    pub(super) capacity: u64,
    /// Requests that are served while the queue is full.
    pub(super) served_when_full: u64,
    /// Requests that wait at the beginning.
    pub(super) queued: u128,
    pub(super) timeout: Span,
    /// For how long requests wait for the answers of other services: shares, and seconds.
    pub(super) calls: Waits,
}

/// Requests that arrived with the same congestion and delay: (kind of task, step of the congestion,
/// step of the delay; 0 is no delay).
type Kept = (TaskKind, u16, u16);

/// The response times of a service.
#[derive(Clone, Debug)]
pub(super) struct Responses {
    congestion: Congestion,
    serving: Vec<ServingClass>,
    kept: BTreeMap<Kept, u128>,
    /// The times that were typical when requests arrived last.
    latest: Typical,
}

impl Responses {
    pub(super) const fn new() -> Self {
        Self {
            congestion: Congestion::new(),
            serving: Vec::new(),
            kept: BTreeMap::new(),
            latest: Typical {
                p50: 0,
                p95: 0,
                p99: 0,
                mean: 0,
            },
        }
    }

    /// The response times of requests that are served: those that were typical when requests arrived last, as
    /// requests that are served while none arrive have come before.
    pub(super) const fn latest(&self) -> Typical {
        self.latest
    }

    /// Sets the tasks that serve from now on.
    pub(super) fn serve(&mut self, known: &mut TaskTimes, load: &Load, serving: &[ServingClass]) {
        self.serving.clear();
        self.serving
            .extend(serving.iter().filter(|class| class.tasks > 0));
        for class in &self.serving {
            known.know(load, (class.cpu, class.speed));
        }
    }

    /// Forgets what has been counted.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Counts a time in which the rates were constant. Returns the response times that were typical in it.
    pub(super) fn pass(&mut self, known: &mut TaskTimes, segment: &Segment) -> Typical {
        let tasks: u32 = self.serving.iter().map(|class| class.tasks).sum();
        if segment.capacity == 0 || tasks == 0 {
            self.congestion = Congestion::new();
            return Typical::default();
        }
        let utilization = segment.offered as f64 / segment.capacity as f64;
        let seconds = segment.micros as f64 / 1e6;
        let requests = segment.offered as f64 / 1e6 * seconds / f64::from(tasks);
        let parts = self.congestion.pass(utilization, requests);
        let (mut all, mut typical) = (0.0, [0.0; 4]);
        for phase in phases(segment) {
            for (part, calls) in parts
                .iter()
                .flat_map(|part| segment.calls.map(|of| (part, of)))
            {
                let weight = phase.admitted as f64 * part.share * calls.0;
                // Those that wait for longer time out.
                if weight <= 0.0 || calls.1 >= segment.timeout.as_seconds_f64() {
                    continue;
                }
                let amount = weight as u128;
                let phase = phase.later(calls.1);
                let of_part = self.count(known, part.congestion, &phase, amount);
                all += weight;
                for (sum, of_part) in typical.iter_mut().zip(of_part) {
                    *sum += weight * of_part;
                }
            }
        }
        if all == 0.0 {
            return Typical::default();
        }
        // A request is served within the time-out.
        let served = |micros: f64| ((micros / all) as u64).min(segment.timeout.as_micros());
        let [p50, p95, p99, mean] = typical.map(served);
        self.latest = Typical {
            p50,
            p95,
            p99,
            mean,
        };
        self.latest
    }

    /// Counts requests that came at this congestion, in a phase of the queue. Returns their median, their
    /// 95th and 99th percentiles and their mean in µs.
    fn count(
        &mut self,
        known: &mut TaskTimes,
        congestion: f64,
        phase: &Phase,
        amount: u128,
    ) -> [f64; 4] {
        let tasks: u32 = self.serving.iter().map(|class| class.tasks).sum();
        let (first, second, share) = congestion::steps(congestion);
        let mut sums = [0.0; 4];
        for place in 0..self.serving.len() {
            let class = self.serving[place];
            let kind = (class.cpu, class.speed);
            let of_class = f64::from(class.tasks) / f64::from(tasks);
            for (step, share) in [(first, 1.0 - share), (second, share)] {
                let share = share * of_class;
                let part = (amount as f64 * share) as u128;
                if part == 0 {
                    continue;
                }
                let typical = known.typical(kind, step);
                let values = [typical.p50, typical.p95, typical.p99, typical.mean];
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += share * value as f64;
                }
                phase.delays(part, |delay, part| {
                    *self.kept.entry((kind, step, delay)).or_default() += part;
                });
            }
        }
        // The mean of the delays is in their middle. That the same requests are late in both parts is an
        // approximation: the delay that a share of them stays below is added to the time that this share of
        // them stays below.
        let delays = [0.5, 0.95, 0.99, 0.5].map(|share| phase.delay_below(share) * 1e6);
        std::array::from_fn(|place| sums[place] + delays[place])
    }

    /// The distribution of what has been counted. A request is served within the time-out.
    pub(super) fn distribution(&self, known: &TaskTimes, timeout: Span) -> ResponseTimes {
        let mut times = ResponseTimes::default();
        let longest = timeout.as_micros();
        // Those of one kind and one congestion come after each other.
        let (mut of, mut points) = (None, Vec::new());
        for ((kind, step, delay), amount) in &self.kept {
            if of != Some((*kind, *step)) {
                (of, points) = (Some((*kind, *step)), known.all(*kind, *step));
            }
            let delay = delay_at(*delay);
            let (mut left, mut last) = (*amount, 0);
            for (seconds, share) in &points {
                let part = ((*amount as f64 * share) as u128).min(left);
                last = micros(seconds + delay).min(longest);
                times.add(last, part);
                left -= part;
            }
            times.add(last, left);
        }
        times
    }
}

/// A part of a segment in which the delay by the queue changes evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Phase {
    /// Requests that arrive and do not time out.
    admitted: u128,
    /// The delay at the beginning in seconds.
    from: f64,
    /// The delay at the end in seconds.
    to: f64,
}

/// The phases of a segment: while the queue grows or empties, and then.
fn phases(segment: &Segment) -> [Phase; 2] {
    let (offered, capacity) = (segment.offered as f64, segment.capacity as f64);
    let micros = segment.micros as f64;
    let bound = segment.timeout.as_seconds_f64();
    let from = (segment.queued as f64 / capacity / 1e6).min(bound);
    // The change of the delay in seconds per second.
    let change = offered / capacity - 1.0;
    let (goal, last) = match change > 0.0 {
        true => (bound, segment.served_when_full),
        false => (0.0, segment.offered),
    };
    let until = match (goal - from) / change {
        reached if reached.is_finite() => (reached * 1e6).clamp(0.0, micros),
        _ if from == goal => 0.0,
        _ => micros,
    };
    let to = from + change * until / 1e6;
    let until = until as u64;
    let first = Phase {
        admitted: u128::from(segment.offered) * u128::from(until),
        from,
        to,
    };
    let then = Phase {
        admitted: u128::from(last) * u128::from(segment.micros - until),
        from: goal,
        to: goal,
    };
    [first, then]
}

impl Phase {
    /// The delay in seconds that this share of its requests stays below, as the delay changes evenly.
    fn delay_below(&self, share: f64) -> f64 {
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        low + share * (high - low)
    }

    /// The same with a longer delay.
    fn later(&self, seconds: f64) -> Self {
        Self {
            from: self.from + seconds,
            to: self.to + seconds,
            ..*self
        }
    }

    /// Calls `add` with the steps of the delay that it goes through, and the part of `amount` with each.
    fn delays(&self, amount: u128, mut add: impl FnMut(u16, u128)) {
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        let (first, last) = (delay_step(low), delay_step(high));
        let mut left = amount;
        for step in first..last {
            // Each step reaches to the middle between it and the next, by ratio.
            let end = delay_end(step).clamp(low, high);
            let begin = match step == first {
                true => low,
                false => delay_end(step - 1).clamp(low, high),
            };
            let part = ((amount as f64 * (end - begin) / (high - low)) as u128).min(left);
            if part > 0 {
                add(step, part);
            }
            left -= part;
        }
        if left > 0 {
            add(last, left);
        }
    }
}

/// The step of a delay in seconds; 0 below half a microsecond.
fn delay_step(seconds: f64) -> u16 {
    let micros = seconds * 1e6;
    if micros < 0.5 {
        return 0;
    }
    (libm::log2(micros.max(1.0)) * DELAYS_PER_DOUBLING + 0.5) as u16 + 1
}

/// The delay of a step in seconds.
fn delay_at(step: u16) -> f64 {
    match step {
        0 => 0.0,
        _ => libm::pow(2.0, f64::from(step - 1) / DELAYS_PER_DOUBLING) / 1e6,
    }
}

/// The longest delay of a step in seconds.
fn delay_end(step: u16) -> f64 {
    match step {
        0 => 0.5e-6,
        _ => libm::pow(2.0, (f64::from(step) - 0.5) / DELAYS_PER_DOUBLING) / 1e6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: u128 = 1_000_000_000_000;

    fn segment(offered: u64, capacity: u64, seconds: u64, queued: u128) -> Segment {
        Segment {
            micros: seconds * 1_000_000,
            offered: offered * 1_000_000,
            capacity: capacity * 1_000_000,
            served_when_full: capacity * 1_000_000,
            queued: queued * ONE,
            timeout: Span::seconds(10),
            calls: [(1.0, 0.0), (0.0, 0.0), (0.0, 0.0)],
        }
    }

    #[test]
    fn the_delay_follows_the_queue() {
        let of = |offered, capacity, seconds, queued| {
            phases(&segment(offered, capacity, seconds, queued))
                .map(|phase| (phase.admitted / ONE, phase.from, phase.to))
        };
        assert_eq!(of(50, 100, 60, 0), [(0, 0.0, 0.0), (3_000, 0.0, 0.0)]);
        assert_eq!(of(100, 100, 60, 0), [(0, 0.0, 0.0), (6_000, 0.0, 0.0)]);
        assert_eq!(of(100, 100, 60, 200), [(6_000, 2.0, 2.0), (0, 0.0, 0.0)]);
        // The queue of 500 is empty after ten seconds.
        assert_eq!(of(50, 100, 60, 500), [(500, 5.0, 0.0), (2_500, 0.0, 0.0)]);
        // It grows by 50 per second to what is served in ten seconds.
        assert_eq!(
            of(150, 100, 60, 0),
            [(3_000, 0.0, 10.0), (4_000, 10.0, 10.0)]
        );
        assert_eq!(of(150, 100, 5, 0), [(750, 0.0, 2.5), (0, 10.0, 10.0)]);
    }

    #[test]
    fn percentiles_follow_the_delay_of_a_queue_that_grows_or_empties() {
        let of = |from: f64, to: f64| {
            let phase = Phase {
                admitted: 0,
                from,
                to,
            };
            [0.5, 0.95, 0.99].map(|share| (phase.delay_below(share) * 1e3 + 0.5) as u64)
        };
        assert_eq!(of(0.0, 10.0), [5_000, 9_500, 9_900]);
        assert_eq!(of(10.0, 0.0), [5_000, 9_500, 9_900]);
        assert_eq!(of(2.0, 2.0), [2_000; 3]);
    }

    #[test]
    fn delays_are_spread_over_their_steps() {
        let phase = Phase {
            admitted: 0,
            from: 8.0,
            to: 0.0,
        };
        let (mut all, mut sum, mut steps) = (0, 0.0, 0);
        phase.delays(1_000_000, |step, part| {
            all += part;
            sum += part as f64 * delay_at(step);
            steps += 1;
        });
        assert_eq!(all, 1_000_000);
        assert!((sum / 1e6 - 4.0).abs() < 0.02, "{sum}");
        assert!(steps > 20 && steps < 250, "{steps}");
        for step in [1, 2, 50, 200] {
            assert_eq!(delay_step(delay_at(step)), step);
            assert_eq!(delay_step(delay_end(step) * 0.999), step);
        }
    }
}

//! The arrival process of an entry of `tasks`.

use crate::cluster::{RevisionId, TaskId};
use crate::engine::random::{Ahead, CountLaw, Distribution, Purpose, Stream, StreamKey};
use crate::plan::{Arrivals, LONGEST, Plan, RateShape, TaskEntry};
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// The state of an entry's arrival process.
pub(super) struct Source<'p> {
    pub(super) plan: &'p TaskEntry,
    /// The revision of its tasks.
    pub(super) revision: RevisionId,
    /// Draws of the times between arrivals.
    gaps: Ahead,
    /// The key of the numbers of tasks.
    count_key: StreamKey,
    /// Arrivals so far.
    pub(super) arrived: u64,
    /// The index of the next listed time or trace row.
    pub(super) next: usize,
    /// The number of tasks that may still arrive; `None`: not limited.
    pub(super) left: Option<u64>,
    /// Its arrivals are delayed, or are held by earlier tasks (see `scheduled.rs`).
    pub(super) has_rules: bool,
    /// With such rules: tasks of begun arrivals that have not left for good.
    pub(super) earlier: u64,
    /// Tasks of arrivals that are held until those have left.
    pub(super) held: VecDeque<Vec<TaskId>>,
    /// Tasks with lower ordinals were replaced: they are not tried again.
    pub(super) replaced_before: u64,
}

impl<'p> Source<'p> {
    pub(super) fn new(entry: &'p TaskEntry, revision: RevisionId, seed: u64) -> Self {
        let left = match &entry.arrivals {
            Arrivals::Renewal { limit, .. } | Arrivals::Poisson { limit, .. } => *limit,
            Arrivals::At(_) | Arrivals::Schedule(_) | Arrivals::Trace(_) => None,
        };
        Self {
            plan: entry,
            revision,
            gaps: Ahead::new(StreamKey::new(seed, Purpose::Arrival, &entry.name)),
            count_key: StreamKey::new(seed, Purpose::ArrivalCount, &entry.name),
            arrived: 0,
            next: 0,
            left,
            has_rules: entry.has_schedule_rules(),
            earlier: 0,
            held: VecDeque::new(),
            replaced_before: 0,
        }
    }

    /// The number of tasks of the arrival with this ordinal, by which it is drawn, so that no other
    /// draw depends on it.
    #[inline(never)]
    pub(super) fn draw_count(&self, law: &CountLaw, arrival: u64) -> u32 {
        law.draw(&mut self.count_key.stream(arrival), arrival)
    }

    /// The time of the next arrival after the one at `now`; `None` when there is none.
    pub(super) fn next_time(&mut self, plan: &Plan, now: SimTime) -> Option<SimTime> {
        if self.left == Some(0) {
            return None;
        }
        match &self.plan.arrivals {
            Arrivals::Renewal { gap, .. } => {
                Some(now + Span::from_seconds_f64(self.gaps.draw(gap, self.arrived)))
            }
            Arrivals::Poisson { rate, .. } => poisson(rate, now, &mut self.gaps, self.arrived),
            Arrivals::Schedule(schedule) if self.arrived == 0 => plan.first_by_clock(schedule),
            Arrivals::Schedule(schedule) => plan.next_by_clock(schedule, now),
            Arrivals::At(times) => times.get(self.next).copied(),
            Arrivals::Trace(trace) => trace.rows.get(self.next).map(|row| row.arrival),
        }
    }
}

/// The gaps of a Poisson process with rate 1.
static UNIT: Distribution = Distribution::Exponential { mean: 1.0 };

/// The first point of a Poisson process after `now`, which is that of the arrival with this number.
fn poisson(rate: &RateShape, now: SimTime, gaps: &mut Ahead, arrival: u64) -> Option<SimTime> {
    let stream = &mut gaps.key().stream(arrival);
    match rate {
        RateShape::Constant(rate) => {
            let rate = rate.as_per_second();
            (rate > 0.0).then(|| now + Span::from_seconds_f64(gaps.draw(&UNIT, arrival) / rate))
        }
        RateShape::Sinusoidal {
            mean,
            amplitude,
            period,
            shift,
        } => {
            // Thinning (Lewis and Shedler 1979): points at the largest rate, each kept with
            // probability rate ÷ largest rate.
            let (mean, swing) = (mean.as_per_second(), amplitude.as_per_second());
            let (most, period) = (mean + swing, period.as_seconds_f64());
            if most <= 0.0 {
                return None;
            }
            let mut at = now;
            loop {
                at += Span::from_seconds_f64(-libm::log(stream.unit()) / most);
                let turn = (at.as_seconds_f64() + shift.as_seconds_f64()) / period;
                let wave = libm::sin(std::f64::consts::TAU * (turn - libm::floor(turn)));
                if stream.unit() * most < mean + swing * wave {
                    return Some(at);
                }
            }
        }
        RateShape::Piecewise { steps, every } => piecewise(steps, *every, now, stream),
    }
}

/// The first point after `now` of a Poisson process whose rate is constant in steps, in events per
/// second: where the integral of the rate since `now` reaches an exponential number with mean 1.
/// `every` is the length of a cycle after which the steps repeat.
fn piecewise(
    steps: &[(Span, crate::units::Rate)],
    every: Option<Span>,
    now: SimTime,
    stream: &mut Stream,
) -> Option<SimTime> {
    let mut left = -libm::log(stream.unit());
    let cycle = every.map(Span::as_micros);
    let mut at = now.as_micros();
    // The integral over one cycle. Many cycles are skipped at once by a division.
    let whole = cycle.map(|cycle| {
        let ends = steps.iter().skip(1).map(|(from, _)| from.as_micros());
        let lengths = steps.iter().zip(ends.chain([cycle]));
        lengths
            .map(|((from, rate), end)| {
                rate.as_per_second() * end.saturating_sub(from.as_micros()) as f64 / 1e6
            })
            .sum::<f64>()
    });
    if let (Some(whole), Some(cycle)) = (whole, cycle) {
        if whole <= 0.0 {
            return None;
        }
        // One cycle fewer is skipped, so that rounding never passes the point.
        let skipped = (left / whole - 1.0).max(0.0) as u64;
        left -= skipped as f64 * whole;
        at = at.saturating_add(skipped.saturating_mul(cycle));
    }
    while at < LATEST {
        let (base, offset) = cycle.map_or((0, at), |cycle| (at / cycle * cycle, at % cycle));
        let step = steps
            .partition_point(|(from, _)| from.as_micros() <= offset)
            .max(1)
            - 1;
        let rate = steps[step].1.as_per_second();
        let end = steps
            .get(step + 1)
            .map(|(from, _)| from.as_micros())
            .or(cycle);
        let needed = left / rate;
        match end.map(|end| end - offset) {
            Some(length) if rate <= 0.0 || needed * 1e6 >= length as f64 => {
                left -= rate * length as f64 / 1e6;
                at = base + offset + length;
            }
            None if rate <= 0.0 => return None,
            _ => return Some(SimTime::micros(at) + Span::from_seconds_f64(needed)),
        }
    }
    Some(SimTime::micros(at))
}

/// In µs: the search for an arrival ends here, which is after the end of every run.
const LATEST: u64 = 2 * LONGEST.as_micros();

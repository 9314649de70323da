//! A level that is expected at a time or within an interval.

use super::found::Found;
use crate::figures::LevelOf;
use crate::plan::{Bound, Statistic, When};
use crate::units::SimTime;

/// The check of one expectation on a level.
#[derive(Clone, Debug)]
pub(super) struct LevelCheck {
    pub(super) measure: LevelOf,
    when: When,
    bounds: Vec<Bound>,
    seen: Seen,
    /// The first value that broke a bound, where every value of an interval counts, and its time.
    broken: Option<(SimTime, f64)>,
}

/// What an interval has shown so far.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// The latest value, and its time.
    last: Option<(SimTime, f64)>,
    min: f64,
    max: f64,
    /// The sum of value × µs, and of µs.
    sum: f64,
    micros: f64,
}

impl LevelCheck {
    pub(super) fn new(measure: LevelOf, when: When, bounds: &[Bound]) -> Self {
        Self {
            measure,
            when,
            bounds: bounds.to_vec(),
            seen: Seen {
                last: None,
                min: f64::INFINITY,
                max: f64::NEG_INFINITY,
                sum: 0.0,
                micros: 0.0,
            },
            broken: None,
        }
    }

    /// True when the value that holds from `since` on and up to `now` counts.
    pub(super) fn wants(&self, since: SimTime, now: SimTime) -> bool {
        let (from, to) = self.interval(since, now);
        from < to
    }

    /// The part of `since` to `now` that counts.
    fn interval(&self, since: SimTime, now: SimTime) -> (SimTime, SimTime) {
        match self.when {
            When::At(at) => match since <= at && at < now {
                true => (at, now),
                false => (at, at),
            },
            When::Within { from, to, .. } => {
                let to = to.map_or(now, |to| to.min(now));
                (from.max(since), to)
            }
        }
    }

    /// Reads the value that holds from `since` on and up to `now`.
    pub(super) fn read(&mut self, since: SimTime, now: SimTime, value: Option<f64>) {
        let (from, to) = self.interval(since, now);
        let Some(value) = value else { return };
        let micros = to.since(from).as_micros() as f64;
        let seen = &mut self.seen;
        seen.last = Some((from, value));
        seen.min = seen.min.min(value);
        seen.max = seen.max.max(value);
        seen.sum += value * micros;
        seen.micros += micros;
        if self.broken.is_none() && !self.bounds.iter().all(|bound| bound.holds(value)) {
            self.broken = Some((from, value));
        }
    }

    /// Reads the value at the end of the run, which counts for that time only.
    pub(super) fn end(&mut self, end: SimTime, value: Option<f64>) {
        if let (true, Some(value)) = (self.when == When::At(end), value) {
            self.seen.last = Some((end, value));
        }
    }

    pub(super) fn found(&self, end: SimTime) -> Found {
        let seen = &self.seen;
        let found = match self.when {
            When::At(_)
            | When::Within {
                of: Statistic::Every,
                ..
            } => self.broken.or(seen.last),
            When::Within { from, of, .. } => {
                let value = match of {
                    Statistic::Min => seen.min,
                    Statistic::Max => seen.max,
                    Statistic::Mean | Statistic::Every => seen.sum / seen.micros,
                };
                (seen.micros > 0.0).then_some((from, value))
            }
        };
        let value = found.map(|(_, value)| value);
        let range = match self.when {
            When::Within {
                of: Statistic::Every,
                ..
            } => value.map(|_| (seen.min, seen.max)),
            _ => value.map(|value| (value, value)),
        };
        Found {
            value,
            range,
            holds: value.is_some_and(|value| self.bounds.iter().all(|bound| bound.holds(value))),
            at: found.map(|(at, _)| at),
            events: 0,
            end,
        }
    }
}

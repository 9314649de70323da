//! A level, such as a number of tasks, over time: its integral, the integral of its square, its
//! least and largest value and, on request, the time at each of its values.

use super::TimeAtLevel;
use crate::units::SimTime;

/// A whole-number level, integrated exactly from the origin on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    now: u64,
    since: SimTime,
    /// The largest level that lasted for at least 1 µs of the reported time. A task that is placed
    /// in the instant of its arrival does not count as waiting.
    pub maximum: u64,
    /// The least such level; `u64::MAX` before there is one.
    pub minimum: u64,
    /// The integral over the reported time: level × µs.
    pub integral: u128,
    /// The integral of the square: level² × µs.
    pub squares: u128,
    /// The time at each value; `None` unless [`keep_times`](Self::keep_times) was called.
    pub times: Option<Box<TimeAtLevel>>,
}

impl Level {
    /// A level of zero, integrated from `origin` on. Changes before it count for its value there.
    pub fn new(origin: SimTime) -> Self {
        Self {
            since: origin,
            minimum: u64::MAX,
            ..Self::default()
        }
    }

    /// Forgets the least level up to `at`: the minimum is that of the time from then on.
    pub fn restart_minimum(&mut self, at: SimTime) {
        self.advance(at);
        self.minimum = u64::MAX;
    }

    /// The least level that lasted for at least 1 µs of the reported time, since the latest restart.
    pub fn least(&self) -> Option<u64> {
        (self.minimum < u64::MAX).then_some(self.minimum)
    }

    /// Keeps the time at each value from now on. Each change of the level then needs a look-up.
    pub fn keep_times(&mut self) {
        self.times.get_or_insert_default();
    }

    /// The present level.
    pub fn level(&self) -> u64 {
        self.now
    }

    /// Changes the level by `up` − `down` at a time that is not before the last change.
    #[inline]
    pub fn change(&mut self, at: SimTime, up: u64, down: u64) {
        self.advance(at);
        self.now = self.now + up - down;
    }

    /// Integrates the level up to `at`; nothing when it is integrated to a later time already.
    #[inline]
    pub fn advance(&mut self, at: SimTime) {
        if at > self.since {
            let micros = (at - self.since).as_micros();
            let area = u128::from(self.now) * u128::from(micros);
            self.integral += area;
            self.squares += area * u128::from(self.now);
            self.since = at;
            self.maximum = self.maximum.max(self.now);
            self.minimum = self.minimum.min(self.now);
            if let Some(times) = &mut self.times {
                times.add(self.now, micros);
            }
        }
    }

    /// The time mean over a reported time of `micros` µs; `None` when that is zero.
    pub fn mean(&self, micros: u64) -> Option<f64> {
        (micros > 0).then(|| self.integral as f64 / micros as f64)
    }

    /// The variance over a reported time of `micros` µs; `None` when that is zero.
    pub fn variance(&self, micros: u64) -> Option<f64> {
        let mean = self.mean(micros)?;
        Some((self.squares as f64 / micros as f64 - mean * mean).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_before_the_origin_does_not_count() {
        let mut level = Level::new(SimTime::micros(10));
        level.change(SimTime::micros(0), 5, 0);
        level.change(SimTime::micros(4), 0, 2);
        level.change(SimTime::micros(20), 0, 3);
        level.advance(SimTime::micros(30));
        assert_eq!((level.integral, level.squares, level.maximum), (30, 90, 3));
        assert_eq!(level.least(), Some(0));
        assert_eq!(level.mean(20), Some(1.5));
        assert_eq!(level.variance(20), Some(2.25));
    }

    #[test]
    fn the_least_level_can_begin_anew() {
        let mut level = Level::new(SimTime::micros(10));
        assert_eq!(level.least(), None);
        level.change(SimTime::micros(12), 5, 0);
        level.restart_minimum(SimTime::micros(15));
        level.change(SimTime::micros(20), 0, 1);
        level.change(SimTime::micros(30), 3, 0);
        level.advance(SimTime::micros(40));
        assert_eq!((level.least(), level.maximum), (Some(4), 7));
    }

    #[test]
    fn times_are_kept_on_request() {
        let mut level = Level::new(SimTime::micros(10));
        level.keep_times();
        level.change(SimTime::micros(0), 2, 0);
        level.change(SimTime::micros(40), 1, 0);
        level.change(SimTime::micros(40), 0, 3);
        level.advance(SimTime::micros(50));
        let times = level.times.as_deref().expect("they are kept");
        let times: Vec<_> = times.iter().collect();
        assert_eq!(times, [(0, 10), (2, 30)]);
        assert_eq!(Level::new(SimTime::ZERO).times, None);
    }

    #[test]
    fn a_level_that_lasts_no_time_is_no_maximum() {
        let mut level = Level::new(SimTime::ZERO);
        level.change(SimTime::micros(0), 4, 0);
        level.change(SimTime::micros(0), 0, 3);
        level.change(SimTime::micros(7), 1, 0);
        level.change(SimTime::micros(7), 0, 1);
        level.advance(SimTime::micros(9));
        assert_eq!((level.integral, level.maximum), (9, 1));
    }
}

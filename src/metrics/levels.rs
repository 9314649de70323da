//! A level over time: its integral, the integral of its square, its maximum; and, where it is
//! asked for, the time at each of its values.

use super::TimeAtLevel;
use crate::units::SimTime;

/// A counted level, integrated exactly from the origin on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    now: u64,
    since: SimTime,
    /// Largest level in the reported time that lasted: not what came and went within one
    /// instant, such as a task that is placed as it arrives.
    pub maximum: u64,
    /// Level × µs.
    pub integral: u128,
    /// Level² × µs.
    pub squares: u128,
    /// The time at each value, where [`keep_times`](Self::keep_times) asked for it.
    pub times: Option<Box<TimeAtLevel>>,
}

impl Level {
    /// A level of zero that counts from `origin` on.
    pub fn new(origin: SimTime) -> Self {
        Self {
            since: origin,
            ..Self::default()
        }
    }

    /// Keeps the time at each value from now on: each change then costs a look-up.
    pub fn keep_times(&mut self) {
        self.times.get_or_insert_default();
    }

    /// The present level.
    pub fn level(&self) -> u64 {
        self.now
    }

    /// The level changes by `up` − `down`.
    #[inline]
    pub fn change(&mut self, at: SimTime, up: u64, down: u64) {
        self.advance(at);
        self.now = self.now + up - down;
    }

    /// Adds up until `at`.
    #[inline]
    pub fn advance(&mut self, at: SimTime) {
        if at > self.since {
            let micros = (at - self.since).as_micros();
            let length = u128::from(micros);
            let level = u128::from(self.now);
            self.integral += level * length;
            self.squares += level * level * length;
            self.since = at;
            self.maximum = self.maximum.max(self.now);
            if let Some(times) = &mut self.times {
                times.add(self.now, micros);
            }
        }
    }

    /// Time mean over a number of microseconds; `None` over no time.
    pub fn mean(&self, micros: u64) -> Option<f64> {
        (micros > 0).then(|| self.integral as f64 / micros as f64)
    }

    /// Variance over time; `None` over no time.
    pub fn variance(&self, micros: u64) -> Option<f64> {
        let mean = self.mean(micros)?;
        Some((self.squares as f64 / micros as f64 - mean * mean).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_before_the_origin_does_not_count() {
        let mut level = Level::new(SimTime::micros(10));
        level.change(SimTime::micros(0), 5, 0);
        level.change(SimTime::micros(4), 0, 2);
        level.change(SimTime::micros(20), 0, 3);
        level.advance(SimTime::micros(30));
        assert_eq!((level.integral, level.squares, level.maximum), (30, 90, 3));
        assert_eq!(level.mean(20), Some(1.5));
        assert_eq!(level.variance(20), Some(2.25));
    }

    #[test]
    fn times_are_kept_where_they_are_asked_for() {
        let mut level = Level::new(SimTime::micros(10));
        level.keep_times();
        level.change(SimTime::micros(0), 2, 0);
        level.change(SimTime::micros(40), 1, 0);
        level.change(SimTime::micros(40), 0, 3);
        level.advance(SimTime::micros(50));
        let times = level.times.as_deref().expect("they were asked for");
        let times: Vec<_> = times.iter().collect();
        assert_eq!(times, [(0, 10), (2, 30)]);
        assert_eq!(Level::new(SimTime::ZERO).times, None);
    }

    #[test]
    fn what_comes_and_goes_within_an_instant_is_no_maximum() {
        let mut level = Level::new(SimTime::ZERO);
        level.change(SimTime::micros(0), 4, 0);
        level.change(SimTime::micros(0), 0, 3);
        level.change(SimTime::micros(7), 1, 0);
        level.change(SimTime::micros(7), 0, 1);
        level.advance(SimTime::micros(9));
        assert_eq!((level.integral, level.maximum), (9, 1));
    }
}

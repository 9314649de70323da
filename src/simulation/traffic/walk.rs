//! Random walks and bursts: the present value, and when it changes.

use crate::engine::random::{Distribution, StreamKey};
use crate::plan::{MarkovModulated, RandomWalk};
use crate::units::SimTime;

const MINUTE: u64 = 60_000_000;

/// A random walk of a service. The number of each minute has a key of its own.
pub(super) struct Walk<'p> {
    shape: &'p RandomWalk,
    key: StreamKey,
    minute: u64,
    rate: f64,
}

/// The bursts of a service: the state of a Markov-modulated rate. The n-th change has a key of its own.
pub(super) struct Bursts<'p> {
    shape: &'p MarkovModulated,
    key: StreamKey,
    state: usize,
    changes: u64,
    /// When the state changes.
    until: SimTime,
}

impl<'p> Walk<'p> {
    pub(super) fn new(shape: &'p RandomWalk, key: StreamKey) -> Self {
        let rate = shape.first(normal(key, 0));
        Self {
            shape,
            key,
            minute: 0,
            rate,
        }
    }

    pub(super) fn move_to(&mut self, now: SimTime) -> Option<SimTime> {
        let minute = now.as_micros() / MINUTE;
        while self.minute < minute {
            self.minute += 1;
            self.rate = self.shape.after(self.rate, normal(self.key, self.minute));
        }
        Some(SimTime::micros((minute + 1).saturating_mul(MINUTE)))
    }

    pub(super) const fn value(&self) -> f64 {
        self.rate
    }
}

/// The standard normal number of a minute.
fn normal(key: StreamKey, minute: u64) -> f64 {
    let law = Distribution::LogNormal {
        mu: 0.0,
        sigma: 1.0,
    };
    libm::log(law.draw(&mut key.stream(minute), minute))
}

impl<'p> Bursts<'p> {
    pub(super) fn new(shape: &'p MarkovModulated, key: StreamKey) -> Self {
        let mut bursts = Self {
            shape,
            key,
            state: 0,
            changes: 0,
            until: SimTime::ZERO,
        };
        bursts.until = bursts.stay(SimTime::ZERO);
        bursts
    }

    /// The time at which the present state, which begins now, ends.
    fn stay(&self, begins: SimTime) -> SimTime {
        let mean = self.shape.states[self.state].mean_stay.as_seconds_f64();
        let law = Distribution::Exponential { mean };
        let seconds = law.draw(&mut self.key.of(0).stream(self.changes), self.changes);
        // `as` saturates. At least a microsecond, so that time passes.
        let stay = ((seconds * 1e6) as u64).max(1);
        SimTime::micros(begins.as_micros().saturating_add(stay))
    }

    pub(super) fn move_to(&mut self, now: SimTime) -> Option<SimTime> {
        while self.until <= now {
            let unit = self.key.of(1).stream(self.changes).unit();
            self.state = self.shape.after(self.state, unit);
            self.changes += 1;
            self.until = self.stay(self.until);
        }
        Some(self.until)
    }

    pub(super) fn value(&self) -> f64 {
        self.shape.states[self.state].rate.as_per_second()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use crate::plan::MarkovState;
    use crate::units::{Rate, Span};

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    /// The mean and the standard deviation of values, each with a weight.
    fn moments(values: &[(f64, f64)]) -> (f64, f64) {
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let mean = values
            .iter()
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
            / total;
        let square = values
            .iter()
            .map(|(value, weight)| (value - mean) * (value - mean) * weight);
        (mean, (square.sum::<f64>() / total).sqrt())
    }

    #[test]
    fn a_walk_has_its_mean_its_deviation_and_its_memory() {
        let shape = RandomWalk {
            mean: rate(100.0),
            deviation: 0.1,
            relaxation_time: Span::seconds(600),
            low: Rate::default(),
            high: None,
        };
        let mut walk = Walk::new(&shape, StreamKey::new(1, Purpose::LoadWalk, "web"));
        let mut values = Vec::new();
        for minute in 0..100_000 {
            let next = walk.move_to(SimTime::micros(minute * MINUTE));
            assert_eq!(next, Some(SimTime::micros((minute + 1) * MINUTE)));
            values.push((walk.value(), 1.0));
        }
        let (mean, deviation) = moments(&values);
        assert!((mean - 100.0).abs() < 1.0, "{mean}");
        assert!((deviation - 10.0).abs() < 0.5, "{deviation}");
        // The correlation of minutes that are ten minutes apart is 1/e.
        let pairs = values.iter().zip(&values[10..]);
        let products = pairs.map(|((a, _), (b, _))| (a - mean) * (b - mean));
        let correlation = products.sum::<f64>() / 1e5 / (deviation * deviation);
        assert!((correlation - 0.368).abs() < 0.05, "{correlation}");
        // Minutes that were left out do not change it.
        let mut other = Walk::new(&shape, StreamKey::new(1, Purpose::LoadWalk, "web"));
        other.move_to(SimTime::micros(99_999 * MINUTE + 5));
        assert_eq!(other.value(), walk.value());
    }

    #[test]
    fn bursts_stay_in_each_state_for_its_mean_time() {
        let state = |rate_of: f64, minutes: u64| MarkovState {
            rate: rate(rate_of),
            mean_stay: Span::seconds(minutes * 60),
            next: Vec::new(),
        };
        let shape = MarkovModulated {
            states: vec![state(10.0, 9), state(110.0, 1)],
        };
        let mut bursts = Bursts::new(&shape, StreamKey::new(1, Purpose::LoadBursts, "web"));
        let (mut now, mut values) = (SimTime::ZERO, Vec::new());
        for _ in 0..20_000 {
            let next = bursts.move_to(now).unwrap();
            values.push((bursts.value(), next.since(now).as_seconds_f64()));
            now = next;
        }
        assert_eq!((values[0].0, values[1].0), (10.0, 110.0));
        // A tenth of the time in the second state; a change every five minutes.
        let (mean, _) = moments(&values);
        assert!((mean - 20.0).abs() < 0.5, "{mean}");
        let between = now.as_seconds_f64() / 20_000.0;
        assert!((between - 300.0).abs() < 10.0, "{between}");
    }
}

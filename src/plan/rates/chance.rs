//! Rates that change at random: random walks and bursts.

use crate::units::{Rate, Span};

/// A random walk that returns to its mean: an Ornstein–Uhlenbeck process at whole minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomWalk {
    /// The mean, to which the rate returns.
    pub mean: Rate,
    /// The standard deviation in the long run, as a share of the mean.
    pub deviation: f64,
    /// The time in which the expected distance from the mean shrinks to 1/e (37 %); above zero.
    pub relaxation_time: Span,
    /// The rate is never lower.
    pub low: Rate,
    /// The rate is never higher; `None`: no bound.
    pub high: Option<Rate>,
}

impl RandomWalk {
    /// The rate of the first minute, from a standard normal number.
    pub fn first(&self, normal: f64) -> f64 {
        let mean = self.mean.as_per_second();
        self.bounded(mean + self.deviation * mean * normal)
    }

    /// The rate of the minute after one of this rate, from a standard normal number.
    pub fn after(&self, rate: f64, normal: f64) -> f64 {
        let mean = self.mean.as_per_second();
        let kept = libm::exp(-60.0 / self.relaxation_time.as_seconds_f64());
        let spread = self.deviation * mean * (1.0 - kept * kept).max(0.0).sqrt();
        self.bounded(mean + (rate - mean) * kept + spread * normal)
    }

    fn bounded(&self, rate: f64) -> f64 {
        let rate = rate.max(self.low.as_per_second());
        self.high
            .map_or(rate, |high| rate.min(high.as_per_second()))
    }

    /// The upper bound; without one the rate that is exceeded in one minute of a thousand.
    pub(super) fn highest(&self) -> f64 {
        let mean = self.mean.as_per_second();
        self.bounded(mean + 3.09 * self.deviation * mean)
    }
}

/// A Markov-modulated rate: a random process goes from state to state, and each has a rate.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovModulated {
    /// The states; the run begins in the first one.
    pub states: Vec<MarkovState>,
}

/// A state of a Markov-modulated rate.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovState {
    /// The rate in this state.
    pub rate: Rate,
    /// The mean of the time in this state, which has an exponential distribution; above zero.
    pub mean_stay: Span,
    /// The weights of the states that may follow, in their order, 0 for this one; empty: each other state
    /// with the same chance.
    pub next: Vec<f64>,
}

impl MarkovModulated {
    /// The state after this one, from a number between 0 and 1.
    pub fn after(&self, state: usize, unit: f64) -> usize {
        let count = self.states.len();
        let weights = &self.states[state].next;
        let weight = |to: usize| match weights.get(to) {
            Some(weight) => *weight,
            None if to == state => 0.0,
            None => 1.0,
        };
        let total: f64 = (0..count).map(weight).sum();
        let mut left = unit * total;
        let mut last = state;
        for to in (0..count).filter(|to| weight(*to) > 0.0) {
            last = to;
            if left < weight(to) {
                return to;
            }
            left -= weight(to);
        }
        last
    }

    pub(super) fn highest(&self) -> f64 {
        let rates = self.states.iter().map(|state| state.rate.as_per_second());
        rates.fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    #[test]
    fn a_walk_returns_to_its_mean_and_stays_within_its_bounds() {
        let walk = RandomWalk {
            mean: rate(100.0),
            deviation: 0.2,
            relaxation_time: Span::seconds(600),
            low: rate(50.0),
            high: Some(rate(150.0)),
        };
        assert_eq!(
            [0.0, 1.0, -9.0, 9.0].map(|z| walk.first(z)),
            [100.0, 120.0, 50.0, 150.0]
        );
        let kept = libm::exp(-0.1);
        assert!((walk.after(140.0, 0.0) - (100.0 + 40.0 * kept)).abs() < 1e-9);
        let spread = 20.0 * (1.0 - kept * kept).sqrt();
        assert!((walk.after(100.0, -1.0) - (100.0 - spread)).abs() < 1e-9);
        assert_eq!(walk.highest(), 150.0);
    }

    #[test]
    fn the_next_state_follows_the_weights() {
        let state = |next: &[f64]| MarkovState {
            rate: rate(1.0),
            mean_stay: Span::seconds(60),
            next: next.to_vec(),
        };
        let process = MarkovModulated {
            states: vec![state(&[]), state(&[3.0, 0.0, 1.0]), state(&[])],
        };
        assert_eq!(
            [0.0, 0.49, 0.5, 0.99].map(|u| process.after(0, u)),
            [1, 1, 2, 2]
        );
        assert_eq!(
            [0.0, 0.74, 0.75, 0.99].map(|u| process.after(1, u)),
            [0, 0, 2, 2]
        );
        assert_eq!([0.0, 0.5].map(|u| process.after(2, u)), [0, 1]);
    }
}

//! The CPU times of requests as a few values with their shares, for formulas that need a whole law.

use crate::engine::random::{Distribution, SplitMix64};
use crate::plan::REFERENCE_SPEED;
use crate::units::Decimal;
use rand::TryRng;
use std::convert::Infallible;

/// Draws from which the groups are made.
const DRAWS: u64 = 8_192;

/// The upper ends of the groups above the twentieths up to 0.95, as shares of all draws.
const TAIL: [f64; 10] = [
    0.96, 0.97, 0.98, 0.985, 0.99, 0.9925, 0.995, 0.9975, 0.999, 1.0,
];

/// Groups of CPU times.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sizes {
    /// (CPU time in seconds, share); shares sum to 1.
    pub(super) groups: Vec<(f64, f64)>,
    /// The squared coefficient of variation of the law.
    pub(super) squared_variation: f64,
}

impl Sizes {
    /// The groups of a law with this mean in seconds; without a law every request needs the mean.
    pub(super) fn new(law: Option<&Distribution>, mean: f64) -> Self {
        match law.filter(|law| !law.is_constant()) {
            None => Self {
                groups: vec![(mean, 1.0)],
                squared_variation: 0.0,
            },
            Some(law) => Self::of_draws(draws(law), mean),
        }
    }

    /// The same on processors of this speed.
    pub(super) fn at_speed(&self, speed: Decimal) -> Self {
        let mut sizes = self.clone();
        if speed != REFERENCE_SPEED {
            let groups = sizes.groups.iter_mut();
            groups.for_each(|(size, _)| *size /= speed.as_f64());
        }
        sizes
    }

    fn of_draws(draws: Vec<f64>, mean: f64) -> Self {
        let count = draws.len() as f64;
        let drawn = draws.iter().sum::<f64>() / count;
        let scale = mean / drawn;
        let variance = draws.iter().map(|x| (x - drawn) * (x - drawn)).sum::<f64>() / count;
        let twentieths = (1..20).map(|part| f64::from(part) / 20.0);
        let mut from = 0;
        let group = |end: f64| {
            let to = (end * count + 0.5) as usize;
            let of_group = &draws[from..to];
            let value = of_group.iter().sum::<f64>() / of_group.len() as f64;
            let share = of_group.len() as f64 / count;
            from = to;
            (value * scale, share)
        };
        Self {
            groups: twentieths.chain(TAIL).map(group).collect(),
            squared_variation: variance / (drawn * drawn),
        }
    }
}

/// Draws of a law in ascending order. The first number of each draw goes evenly through all numbers, so
/// that laws by inverse transform give their quantiles. They are the same in every run.
fn draws(law: &Distribution) -> Vec<f64> {
    let draw = |number: u64| {
        let first = (2 * number + 1) << (63 - DRAWS.trailing_zeros());
        law.sample(&mut Even {
            first: Some(first),
            rest: SplitMix64(number),
        })
    };
    let mut draws: Vec<f64> = (0..DRAWS).map(draw).collect();
    draws.sort_by(f64::total_cmp);
    draws
}

/// A generator with a first number that is given.
struct Even {
    first: Option<u64>,
    rest: SplitMix64,
}

impl TryRng for Even {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let Ok(bits) = self.try_next_u64();
        Ok((bits >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match self.first.take() {
            Some(first) => Ok(first),
            None => self.rest.try_next_u64(),
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.rest.try_fill_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_the_mean_and_the_quantiles_of_the_law() {
        let law = Distribution::Exponential { mean: 2.0 };
        let sizes = Sizes::new(Some(&law), 2.0);
        let sum = |of: fn(&(f64, f64)) -> f64| sizes.groups.iter().map(of).sum::<f64>();
        assert!((sum(|(_, share)| *share) - 1.0).abs() < 1e-9);
        assert!((sum(|(value, share)| value * share) - 2.0).abs() < 1e-9);
        assert!((sizes.squared_variation - 1.0).abs() < 0.01);
        // The tenth group: from the 45th to the 50th percentile.
        let (middle, _) = sizes.groups[9];
        assert!((middle - 1.29).abs() < 0.01, "{middle}");
        let plain = Sizes::new(None, 0.5);
        assert_eq!(
            (&plain.groups[..], plain.squared_variation),
            (&[(0.5, 1.0)][..], 0.0)
        );
    }
}

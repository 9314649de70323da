//! The binomial law by inverse transform. `rand_distr`'s is written for `f64` alone, with the
//! platform's power and logarithm, so ours is a table that needs addition, multiplication and
//! division only.

use super::unit;
use rand::Rng;
use std::sync::Arc;

/// A count this many times less likely than the most likely one is left out: 2⁻⁸⁰. All that is
/// left out together is far below the step of a uniform number, 2⁻⁵².
const LEAST: f64 = 1.0 / (1u128 << 80) as f64;

/// The number of successes of `n` trials, each of which succeeds with the chance `p`.
#[derive(Clone, Debug, PartialEq)]
pub struct Binomial {
    n: u32,
    p: f64,
    /// The least count of the table.
    first: u32,
    /// The chance of each count of the table or a smaller one, ascending; the last is 1.
    cumulative: Arc<[f64]>,
}

impl Binomial {
    /// The law of `n` trials with the chance `p`. The table has about 20 standard deviations
    /// of the law: 21 counts for `n` = 20, ten thousand for a million.
    ///
    /// # Panics
    /// When `p` is not between 0 and 1.
    pub fn new(n: u32, p: f64) -> Self {
        assert!((0.0..=1.0).contains(&p), "a chance lies between 0 and 1");
        let trials = f64::from(n);
        let mode = ((trials + 1.0) * p).min(trials) as u32;
        // Chances relative to that of the mode, by the ratio of neighbouring ones.
        let up = (mode..n).scan(1.0, |chance, below| {
            let below = f64::from(below);
            *chance *= (trials - below) / (below + 1.0) * (p / (1.0 - p));
            (*chance >= LEAST).then_some(*chance)
        });
        let down = (1..=mode).rev().scan(1.0, |chance, above| {
            let above = f64::from(above);
            *chance *= above / (trials - above + 1.0) * ((1.0 - p) / p);
            (*chance >= LEAST).then_some(*chance)
        });
        let mut chances: Vec<f64> = down.collect();
        let first = mode - chances.len() as u32;
        chances.reverse();
        chances.push(1.0);
        chances.extend(up);
        let total: f64 = chances.iter().sum();
        let mut sum = 0.0;
        for chance in &mut chances {
            sum += *chance;
            *chance = sum / total;
        }
        if let Some(last) = chances.last_mut() {
            *last = 1.0;
        }
        Self {
            n,
            p,
            first,
            cumulative: chances.into(),
        }
    }

    /// The number of trials.
    pub fn n(&self) -> u32 {
        self.n
    }

    /// The chance of each trial.
    pub fn p(&self) -> f64 {
        self.p
    }

    /// True when only one count is possible.
    pub(super) fn is_certain(&self) -> bool {
        self.n == 0 || self.p == 0.0 || self.p == 1.0
    }

    /// Draws a count: the first whose cumulative chance reaches a uniform number.
    pub(super) fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> u32 {
        let uniform = unit(generator);
        self.first + self.cumulative.partition_point(|chance| *chance < uniform) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chances of the table against n! ÷ (k! (n - k)!) × p^k × (1 - p)^(n - k).
    #[test]
    fn the_table_has_the_chances_of_the_law() {
        for (n, p) in [(20, 0.1), (20, 0.9), (7, 0.5), (1, 0.25), (60, 0.01)] {
            let law = Binomial::new(n, p);
            let mut before = 0.0;
            for (index, cumulative) in law.cumulative.iter().enumerate() {
                let k = law.first + index as u32;
                let ways = (0..k).fold(1.0, |ways, i| ways * f64::from(n - i) / f64::from(i + 1));
                let chance =
                    ways * libm::pow(p, f64::from(k)) * libm::pow(1.0 - p, f64::from(n - k));
                let error = (cumulative - before - chance).abs();
                assert!(error < 1e-14, "{n}, {p}, {k}: off by {error}");
                before = *cumulative;
            }
        }
    }

    #[test]
    fn a_table_holds_only_counts_that_can_come() {
        let counts = |n, p| {
            let law = Binomial::new(n, p);
            (law.first, law.cumulative.len())
        };
        assert_eq!(counts(0, 0.5), (0, 1));
        assert_eq!(counts(9, 0.0), (0, 1));
        assert_eq!(counts(9, 1.0), (9, 1));
        assert_eq!(counts(20, 0.5), (0, 21));
        let (first, length) = counts(1_000_000, 0.5);
        assert!((494_000..495_500).contains(&first), "{first}");
        assert!((9_000..12_000).contains(&length), "{length}");
        let (first, length) = counts(1_000_000, 1e-6);
        assert!(first == 0 && length < 40, "{first}, {length}");
    }

    #[test]
    #[should_panic(expected = "between 0 and 1")]
    fn a_chance_above_one_is_refused() {
        let _ = Binomial::new(3, 1.5);
    }
}

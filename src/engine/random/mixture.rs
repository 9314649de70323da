//! One of several laws, by weight, through `rand_distr`'s alias table (Vose 1991): the time of
//! a draw does not depend on the number of laws. It uses no function of the platform.

use super::{Distribution, SplitMix64};
use rand::Rng;
use rand::distr::Distribution as _;
use rand_distr::weighted::WeightedAliasIndex;
use std::sync::Arc;

/// Several laws with their weights.
#[derive(Clone, Debug)]
pub struct Mixture {
    parts: Arc<[(f64, Distribution)]>,
    table: Arc<WeightedAliasIndex<f64>>,
}

impl Mixture {
    /// Laws with their weights, which need not sum to 1.
    ///
    /// # Panics
    /// When a weight is negative or not finite, or all are 0.
    pub fn new(parts: impl Into<Arc<[(f64, Distribution)]>>) -> Self {
        let parts = parts.into();
        let weights = parts.iter().map(|(weight, _)| *weight).collect();
        let table = WeightedAliasIndex::new(weights);
        Self {
            table: Arc::new(table.expect("weights are at least 0, and one is above 0")),
            parts,
        }
    }

    /// The laws with their weights.
    pub fn parts(&self) -> &[(f64, Distribution)] {
        &self.parts
    }

    /// Draws a part, then a value of it. The table takes two numbers; both come from one number
    /// of the generator through SplitMix64, since a second number of a stream is dear.
    pub(super) fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> f64 {
        let part = self.table.sample(&mut SplitMix64(generator.next_u64()));
        self.parts[part].1.sample(generator)
    }

    /// The mean; `None` where a part has none.
    pub(super) fn mean(&self) -> Option<f64> {
        let total: f64 = self.parts.iter().map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        for (weight, law) in self.parts.iter() {
            sum += weight * law.mean()?;
        }
        Some(sum / total)
    }
}

/// Two are equal when their laws and weights are; the table follows from them.
impl PartialEq for Mixture {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey};
    use super::*;

    #[test]
    fn each_part_comes_by_its_weight() {
        let weights = [5.0, 0.0, 1.0, 3.0, 0.5, 0.5];
        let parts = weights.iter().enumerate();
        let parts = parts.map(|(part, weight)| (*weight, Distribution::Constant(part as f64)));
        let mixture = Mixture::new(parts.collect::<Vec<_>>());
        let key = StreamKey::new(1, Purpose::TaskDuration, "parts");
        let mut counts = [0.0; 6];
        for ordinal in 0..100_000 {
            counts[mixture.sample(&mut key.stream(ordinal)) as usize] += 1.0;
        }
        let mut chi = 0.0;
        for (count, weight) in counts.iter().zip(weights) {
            let wanted = weight * 10_000.0;
            if weight == 0.0 {
                assert_eq!(*count, 0.0);
            } else {
                chi += (count - wanted) * (count - wanted) / wanted;
            }
        }
        // Chi-square with 4 degrees of freedom: 18.5 is its 99.9 % point.
        assert!(chi < 18.5, "{counts:?}");
    }

    #[test]
    #[should_panic(expected = "one is above 0")]
    fn weights_of_nothing_are_refused() {
        let _ = Mixture::new([(0.0, Distribution::Constant(1.0))]);
    }
}

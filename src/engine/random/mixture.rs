//! A choice of one of several laws, by weight, with `rand_distr`'s alias table (Vose 1991): the
//! time of a draw does not depend on the number of laws. It uses no function of the platform.

use super::SplitMix64;
use rand::Rng;
use rand::distr::Distribution as _;
use rand_distr::weighted::WeightedAliasIndex;
use std::sync::Arc;

/// Several laws of type `L` with their weights. Clones share the laws.
// Generic, so that `Distribution`, of which this is a variant, can be defined above it.
#[derive(Clone, Debug)]
pub struct Mixture<L> {
    parts: Arc<[(f64, L)]>,
    table: Arc<WeightedAliasIndex<f64>>,
}

impl<L> Mixture<L> {
    /// A mixture of (weight, law) pairs. Weights need not sum to 1.
    ///
    /// # Panics
    /// When a weight is negative or not finite, or all are 0.
    pub fn new(parts: impl Into<Arc<[(f64, L)]>>) -> Self {
        let parts = parts.into();
        let weights = parts.iter().map(|(weight, _)| *weight).collect();
        let table = WeightedAliasIndex::new(weights);
        Self {
            table: Arc::new(table.expect("weights are at least 0, and one is above 0")),
            parts,
        }
    }

    /// The (weight, law) pairs in their given order.
    pub fn parts(&self) -> &[(f64, L)] {
        &self.parts
    }

    /// Draws one of the laws by its weight. The table takes two random numbers. Both are made
    /// from one number of the generator through SplitMix64, because the second number of a
    /// [`Stream`](super::Stream) costs more than the first.
    pub(super) fn choose<R: Rng + ?Sized>(&self, generator: &mut R) -> &L {
        let part = self.table.sample(&mut SplitMix64(generator.next_u64()));
        &self.parts[part].1
    }

    /// The mean of the parts' means, by weight; `None` where a part has none.
    pub(super) fn mean(&self, mean_of: impl Fn(&L) -> Option<f64>) -> Option<f64> {
        let total: f64 = self.parts.iter().map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        for (weight, law) in self.parts.iter() {
            sum += weight * mean_of(law)?;
        }
        Some(sum / total)
    }
}

/// Two mixtures are equal when their laws and weights are. The table follows from the weights.
impl<L: PartialEq> PartialEq for Mixture<L> {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Distribution, Purpose, StreamKey};
    use super::*;

    #[test]
    fn parts_are_drawn_by_their_weights() {
        let weights = [5.0, 0.0, 1.0, 3.0, 0.5, 0.5];
        let parts = weights.iter().enumerate();
        let parts = parts.map(|(part, weight)| (*weight, Distribution::Constant(part as f64)));
        let mixture = Mixture::new(parts.collect::<Vec<_>>());
        let key = StreamKey::new(1, Purpose::TaskDuration, "parts");
        let mut counts = [0.0; 6];
        for ordinal in 0..100_000 {
            counts[mixture.choose(&mut key.stream(ordinal)).mean().unwrap() as usize] += 1.0;
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
    fn weights_that_are_all_zero_are_refused() {
        let _ = Mixture::new([(0.0, Distribution::Constant(1.0))]);
    }
}

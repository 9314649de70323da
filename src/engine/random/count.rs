//! Laws of counts, such as the number of tasks that come with an arrival.

use super::{Binomial, CustomLaw, Portable, unit};
use rand::Rng;
use rand::distr::Distribution as _;
use rand_distr::Poisson;
use std::sync::Arc;

/// A law of counts. Parameters are checked where the plan is made.
///
/// ```
/// use ecsim::engine::random::{CountLaw, Purpose, StreamKey};
///
/// let key = StreamKey::new(1, Purpose::ArrivalCount, "nightly");
/// let batch = CountLaw::Geometric { mean: 4.0 };
/// assert!(batch.sample(&mut key.stream(17)) >= 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum CountLaw {
    /// Always the same count; no number is drawn.
    Fixed(u32),
    /// Poisson: 0, 1, 2 …
    Poisson {
        /// Mean, above 0.
        mean: f64,
    },
    /// Geometric: the number of trials up to and with the first success, 1, 2, 3 …
    Geometric {
        /// Mean, at least 1; each trial succeeds with the chance 1 ÷ mean.
        mean: f64,
    },
    /// Binomial: the number of successes of some trials.
    Binomial(Binomial),
    /// No chance: the first count for the first arrival, the next for the next, and the last for all
    /// that follow.
    Sequence(Arc<[u32]>),
    /// A law that the caller brings; its values are rounded to whole counts, half up.
    Custom(CustomLaw),
}

impl CountLaw {
    /// The number of successes of `n` trials, each of which succeeds with the chance `p`.
    ///
    /// # Panics
    /// When `p` is not between 0 and 1.
    pub fn binomial(n: u32, p: f64) -> Self {
        Self::Binomial(Binomial::new(n, p))
    }

    /// True when no draw is needed.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Fixed(_) | Self::Sequence(_) => true,
            Self::Geometric { mean } => *mean == 1.0,
            Self::Binomial(law) => law.is_certain(),
            Self::Poisson { .. } | Self::Custom(_) => false,
        }
    }

    /// The count of the arrival with this index, from 0: of a sequence the count with this index, of
    /// any other law a draw.
    pub fn draw<R: Rng + ?Sized>(&self, generator: &mut R, index: u64) -> u32 {
        match self {
            Self::Sequence(counts) => {
                let last = counts.len() - 1;
                counts[usize::try_from(index).map_or(last, |index| index.min(last))]
            }
            law => law.sample(generator),
        }
    }

    /// Draws a count with any generator of `rand`: geometric and binomial counts by inverse
    /// transform from one uniform number, Poisson ones by `rand_distr`. Of a sequence it
    /// is the last count.
    pub fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> u32 {
        match self {
            Self::Fixed(count) => *count,
            Self::Poisson { mean } => {
                let law = Poisson::new(Portable(*mean));
                let law = law.expect("parameters are checked where the plan is made");
                law.sample(generator).0 as u32
            }
            Self::Geometric { mean } if *mean == 1.0 => 1,
            Self::Geometric { mean } => {
                // More than k trials are needed with the chance (1 - 1 ÷ mean)^k.
                let failures = libm::log(unit(generator)) / libm::log1p(-1.0 / mean);
                (failures as u32).saturating_add(1)
            }
            Self::Binomial(law) => law.sample(generator),
            Self::Sequence(counts) => counts[counts.len() - 1],
            Self::Custom(law) => libm::floor(law.sample(generator) + 0.5) as u32,
        }
    }

    /// The mean; `None` where it is not known. Of a sequence it is the last count.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::Fixed(count) => Some(f64::from(*count)),
            Self::Poisson { mean } | Self::Geometric { mean } => Some(*mean),
            Self::Binomial(law) => Some(f64::from(law.n()) * law.p()),
            Self::Sequence(counts) => counts.last().map(|count| f64::from(*count)),
            Self::Custom(law) => law.mean(),
        }
    }
}

impl From<u32> for CountLaw {
    fn from(count: u32) -> Self {
        Self::Fixed(count)
    }
}

/// So that a law can be used wherever `rand` takes a distribution.
impl rand::distr::Distribution<u32> for CountLaw {
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> u32 {
        Self::sample(self, generator)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey, mix64};
    use super::*;
    use rand::distr::Uniform;

    fn laws() -> [(CountLaw, f64, f64); 9] {
        let poisson = |mean| (CountLaw::Poisson { mean }, mean, mean);
        let geometric = |mean: f64| (CountLaw::Geometric { mean }, mean, mean * (mean - 1.0));
        let binomial = |n, p| {
            let mean = f64::from(n) * p;
            (CountLaw::binomial(n, p), mean, mean * (1.0 - p))
        };
        [
            poisson(0.3),
            poisson(3.0),
            // From 12 on `rand_distr` takes another method.
            poisson(12.0),
            poisson(400.0),
            geometric(1.2),
            geometric(4.0),
            binomial(20, 0.1),
            binomial(20, 0.9),
            binomial(5_000, 0.4),
        ]
    }

    /// A million draws: mean and variance within five standard errors of the law's own.
    #[test]
    fn every_law_has_its_moments() {
        for (law, mean, variance) in laws() {
            let key = StreamKey::new(1, Purpose::ArrivalCount, "moments");
            let n = 1_000_000;
            let draw = |ordinal| f64::from(law.sample(&mut key.stream(ordinal)));
            let draws: Vec<f64> = (0..n).map(draw).collect();
            let n = n as f64;
            let got = draws.iter().sum::<f64>() / n;
            let power = |power: i32| {
                let terms = draws.iter().map(|x| libm::pow(x - got, f64::from(power)));
                terms.sum::<f64>() / n
            };
            let (spread, fourth) = (power(2), power(4));
            let error = 5.0 * libm::sqrt(variance / n);
            assert!((got - mean).abs() <= error, "{law:?}: mean {got}");
            let error = 5.0 * libm::sqrt((fourth - spread * spread) / n);
            assert!(
                (spread - variance).abs() <= error,
                "{law:?}: variance {spread}, not {variance}"
            );
            assert!((law.mean().unwrap() - mean).abs() < 1e-9 * mean);
        }
    }

    #[test]
    fn counts_stay_in_their_range() {
        let key = StreamKey::new(1, Purpose::ArrivalCount, "range");
        let counts = |law: CountLaw| -> Vec<u32> {
            let draw = |ordinal| law.sample(&mut key.stream(ordinal));
            (0..10_000).map(draw).collect()
        };
        let few = counts(CountLaw::Poisson { mean: 0.5 });
        assert!(few.contains(&0) && few.contains(&1));
        assert!(!counts(CountLaw::Geometric { mean: 1.5 }).contains(&0));
        let trials = counts(CountLaw::binomial(3, 0.5));
        assert!((0..=3).all(|count| trials.contains(&count)));
        assert!(trials.iter().all(|count| *count <= 3));
    }

    #[test]
    fn a_law_without_chance_gives_one_count() {
        let laws = [
            (CountLaw::Fixed(7), 7),
            (CountLaw::Geometric { mean: 1.0 }, 1),
            (CountLaw::binomial(5, 0.0), 0),
            (CountLaw::binomial(5, 1.0), 5),
        ];
        let key = StreamKey::new(1, Purpose::ArrivalCount, "certain");
        for (law, count) in laws {
            assert!(law.is_certain());
            assert!((0..100).all(|ordinal| law.sample(&mut key.stream(ordinal)) == count));
        }
        assert!(laws_of_chance().all(|law| !law.is_certain()));
    }

    fn laws_of_chance() -> impl Iterator<Item = CountLaw> {
        laws().into_iter().map(|(law, ..)| law)
    }

    /// One uniform number gives one count, which grows with the mean.
    #[test]
    fn geometric_and_binomial_counts_of_a_stream_grow_with_the_mean() {
        let key = StreamKey::new(1, Purpose::ArrivalCount, "paired");
        for ordinal in 0..10_000 {
            let draw = |law: &CountLaw| law.sample(&mut key.stream(ordinal));
            let geometric = [3.0, 4.0].map(|mean| draw(&CountLaw::Geometric { mean }));
            assert!(geometric[0] <= geometric[1]);
            let binomial = [0.1, 0.15].map(|p| draw(&CountLaw::binomial(20, p)));
            assert!(binomial[0] <= binomial[1]);
        }
    }

    #[test]
    fn a_law_from_outside_is_rounded_to_counts() {
        let law = CountLaw::Custom(CustomLaw::new("ends", Uniform::new(0.5, 2.5).unwrap()));
        let key = StreamKey::new(1, Purpose::ArrivalCount, "custom");
        let draws: Vec<u32> = (0..1_000).map(|n| law.sample(&mut key.stream(n))).collect();
        assert!(draws.iter().all(|count| [1, 2].contains(count)));
        assert!(draws.contains(&1) && draws.contains(&2));
    }

    /// For each law its first draws and a digest of ten thousand: a change here changes every
    /// result. A crate or a feature that brings other mathematics fails it.
    #[test]
    fn known_answers() {
        let mut text = String::new();
        for law in laws_of_chance() {
            let key = StreamKey::new(1, Purpose::ArrivalCount, "known answers");
            let draw = |ordinal| u64::from(law.sample(&mut key.stream(ordinal)));
            let digest = (0..10_000).map(draw).fold(0, |sum, bits| mix64(sum ^ bits));
            text.push_str(&format!("{} {} {digest:016x}\n", draw(0), draw(1)));
        }
        assert_eq!(text, KNOWN_ANSWERS);
    }
    const KNOWN_ANSWERS: &str = "\
0 0 546f44011ff0b220
2 0 9fa7f408e4ae95ae
10 5 38221c09308e76e9
394 362 bc88fc54fb47db39
1 2 4f48e5477ef180d7
4 13 914cceee33bfde53
1 0 0541183d93a9235b
18 15 43f64bdfbcc6ad2a
1990 1935 9a3e04f070a50284
";
}

//! Laws of random quantities, by their parameters. A sample is a float in the base unit of the
//! quantity (seconds, ECS CPU units, bytes) and becomes an integer at once.

use super::{CustomLaw, Mixture, Portable, below, normal_quantile, unit};
use rand::Rng;
use rand::distr::Distribution as _;
use rand_distr::{Beta, Gamma, Triangular};
use std::sync::Arc;

/// A law of a random quantity. Parameters are finite and are checked with the plan. Every sample is
/// at least 0, in the base unit of the quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always this value.
    Constant(f64),
    /// Exponential with this mean.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// The sum of `shape` exponentials, with this mean in all.
    Erlang {
        /// Number of phases, at least 1.
        shape: u32,
        /// Mean of the sum.
        mean: f64,
    },
    /// Gamma.
    Gamma {
        /// Shape, above 0.
        shape: f64,
        /// Scale, above 0; the mean is shape × scale.
        scale: f64,
    },
    /// Weibull.
    Weibull {
        /// Shape, above 0.
        shape: f64,
        /// Scale, above 0.
        scale: f64,
    },
    /// Lognormal.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm, at least 0.
        sigma: f64,
    },
    /// Pareto (type I).
    Pareto {
        /// The least value, above 0.
        minimum: f64,
        /// Shape, above 0; the mean is infinite at 1 and below.
        shape: f64,
    },
    /// The power function law: `maximum` × U^(1 ÷ `exponent`) for a uniform U. Of shares it is
    /// Beta(`exponent`, 1).
    Power {
        /// The largest value, above 0.
        maximum: f64,
        /// Above 0; the mean is `maximum` × `exponent` ÷ (`exponent` + 1).
        exponent: f64,
    },
    /// Beta, stretched over a range.
    Beta {
        /// The exponent at the low end, above 0.
        alpha: f64,
        /// The exponent at the high end, above 0.
        beta: f64,
        /// The least value.
        low: f64,
        /// The largest value, at least `low`.
        high: f64,
    },
    /// Triangular: the density rises from `low` to `mode` and falls to `high`, each in a line.
    Triangular {
        /// The least value.
        low: f64,
        /// The most likely value, in `low..=high`.
        mode: f64,
        /// The largest value.
        high: f64,
    },
    /// Uniform.
    Uniform {
        /// The least value.
        low: f64,
        /// The largest value.
        high: f64,
    },
    /// One of these values, each with the same chance.
    OneOf(Arc<[f64]>),
    /// One of several laws, by weight; a hyperexponential is a mixture of exponentials.
    Mixture(Mixture<Self>),
    /// The values of a file, each with the same chance.
    Empirical(Arc<[f64]>),
    /// No chance: the first value for the first entity (a task, a launch, an arrival), the next for
    /// the next, and the last for all that follow. See [`draw`](Self::draw).
    Sequence(Arc<[f64]>),
    /// Another law plus a constant.
    Shifted {
        /// What is added to each value, at least 0.
        by: f64,
        /// The law.
        law: Arc<Distribution>,
    },
    /// A law that the caller brings.
    Custom(CustomLaw),
}

impl Distribution {
    /// True when no value depends on chance.
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::Sequence(_)) || self.is_constant()
    }

    /// True when every value is the same.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::OneOf(values) | Self::Empirical(values) | Self::Sequence(values) => {
                values.windows(2).all(|pair| pair[0] == pair[1])
            }
            Self::Uniform { low, high }
            | Self::Beta { low, high, .. }
            | Self::Triangular { low, high, .. } => low == high,
            Self::LogNormal { sigma, .. } => *sigma == 0.0,
            Self::Shifted { law, .. } => law.is_constant(),
            _ => false,
        }
    }

    /// True when all values from some index on are 0.
    pub fn is_zero_in_the_end(&self) -> bool {
        match self {
            Self::Constant(value) => *value == 0.0,
            Self::Sequence(values) => values.last() == Some(&0.0),
            _ => false,
        }
    }

    /// One of several laws, by weight; weights need not sum to 1.
    ///
    /// # Panics
    /// When a weight is negative or not finite, or all are 0.
    pub fn mixture(parts: impl Into<Arc<[(f64, Self)]>>) -> Self {
        Self::Mixture(Mixture::new(parts))
    }

    /// A law that the caller brings: any distribution of the `rand` ecosystem.
    ///
    /// ```
    /// use ecsim::engine::random::{CustomLaw, Distribution, Portable, Purpose, StreamKey};
    /// use rand_distr::InverseGaussian;
    ///
    /// let law = InverseGaussian::new(Portable(60.0), Portable(120.0)).unwrap();
    /// let law = Distribution::custom(CustomLaw::new("inverse Gaussian", law).with_mean(60.0));
    /// let key = StreamKey::new(1, Purpose::TaskDuration, "nightly");
    /// assert!(law.sample(&mut key.stream(0)) > 0.0);
    /// ```
    pub fn custom(law: CustomLaw) -> Self {
        Self::Custom(law)
    }

    /// The value of the entity with this index, from 0: of a sequence the value with this index, of
    /// any other law a draw. Every place that draws says what it counts, in an order that does not
    /// depend on other draws.
    #[inline]
    pub fn draw<R: Rng + ?Sized>(&self, generator: &mut R, index: u64) -> f64 {
        match self {
            Self::Sequence(values) => {
                let last = values.len() - 1;
                values[usize::try_from(index).map_or(last, |index| index.min(last))]
            }
            law => law.sample(generator),
        }
    }

    /// Draws a value with any generator of `rand`: by inverse transform from one uniform number
    /// wherever the law allows. Of a sequence it is the last value.
    pub fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => -mean * libm::log(unit(generator)),
            Self::Erlang { shape, mean } => {
                let sum: f64 = (0..*shape).map(|_| -libm::log(unit(generator))).sum();
                sum * mean / f64::from(*shape)
            }
            Self::Weibull { shape, scale } => {
                scale * libm::pow(-libm::log(unit(generator)), 1.0 / shape)
            }
            Self::LogNormal { mu, sigma } => {
                libm::exp(mu + sigma * normal_quantile(unit(generator)))
            }
            Self::Pareto { minimum, shape } => {
                minimum * libm::exp(-libm::log(unit(generator)) / shape)
            }
            Self::Power { maximum, exponent } => {
                maximum * libm::pow(unit(generator), 1.0 / exponent)
            }
            Self::Uniform { low, high } => low + (high - low) * unit(generator),
            Self::OneOf(values) | Self::Empirical(values) => {
                values[below(generator, values.len() as u64) as usize]
            }
            Self::Sequence(values) => values[values.len() - 1],
            Self::Shifted { by, law } => by + law.sample(generator),
            Self::Mixture(mixture) => mixture.choose(generator).sample(generator),
            Self::Custom(law) => law.sample(generator),
            Self::Gamma { .. } | Self::Beta { .. } | Self::Triangular { .. } => {
                self.sample_by_rand_distr(generator)
            }
        }
    }

    /// Draws from the laws that `rand_distr` draws, with [`Portable`] mathematics.
    fn sample_by_rand_distr<R: Rng + ?Sized>(&self, generator: &mut R) -> f64 {
        let checked = "parameters are checked where the plan is made";
        match *self {
            Self::Gamma { shape, scale } => {
                let law = Gamma::new(Portable(shape), Portable(scale)).expect(checked);
                law.sample(generator).0
            }
            Self::Beta {
                alpha,
                beta,
                low,
                high,
            } => {
                let law = Beta::new(Portable(alpha), Portable(beta)).expect(checked);
                low + (high - low) * law.sample(generator).0
            }
            Self::Triangular { low, mode, high } => {
                let law = Triangular::new(Portable(low), Portable(high), Portable(mode));
                law.expect(checked).sample(generator).0
            }
            _ => unreachable!("drawn by inverse transform"),
        }
    }

    /// The mean; `None` when it does not exist or is not known. Of a sequence it is the last value,
    /// which all later ones have.
    pub fn mean(&self) -> Option<f64> {
        Some(match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } | Self::Erlang { mean, .. } => *mean,
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Pareto { shape, .. } if *shape <= 1.0 => return None,
            Self::Pareto { minimum, shape } => minimum * shape / (shape - 1.0),
            Self::Power { maximum, exponent } => maximum * exponent / (exponent + 1.0),
            Self::Beta {
                alpha,
                beta,
                low,
                high,
            } => low + (high - low) * alpha / (alpha + beta),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::OneOf(values) | Self::Empirical(values) => {
                values.iter().sum::<f64>() / values.len() as f64
            }
            Self::Sequence(values) => *values.last()?,
            Self::Shifted { by, law } => by + law.mean()?,
            Self::Mixture(mixture) => mixture.mean(Self::mean)?,
            Self::Custom(law) => law.mean()?,
        })
    }
}

/// A law can be used wherever `rand` takes a distribution.
impl rand::distr::Distribution<f64> for Distribution {
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> f64 {
        Self::sample(self, generator)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey, mix64};
    use super::*;

    /// A million draws: mean and variance within five standard errors of the law's own.
    fn check(law: Distribution, mean: f64, variance: f64) {
        let mut stream = StreamKey::new(1, Purpose::TaskDuration, "moments").stream(0);
        let n = 1_000_000;
        let draws: Vec<f64> = (0..n).map(|_| law.sample(&mut stream)).collect();
        let got = draws.iter().sum::<f64>() / f64::from(n);
        let square = |x: f64| x * x;
        let spread = draws.iter().map(|x| square(x - got)).sum::<f64>() / f64::from(n - 1);
        let fourth = draws.iter().map(|x| square(square(x - got))).sum::<f64>() / f64::from(n);
        let mean_error = libm::sqrt(variance / f64::from(n));
        assert!(
            (got - mean).abs() <= 5.0 * mean_error + 1e-12,
            "{law:?}: mean {got}, not {mean}"
        );
        let variance_error = libm::sqrt((fourth - square(spread)).max(0.0) / f64::from(n));
        assert!(
            (spread - variance).abs() <= 5.0 * variance_error + 1e-9,
            "{law:?}: variance {spread}, not {variance}"
        );
        assert!((law.mean().unwrap() - mean).abs() < 1e-9 * mean.max(1.0));
    }

    #[test]
    fn every_law_has_its_moments() {
        check(Distribution::Constant(3.0), 3.0, 0.0);
        check(Distribution::Exponential { mean: 2.0 }, 2.0, 4.0);
        check(
            Distribution::Erlang {
                shape: 4,
                mean: 2.0,
            },
            2.0,
            1.0,
        );
        check(
            Distribution::Gamma {
                shape: 2.5,
                scale: 2.0,
            },
            5.0,
            10.0,
        );
        check(
            Distribution::Gamma {
                shape: 0.5,
                scale: 2.0,
            },
            1.0,
            2.0,
        );
        let (g1, g2) = (libm::tgamma(1.5), libm::tgamma(2.0));
        check(
            Distribution::Weibull {
                shape: 2.0,
                scale: 1.0,
            },
            g1,
            g2 - g1 * g1,
        );
        let sigma = 0.5f64;
        let (mean, e) = (libm::exp(sigma * sigma / 2.0), libm::exp(sigma * sigma));
        check(
            Distribution::LogNormal { mu: 0.0, sigma },
            mean,
            (e - 1.0) * e,
        );
        check(
            Distribution::Pareto {
                minimum: 1.0,
                shape: 6.0,
            },
            1.2,
            6.0 / (25.0 * 4.0),
        );
        // 3 × Beta(2, 1).
        check(
            Distribution::Power {
                maximum: 3.0,
                exponent: 2.0,
            },
            2.0,
            9.0 / 18.0,
        );
        check(
            Distribution::Uniform {
                low: 1.0,
                high: 3.0,
            },
            2.0,
            1.0 / 3.0,
        );
        check(Distribution::OneOf([1.0, 2.0, 6.0].into()), 3.0, 14.0 / 3.0);
        check(
            Distribution::Empirical([1.0, 2.0, 6.0].into()),
            3.0,
            14.0 / 3.0,
        );
        // 1 + 4 × Beta(2, 3).
        check(
            Distribution::Beta {
                alpha: 2.0,
                beta: 3.0,
                low: 1.0,
                high: 5.0,
            },
            2.6,
            16.0 * 6.0 / (25.0 * 6.0),
        );
        check(
            Distribution::Triangular {
                low: 1.0,
                mode: 2.0,
                high: 6.0,
            },
            3.0,
            (1.0 + 4.0 + 36.0 - 2.0 - 6.0 - 12.0) / 18.0,
        );
        let mixture = Distribution::mixture([
            (3.0, Distribution::Exponential { mean: 1.0 }),
            (1.0, Distribution::Exponential { mean: 5.0 }),
        ]);
        check(mixture, 2.0, 0.75 * 2.0 + 0.25 * 50.0 - 4.0);
    }

    #[test]
    fn a_sequence_has_a_value_for_each_index_and_the_last_for_all_that_follow() {
        let law = Distribution::Sequence([400.0, 100.0].into());
        let mut stream = StreamKey::new(1, Purpose::TaskDuration, "sequence").stream(0);
        let drawn = [0, 1, 2, u64::MAX].map(|index| law.draw(&mut stream, index));
        assert_eq!(drawn, [400.0, 100.0, 100.0, 100.0]);
        assert_eq!((law.sample(&mut stream), law.mean()), (100.0, Some(100.0)));
        assert!(law.is_certain() && !law.is_constant());
        let other = Distribution::Uniform {
            low: 1.0,
            high: 2.0,
        };
        let stream = || StreamKey::new(1, Purpose::TaskDuration, "other").stream(7);
        assert_eq!(other.draw(&mut stream(), 7), other.sample(&mut stream()));
    }

    /// For each law its first draw and a digest of ten thousand: a change here changes every
    /// result. A crate or a feature that brings other mathematics changes a few draws in a
    /// hundred.
    #[test]
    fn known_answers() {
        let laws = [
            Distribution::Exponential { mean: 1.0 },
            Distribution::Erlang {
                shape: 2,
                mean: 1.0,
            },
            Distribution::Gamma {
                shape: 2.5,
                scale: 1.0,
            },
            Distribution::Weibull {
                shape: 1.5,
                scale: 1.0,
            },
            Distribution::LogNormal {
                mu: 0.0,
                sigma: 1.0,
            },
            Distribution::Pareto {
                minimum: 1.0,
                shape: 2.0,
            },
            Distribution::Uniform {
                low: 0.0,
                high: 1.0,
            },
            Distribution::OneOf([1.0, 2.0, 3.0, 4.0].into()),
            Distribution::Power {
                maximum: 1.0,
                exponent: 2.0,
            },
            Distribution::Gamma {
                shape: 0.5,
                scale: 1.0,
            },
            Distribution::Beta {
                alpha: 2.0,
                beta: 3.0,
                low: 0.0,
                high: 1.0,
            },
            Distribution::Beta {
                alpha: 0.5,
                beta: 0.7,
                low: 0.0,
                high: 1.0,
            },
            Distribution::Triangular {
                low: 1.0,
                mode: 2.0,
                high: 6.0,
            },
            Distribution::mixture([
                (3.0, Distribution::Exponential { mean: 1.0 }),
                (1.0, Distribution::Exponential { mean: 5.0 }),
            ]),
        ];
        let mut text = String::new();
        for law in laws {
            let key = StreamKey::new(1, Purpose::TaskDuration, "known answers");
            let draw = |ordinal| law.sample(&mut key.stream(ordinal)).to_bits();
            let digest = (0..10_000).map(draw).fold(0, |sum, bits| mix64(sum ^ bits));
            text.push_str(&format!("{:016x} {digest:016x}\n", draw(0)));
        }
        assert_eq!(text, KNOWN_ANSWERS);
    }
    const KNOWN_ANSWERS: &str = "\
3fd9c8438762de12 56c379e5e9c52cea
3fe39f54a2737dea 9c455af2926a7e33
4006fc0badc9d15d 99cb269fc5e23367
3fe174633f28580b 5f1bec87f7bfcda1
3ff8bb912072feaf fb1b33fb407bd400
3ff391fec4402269 233d98c914c940c0
3fe563a4ec74c083 6f29406fa56e3758
4008000000000000 0ed1bd43f871803c
3fea297f739e114e 18d14f71013bfc01
3fdcd4885d612659 c8a80ecf931eb447
3fe06d75712f119f 8615c66407aadcec
3fc322e4675e6cfc a6ce36317d8a1c16
400b65f61eef6438 2a344e678995d237
40107894b0c17800 12cedbf4b274d473
";
}

//! Laws of random quantities, by their parameters. A sample is a float in the base unit of
//! whoever asks (seconds, ECS CPU units, bytes) and becomes an integer at once.

use super::{Stream, normal_quantile};
use std::sync::Arc;

/// A law. Parameters are finite and checked where the plan is made; every sample is at
/// least zero.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
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
    Mixture(Arc<[(f64, Distribution)]>),
    /// The values of a file, each with the same chance.
    Empirical(Arc<[f64]>),
    /// Another law, moved up.
    Shifted {
        /// By so much, at least 0.
        by: f64,
        /// The law.
        law: Arc<Distribution>,
    },
}

impl Distribution {
    /// True when no draw is needed.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::OneOf(values) | Self::Empirical(values) => {
                values.windows(2).all(|pair| pair[0] == pair[1])
            }
            Self::Uniform { low, high } => low == high,
            Self::LogNormal { sigma, .. } => *sigma == 0.0,
            Self::Shifted { law, .. } => law.is_certain(),
            _ => false,
        }
    }

    /// Draws a value: by inverse transform from one uniform number wherever the law allows.
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential { mean } => -mean * libm::log(stream.unit()),
            Self::Erlang { shape, mean } => {
                let sum: f64 = (0..*shape).map(|_| -libm::log(stream.unit())).sum();
                sum * mean / f64::from(*shape)
            }
            Self::Gamma { shape, scale } => scale * standard_gamma(*shape, stream),
            Self::Weibull { shape, scale } => {
                scale * libm::pow(-libm::log(stream.unit()), 1.0 / shape)
            }
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * normal_quantile(stream.unit())),
            Self::Pareto { minimum, shape } => {
                minimum * libm::exp(-libm::log(stream.unit()) / shape)
            }
            Self::Power { maximum, exponent } => maximum * libm::pow(stream.unit(), 1.0 / exponent),
            Self::Uniform { low, high } => low + (high - low) * stream.unit(),
            Self::OneOf(values) | Self::Empirical(values) => {
                values[stream.below(values.len() as u64) as usize]
            }
            Self::Shifted { by, law } => by + law.sample(stream),
            Self::Mixture(parts) => {
                let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
                let mut left = stream.unit() * total;
                let (last, rest) = parts.split_last().expect("a mixture has parts");
                for (weight, law) in rest {
                    left -= weight;
                    if left < 0.0 {
                        return law.sample(stream);
                    }
                }
                last.1.sample(stream)
            }
        }
    }

    /// The mean; infinite or `None` where it does not exist.
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
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::OneOf(values) | Self::Empirical(values) => {
                values.iter().sum::<f64>() / values.len() as f64
            }
            Self::Shifted { by, law } => by + law.mean()?,
            Self::Mixture(parts) => {
                let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
                let mut sum = 0.0;
                for (weight, law) in parts.iter() {
                    sum += weight * law.mean()?;
                }
                sum / total
            }
        })
    }
}

/// A gamma with scale 1, by Marsaglia and Tsang (2000); below shape 1 by their boost. The
/// normal comes by inverse transform, so that the whole stays portable.
fn standard_gamma(shape: f64, stream: &mut Stream) -> f64 {
    if shape < 1.0 {
        let boost = libm::pow(stream.unit(), 1.0 / shape);
        return boost * standard_gamma(shape + 1.0, stream);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = normal_quantile(stream.unit());
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        let u = stream.unit();
        if libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Purpose, StreamKey};
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
        let mixture = Distribution::Mixture(
            [
                (3.0, Distribution::Exponential { mean: 1.0 }),
                (1.0, Distribution::Exponential { mean: 5.0 }),
            ]
            .into(),
        );
        check(mixture, 2.0, 0.75 * 2.0 + 0.25 * 50.0 - 4.0);
    }

    /// The first three draws of each law: a change here changes every result.
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
        ];
        let mut text = String::new();
        for law in laws {
            let mut stream = StreamKey::new(1, Purpose::TaskDuration, "known answers").stream(0);
            for draw in 0..3 {
                let bits = law.sample(&mut stream).to_bits();
                let end = if draw == 2 { '\n' } else { ' ' };
                text.push_str(&format!("{bits:016x}{end}"));
            }
        }
        assert_eq!(text, KNOWN_ANSWERS);
    }
    const KNOWN_ANSWERS: &str = "\
3fd9c8438762de15 3fea5a8781358cce 3fcf8b6d827d663a
3fe39f54a2737dec 3fdff6976a6e97cc 3ff1347bc42fa246
4006fc0badc9d15d 400c322d6030c505 4007091097bd119f
3fe174633f28580c 3fec1d882081c1d1 3fd9282a4a22d076
3ff8bb912072feae 3feb6ff0f7474fa8 4001689fce2588fe
3ff391fec4402269 3ff826e4b98635b1 3ff21920a715828d
3fe563a4ec74c082 3fdc1674368a629d 3fe902ac4e517db2
4008000000000000 4000000000000000 4010000000000000
3fea297f739e114d 3fe532fa95bc2fe7 3fec4a490fdc2f66
";
}

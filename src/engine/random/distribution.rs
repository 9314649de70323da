//! Laws of random quantities, by their parameters. A sample is a float in the base unit of
//! whoever asks (seconds, ECS CPU units, bytes) and becomes an integer at once.

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
            _ => false,
        }
    }
}

//! Defaults of assumptions that are laws or several numbers.

use crate::engine::random::Distribution;
use crate::units::Span;
use std::sync::Arc;

/// The probabilities, 0 to 1, that a launch finds no capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaunchFailures {
    /// On demand.
    pub on_demand: f64,
    /// On demand with GPUs, and bare metal.
    pub gpu: f64,
    /// Spot, bands below 10 %.
    pub spot: f64,
    /// Spot, bands above 15 %.
    pub spot_scarce: f64,
}

impl Default for LaunchFailures {
    fn default() -> Self {
        Self {
            on_demand: 0.0,
            gpu: 0.0,
            spot: 0.03,
            spot_scarce: 0.15,
        }
    }
}

/// The attempts that the AWS SDK makes of a call that is throttled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottledRetry {
    /// The most attempts, the first included; at least 1.
    pub attempts: u32,
    /// The longest wait before the second attempt; each further one is twice the one before.
    pub first: Span,
    /// The longest wait.
    pub longest: Span,
}

impl Default for ThrottledRetry {
    fn default() -> Self {
        Self {
            attempts: 3,
            first: Span::seconds(1),
            longest: Span::seconds(20),
        }
    }
}

/// A lognormal by its median and the deviation of its logarithm.
pub(super) fn lognormal(median: f64, sigma: f64) -> Distribution {
    Distribution::LogNormal {
        mu: libm::log(median),
        sigma,
    }
}

/// A uniform law.
pub(super) fn uniform(low: f64, high: f64) -> Distribution {
    Distribution::Uniform { low, high }
}

/// Beta(2, 1): the largest of two uniform draws.
pub(super) fn beta_2_1() -> Distribution {
    Distribution::Power {
        maximum: 1.0,
        exponent: 2.0,
    }
}

/// At least 25 s, median 45 s, 95 % within 90 s (facts/platform.md 1.3.11): the part above
/// 25 s is lognormal with median 20 s and 95 % within 65 s.
pub(super) fn shifted_boot() -> Distribution {
    // ln(65 / 20) ÷ 1.6449, the normal 95 % point.
    let sigma = libm::log(65.0 / 20.0) / 1.644_853_626_951_472_7;
    Distribution::Shifted {
        by: 25.0,
        law: Arc::new(lognormal(20.0, sigma)),
    }
}

//! Checks of probability distributions: their parameters, and that no value is negative.

use super::at::At;
use crate::engine::random::Distribution;

/// Reports a law whose parameters are out of range, or that may give values below zero.
pub(super) fn law(law: &Distribution, at: &At<'_>) {
    if let Some(wrong) = wrong(law) {
        at.problem(wrong);
    }
}

/// What is wrong with a law.
fn wrong(law: &Distribution) -> Option<String> {
    let above_zero = |name: &str, value: f64| {
        let is_right = value.is_finite() && value > 0.0;
        (!is_right).then(|| format!("`{name}` is {value}, and must be above 0"))
    };
    let not_negative = |name: &str, value: f64| {
        let is_right = value.is_finite() && value >= 0.0;
        (!is_right).then(|| format!("`{name}` is {value}, and must not be below 0"))
    };
    let not_below = |name: &str, value: f64, least_name: &str, least: f64| {
        let is_right = value.is_finite() && value >= least;
        (!is_right).then(|| format!("`{name}` is {value}, and must not be below `{least_name}`"))
    };
    match law {
        Distribution::Constant(value) => not_negative("constant", *value),
        Distribution::Exponential { mean } => above_zero("mean", *mean),
        Distribution::Erlang { shape, mean } => {
            above_zero("shape", f64::from(*shape)).or_else(|| above_zero("mean", *mean))
        }
        Distribution::Gamma { shape, scale } | Distribution::Weibull { shape, scale } => {
            above_zero("shape", *shape).or_else(|| above_zero("scale", *scale))
        }
        Distribution::LogNormal { mu, sigma } => (!mu.is_finite())
            .then(|| format!("`mu` is {mu}"))
            .or_else(|| not_negative("sigma", *sigma)),
        Distribution::Pareto { minimum, shape } => {
            above_zero("minimum", *minimum).or_else(|| above_zero("shape", *shape))
        }
        Distribution::Power { maximum, exponent } => {
            above_zero("maximum", *maximum).or_else(|| above_zero("exponent", *exponent))
        }
        Distribution::Uniform { low, high } => {
            not_negative("low", *low).or_else(|| not_below("high", *high, "low", *low))
        }
        Distribution::OneOf(values)
        | Distribution::Empirical(values)
        | Distribution::Sequence(values) => {
            if values.is_empty() {
                return Some("this list is empty".into());
            }
            values
                .iter()
                .find_map(|value| not_negative("value", *value))
        }
        Distribution::Beta {
            alpha,
            beta,
            low,
            high,
        } => above_zero("alpha", *alpha)
            .or_else(|| above_zero("beta", *beta))
            .or_else(|| not_negative("low", *low))
            .or_else(|| not_below("high", *high, "low", *low)),
        Distribution::Triangular { low, mode, high } => not_negative("low", *low)
            .or_else(|| not_below("mode", *mode, "low", *low))
            .or_else(|| not_below("high", *high, "mode", *mode)),
        // Weights are checked where a mixture is made.
        Distribution::Mixture(mixture) => {
            let mut parts = mixture.parts().iter();
            parts.find_map(|(_, law)| part(law))
        }
        // Values of a caller's own law are checked where they are drawn.
        Distribution::Custom(_) => None,
        Distribution::Shifted { by, law } => not_negative("by", *by).or_else(|| part(law)),
    }
}

/// What is wrong with a law that is part of another one.
fn part(law: &Distribution) -> Option<String> {
    match law {
        Distribution::Sequence(_) => Some("a sequence cannot be part of another law".into()),
        law => wrong(law),
    }
}

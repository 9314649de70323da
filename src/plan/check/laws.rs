//! Whether a law of chance can be drawn from, and gives what it stands for.

use super::At;
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
        Distribution::Uniform { low, high } => not_negative("low", *low).or_else(|| {
            let is_right = high.is_finite() && high >= low;
            (!is_right).then(|| format!("`high` is {high}, and must not be below `low`"))
        }),
        Distribution::OneOf(values) | Distribution::Empirical(values) => {
            if values.is_empty() {
                return Some("this list is empty".into());
            }
            values
                .iter()
                .find_map(|value| not_negative("value", *value))
        }
        Distribution::Mixture(parts) => {
            if !parts.iter().any(|(weight, _)| *weight > 0.0) {
                return Some("no part has a weight above 0".into());
            }
            let mut parts = parts.iter();
            parts.find_map(|(weight, law)| not_negative("weight", *weight).or_else(|| wrong(law)))
        }
        Distribution::Shifted { by, law } => not_negative("by", *by).or_else(|| wrong(law)),
    }
}

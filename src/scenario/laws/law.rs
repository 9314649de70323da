//! Reads laws: a constant, a list of values in sequence, or a map with one key that names a
//! probability distribution. The quantity of a law decides how its values are written and in which unit they are kept.

use super::columns;
use super::quantity::Quantity;
use crate::engine::random::Distribution;
use crate::scenario::keys::laws::{
    BETA, BRANCH, EMPIRICAL, ERLANG, EXPONENTIAL, GAMMA, LAW, LOGNORMAL, MIXED, PARETO, POWER,
    SHIFTED, TRIANGULAR, UNIFORM, WEIBULL,
};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use std::sync::Arc;

/// The standard normal quantile of 0.99.
const Z99: f64 = 2.326_347_874_040_841;

/// The shape parameters of beta laws for which draws do not overflow.
const EXPONENTS: std::ops::RangeInclusive<f64> = 0.001..=1e6;

/// The most values in one list; more belong in a file.
const MOST_VALUES: usize = 1_000_000;

/// Reads a law of a quantity; all problems are reported.
pub fn read(at: &Cursor<'_>, quantity: Quantity) -> Option<Distribution> {
    if at.node.as_text().is_some() {
        return quantity.read(at).map(Distribution::Constant);
    }
    if matches!(at.node.value, Value::List(_)) {
        return values(at, quantity).map(Distribution::Sequence);
    }
    let (key, inner) = at.one_key(&LAW)?;
    let positive = |record: &Record<'_>, key| quantity.read_positive(&record.get(key)?);
    let shape = |record: &Record<'_>| record.get("shape")?.positive();
    match key {
        "exponential" => {
            let record = inner.record(&EXPONENTIAL)?;
            let mean = positive(&record, "mean")?;
            Some(Distribution::Exponential { mean })
        }
        "erlang" => {
            let record = inner.record(&ERLANG)?;
            let phases = record.get("shape").and_then(|s| s.integer(1, 1_000));
            let mean = positive(&record, "mean");
            Some(Distribution::Erlang {
                shape: phases? as u32,
                mean: mean?,
            })
        }
        "gamma" => gamma(&inner.record(&GAMMA)?, quantity),
        "beta" => beta(&inner.record(&BETA)?, quantity),
        "triangular" => triangular(&inner.record(&TRIANGULAR)?, quantity),
        "weibull" => {
            let record = inner.record(&WEIBULL)?;
            let (shape, scale) = (shape(&record), positive(&record, "scale"));
            Some(Distribution::Weibull {
                shape: shape?,
                scale: scale?,
            })
        }
        "lognormal" => lognormal(&inner.record(&LOGNORMAL)?, quantity),
        "pareto" => {
            let record = inner.record(&PARETO)?;
            let (minimum, shape) = (positive(&record, "minimum"), shape(&record));
            Some(Distribution::Pareto {
                minimum: minimum?,
                shape: shape?,
            })
        }
        "power" => {
            let record = inner.record(&POWER)?;
            let maximum = positive(&record, "maximum");
            let exponent = record.get("exponent").and_then(|at| at.positive());
            Some(Distribution::Power {
                maximum: maximum?,
                exponent: exponent?,
            })
        }
        "uniform" => {
            let record = inner.record(&UNIFORM)?;
            let value = |key| quantity.read(&record.get(key)?);
            let (low, high) = (value("low"), value("high"));
            let (low, high) = ascending(&record, "low", low?, "high", high?)?;
            Some(Distribution::Uniform { low, high })
        }
        "shifted" => {
            let record = inner.record(&SHIFTED)?;
            let by = record.get("by").and_then(|by| quantity.read(&by));
            let law = record.get("law").and_then(|law| part(&law, quantity));
            Some(Distribution::Shifted {
                by: by?,
                law: Arc::new(law?),
            })
        }
        "oneOf" => values(&inner, quantity).map(Distribution::OneOf),
        "hyperexponential" => branches(&inner, |item| {
            let record = item.record(&BRANCH)?;
            let (weight, mean) = (weight(&record), positive(&record, "mean"));
            Some((weight?, Distribution::Exponential { mean: mean? }))
        }),
        "mixture" => branches(&inner, |item| {
            let record = item.record(&MIXED)?;
            let law = record.get("law").and_then(|law| part(&law, quantity));
            Some((weight(&record)?, law?))
        }),
        _ => {
            let values = columns::empirical(&inner.record(&EMPIRICAL)?, quantity)?;
            Some(Distribution::Empirical(values.into()))
        }
    }
}

/// Reads a law that is part of another one.
fn part(at: &Cursor<'_>, quantity: Quantity) -> Option<Distribution> {
    if matches!(at.node.value, Value::List(_)) {
        at.problem("a sequence cannot be part of another law")
            .hint("for one of these values at random write `{ oneOf: [...] }`")
            .report();
        return None;
    }
    read(at, quantity)
}

/// Reads a list of values, at least one.
fn values(at: &Cursor<'_>, quantity: Quantity) -> Option<Arc<[f64]>> {
    let items = non_empty(at)?;
    let values: Vec<Option<f64>> = items.iter().map(|item| quantity.read(item)).collect();
    values.into_iter().collect()
}

fn weight(record: &Record<'_>) -> Option<f64> {
    record.get("weight")?.number()
}

/// The items of a list; an empty list is reported.
fn non_empty<'a>(at: &Cursor<'a>) -> Option<Vec<Cursor<'a>>> {
    let mark = at.context.mark();
    let items = at.list();
    if items.is_empty() && at.context.mark() == mark {
        at.problem("this list is empty")
            .hint("give at least one value")
            .report();
    }
    if items.len() > MOST_VALUES {
        at.problem(format!("this list has {} values", items.len()))
            .hint("use `empirical` with a file")
            .report();
        return None;
    }
    (!items.is_empty()).then_some(items)
}

/// Reads the branches of a mixture. Branches of weight 0 are left out.
fn branches<'a>(
    at: &Cursor<'a>,
    branch: impl Fn(&Cursor<'a>) -> Option<(f64, Distribution)>,
) -> Option<Distribution> {
    let items = non_empty(at)?;
    let found: Vec<_> = items.iter().map(branch).collect();
    let found: Vec<_> = found.into_iter().collect::<Option<_>>()?;
    let total: f64 = found.iter().map(|(weight, _)| weight).sum();
    if !(total > 0.0 && total.is_finite()) {
        at.problem("the weights must sum to more than 0")
            .hint("give one of them `weight: 1`")
            .report();
        return None;
    }
    let found: Arc<[_]> = found
        .into_iter()
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    Some(Distribution::mixture(found))
}

fn gamma(record: &Record<'_>, quantity: Quantity) -> Option<Distribution> {
    let shape = record.get("shape").and_then(|s| s.positive());
    let scale = match (record.get("scale"), record.get("mean")) {
        (Some(scale), None) => quantity.read_positive(&scale),
        (None, Some(mean)) => quantity
            .read_positive(&mean)
            .and_then(|mean| shape.map(|shape| mean / shape)),
        _ => {
            record
                .at
                .problem("a gamma law has either `scale` or `mean`")
                .report();
            None
        }
    };
    Some(Distribution::Gamma {
        shape: shape?,
        scale: scale?,
    })
}

fn beta(record: &Record<'_>, quantity: Quantity) -> Option<Distribution> {
    let exponent = |key| {
        let at = record.get(key)?;
        let value = at.positive()?;
        if EXPONENTS.contains(&value) {
            return Some(value);
        }
        at.problem(format!("`{key}` must lie between 0.001 and 1000000"))
            .report();
        None
    };
    let low = match record.get("low") {
        Some(low) => quantity.read(&low),
        None => Some(0.0),
    };
    let high = record.get("high").and_then(|high| quantity.read(&high));
    let (alpha, beta) = (exponent("alpha"), exponent("beta"));
    let (low, high) = ascending(record, "low", low?, "high", high?)?;
    Some(Distribution::Beta {
        alpha: alpha?,
        beta: beta?,
        low,
        high,
    })
}

fn triangular(record: &Record<'_>, quantity: Quantity) -> Option<Distribution> {
    let value = |key| quantity.read(&record.get(key)?);
    let (low, mode, high) = (value("low"), value("mode"), value("high"));
    let (low, mode) = ascending(record, "low", low?, "mode", mode?)?;
    let (mode, high) = ascending(record, "mode", mode, "high", high?)?;
    Some(Distribution::Triangular { low, mode, high })
}

/// Returns both values; reports `low` above `high`.
fn ascending(
    record: &Record<'_>,
    low_key: &str,
    low: f64,
    high_key: &str,
    high: f64,
) -> Option<(f64, f64)> {
    if low > high {
        record
            .at
            .problem(format!("`{low_key}` is above `{high_key}`"))
            .report();
        return None;
    }
    Some((low, high))
}

/// The parameters of the normal distribution of the logarithm. With `median` and `p99`:
/// mu = ln median, sigma = ln(p99 ÷ median) ÷ z₀.₉₉. With `mean`: mu = ln mean − sigma² ÷ 2.
fn lognormal(record: &Record<'_>, quantity: Quantity) -> Option<Distribution> {
    let get = |key| record.get(key);
    let (mu, sigma) = match (get("median"), get("mean"), get("p99"), get("sigma")) {
        (Some(median), None, Some(p99), None) => {
            let (low, high) = (
                quantity.read_positive(&median),
                quantity.read_positive(&p99),
            );
            let (low, high) = (low?, high?);
            if high < low {
                p99.problem("`p99` is below `median`").report();
                return None;
            }
            let (low, high) = (libm::log(low), libm::log(high));
            (low, (high - low) / Z99)
        }
        (None, Some(mean), None, Some(sigma)) => {
            let (mean, sigma) = (quantity.read_positive(&mean), sigma.number());
            let (mean, sigma) = (mean?, sigma?);
            (libm::log(mean) - sigma * sigma / 2.0, sigma)
        }
        (Some(median), None, None, Some(sigma)) => {
            let (median, sigma) = (quantity.read_positive(&median), sigma.number());
            (libm::log(median?), sigma?)
        }
        _ => {
            record
                .at
                .problem("a lognormal law has two parameters")
                .hint("give `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`")
                .report();
            return None;
        }
    };
    if sigma > 50.0 {
        record
            .at
            .problem(format!(
                "a `sigma` of {sigma:.0} is too large"
            ))
            .hint("`sigma` is the standard deviation of the natural logarithm, such as `1`; at most 50")
            .report();
        return None;
    }
    Some(Distribution::LogNormal { mu, sigma })
}

/// A share, or a law of shares. Its largest value must be above 0 and at most 1.
pub fn share(at: &Cursor<'_>) -> Option<Distribution> {
    let law = read(at, Quantity::Share)?;
    match largest(&law) {
        Some(most) if most <= 1.0 && most > 0.0 => Some(law),
        Some(most) if most <= 0.0 => {
            at.problem("the share must be above 0").report();
            None
        }
        _ => {
            at.problem("this law can give a share above 100%")
                .expected("a law with an upper bound of at most 100%, such as `{ uniform: { low: 10%, high: 100% } }`")
                .report();
            None
        }
    }
}

/// True when a law gives 0 only, or from some value on.
pub fn stays_zero(law: &Distribution) -> bool {
    largest(law) == Some(0.0) || law.is_zero_in_the_end()
}

/// The largest value that a law can give; `None` when its values have no upper bound.
pub fn largest(law: &Distribution) -> Option<f64> {
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    match law {
        Distribution::Constant(value) => Some(*value),
        Distribution::Uniform { high, .. }
        | Distribution::Beta { high, .. }
        | Distribution::Triangular { high, .. } => Some(*high),
        Distribution::Power { maximum, .. } => Some(*maximum),
        Distribution::OneOf(values)
        | Distribution::Empirical(values)
        | Distribution::Sequence(values) => Some(most(values)),
        Distribution::Mixture(mixture) => {
            let parts = mixture.parts().iter();
            let bounds: Option<Vec<f64>> = parts.map(|(_, law)| largest(law)).collect();
            bounds.map(|bounds| most(&bounds))
        }
        Distribution::Shifted { by, law } => largest(law).map(|most| by + most),
        _ => None,
    }
}

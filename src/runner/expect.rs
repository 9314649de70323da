//! Checks the expectations of `expect:` against the results.

use super::results::{VariantResults, Verdict};
use crate::figures::Unit;
use crate::plan::{Bound, Expectation, Relation};
use crate::units::Span;

/// One verdict per expectation and variant that it applies to: the named variant, or each variant
/// that has the figure.
pub(super) fn verdicts(expectations: &[Expectation], variants: &[VariantResults]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for expectation in expectations {
        let about = |variant: &&VariantResults| {
            expectation
                .variant
                .as_ref()
                .is_none_or(|name| *name == variant.name)
        };
        for variant in variants.iter().filter(about) {
            // Without `variant`, variants that lack the provider or entry are skipped.
            let summary = variant
                .figures
                .iter()
                .find(|s| s.figure.path == expectation.figure);
            if let Some(summary) = summary {
                let unit = summary.figure.definition().unit;
                let mean = summary.estimate.mean;
                let passed =
                    mean.is_some_and(|mean| expectation.bounds.iter().all(|b| holds(b, mean)));
                let found = mean.map_or_else(|| "no value".into(), |mean| print(unit, mean));
                verdicts.push(Verdict {
                    text: text(expectation, &variant.name),
                    passed,
                    found,
                    variant: variant.name.clone(),
                });
            } else if expectation.variant.is_some() {
                verdicts.push(Verdict {
                    text: text(expectation, &variant.name),
                    passed: false,
                    found: "no such figure in this variant".into(),
                    variant: variant.name.clone(),
                });
            }
        }
    }
    verdicts
}

/// True when the mean satisfies the bound. `equals` allows a relative error of 1e-9, the rounding
/// of a mean of floats.
fn holds(bound: &Bound, mean: f64) -> bool {
    match bound.relation {
        Relation::Below => mean < bound.value,
        Relation::Above => mean > bound.value,
        Relation::AtMost => mean <= bound.value,
        Relation::AtLeast => mean >= bound.value,
        Relation::Equals => (mean - bound.value).abs() <= 1e-9 * mean.abs().max(bound.value.abs()),
    }
}

/// The expectation as text: `cost.total.perMonth of ec2 below $450`.
fn text(expectation: &Expectation, variant: &str) -> String {
    let bounds: Vec<String> = expectation
        .bounds
        .iter()
        .map(|bound| {
            let relation = match bound.relation {
                Relation::Below => "below",
                Relation::Above => "above",
                Relation::AtMost => "at most",
                Relation::AtLeast => "at least",
                Relation::Equals => "equals",
            };
            format!("{relation} {}", bound.text)
        })
        .collect();
    format!(
        "{} of {variant} {}",
        expectation.figure,
        bounds.join(" and ")
    )
}

/// A value with its unit, with more digits than pages print, so that the distance to a bound shows.
fn print(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Usd => format!("${value:.4}"),
        Unit::Seconds => Span::from_seconds_f64(value).to_string(),
        Unit::Share => format!("{:.4}%", value * 100.0),
        Unit::Count => format!("{value}"),
        other => format!("{value:.6} {}", other.symbol()),
    }
}

//! Checks the expectations of `expect:` against the results.

use super::results::{FigureSummary, VariantResults};
use super::verdict::Verdict;
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
            let mut figures = variant.figures.iter();
            let summary = figures.find(|s| s.figure.path == expectation.figure);
            if summary.is_some() || expectation.variant.is_some() {
                verdicts.push(verdict(expectation, variant, summary));
            }
        }
    }
    verdicts
}

/// The verdict on an expectation of a variant. A figure without a value meets no bound.
fn verdict(
    expectation: &Expectation,
    variant: &VariantResults,
    summary: Option<&FigureSummary>,
) -> Verdict {
    let unit = summary.map(|summary| summary.figure.definition().unit);
    let value = summary.and_then(|summary| summary.estimate.mean);
    let bounds = &expectation.bounds;
    let found = match (unit, value) {
        (None, _) => "no such figure in this variant".into(),
        (Some(_), None) => NO_VALUE.into(),
        (Some(unit), Some(value)) => print(unit, value),
    };
    Verdict {
        text: text(expectation, &variant.name),
        passed: value.is_some_and(|value| bounds.iter().all(|bound| holds(bound, value))),
        found,
        variant: variant.name.clone(),
        value,
        unit,
        bounds: bounds.iter().map(|bound| bound.value).collect(),
        n: summary.map_or(0, |summary| summary.estimate.n),
        runs: variant.runs.len(),
    }
}

/// What is found where no run has a value.
const NO_VALUE: &str = "no value in any run, so that no bound can hold";

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

/// A value with its unit and more digits than pages print.
fn print(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Usd => format!("${value:.4}"),
        Unit::Seconds => Span::from_seconds_f64(value).to_string(),
        Unit::Share => format!("{:.4}%", value * 100.0),
        Unit::Count => format!("{value}"),
        other => format!("{value:.6} {}", other.symbol()),
    }
}

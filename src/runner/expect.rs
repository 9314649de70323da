//! Checks the expectations of `expect:` against the results.

use super::expect_runs::{self, Shown};
use super::expect_words::{print, words};
use super::results::{FigureSummary, VariantResults};
use super::verdict::Verdict;
use crate::plan::{Expectation, Subject};

/// One verdict per expectation and variant that it applies to: the named variant, or each variant
/// that has the figure. `shown` is what the runs of each variant have shown, by expectation.
pub(super) fn verdicts(
    expectations: &[Expectation],
    variants: &[VariantResults],
    shown: &[Vec<Shown>],
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (number, expectation) in expectations.iter().enumerate() {
        let about = |variant: &&VariantResults| {
            expectation
                .variant
                .as_ref()
                .is_none_or(|name| *name == variant.name)
        };
        let Subject::Figure(path) = &expectation.subject else {
            for (variant, shown) in variants.iter().zip(shown) {
                let shown = shown.get(number).filter(|shown| shown.is_checked());
                verdicts.extend(shown.map(|shown| {
                    let is_only = variants.len() == 1;
                    expect_runs::verdict(expectation, variant, is_only, shown)
                }));
            }
            continue;
        };
        for variant in variants.iter().filter(about) {
            // Without `variant`, variants that lack the provider or entry are skipped.
            let mut figures = variant.figures.iter();
            let summary = figures.find(|s| s.figure.path == *path);
            if summary.is_some() || expectation.variant.is_some() {
                verdicts.push(verdict(expectation, path, variant, summary));
            }
        }
    }
    verdicts
}

/// The verdict on an expectation of a variant. A figure without a value meets no bound.
fn verdict(
    expectation: &Expectation,
    path: &str,
    variant: &VariantResults,
    summary: Option<FigureSummary<'_>>,
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
        text: format!("{path} of {} {}", variant.name, words(bounds)),
        passed: value.is_some_and(|value| bounds.iter().all(|bound| bound.holds(value))),
        found,
        variant: variant.name.clone(),
        value,
        unit,
        bounds: bounds.iter().map(|bound| bound.value).collect(),
        n: summary.map_or(0, |summary| summary.estimate.n),
        runs: variant.runs.len(),
        held: None,
        seed: None,
        sentence: None,
    }
}

/// What is found where no run has a value.
const NO_VALUE: &str = "no value in any run, so that no bound can hold";

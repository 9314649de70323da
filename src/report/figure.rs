//! Reads figures of a variant by path, and values that follow from several figures.

use crate::figures::{Figure, Measure, Of, StartKind};
use crate::runner::{Difference, Estimate, Results, VariantResults};

/// The estimate of the figure with this path; `None` where the variant has no such figure.
pub(super) fn estimate(variant: &VariantResults, path: &str) -> Option<Estimate> {
    let summary = variant.figures.iter().find(|f| f.figure.path == path)?;
    Some(*summary.estimate)
}

/// The figure with this path; `None` where the variant has no such figure.
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "used by the tables of the terminal")
)]
pub(super) fn figure<'v>(variant: &'v VariantResults, path: &str) -> Option<&'v Figure> {
    let mut figures = variant.figures.iter().map(|summary| summary.figure);
    figures.find(|figure| figure.path == path)
}

/// The mean of the figure with this path, when it has a finite one.
pub(super) fn mean(variant: &VariantResults, path: &str) -> Option<f64> {
    estimate(variant, path)?
        .mean
        .filter(|mean| mean.is_finite())
}

/// The paired difference of the figure with this path against the first variant.
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "used by the tables of the terminal")
)]
pub(super) fn against_first(
    results: &Results,
    variant: &VariantResults,
    path: &str,
) -> Option<Difference> {
    let index = variant.figures.iter().position(|f| f.figure.path == path)?;
    results.difference(variant, index)
}

/// True when every run has the same value, up to the rounding of floats: the cost of a fixed
/// fleet, for example. No `±` is printed then.
pub(super) fn is_same_in_every_run(estimate: &Estimate) -> bool {
    let Estimate {
        mean: Some(mean),
        half_width: Some(half_width),
        ..
    } = estimate
    else {
        return false;
    };
    *half_width <= mean.abs() * 1e-9
}

/// The steps of a start in their order, as in the paths of figures.
pub(super) const START_PARTS: [&str; 5] =
    ["provisioning", "pending", "pull", "containers", "polling"];

/// The mean seconds in each step of a kind of start; steps of zero are left out.
pub(super) fn start_parts(variant: &VariantResults, kind: StartKind) -> Vec<(&'static str, f64)> {
    let part = |part: &'static str| {
        let seconds = mean(variant, &format!("start.{}.{part}.mean", kind.name()))?;
        (seconds > 0.0).then_some((part, seconds))
    };
    START_PARTS.into_iter().filter_map(part).collect()
}

/// A kind of start, as pages and plots name it.
pub(super) const fn start_name(kind: StartKind) -> &'static str {
    match kind {
        StartKind::Ec2Cold => "EC2 cold",
        StartKind::Ec2Cached => "EC2 cached",
        StartKind::Fargate => "Fargate",
    }
}

/// True when some service is in the variant's plan.
pub(super) fn has_services(variant: &VariantResults) -> bool {
    let mut figures = variant.figures.iter().map(|summary| summary.figure);
    figures.any(|figure| matches!(figure.measure, Measure::Service(..)))
}

/// True when some entry of standalone work is in the variant's plan.
pub(super) fn has_work(variant: &VariantResults) -> bool {
    let mut figures = variant.figures.iter().map(|summary| summary.figure);
    figures.any(|figure| matches!(figure.measure, Measure::Tasks(Of::One(_), _)))
}

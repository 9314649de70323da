//! A figure of a variant, with its values by seed.

use crate::figures::Unit;
use crate::report;
use crate::runner::{Estimate, VariantResults};
use crate::stats::{mean, student_t, variance};
use std::fmt;

/// A figure of a variant: its values by seed, their mean, and intervals.
///
/// It prints like the tables of the program: `$356.99 ± 1.08`, `2 m 14 s`, `40.3 %`.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    variant: &'a VariantResults,
    /// Its place among the variant's figures.
    index: usize,
}

impl<'a> Finding<'a> {
    pub(super) fn new(variant: &'a VariantResults, index: usize) -> Self {
        Self { variant, index }
    }

    /// The path of the figure.
    pub fn path(&self) -> &'a str {
        &self.variant.figures.at(self.index).figure.path
    }

    /// The unit of its values.
    pub fn unit(&self) -> Unit {
        self.variant.figures.at(self.index).figure.definition().unit
    }

    /// Mean and 95 % interval.
    pub fn estimate(&self) -> &'a Estimate {
        self.variant.figures.at(self.index).estimate
    }

    /// The mean over the seeds; for a pooled quantile the quantile over the tasks of all seeds.
    /// `None` when no run has a value, such as the mean wait of no tasks.
    pub fn mean(&self) -> Option<f64> {
        self.estimate().mean
    }

    /// Half the width of the 95 % interval; `None` with fewer than two values, and for pooled
    /// quantiles.
    pub fn half_width(&self) -> Option<f64> {
        self.estimate().half_width
    }

    /// The lower and the upper end of the t-interval of the mean at this level of confidence, such
    /// as 0.99. `None` with fewer than two values, for pooled quantiles, and for a level
    /// that is not between 0 and 1.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let values: Vec<f64> = self.values().filter_map(|(_, value)| value).collect();
        interval(&values, level)
    }

    /// Each seed with its value; `None` where the figure is not defined in the run.
    pub fn values(&self) -> impl Iterator<Item = (u64, Option<f64>)> + use<'a> {
        let runs = &self.variant.runs;
        let seeds = runs.seeds().iter().copied();
        seeds.zip(runs.values(self.index))
    }

    /// True when this figure can be compared with the other one: a cost only when both variants
    /// did their work, or the same part of it.
    pub(super) fn is_comparable_with(&self, other: &Self) -> bool {
        self.unit() != Unit::Usd || self.variant.is_comparable_with(other.variant)
    }

    /// True when no random draw can change the variant's results: every seed gives the same.
    pub fn is_without_chance(&self) -> bool {
        self.variant.without_chance
    }
}

/// The lower and the upper end of the t-interval of the mean at a level between 0 and 1; else
/// `None`.
pub(super) fn interval(values: &[f64], level: f64) -> Option<(f64, f64)> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    let (mean, variance) = (mean(values)?, variance(values)?);
    let standard_error = (variance / values.len() as f64).sqrt();
    let half_width = student_t(f64::midpoint(1.0, level), values.len() - 1) * standard_error;
    Some((mean - half_width, mean + half_width))
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = report::estimate(self.unit(), self.estimate(), self.is_without_chance());
        f.pad(&text)
    }
}

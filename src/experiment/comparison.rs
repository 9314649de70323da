//! The paired difference of a figure between two variants.

use super::Finding;
use super::finding::interval;
use crate::figures::Unit;
use crate::report::{self, Evidence};
use crate::stats::{self, Difference};
use std::fmt;

/// The paired difference of a figure between two variants: one difference per seed. Both variants
/// had the same arrivals, sizes and run times with a seed (common random numbers).
///
/// It prints like the tables of the program: the change as a share of the baseline, and whether
/// it is significant: `−23.5 % (real)`, `≈ same (n.s.)`; or `not comparable`, see
/// [`is_comparable`](Self::is_comparable).
#[derive(Clone, Debug)]
pub struct Comparison {
    unit: Unit,
    baseline: Option<f64>,
    difference: Difference,
    /// One per seed for which both variants have a value, in order of seeds.
    differences: Vec<f64>,
    is_without_chance: bool,
    is_comparable: bool,
}

impl Comparison {
    pub(super) fn new(ours: &Finding<'_>, base: &Finding<'_>) -> Self {
        let column = |finding: &Finding<'_>| -> Vec<Option<f64>> {
            finding.values().map(|(_, value)| value).collect()
        };
        let (values, baseline) = (column(ours), column(base));
        let pairs = values.iter().zip(&baseline);
        let differences = pairs.filter_map(|(value, base)| Some((*value)? - (*base)?));
        Self {
            unit: ours.unit(),
            baseline: base.mean(),
            differences: differences.collect(),
            difference: stats::paired(&values, &baseline),
            is_without_chance: ours.is_without_chance() && base.is_without_chance(),
            is_comparable: ours.is_comparable_with(base),
        }
    }

    /// The unit of the difference.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The mean of the differences; `None` when no seed has a value of both, and for pooled
    /// quantiles.
    pub fn mean(&self) -> Option<f64> {
        self.difference.estimate.mean
    }

    /// Half the width of the 95 % interval; `None` with fewer than two differences.
    pub fn half_width(&self) -> Option<f64> {
        self.difference.estimate.half_width
    }

    /// The lower and the upper end of the t-interval at this level of confidence, such as 0.99.
    /// `None` with fewer than two differences, and for a level that is not between 0 and 1.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        interval(&self.differences, level)
    }

    /// The mean difference as a share of the baseline's mean; `None` where that is not above 0.
    pub fn share(&self) -> Option<f64> {
        let base = self.baseline.filter(|base| *base > 0.0)?;
        Some(self.mean()? / base)
    }

    /// The evidence for the difference: by its 95 % interval, or exact when neither variant has a
    /// random draw. `None` when no seed has a value of both, and for pooled quantiles.
    pub fn evidence(&self) -> Option<Evidence> {
        report::evidence(&self.difference.estimate, self.is_without_chance)
    }

    /// False for a cost where one of the variants ran less of its tasks than the other: it is lower
    /// because less was done.
    pub fn is_comparable(&self) -> bool {
        self.is_comparable
    }

    /// True when the 95 % interval leaves out zero, or neither variant has a random draw and they
    /// differ.
    pub fn is_real(&self) -> bool {
        matches!(self.evidence(), Some(Evidence::Real | Evidence::Exact))
    }

    /// The sum of the variances of the two variants, divided by the variance of their difference:
    /// above 1, common random numbers make the comparison more precise. `None` when all
    /// differences are equal, and with fewer than two.
    pub fn variance_reduction(&self) -> Option<f64> {
        self.difference.variance_reduction
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (self.mean(), self.evidence()) {
            _ if !self.is_comparable => "not comparable".into(),
            (Some(mean), Some(evidence)) => {
                evidence.describe(&report::change_of(self.unit, mean, self.baseline))
            }
            _ => "–".into(),
        };
        f.pad(&text)
    }
}

//! Compares a variant with the first, seed by seed.

use super::results::{Results, VariantResults};
use crate::stats::{self, Confidence, Difference};

impl Results {
    /// The paired difference of a figure of one of these variants from the first variant; `figure` is
    /// its index among the variant's figures. `None` for the first variant, for a figure that the
    /// first one does not have, for a pooled one, which has no value per seed, and where no seed has
    /// a value of both. It is computed at each call.
    ///
    /// # Panics
    /// When the variant has no such figure.
    pub fn difference(&self, variant: &VariantResults, figure: usize) -> Option<Difference> {
        let first = self.variants.first()?;
        let summary = variant.figures.at(figure);
        if std::ptr::eq(variant, first) || summary.figure.definition().pooled {
            return None;
        }
        // Most variants have the figures of the first.
        let is_same = |index: &usize| first.figures.at(*index).figure.path == summary.figure.path;
        let count = first.figures.len();
        let base = Some(figure).filter(|index| *index < count && is_same(index));
        let base = base.or_else(|| (0..count).find(is_same))?;
        let values: Vec<Option<f64>> = variant.runs.values(figure).collect();
        let baseline: Vec<Option<f64>> = first.runs.values(base).collect();
        let paired = stats::paired(&values, &baseline);
        paired.estimate.mean?;
        let estimate = paired.estimate;
        Some(Difference {
            estimate: estimate.rescaled(Confidence::default(), self.confidence),
            ..paired
        })
    }
}

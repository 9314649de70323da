//! Compares variants with the first, seed by seed.

use super::results::VariantResults;
use crate::stats;

/// Computes the paired differences of every variant from the first, figure by figure. Figures are
/// matched by path; pooled ones have no value per seed, hence no difference.
pub(super) fn compare_with_first(variants: &mut [VariantResults]) {
    let Some((first, others)) = variants.split_first_mut() else {
        return;
    };
    let column = |variant: &VariantResults, index: usize| -> Vec<Option<f64>> {
        variant.runs.iter().map(|row| row.values[index]).collect()
    };
    for variant in others {
        let differences = variant.figures.iter().enumerate().map(|(index, summary)| {
            let path = &summary.figure.path;
            let base = first.figures.iter().position(|s| s.figure.path == *path)?;
            if summary.figure.definition().pooled {
                return None;
            }
            let paired = stats::paired(&column(variant, index), &column(first, base));
            paired.estimate.mean?;
            Some(paired)
        });
        variant.against_first = differences.collect();
    }
}

//! The paired difference of two variants that were played with the same seeds.

use super::intervals::{Estimate, estimate, variance};
use serde::{Deserialize, Serialize};

/// A paired difference: one difference per seed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Mean and interval of the differences, seed by seed.
    pub estimate: Estimate,
    /// The sum of the two variances, divided by the variance of the difference. Above 1, common
    /// random numbers make the comparison more precise than independent runs; below 1, the two
    /// variants are negatively correlated. `None` with fewer than two pairs, or when all
    /// differences are equal.
    pub variance_reduction: Option<f64>,
}

/// `values` minus `baseline`, pair by pair in order; a pair in which one value is missing is left
/// out.
pub fn paired(values: &[Option<f64>], baseline: &[Option<f64>]) -> Difference {
    let pairs: Vec<(f64, f64)> = values
        .iter()
        .zip(baseline)
        .filter_map(|(value, base)| value.zip(*base))
        .collect();
    let ours: Vec<f64> = pairs.iter().map(|(value, _)| *value).collect();
    let theirs: Vec<f64> = pairs.iter().map(|(_, base)| *base).collect();
    let differences: Vec<f64> = pairs.iter().map(|(value, base)| value - base).collect();
    let present: Vec<Option<f64>> = differences.iter().copied().map(Some).collect();
    let reduction = || {
        let apart = variance(&ours)? + variance(&theirs)?;
        let together = variance(&differences)?;
        (together > 0.0).then(|| apart / together)
    };
    Difference {
        estimate: estimate(&present),
        variance_reduction: reduction(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_taken_pair_by_pair() {
        let ours = [Some(11.0), Some(22.0), None, Some(33.0)];
        let base = [Some(10.0), Some(20.0), Some(7.0), Some(30.0)];
        let found = paired(&ours, &base);
        assert_eq!((found.estimate.n, found.estimate.mean), (3, Some(2.0)));
        // Variances 121 and 100 apart, 1 together.
        assert_eq!(found.variance_reduction, Some(221.0));
        let against = paired(&base, &ours);
        assert_eq!(against.estimate.mean, Some(-2.0));
    }

    #[test]
    fn a_variant_does_not_differ_from_itself() {
        let values = [Some(0.1), Some(0.7), Some(0.3)];
        let found = paired(&values, &values);
        assert_eq!(found.estimate.mean, Some(0.0));
        assert_eq!(found.estimate.half_width, Some(0.0));
        assert_eq!(found.variance_reduction, None);
    }
}

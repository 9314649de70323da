//! The mean over independent runs, with its t-interval (facts/validation.md 4, item 3).

use super::Confidence;
use super::quantiles::student_t;
use serde::{Deserialize, Serialize};

/// A mean over runs with its t-interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Number of values that the mean is of: the runs that have a value; for a paired difference the
    /// pairs of them. For a figure pooled over runs: the number of runs.
    pub n: usize,
    /// The mean; `None` when no run has a value.
    pub mean: Option<f64>,
    /// Half the width of the interval, in the unit of the mean, at 95 % unless another level was
    /// given; `None` with fewer than two values and for figures pooled over runs.
    pub half_width: Option<f64>,
}

/// Mean and 95 % t-interval of independent runs; runs without a value are left out.
pub fn estimate(values: &[Option<f64>]) -> Estimate {
    estimate_at(values, Confidence::default())
}

/// Mean and t-interval of independent runs at a level of confidence; runs without a value are
/// left out.
pub fn estimate_at(values: &[Option<f64>], confidence: Confidence) -> Estimate {
    let values: Vec<f64> = values.iter().copied().flatten().collect();
    Estimate {
        n: values.len(),
        mean: mean(&values),
        half_width: variance(&values).map(|variance| {
            let n = values.len();
            student_t(confidence.upper(), n - 1) * (variance / n as f64).sqrt()
        }),
    }
}

impl Estimate {
    /// The same mean with the interval of another level: the half width is multiplied by the ratio
    /// of the two quantiles of Student's t distribution with n − 1 degrees of freedom.
    pub fn rescaled(self, from: Confidence, to: Confidence) -> Self {
        let quantile = |level: Confidence| student_t(level.upper(), self.n.saturating_sub(1));
        let wider = |half_width| half_width / quantile(from) * quantile(to);
        Self {
            half_width: match from == to {
                true => self.half_width,
                false => self.half_width.map(wider),
            },
            ..self
        }
    }

    /// The lower end of the interval.
    pub fn low(&self) -> Option<f64> {
        Some(self.mean? - self.half_width?)
    }

    /// The upper end of the interval.
    pub fn high(&self) -> Option<f64> {
        Some(self.mean? + self.half_width?)
    }
}

/// The arithmetic mean; `None` of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    // Summing the differences from the first value makes the mean of equal values exact; the plain
    // sum divided by n can differ in the last bit.
    let first = values[0];
    let excess: f64 = values.iter().map(|value| value - first).sum();
    Some(first + excess / values.len() as f64)
}

/// The unbiased sample variance (divided by n − 1); `None` of fewer than two values. Exactly zero
/// when all values are equal.
pub fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    Some(squares / (values.len() - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_mean_and_t_times_standard_error() {
        let values = [Some(2.0), Some(4.0), None, Some(4.0), Some(4.0), Some(6.0)];
        let found = estimate(&values);
        assert_eq!((found.n, found.mean), (5, Some(4.0)));
        // Variance 2, so the standard error is the root of 0.4.
        let half = found.half_width.expect("there are five values");
        assert!((half - 2.776_445 * 0.4_f64.sqrt()).abs() < 1e-6, "{half}");
    }

    #[test]
    fn another_level_has_another_quantile() {
        let values = [Some(2.0), Some(4.0), Some(4.0), Some(4.0), Some(6.0)];
        let level = Confidence::percent(99.0).expect("it is a level");
        let half = |found: Estimate| found.half_width.expect("there are five values");
        // 4.604095 is the 99.5 % quantile of Student's t with four degrees of freedom.
        let wanted = 4.604_095 * 0.4_f64.sqrt();
        let at = estimate_at(&values, level);
        assert!((half(at) - wanted).abs() < 1e-6, "{at:?}");
        let rescaled = estimate(&values).rescaled(Confidence::default(), level);
        assert!((half(rescaled) - half(at)).abs() < 1e-8, "{rescaled:?}");
        let one = estimate(&[Some(1.0)]);
        assert_eq!(one.rescaled(Confidence::default(), level), one);
    }

    #[test]
    fn few_values_give_what_they_can() {
        assert_eq!(estimate(&[]), Estimate::default());
        assert_eq!(estimate(&[None, None]), Estimate::default());
        let one = estimate(&[None, Some(3.5)]);
        assert_eq!((one.n, one.mean, one.half_width), (1, Some(3.5), None));
    }

    #[test]
    fn equal_values_have_no_width_at_all() {
        let found = estimate(&[Some(0.1); 10]);
        assert_eq!((found.mean, found.half_width), (Some(0.1), Some(0.0)));
    }
}

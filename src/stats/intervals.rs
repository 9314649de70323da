//! The mean over runs and how sure it is.

use super::quantiles::student_t;

/// A mean over runs with its 95 % t-interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Number of runs that have a value.
    pub n: usize,
    /// The mean; `None` when no run has a value.
    pub mean: Option<f64>,
    /// Half the width of the 95 % interval; `None` with fewer than two values.
    pub half_width: Option<f64>,
}

/// The share that lies below an interval's upper end: 95 % in the middle.
const UPPER: f64 = 0.975;

/// Mean and 95 % t-interval of independent runs; runs without a value are left out.
pub fn estimate(values: &[Option<f64>]) -> Interval {
    let values: Vec<f64> = values.iter().copied().flatten().collect();
    Interval {
        n: values.len(),
        mean: mean(&values),
        half_width: variance(&values).map(|variance| {
            let n = values.len();
            student_t(UPPER, n - 1) * (variance / n as f64).sqrt()
        }),
    }
}

/// The mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    // Equal values have exactly their value as mean, which a sum may miss by a bit.
    let first = values[0];
    let excess: f64 = values.iter().map(|value| value - first).sum();
    Some(first + excess / values.len() as f64)
}

/// The unbiased variance; `None` of fewer than two values. Zero exactly when all are equal.
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
    fn few_values_give_what_they_can() {
        assert_eq!(estimate(&[]), Interval::default());
        assert_eq!(estimate(&[None, None]), Interval::default());
        let one = estimate(&[None, Some(3.5)]);
        assert_eq!((one.n, one.mean, one.half_width), (1, Some(3.5), None));
    }

    #[test]
    fn equal_values_have_no_width_at_all() {
        let found = estimate(&[Some(0.1); 10]);
        assert_eq!((found.mean, found.half_width), (Some(0.1), Some(0.0)));
    }
}

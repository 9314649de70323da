//! Quantiles of Student's t distribution, for intervals.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Quantiles are rounded to multiples of 1 ÷ this. `statrs` calls the platform's mathematical
/// functions, whose last bits differ between platforms, and has an error of about 1e-9.
const PARTS: f64 = 1e8;

/// The quantile of Student's t distribution with `degrees` of freedom (0 counts as 1) at
/// `probability`, which lies between 0 and 1, both excluded. Rounded to eight decimals.
pub fn student_t(probability: f64, degrees: usize) -> f64 {
    let law = StudentsT::new(0.0, 1.0, degrees.max(1) as f64)
        .expect("a scale of 1 and a positive number of degrees are valid");
    rounded(law.inverse_cdf(probability))
}

fn rounded(quantile: f64) -> f64 {
    (quantile * PARTS).round() / PARTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_quantiles_are_those_of_the_tables() {
        // facts/validation.md 4, item 3.
        for (degrees, wanted) in [
            (4, 2.776_445),
            (9, 2.262_157),
            (19, 2.093_024),
            (29, 2.045_230),
            (99, 1.984_217),
        ] {
            let found = student_t(0.975, degrees);
            assert!((found - wanted).abs() < 5e-7, "{degrees}: {found}");
        }
        // One degree of freedom is the Cauchy distribution: tan(0.475 pi).
        assert!((student_t(0.975, 1) - 12.706_204_736_17).abs() < 1e-8);
        assert_eq!(student_t(0.025, 9), -student_t(0.975, 9));
    }
}

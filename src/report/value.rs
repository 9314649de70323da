//! Values as people read them: an estimate with its interval, and a paired difference with its
//! statistical evidence.

use super::figure::is_same_in_every_run;
use super::text::{change, money, money_within, number, percent, seconds};
use crate::figures::Unit;
use crate::runner::Estimate;

/// A mean with half the width of its interval: `$356.89 ± 1.05`, `2 m 13 s ± 4 s`. Without the
/// interval where every run has the same value; `–` where no run has one.
pub fn estimate(unit: Unit, estimate: &Estimate, without_chance: bool) -> String {
    let Some(mean) = estimate.mean.filter(|mean| mean.is_finite()) else {
        return "–".into();
    };
    match estimate.half_width {
        Some(half_width) if !without_chance && !is_same_in_every_run(estimate) => match unit {
            Unit::Usd => money_within(mean, half_width),
            _ => format!("{} ± {}", value(unit, mean), value(unit, half_width)),
        },
        _ => value(unit, mean),
    }
}

/// A value with its unit: `$1.20`, `12.3 %`, `1 m 12 s`, `4.5 vCPU`.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Usd => money(value),
        Unit::Seconds => seconds(value),
        Unit::Share => percent(value),
        Unit::Count => number(value),
        _ => format!("{} {}", number(value), unit.symbol()),
    }
}

/// A difference as a share of what it is compared with: `−23.5 %`; by itself where that is not
/// above zero: `+$3.10`.
pub fn change_of(unit: Unit, difference: f64, baseline: Option<f64>) -> String {
    match baseline {
        Some(base) if base > 0.0 => change(difference / base),
        _ if difference > 0.0 => format!("+{}", value(unit, difference)),
        _ => value(unit, difference),
    }
}

/// The statistical evidence for a paired difference, by the interval of the mean difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// There is no difference in any run.
    Same,
    /// Neither variant has a random draw: the difference is exact.
    Exact,
    /// There is only one seed, hence no interval.
    OneSeed,
    /// The interval leaves out zero.
    Real,
    /// The interval includes zero: the difference is not significant.
    NotSignificant,
}

/// The evidence for a difference; `None` when no pair of runs has a value. `is_exact`: neither
/// variant has a random draw.
pub fn evidence(difference: &Estimate, is_exact: bool) -> Option<Evidence> {
    let value = difference.mean?;
    Some(match difference.half_width {
        // All differences are zero: equal values have an interval of width zero (`stats::variance`).
        _ if value == 0.0 && (is_exact || difference.half_width == Some(0.0)) => Evidence::Same,
        _ if is_exact => Evidence::Exact,
        None => Evidence::OneSeed,
        Some(half_width) if value.abs() > half_width => Evidence::Real,
        Some(_) => Evidence::NotSignificant,
    })
}

impl Evidence {
    /// A difference of this size with its evidence: `−23.5 % (real)`. A difference that is not
    /// significant is printed without its size.
    pub fn describe(self, size: &str) -> String {
        match self {
            Self::Same => "same".into(),
            Self::Exact => format!("{size} (exact)"),
            Self::OneSeed => format!("{size} (one seed)"),
            Self::Real => format!("{size} (real)"),
            Self::NotSignificant => "≈ same (n.s.)".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mean: f64, half_width: Option<f64>) -> Estimate {
        Estimate {
            n: 4,
            mean: Some(mean),
            half_width,
        }
    }

    #[test]
    fn an_estimate_has_its_unit_and_an_interval_where_runs_differ() {
        for (unit, found, certain, text) in [
            (Unit::Usd, of(356.89, Some(1.05)), false, "$356.89 ± 1.05"),
            (Unit::Usd, of(356.89, Some(1.05)), true, "$356.89"),
            (Unit::Usd, of(356.89, Some(0.0)), false, "$356.89"),
            (Unit::Seconds, of(133.0, None), false, "2 m 13 s"),
            (Unit::Share, of(0.766, Some(0.002)), false, "76.6 % ± 0.2 %"),
            (
                Unit::Vcpu,
                of(4.5, Some(0.25)),
                false,
                "4.5 vCPU ± 0.25 vCPU",
            ),
        ] {
            assert_eq!(estimate(unit, &found, certain), text);
        }
    }

    #[test]
    fn a_difference_is_real_when_its_interval_leaves_out_zero() {
        for (found, certain, wanted) in [
            (of(-3.0, Some(1.0)), false, Evidence::Real),
            (of(-3.0, Some(3.0)), false, Evidence::NotSignificant),
            (of(-3.0, None), false, Evidence::OneSeed),
            (of(-3.0, None), true, Evidence::Exact),
            (of(0.0, Some(0.0)), false, Evidence::Same),
        ] {
            assert_eq!(evidence(&found, certain), Some(wanted));
        }
        assert_eq!(change_of(Unit::Usd, -3.0, Some(12.0)), "−25.0 %");
        assert_eq!(change_of(Unit::Usd, 3.0, Some(0.0)), "+$3.00");
    }
}

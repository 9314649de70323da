//! A rate that grows by a share per month.

use super::moment::{Moment, next_minute};
use crate::units::{Rate, SimTime};

/// The hours of a month, as in the bill.
const MONTH_SECONDS: f64 = 730.0 * 3_600.0;

/// A rate that grows by the same share in each month, from the start of the run on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The rate at the start of the run.
    pub from: Rate,
    /// The growth per month of 730 hours: 0.05 for 5 %; above −1, below zero for a rate that falls.
    pub per_month: f64,
}

impl Growth {
    pub(super) fn at(&self, moment: &Moment) -> f64 {
        self.after(moment.at.as_seconds_f64())
    }

    fn after(&self, seconds: f64) -> f64 {
        self.from.as_per_second() * libm::pow(1.0 + self.per_month, seconds / MONTH_SECONDS)
    }

    pub(super) fn next(&self, moment: &Moment) -> Option<SimTime> {
        (self.per_month != 0.0).then(|| next_minute(moment.at))
    }

    pub(super) fn highest(&self, end: SimTime) -> f64 {
        self.after(0.0).max(self.after(end.as_seconds_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    #[test]
    fn growth_is_compound_over_months_of_730_hours() {
        let growth = Growth {
            from: Rate::per_second(100.0).unwrap(),
            per_month: 0.1,
        };
        let month = |months: u64| SimTime::ZERO + Span::seconds(months * 730 * 3_600);
        for (months, wanted) in [(0, 100.0), (1, 110.0), (2, 121.0), (12, 313.842_837_672_1)] {
            let got = growth.at(&Moment::new(0, month(months)));
            assert!((got - wanted).abs() < 1e-9, "{got} instead of {wanted}");
        }
        assert!((growth.highest(month(2)) - 121.0).abs() < 1e-9);
        let falls = Growth {
            per_month: -0.5,
            ..growth
        };
        assert_eq!(falls.at(&Moment::new(0, month(2))), 25.0);
        assert_eq!(falls.highest(month(2)), 100.0);
    }
}

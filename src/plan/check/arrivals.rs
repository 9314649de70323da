//! Checks of the arrival process of an entry.

use super::super::{Arrivals, LONGEST, RateShape, Until};
use super::at::At;
use super::{laws, rules};
use crate::units::SimTime;

pub(super) fn check(arrivals: &Arrivals, until: Until, at: &At<'_>) {
    if until == Until::Drained && !arrivals.is_finite() {
        at.hint(
            "these arrivals never end, so that `until: drained` never comes",
            "give `arrivals` a `limit`, or `until` a duration",
        );
    }
    match arrivals {
        Arrivals::Renewal { gap, .. } => {
            let at = at.key("arrivals").key("every");
            laws::law(gap, &at);
            if gap.is_zero_in_the_end() {
                at.problem("gaps between arrivals must be above 0");
            }
        }
        Arrivals::Poisson { rate, .. } => {
            let at = at.key("arrivals");
            let at = match rate {
                RateShape::Constant(_) => at,
                RateShape::Sinusoidal { .. } => at.key("sinusoidal"),
                RateShape::Piecewise { .. } => at.key("piecewise"),
            };
            rules::rate(rate).into_iter().for_each(|flaw| at.flaw(flaw));
        }
        Arrivals::At(times) => ascending(times.iter().copied(), &at.key("arrivals").key("at")),
        Arrivals::Schedule(_) => {}
        Arrivals::Trace(trace) => {
            let at = at.key("trace");
            ascending(trace.rows.iter().map(|row| row.arrival), &at);
            if let Some(row) = trace.rows.iter().position(|row| row.count == 0) {
                at.item(row).problem("a row brings at least one task");
            }
        }
    }
}

/// Reports the first time that is earlier than the one before it, and the first that is too
/// late.
fn ascending(times: impl Iterator<Item = SimTime>, at: &At<'_>) {
    let mut before = SimTime::ZERO;
    for (index, time) in times.enumerate() {
        if time < before {
            return at.item(index).hint(
                format!("`{time}` is earlier than `{before}` before it"),
                "sort them: `Arrivals::at` and `Arrivals::rows` do",
            );
        }
        if time > SimTime::ZERO + LONGEST {
            let message = format!("`{time}` is too late");
            return at
                .item(index)
                .expected(message, "at most 100 years (36500d)");
        }
        before = time;
    }
}

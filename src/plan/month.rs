//! The month of `perMonth` figures and of the bill.

use super::{Plan, Until};
use crate::units::{HOUR, SECOND};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The hours of a month where nothing else says how long a month is: a twelfth of 365 days.
pub const MONTH_HOURS: u32 = 730;

/// The names of the months.
const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The month of `perMonth` figures. As text: `730 h`, or `December 2025, 744 h`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Month {
    /// Its length in hours.
    pub hours: u32,
    /// The calendar month, such as `December 2025`; `None` for a month that is a number of hours.
    pub calendar: Option<String>,
}

impl Month {
    /// A month of a number of hours.
    pub const fn of_hours(hours: u32) -> Self {
        Self {
            hours,
            calendar: None,
        }
    }

    /// The calendar month in UTC that begins and ends at these Unix seconds; `None` where they are
    /// not the ends of one month.
    fn of_calendar(from: i64, to: i64) -> Option<Self> {
        let midnight =
            |date: Date| Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second());
        let first = Timestamp::from_second(from).ok()?.to_zoned(TimeZone::UTC);
        let first = first.date();
        let next = first.checked_add(1.month()).ok()?;
        let is_whole = first.day() == 1 && midnight(first)? == from && midnight(next)? == to;
        let name = NAMES.get(usize::try_from(first.month() - 1).ok()?)?;
        is_whole.then(|| Self {
            hours: u32::try_from((to - from) / 3_600).unwrap_or(MONTH_HOURS),
            calendar: Some(format!("{name} {}", first.year())),
        })
    }
}

impl Default for Month {
    fn default() -> Self {
        Self::of_hours(MONTH_HOURS)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.calendar {
            Some(name) => write!(f, "{name}, {} h", self.hours),
            None => write!(f, "{} h", self.hours),
        }
    }
}

impl Plan {
    /// The month of `perMonth` figures: that of `costs.perMonthHours`; else the calendar month, in
    /// UTC as on AWS's bills, where the reported time is exactly one; else 730 hours.
    pub fn month(&self) -> Month {
        if let Some(hours) = self.prices.month_hours {
            return Month::of_hours(hours);
        }
        let seconds = |micros: u64| (micros / SECOND).cast_signed();
        let whole_hours = |micros: u64| micros.is_multiple_of(HOUR);
        let (Until::Elapsed(until), warm_up) = (self.until, self.warm_up.as_micros()) else {
            return Month::default();
        };
        let until = until.as_micros();
        if !whole_hours(until) || !whole_hours(warm_up) {
            return Month::default();
        }
        let start = self.start_unix_seconds;
        let from = start.saturating_add(seconds(warm_up));
        let to = start.saturating_add(seconds(until));
        Month::of_calendar(from, to).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Span;

    /// The month of a plan from `start`, with a warm-up and an end in hours.
    fn month(start: &str, warm_up: u64, until: u64) -> String {
        let start: Timestamp = start.parse().expect("a time");
        let plan = Plan {
            start_unix_seconds: start.as_second(),
            warm_up: Span::hours(warm_up),
            until: Until::Elapsed(Span::hours(until)),
            ..Plan::default()
        };
        plan.month().to_string()
    }

    #[test]
    fn a_run_over_a_calendar_month_has_its_hours() {
        for (start, warm_up, until, wanted) in [
            ("2025-12-01T00:00:00Z", 0, 744, "December 2025, 744 h"),
            ("2026-02-01T00:00:00Z", 0, 672, "February 2026, 672 h"),
            ("2028-02-01T00:00:00Z", 0, 696, "February 2028, 696 h"),
            ("2026-03-31T00:00:00Z", 24, 744, "April 2026, 720 h"),
            // One hour less, one day late, two months, a week.
            ("2025-12-01T00:00:00Z", 0, 743, "730 h"),
            ("2025-12-02T00:00:00Z", 0, 744, "730 h"),
            ("2025-12-01T00:00:00Z", 0, 1_488, "730 h"),
            ("2026-01-01T00:00:00Z", 0, 168, "730 h"),
        ] {
            assert_eq!(month(start, warm_up, until), wanted, "{start}");
        }
    }

    #[test]
    fn hours_that_are_set_go_first() {
        let mut plan = Plan {
            start_unix_seconds: 1_764_547_200,
            until: Until::Elapsed(Span::hours(744)),
            ..Plan::default()
        };
        assert_eq!(plan.month().to_string(), "December 2025, 744 h");
        plan.prices.month_hours = Some(744);
        assert_eq!(plan.month(), Month::of_hours(744));
        plan.prices.month_hours = None;
        plan.until = Until::Drained;
        assert_eq!(plan.month(), Month::default());
    }
}

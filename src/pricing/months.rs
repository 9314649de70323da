//! The calendar month (UTC) of an hour of the run, and the length of that month in hours.

use crate::units::{HOUR, SECOND};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// The months of a run. The last one is cached, because hours come in ascending order.
pub(super) struct Months {
    start_unix_seconds: i64,
    /// A fixed length of every month, in hours; `None`: calendar months.
    fixed: Option<u32>,
    /// The cached month: its first hour and its end, in hours since the start of the
    /// run (the first may be negative).
    current: (i64, i64),
}

impl Months {
    pub(super) fn new(start_unix_seconds: i64, fixed: Option<u32>) -> Self {
        Self {
            start_unix_seconds,
            fixed,
            current: (0, 0),
        }
    }

    /// The month of an hour, as its first hour since the start of the run, which identifies it,
    /// and its length in hours. With a fixed length all hours are in one month, 0.
    pub(super) fn of(&mut self, hour: u32) -> (i64, u32) {
        if let Some(hours) = self.fixed {
            return (0, hours.max(1));
        }
        let hour = i64::from(hour);
        if !(self.current.0..self.current.1).contains(&hour) {
            self.current = self.around(hour);
        }
        let (first, end) = self.current;
        let hours = u32::try_from(end - first).expect("a month has at most 744 hours");
        (first, hours)
    }

    fn around(&self, hour: i64) -> (i64, i64) {
        let seconds_per_hour = (HOUR / SECOND).cast_signed();
        let in_range = "runs lie between the years -9999 and 9999";
        let first = Timestamp::from_second(self.start_unix_seconds + hour * seconds_per_hour)
            .expect(in_range)
            .to_zoned(TimeZone::UTC)
            .date()
            .first_of_month();
        let end = first.checked_add(1.month()).expect(in_range);
        let since_start = |date: jiff::civil::Date| {
            let midnight = date.to_zoned(TimeZone::UTC).expect(in_range);
            (midnight.timestamp().as_second() - self.start_unix_seconds) / seconds_per_hour
        };
        (since_start(first), since_start(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar_in_utc() {
        // 2028-01-31T22:00:00Z: two hours of January, then a leap February.
        let mut months = Months::new(1_832_968_800, None);
        assert_eq!(months.of(0), (2 - 31 * 24, 744));
        assert_eq!(months.of(1), (2 - 31 * 24, 744));
        assert_eq!(months.of(2), (2, 696));
        assert_eq!(months.of(2 + 695), (2, 696));
        assert_eq!(months.of(2 + 696), (698, 744));
        assert_eq!(months.of(0), (2 - 31 * 24, 744));
    }

    #[test]
    fn a_fixed_month_is_the_same_everywhere() {
        let mut months = Months::new(0, Some(730));
        assert_eq!(months.of(0), months.of(10_000));
        assert_eq!(months.of(5), (0, 730));
    }
}

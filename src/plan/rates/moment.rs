//! The time at which a rate is asked for: since the start of the run, and by the clock of a time zone.

use crate::units::{SimTime, Span};
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

/// The time for which a rate that changes without steps is taken as constant.
const MINUTE: Span = Span::seconds(60);

/// A time of a run.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The start of the run, in seconds since 1970.
    pub start: i64,
    /// The time since the start of the run.
    pub at: SimTime,
    /// The weekday whose rates apply, on a holiday; `None`: that of the calendar.
    pub weekday: Option<Weekday>,
}

impl Moment {
    /// A time of a run that starts at `start`, in seconds since 1970.
    pub const fn new(start: i64, at: SimTime) -> Self {
        let weekday = None;
        Self { start, at, weekday }
    }

    /// The same run at another time.
    #[must_use]
    pub const fn at(self, at: SimTime) -> Self {
        Self { at, ..self }
    }

    /// Date and time on the clock of a zone.
    pub fn local(&self, zone: &TimeZone) -> DateTime {
        zone.to_datetime(self.instant())
    }

    /// The weekday whose rates apply: by the calendar of a zone, or that of the holiday.
    pub fn weekday(&self, local: DateTime) -> Weekday {
        self.weekday.unwrap_or_else(|| local.weekday())
    }

    /// The next time at which the clock of a zone begins an hour.
    pub fn next_hour(&self, zone: &TimeZone) -> Option<SimTime> {
        self.next_on_clock(zone, 3_600)
    }

    /// The next time at which a day begins in a zone.
    pub fn next_day(&self, zone: &TimeZone) -> Option<SimTime> {
        self.next_on_clock(zone, 86_400)
    }

    /// The next time at which the clock of a zone shows a multiple of this many seconds, or is set
    /// forward or back; `None` after the last time that a calendar has.
    fn next_on_clock(&self, zone: &TimeZone, every: i64) -> Option<SimTime> {
        let now = self.instant();
        let of_day = seconds_of_day(zone.to_datetime(now));
        let left = every - of_day % every;
        let by_clock = now.as_second().checked_add(left)?;
        let change = zone.following(now).next();
        let change = change.map_or(i64::MAX, |change| change.timestamp().as_second());
        let since_start = u64::try_from(by_clock.min(change) - self.start).ok()?;
        let next = SimTime::micros(since_start.checked_mul(1_000_000)?);
        (next > self.at).then_some(next)
    }

    fn instant(&self) -> Timestamp {
        let elapsed = (self.at.as_micros() / 1_000_000).cast_signed();
        // A run may end after the last time that a calendar has; its clock stands still there.
        Timestamp::from_second(self.start + elapsed).unwrap_or(Timestamp::MAX)
    }
}

/// The seconds since midnight on a clock.
pub(super) fn seconds_of_day(local: DateTime) -> i64 {
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second)
}

/// The next whole minute of the run after `now`.
pub fn next_minute(now: SimTime) -> SimTime {
    let minute = MINUTE.as_micros();
    SimTime::micros((now.as_micros() / minute + 1) * minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 24 October 2026, 12:00 UTC, a Saturday; at 3:00 on the 25th Berlin's clocks go back to 2:00.
    const START: i64 = 1_792_843_200;

    fn zone(name: &str) -> TimeZone {
        jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap()
    }

    fn at(seconds: u64) -> Moment {
        Moment::new(START, SimTime::ZERO + Span::seconds(seconds))
    }

    fn seconds(time: Option<SimTime>) -> u64 {
        time.unwrap().as_micros() / 1_000_000
    }

    #[test]
    fn hours_and_days_begin_by_the_clock_of_a_zone() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(seconds(at(0).next_hour(&berlin)), 3_600);
        assert_eq!(seconds(at(3_599).next_hour(&berlin)), 3_600);
        assert_eq!(seconds(at(3_600).next_hour(&berlin)), 7_200);
        // 14:00 in Berlin: ten hours to midnight.
        assert_eq!(seconds(at(0).next_day(&berlin)), 36_000);
        // The night of 25 October has 25 hours; the change of clocks comes first.
        assert_eq!(seconds(at(36_000).next_day(&berlin)), 36_000 + 3 * 3_600);
        let after = at(36_000 + 3 * 3_600);
        assert_eq!(seconds(after.next_day(&berlin)), 36_000 + 25 * 3_600);
        // 12:00 UTC is 17:45 in Kathmandu.
        assert_eq!(seconds(at(0).next_hour(&zone("Asia/Kathmandu"))), 900);
        assert_eq!(seconds(at(0).next_day(&TimeZone::UTC)), 43_200);
    }

    #[test]
    fn a_fraction_of_a_second_does_not_hide_the_next_hour() {
        let late = Moment::new(START, SimTime::micros(3_599_999_999));
        assert_eq!(seconds(late.next_hour(&TimeZone::UTC)), 3_600);
    }

    #[test]
    fn the_clock_stands_still_after_the_last_time_of_the_calendar() {
        let a_day = SimTime::ZERO + Span::seconds(86_400);
        let end = Moment::new(Timestamp::MAX.as_second(), a_day);
        assert_eq!(end.next_hour(&TimeZone::UTC), None);
    }
}

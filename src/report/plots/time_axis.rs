//! The time axis: the scenario's clock and dates in its time zone. Very short runs have seconds since the start
//! instead.

use super::super::text::{number, seconds};
use super::axis::round_step;
use super::chart::Axis;
use crate::runner::{Story, VariantResults};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The text in a box without reported time.
pub(super) const NOTHING: &str = "no time was reported";
/// The largest number of steps between two ticks.
const MOST_STEPS: f64 = 9.0;
/// A shorter time has ticks in seconds since the start.
const SHORT: f64 = 60.0;
/// Steps of a clock, in seconds: each divides the next larger unit, so that ticks fall on it.
const CLOCK_STEPS: [f64; 15] = [
    5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0,
    21_600.0, 43_200.0,
];
const DAY: f64 = 86_400.0;
/// Steps of whole days.
const DAY_STEPS: [f64; 4] = [1.0, 2.0, 5.0, 7.0];
/// Steps of whole months.
const MONTH_STEPS: [i16; 6] = [1, 2, 3, 6, 12, 24];
/// The mean length of a month, in days.
const MONTH_DAYS: f64 = 30.44;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The scenario's clock.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// The instant of time zero in Unix seconds.
    start: i64,
    zone: TimeZone,
}

impl Clock {
    /// The clock of a variant.
    pub(super) fn of(variant: &VariantResults) -> Self {
        let name = variant.time_zone.as_deref();
        Self {
            start: variant.start_unix_seconds,
            zone: name
                .and_then(|name| TimeZone::get(name).ok())
                .unwrap_or(TimeZone::UTC),
        }
    }

    /// The date and time at a number of seconds since time zero.
    fn at(&self, seconds: f64) -> Option<DateTime> {
        let unix = self.start.checked_add(seconds as i64)?;
        let instant = Timestamp::from_second(unix).ok()?;
        Some(self.zone.to_datetime(instant))
    }

    /// The seconds since time zero at a date and time. One that a change of clocks leaves out is an hour later, of one
    /// that comes twice the first is meant.
    fn seconds(&self, time: DateTime) -> Option<f64> {
        let instant = self.zone.to_timestamp(time).ok()?;
        Some((instant.as_second() - self.start) as f64)
    }

    /// What the axis of a time of the clock is called.
    pub(super) fn name(&self) -> String {
        format!("the scenario's clock ({})", self.zone_name())
    }

    fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

/// A reported time: beginning and end in seconds since time zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reported {
    pub from: f64,
    pub to: f64,
}

impl Reported {
    /// The reported time of a story.
    pub(super) fn of(story: &Story) -> Self {
        let from = story.origin.as_seconds_f64();
        Self {
            from,
            to: from + story.length.as_seconds_f64(),
        }
    }

    /// The time that holds all; nothing without one.
    pub(super) fn all(times: impl Iterator<Item = Self>) -> Self {
        let nothing = Self { from: 0.0, to: 0.0 };
        times.reduce(Self::with).unwrap_or(nothing)
    }

    /// The time that holds both.
    fn with(self, other: Self) -> Self {
        Self {
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }

    /// The axis. Its values are seconds since time zero.
    pub(super) fn axis(self, clock: &Clock) -> Axis {
        let length = self.to - self.from;
        let ticks = match length {
            length if length < SHORT => self.in_seconds(),
            length if length / MOST_STEPS <= CLOCK_STEPS[CLOCK_STEPS.len() - 1] => {
                self.by_clock(clock)
            }
            length if length / MOST_STEPS <= 7.0 * DAY => self.by_day(clock),
            _ => self.by_month(clock),
        };
        Axis {
            name: self.name(clock),
            from: self.from,
            // A time without length has a place for its beginning.
            to: if self.to > self.from {
                self.to
            } else {
                self.from + 1.0
            },
            logarithmic: false,
            ticks,
        }
    }

    fn name(self, clock: &Clock) -> String {
        let begins = match clock.at(self.from.floor()) {
            Some(time) => format!(
                "{} {} {} {:02}:{:02}",
                time.day(),
                month(time),
                time.year(),
                time.hour(),
                time.minute()
            ),
            None => "the start".into(),
        };
        let warm_up = match self.from {
            from if from > 0.0 => format!(", after {} of warm-up", seconds(from)),
            _ => String::new(),
        };
        let zone = clock.zone_name();
        match self.to - self.from < SHORT {
            true => format!(
                "seconds since time zero; the reported time begins {begins} {zone}{warm_up}"
            ),
            false => format!(
                "{}; the reported time begins {begins}{warm_up}",
                clock.name()
            ),
        }
    }

    fn in_seconds(self) -> Vec<(f64, String)> {
        let step = round_step((self.to - self.from).max(1e-9) / MOST_STEPS);
        let first = (self.from / step - 1e-9).ceil();
        let last = (self.to / step + 1e-9).floor();
        let count = (last - first + 1.0).clamp(0.0, 100.0) as usize;
        let ticks = (0..count).map(|index| (first + index as f64) * step);
        ticks.map(|at| (at, format!("{} s", number(at)))).collect()
    }

    /// The times of the clock within the reported time, from a first one on: each `step` seconds of the clock.
    fn times(self, clock: &Clock, first: DateTime, step: f64) -> Vec<(f64, DateTime)> {
        let mut times = Vec::new();
        let mut time = Some(first);
        while let Some(now) = time
            && let Some(at) = clock.seconds(now)
            && at <= self.to + 1e-6
            && times.len() < 100
        {
            // Times of an hour that a change of clocks leaves out are those of the next one.
            let is_later = times.last().is_none_or(|(last, _)| at > *last);
            if at >= self.from - 1e-6 && is_later {
                times.push((at, clock.at(at).unwrap_or(now)));
            }
            time = now.checked_add(SignedDuration::from_secs(step as i64)).ok();
        }
        times
    }

    fn by_clock(self, clock: &Clock) -> Vec<(f64, String)> {
        let length = self.to - self.from;
        let fits = CLOCK_STEPS
            .iter()
            .find(|step| length / **step <= MOST_STEPS);
        let step = *fits.unwrap_or(&CLOCK_STEPS[CLOCK_STEPS.len() - 1]);
        let Some(begin) = clock.at(self.from.floor()) else {
            return Vec::new();
        };
        let is_over_a_day =
            clock.at(self.to.ceil() - 1.0).map(DateTime::date) != Some(begin.date());
        let label = |time: DateTime| {
            let midnight = (time.hour(), time.minute(), time.second()) == (0, 0, 0);
            match midnight && is_over_a_day {
                true => format!("{} {}", time.day(), month(time)),
                false if step < 60.0 => {
                    format!(
                        "{:02}:{:02}:{:02}",
                        time.hour(),
                        time.minute(),
                        time.second()
                    )
                }
                false => format!("{:02}:{:02}", time.hour(), time.minute()),
            }
        };
        let mut ticks = Vec::new();
        let past = |time: DateTime| time.duration_since(time.date().into()).as_secs_f64() % step;
        let mut at = self.from.floor() - past(begin);
        while at <= self.to + 1e-6
            && ticks.len() < 100
            && let Some(time) = clock.at(at)
        {
            // After a change of clocks the next time of the clock that is a multiple of the step.
            match past(time) {
                0.0 if at >= self.from - 1e-6 => ticks.push((at, label(time))),
                past if past > 0.0 => at -= past,
                _ => {}
            }
            at += step;
        }
        ticks
    }

    fn by_day(self, clock: &Clock) -> Vec<(f64, String)> {
        let days = (self.to - self.from) / DAY;
        let fits = DAY_STEPS.iter().find(|step| days / **step <= MOST_STEPS);
        let step = fits.unwrap_or(&7.0) * DAY;
        let Some(begin) = clock.at(self.from.floor()) else {
            return Vec::new();
        };
        // Counted from the first midnight that is reported.
        let midnight = DateTime::from(begin.date());
        let first = match clock.seconds(midnight) {
            Some(at) if at >= self.from => Ok(midnight),
            _ => midnight.checked_add(1.day()),
        };
        let Ok(first) = first else { return Vec::new() };
        let ticks = self.times(clock, first, step).into_iter();
        let label = |time: DateTime| format!("{} {}", time.day(), month(time));
        ticks.map(|(at, time)| (at, label(time))).collect()
    }

    fn by_month(self, clock: &Clock) -> Vec<(f64, String)> {
        let months = (self.to - self.from) / DAY / MONTH_DAYS;
        let fits = MONTH_STEPS
            .iter()
            .find(|step| months / f64::from(**step) <= MOST_STEPS);
        let years = (round_step(months / 12.0 / MOST_STEPS).max(1.0) * 12.0) as i16;
        let step = fits.copied().unwrap_or(years);
        let mut ticks = Vec::new();
        let Some(mut time) = clock.at(self.from).and_then(|t| {
            let month = (t.month() - 1) / step.min(12) as i8 * step.min(12) as i8 + 1;
            DateTime::new(t.year(), month, 1, 0, 0, 0, 0).ok()
        }) else {
            return ticks;
        };
        while let Some(at) = clock.seconds(time) {
            if at > self.to || ticks.len() > 100 {
                break;
            }
            if at >= self.from {
                let label = match time.month() {
                    1 => time.year().to_string(),
                    _ => month(time).into(),
                };
                ticks.push((at, label));
            }
            match time.checked_add(i32::from(step).months()) {
                Ok(next) => time = next,
                Err(_) => break,
            }
        }
        ticks
    }
}

fn month(time: DateTime) -> &'static str {
    MONTHS[(time.month() as usize).clamp(1, 12) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02 06:00 UTC, a Monday.
    const START: i64 = 1_772_431_200;

    fn clock(start: i64, zone: &str) -> Clock {
        Clock {
            start,
            zone: TimeZone::get(zone).expect("it is known"),
        }
    }

    fn ticks(clock: &Clock, from: f64, to: f64) -> Vec<(f64, String)> {
        Reported { from, to }.axis(clock).ticks
    }

    fn labels(from: f64, to: f64) -> Vec<String> {
        let ticks = ticks(&clock(START, "UTC"), from, to).into_iter();
        ticks.map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_times_of_the_clock_and_dates() {
        assert_eq!(labels(0.0, 4.0 * 3_600.0)[..2], ["06:00", "06:30"]);
        assert_eq!(
            labels(0.0, DAY),
            [
                "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "3 Mar", "03:00", "06:00"
            ]
        );
        assert_eq!(labels(3_600.0, 7.0 * DAY)[0], "3 Mar");
        assert_eq!(labels(0.0, 365.0 * DAY)[..2], ["May", "Jul"]);
        assert_eq!(labels(0.0, 2.0)[0], "0 s");
    }

    #[test]
    fn any_length_has_a_few_ticks() {
        for length in [
            1e-5, 0.003, 1.0, 59.0, 61.0, 300.0, 3_000.0, 1e5, 1e6, 1e7, 1e8, 1e9,
        ] {
            for from in [0.0, 5_000.0] {
                let count = labels(from, from + length).len();
                assert!((2..=11).contains(&count), "{length}: {count}");
            }
        }
    }

    #[test]
    fn the_clock_is_that_of_the_time_zone() {
        let new_york = clock(START, "America/New_York");
        let day = ticks(&new_york, 0.0, DAY);
        assert_eq!(day[0], (7_200.0, "03:00".into()), "06:00 UTC is 01:00");
        assert!(day.contains(&(23.0 * 3_600.0, "3 Mar".into())));
        let name = Reported { from: 0.0, to: DAY }.axis(&new_york).name;
        assert_eq!(
            name,
            "the scenario's clock (America/New_York); the reported time begins 2 Mar 2026 01:00"
        );
        // On 8 March at 2:00 clocks are set forward: the days before and after begin at midnight all the same.
        let days = ticks(&new_york, 0.0, 9.0 * DAY);
        let midnight = |day: f64| (day - 6.0) * DAY + 5.0 * DAY + 23.0 * 3_600.0;
        assert_eq!(days[5], (midnight(6.0), "8 Mar".into()));
        assert_eq!(days[6], (midnight(7.0) - 3_600.0, "9 Mar".into()));
        // The hour that is left out has no tick of its own.
        let eighth = midnight(6.0);
        let hours = ticks(&new_york, eighth, eighth + 6.0 * 3_600.0);
        let hours: Vec<&str> = hours.iter().map(|(_, label)| &label[..]).collect();
        assert_eq!(
            hours,
            [
                "00:00", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"
            ]
        );
        // On 1 November 2026 the hour from one to two comes twice: 06:00 UTC is its second beginning.
        let autumn = clock(1_793_512_800, "America/New_York");
        let twice = |from: f64, to: f64| -> Vec<String> {
            let ticks = ticks(&autumn, from, to).into_iter();
            ticks.map(|(_, label)| label).collect()
        };
        assert_eq!(twice(0.0, 1_800.0)[..2], ["01:00", "01:05"]);
        assert_eq!(
            twice(-7_200.0, 2.0 * 3_600.0)[2..5],
            ["01:00", "01:30", "01:00"]
        );
        let wide = twice(-2.0 * 3_600.0, 16.0 * 3_600.0);
        assert_eq!(wide[..4], ["00:00", "02:00", "04:00", "06:00"]);
    }
}

//! The time axis: the scenario's clock and dates in UTC. Very short runs have seconds since the start
//! instead.

use super::super::text::{number, seconds};
use super::axis::round_step;
use super::chart::Axis;
use crate::runner::Story;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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

/// A reported time: the instant of time zero in Unix seconds, beginning and end in seconds since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reported {
    pub start: i64,
    pub from: f64,
    pub to: f64,
}

impl Reported {
    /// The reported time of a story.
    pub(super) fn of(start: i64, story: &Story) -> Self {
        let from = story.origin.as_seconds_f64();
        Self {
            start,
            from,
            to: from + story.length.as_seconds_f64(),
        }
    }

    /// The time that holds all; nothing without one.
    pub(super) fn all(times: impl Iterator<Item = Self>) -> Self {
        let nothing = Self {
            start: 0,
            from: 0.0,
            to: 0.0,
        };
        times.reduce(Self::with).unwrap_or(nothing)
    }

    /// The time that holds both.
    fn with(self, other: Self) -> Self {
        Self {
            start: self.start,
            from: self.from.min(other.from),
            to: self.to.max(other.to),
        }
    }

    /// The axis. Its values are seconds since time zero.
    pub(super) fn axis(self) -> Axis {
        let ticks = match self.to - self.from {
            length if length < SHORT => self.in_seconds(),
            length if length / MOST_STEPS <= CLOCK_STEPS[CLOCK_STEPS.len() - 1] => self.by_clock(),
            length if length / MOST_STEPS <= 7.0 * DAY => self.by_day(),
            _ => self.by_month(),
        };
        Axis {
            name: self.name(),
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

    fn name(self) -> String {
        let begins = match self.at(self.from.floor()) {
            Some(time) => format!(
                "{} {} {} {:02}:{:02} UTC",
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
        let what = match self.to - self.from < SHORT {
            true => "seconds since time zero",
            false => "the scenario's clock (UTC)",
        };
        format!("{what}; the reported time begins {begins}{warm_up}")
    }

    /// The date and time at a number of seconds since time zero.
    fn at(self, seconds: f64) -> Option<DateTime> {
        let unix = self.start.checked_add(seconds as i64)?;
        let instant = Timestamp::from_second(unix).ok()?;
        Some(instant.to_zoned(TimeZone::UTC).datetime())
    }

    fn in_seconds(self) -> Vec<(f64, String)> {
        let step = round_step((self.to - self.from).max(1e-9) / MOST_STEPS);
        let ticks = self.multiples(step, 0.0);
        ticks.map(|at| (at, format!("{} s", number(at)))).collect()
    }

    /// The multiples of a step within the time, counted from `zero`.
    fn multiples(self, step: f64, zero: f64) -> impl Iterator<Item = f64> {
        let first = ((self.from - zero) / step - 1e-9).ceil();
        let last = ((self.to - zero) / step + 1e-9).floor();
        let count = (last - first + 1.0).clamp(0.0, 100.0) as usize;
        (0..count).map(move |index| zero + (first + index as f64) * step)
    }

    /// Midnight at or before time zero, in seconds since time zero.
    fn midnight(self) -> f64 {
        -(self.start.rem_euclid(86_400) as f64)
    }

    fn by_clock(self) -> Vec<(f64, String)> {
        let length = self.to - self.from;
        let fits = CLOCK_STEPS
            .iter()
            .find(|step| length / **step <= MOST_STEPS);
        let step = *fits.unwrap_or(&CLOCK_STEPS[CLOCK_STEPS.len() - 1]);
        let label = |at: f64| {
            let time = self.at(at.round())?;
            let midnight = (time.hour(), time.minute(), time.second()) == (0, 0, 0);
            Some(match midnight && self.is_over_a_day() {
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
            })
        };
        let ticks = self.multiples(step, self.midnight());
        ticks.filter_map(|at| Some((at, label(at)?))).collect()
    }

    /// True where a time of the clock alone could be one of two days.
    fn is_over_a_day(self) -> bool {
        let day = |at: f64| (at - self.midnight()).div_euclid(DAY);
        day(self.from) != day(self.to - 1e-6)
    }

    fn by_day(self) -> Vec<(f64, String)> {
        let days = (self.to - self.from) / DAY;
        let fits = DAY_STEPS.iter().find(|step| days / **step <= MOST_STEPS);
        let step = fits.unwrap_or(&7.0) * DAY;
        // Counted from the first midnight that is reported.
        let first = self.multiples(DAY, self.midnight()).next();
        let zero = first.unwrap_or_else(|| self.midnight());
        let label = |at: f64| {
            self.at(at.round())
                .map(|t| format!("{} {}", t.day(), month(t)))
        };
        let ticks = self.multiples(step, zero);
        ticks.filter_map(|at| Some((at, label(at)?))).collect()
    }

    fn by_month(self) -> Vec<(f64, String)> {
        let months = (self.to - self.from) / DAY / MONTH_DAYS;
        let fits = MONTH_STEPS
            .iter()
            .find(|step| months / f64::from(**step) <= MOST_STEPS);
        let years = (round_step(months / 12.0 / MOST_STEPS).max(1.0) * 12.0) as i16;
        let step = fits.copied().unwrap_or(years);
        let mut ticks = Vec::new();
        let Some(mut time) = self.at(self.from).and_then(|t| {
            let month = (t.month() - 1) / step.min(12) as i8 * step.min(12) as i8 + 1;
            DateTime::new(t.year(), month, 1, 0, 0, 0, 0).ok()
        }) else {
            return ticks;
        };
        loop {
            let Ok(instant) = time.to_zoned(TimeZone::UTC) else {
                break;
            };
            let at = (instant.timestamp().as_second() - self.start) as f64;
            if at > self.to || ticks.len() > 100 {
                break;
            }
            if at >= self.from {
                ticks.push((
                    at,
                    match time.month() {
                        1 => time.year().to_string(),
                        _ => month(time).into(),
                    },
                ));
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

    fn labels(from: f64, to: f64) -> Vec<String> {
        let reported = Reported {
            start: START,
            from,
            to,
        };
        reported
            .axis()
            .ticks
            .into_iter()
            .map(|(_, label)| label)
            .collect()
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
}

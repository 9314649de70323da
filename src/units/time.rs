//! Simulated time: points ([`SimTime`]) and lengths ([`Span`]), both in whole microseconds.

use super::{ParseUnitError, scale_decimal, split_number};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

/// Microseconds in a second.
pub const SECOND: u64 = 1_000_000;
/// Microseconds in an hour.
pub const HOUR: u64 = 3_600 * SECOND;

/// A length of simulated time in whole microseconds; at most about 584,000 years.
/// Serialized as that number of microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span(u64);

/// A point of simulated time: microseconds since the scenario's `start`.
/// Serialized as that number of microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SimTime(u64);

impl Span {
    /// A length of zero.
    pub const ZERO: Self = Self(0);

    /// From whole microseconds.
    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }
    /// From whole milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(millis * 1_000)
    }
    /// From whole seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds * SECOND)
    }
    /// From whole hours.
    pub const fn hours(hours: u64) -> Self {
        Self(hours * HOUR)
    }
    /// In microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }
    /// In seconds, for reports and samplers only.
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }
    /// Rounds seconds to the nearest whole microsecond, half up. Negative values and NaN give zero,
    /// values that are too large give the longest span.
    pub fn from_seconds_f64(seconds: f64) -> Self {
        let micros = seconds * SECOND as f64 + 0.5;
        // `as` truncates toward zero, saturates, and turns NaN into 0.
        Self(micros as u64)
    }
    /// The sum, at most the longest span.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// The difference, at least zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
    /// Whole seconds, rounded up: AWS bills each second that has begun.
    pub const fn ceil_seconds(self) -> u64 {
        self.0.div_ceil(SECOND)
    }
}

impl SimTime {
    /// The scenario's `start`.
    pub const ZERO: Self = Self(0);
    /// The latest time; no event is at it.
    pub const MAX: Self = Self(u64::MAX);

    /// From microseconds since the start.
    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }
    /// Microseconds since the start.
    pub const fn as_micros(self) -> u64 {
        self.0
    }
    /// The length from `earlier` to here; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
    /// In seconds since the start, for reports only.
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }
}

impl Add<Span> for SimTime {
    type Output = Self;
    /// Stops at [`SimTime::MAX`], which no run reaches.
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub for SimTime {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(
            self.0
                .checked_sub(earlier.0)
                .expect("the subtracted time is not later"),
        )
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(
            self.0
                .checked_add(other.0)
                .expect("spans stay far below 584,000 years"),
        )
    }
}

/// Units of time, longest first, with their length in microseconds.
const UNITS: [(&str, u64); 7] = [
    ("w", 7 * 24 * HOUR),
    ("d", 24 * HOUR),
    ("h", HOUR),
    ("m", 60 * SECOND),
    ("s", SECOND),
    ("ms", 1_000),
    ("us", 1),
];

const EXPECTED_SPAN: &str = "a duration such as `90s`, `1500ms`, `1h30m` or `7d`";

fn unit_length(unit: &str) -> Option<u64> {
    let unit = match unit {
        "µs" | "μs" => "us",
        "min" => "m",
        "sec" | "second" | "seconds" => "s",
        "minute" | "minutes" => "m",
        "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        other => other,
    };
    UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, length)| *length)
}

impl FromStr for Span {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_SPAN, problem);
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(bad("the duration is empty".into()));
        }
        let mut total: u128 = 0;
        while !rest.is_empty() {
            let (number, after) = split_number(rest);
            let end = after
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(after.len());
            let unit = after[..end].trim();
            if unit.is_empty() {
                return Err(bad(format!("`{text}` has no unit of time")));
            }
            let length =
                unit_length(unit).ok_or_else(|| bad(format!("`{unit}` is not a unit of time")))?;
            let part = scale_decimal(number, u128::from(length)).map_err(bad)?;
            total = total.saturating_add(part);
            rest = after[end..].trim();
        }
        u64::try_from(total)
            .map(Span)
            .map_err(|_| bad(format!("`{text}` is too long")))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (name, length) in UNITS.iter().skip(1) {
            let count = rest / length;
            if count > 0 {
                write!(f, "{count}{name}")?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_print_as_they_are_read() {
        for text in [
            "90s", "1m30s", "1500ms", "7d", "1h30m", "0.5h", "2us", "1w", "250µs",
        ] {
            let span: Span = text.parse().unwrap();
            let again: Span = span.to_string().parse().unwrap();
            assert_eq!(span, again, "{text}");
        }
        assert_eq!("90s".parse::<Span>().unwrap().to_string(), "1m30s");
        assert_eq!("1500ms".parse::<Span>().unwrap(), Span::millis(1500));
    }

    #[test]
    fn text_that_is_not_a_duration_is_refused() {
        for text in [
            "",
            "90",
            "s",
            "-5s",
            "5 parsecs",
            "1.2.3s",
            "NaN",
            "0.0000001s",
            "1e9h",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}

//! Rates of events.

use super::{ParseUnitError, Span, split_number};
use std::fmt;
use std::str::FromStr;

/// Events per second, finite and not negative; written `22/s`, `90/min`, `5/h`, `3/d`.
/// A float, because it is only used to draw random numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// From events per second; `None` when negative, infinite or NaN.
    pub fn per_second(events: f64) -> Option<Self> {
        (events.is_finite() && events >= 0.0).then_some(Self(events))
    }
    /// In events per second.
    pub const fn as_per_second(self) -> f64 {
        self.0
    }
}

const EXPECTED_RATE: &str = "a rate such as `22/s`, `90/min`, `5/h` or `3/d`";

impl FromStr for Rate {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_RATE, problem);
        let (number, unit) = text
            .trim()
            .split_once('/')
            .ok_or_else(|| bad(format!("`{text}` is not a rate")))?;
        let (digits, rest) = split_number(number);
        let value: f64 = digits
            .parse()
            .map_err(|_| bad(format!("`{number}` is not a number")))?;
        if !rest.is_empty() {
            return Err(bad(format!("`{number}` is not a number")));
        }
        let unit = unit.trim();
        let with_number = if unit.starts_with(|c: char| c.is_ascii_digit()) {
            unit.into()
        } else {
            format!("1{unit}")
        };
        let span: Span = with_number
            .parse()
            .map_err(|_| bad(format!("`{unit}` is not a unit of time")))?;
        if span == Span::ZERO {
            return Err(bad(format!("`{unit}` is zero")));
        }
        Self::per_second(value / span.as_seconds_f64())
            .ok_or_else(|| bad(format!("`{number}` is negative")))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_per_second_inside() {
        assert_eq!("90/min".parse::<Rate>().unwrap().as_per_second(), 1.5);
        assert_eq!("22/s".parse::<Rate>().unwrap().to_string(), "22/s");
        assert_eq!(
            "3/15m".parse::<Rate>().unwrap().as_per_second(),
            3.0 / 900.0
        );
        for text in ["22", "-1/s", "x/s", "1/parsec", "NaN/s", "1/0s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}

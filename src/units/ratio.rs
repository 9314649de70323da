//! Ratios between 0 and 1.

use super::{ParseUnitError, scale_decimal};
use std::fmt;
use std::str::FromStr;

/// A ratio from 0 to 1, in whole millionths; written `5%` or `0.05`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// Millionths in one.
    pub const MILLIONTHS: u32 = 1_000_000;

    /// From millionths; `None` above one.
    pub const fn millionths(millionths: u32) -> Option<Self> {
        if millionths <= Self::MILLIONTHS {
            Some(Self(millionths))
        } else {
            None
        }
    }
    /// In millionths.
    pub const fn as_millionths(self) -> u32 {
        self.0
    }
    /// As a fraction of one, for samplers and reports.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::MILLIONTHS)
    }
}

const EXPECTED_RATIO: &str = "a ratio between 0 and 1 such as `5%` or `0.05`";

impl FromStr for Ratio {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_RATIO, problem);
        let clean = text.trim();
        let (number, scale) = match clean.strip_suffix('%') {
            Some(percent) => (percent.trim(), 10_000),
            None => (clean, u128::from(Self::MILLIONTHS)),
        };
        let value = scale_decimal(number, scale).map_err(bad)?;
        u32::try_from(value)
            .ok()
            .and_then(Self::millionths)
            .ok_or_else(|| bad(format!("`{text}` is above 1")))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / 10_000;
        let fraction = format!("{:04}", self.0 % 10_000);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            digits => write!(f, "{whole}.{digits}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_print_as_they_are_read() {
        assert_eq!(
            "5%".parse::<Ratio>().unwrap(),
            "0.05".parse::<Ratio>().unwrap()
        );
        assert_eq!("12.5%".parse::<Ratio>().unwrap().to_string(), "12.5%");
        for text in ["1.2", "101%", "-5%", "x", ""] {
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
    }
}

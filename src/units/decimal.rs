//! Numbers with decimal places.

use super::{ParseUnitError, scale_decimal};
use std::fmt;
use std::str::FromStr;

/// A number from 0 up, in whole millionths; written `20` or `0.95`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(u64);

impl Decimal {
    /// Millionths in one.
    pub const MILLIONTHS: u64 = 1_000_000;

    /// A whole number.
    pub const fn whole(number: u32) -> Self {
        Self(number as u64 * Self::MILLIONTHS)
    }
    /// From millionths.
    pub const fn millionths(millionths: u64) -> Self {
        Self(millionths)
    }
    /// As a float, for models of load and for reports only.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::MILLIONTHS as f64
    }
    /// In millionths.
    pub const fn as_millionths(self) -> u64 {
        self.0
    }
}

const EXPECTED_DECIMAL: &str = "a number such as `20` or `0.95`";

impl FromStr for Decimal {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_DECIMAL, problem);
        let value = scale_decimal(text.trim(), u128::from(Self::MILLIONTHS)).map_err(bad)?;
        let too_large = || bad(format!("`{text}` is too large"));
        u64::try_from(value).map(Self).map_err(|_| too_large())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / Self::MILLIONTHS;
        let fraction = format!("{:06}", self.0 % Self::MILLIONTHS);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            digits => write!(f, "{whole}.{digits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_as_they_are_read() {
        for text in ["20", "0.95", "0.000001", "1000000"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        assert_eq!("20".parse(), Ok(Decimal::whole(20)));
        assert_eq!(
            " 1.50 ".parse::<Decimal>().unwrap().as_millionths(),
            1_500_000
        );
        for text in ["0.0000001", "-1", "x", "", "99999999999999999999"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}

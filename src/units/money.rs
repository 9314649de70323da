//! Amounts of money in whole nano-dollars.

use super::{ParseUnitError, scale_decimal};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

/// An amount in US dollars, in whole nano-dollars. For a price, the field that has it says the
/// unit: per hour, per GB-hour, per GB-month. Serialized as the number of nano-dollars.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Usd(i128);

impl Usd {
    /// Zero dollars.
    pub const ZERO: Self = Self(0);
    /// Nano-dollars in a dollar.
    pub const NANOS: i128 = 1_000_000_000;

    /// From nano-dollars.
    pub const fn nanos(nanos: i128) -> Self {
        Self(nanos)
    }
    /// In nano-dollars.
    pub const fn as_nanos(self) -> i128 {
        self.0
    }
    /// In dollars, for statistics and reports only.
    pub fn as_dollars_f64(self) -> f64 {
        self.0 as f64 / Self::NANOS as f64
    }
    /// Rounded to cents, half up.
    pub const fn as_cents(self) -> i128 {
        (self.0 + 5_000_000).div_euclid(10_000_000)
    }
    /// `price × quantity ÷ per`, rounded half up to a nano-dollar. A line item of a bill is rounded
    /// only here. `quantity` and `per` are in the same unit.
    ///
    /// # Panics
    /// When `per` is zero, or one of them is 2^127 or more.
    pub fn times(self, quantity: u128, per: u128) -> Self {
        let quantity = i128::try_from(quantity).expect("metered quantities stay below 2^127");
        let per = i128::try_from(per).expect("a unit stays below 2^127");
        let (whole, rest) = (quantity / per, quantity % per);
        // Whole part and remainder apart, so that large quantities in µs do not overflow.
        Self(self.0 * whole + (self.0 * rest * 2 + per).div_euclid(per * 2))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

const EXPECTED_USD: &str = "dollars such as `$0.10` (a price per hour: `$0.50/h`)";

impl FromStr for Usd {
    type Err = ParseUnitError;

    /// `$0.10`, `0.10` or `$0.50/h`: the trailing `/h` is accepted where a price per hour is
    /// meant and changes nothing.
    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        let bad = |problem: String| ParseUnitError::new(EXPECTED_USD, problem);
        let clean = text.trim();
        let clean = clean.strip_suffix("/h").unwrap_or(clean).trim();
        let clean = clean.strip_prefix('$').unwrap_or(clean).trim();
        let nanos = scale_decimal(clean, Self::NANOS as u128).map_err(bad)?;
        if nanos > 1 << 90 {
            return Err(bad(format!("`{text}` is too large")));
        }
        Ok(Self(nanos as i128))
    }
}

impl fmt::Display for Usd {
    /// All significant digits, at least two decimals: `$0.0416`, `$12.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let fraction = format!("{:09}", nanos % Self::NANOS as u128);
        let kept = fraction.trim_end_matches('0').len().max(2);
        write!(
            f,
            "{sign}${}.{}",
            nanos / Self::NANOS as u128,
            &fraction[..kept]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_prints_as_it_is_read() {
        for (text, printed) in [
            ("$0.0416", "$0.0416"),
            ("$12", "$12.00"),
            ("0.10", "$0.10"),
            ("$0.50/h", "$0.50"),
        ] {
            let money: Usd = text.parse().unwrap();
            assert_eq!(money.to_string(), printed);
            assert_eq!(printed.parse::<Usd>().unwrap(), money);
        }
        assert_eq!(Usd::nanos(-1_500_000_000).to_string(), "-$1.50");
    }

    #[test]
    fn a_line_item_is_rounded_once_half_up() {
        assert_eq!(Usd::nanos(1).times(1, 2), Usd::nanos(1));
        assert_eq!(Usd::nanos(1).times(1, 3), Usd::nanos(0));
        assert_eq!(Usd::nanos(10).times(7, 7), Usd::nanos(10));
    }

    #[test]
    fn text_that_is_not_money_is_refused() {
        for text in ["", "$", "-$1", "NaN", "$0.0000000001", "€5"] {
            assert!(text.parse::<Usd>().is_err(), "{text}");
        }
    }
}

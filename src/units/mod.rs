//! Newtypes for time, CPU, memory, money, ratios and rates. Each parses and prints the usual
//! notation (`90s`, `512 MiB`, `$0.10`) and has only the operators that make sense for its
//! quantity.
//!
//! All quantities that decide or are billed are integers. Only [`Rate`] is a float, because it is
//! only used to draw random numbers.

mod cpu;
mod decimal;
mod memory;
mod money;
mod rate;
mod ratio;
mod time;

pub use cpu::Cpu;
pub use decimal::Decimal;
pub use memory::{GIB, KIB, MIB, Memory};
pub use money::Usd;
pub use rate::Rate;
pub use ratio::Ratio;
pub use time::{HOUR, SECOND, SimTime, Span};

use std::fmt;

/// A text that is not a quantity of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUnitError {
    /// What is expected, with examples: "a duration such as `90s` or `1h30m`".
    pub expected: &'static str,
    /// What is wrong with the text.
    pub problem: String,
}

impl ParseUnitError {
    pub(crate) fn new(expected: &'static str, problem: impl Into<String>) -> Self {
        Self {
            expected,
            problem: problem.into(),
        }
    }
}

impl fmt::Display for ParseUnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; expected {}", self.problem, self.expected)
    }
}

impl std::error::Error for ParseUnitError {}

/// Splits `12.5 GiB` into its number and its unit. The number keeps its digits as text, so
/// that it can be scaled exactly.
pub(crate) fn split_number(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_' || c == '-' || c == '+'))
        .unwrap_or(text.len());
    (text[..end].trim(), text[end..].trim())
}

/// Parses a decimal number and multiplies it by `scale`, exactly. The error is a message: the text
/// is not a number, is negative, is more precise than the unit, or is too large.
pub(crate) fn scale_decimal(number: &str, scale: u128) -> Result<u128, String> {
    let clean: String = number.chars().filter(|c| *c != '_').collect();
    if clean.starts_with('-') {
        return Err(format!("`{number}` is negative"));
    }
    let clean = clean.strip_prefix('+').unwrap_or(&clean);
    let (whole, fraction) = clean.split_once('.').unwrap_or((clean, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(format!("`{number}` is not a number"));
    }
    let too_large = || format!("`{number}` is too large");
    if fraction.len() > 30 {
        return Err(format!("`{number}` has too many decimals"));
    }
    let whole: u128 = if whole.is_empty() {
        0
    } else {
        whole.parse().map_err(|_| too_large())?
    };
    let mut value = whole.checked_mul(scale).ok_or_else(too_large)?;
    let mut part = scale;
    for (position, digit) in fraction.bytes().enumerate() {
        let digit = u128::from(digit - b'0');
        if part.is_multiple_of(10) {
            part /= 10;
            value = value.checked_add(digit * part).ok_or_else(too_large)?;
        } else {
            // `part` has no factor 10 left: scale the remaining digits as one fraction.
            let rest = &fraction[position..];
            let numerator: u128 = rest.parse().map_err(|_| too_large())?;
            let power = u32::try_from(rest.len()).map_err(|_| too_large())?;
            let denominator = 10u128.checked_pow(power).ok_or_else(too_large)?;
            let scaled = numerator.checked_mul(part).ok_or_else(too_large)?;
            if !scaled.is_multiple_of(denominator) {
                return Err(format!("`{number}` is more precise than can be kept"));
            }
            return value
                .checked_add(scaled / denominator)
                .ok_or_else(too_large);
        }
    }
    Ok(value)
}

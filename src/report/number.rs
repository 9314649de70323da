//! Floats in CSV and JSON. In JSON: the shortest decimal that reads back as the same number, on
//! every platform. In CSV: rounded to 15 significant digits, money to 12, so that what the last
//! bits of a sum add (`3.2199999999999998`) does not show. A number that is not finite is written as
//! an empty cell or as `null`.

/// A value for a CSV cell, with at most 15 significant digits unless it is a whole number; empty
/// when there is none.
pub(super) fn cell(value: Option<f64>) -> String {
    rounded(value, 15)
}

/// An amount of money, or a quantity that is priced, for a CSV cell: at most 12 significant digits.
pub(super) fn money_cell(value: Option<f64>) -> String {
    rounded(value, 12)
}

fn rounded(value: Option<f64>, digits: usize) -> String {
    match finite(value) {
        Some(value) if value.fract() == 0.0 => value.to_string(),
        Some(value) => {
            let rounded = format!("{value:.*e}", digits - 1).parse::<f64>();
            (rounded.unwrap_or(value) + 0.0).to_string()
        }
        None => String::new(),
    }
}

/// The value if it is finite; minus zero becomes zero.
pub(super) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite()).map(|v| v + 0.0)
}

/// `numerator ÷ denominator` as an exact decimal without trailing zeros. The denominator
/// has no prime factors but 2 and 5, so that the decimal ends.
pub(super) fn exact_quotient(numerator: u128, denominator: u128) -> String {
    let mut text = (numerator / denominator).to_string();
    let mut rest = numerator % denominator;
    if rest > 0 {
        text.push('.');
    }
    while rest > 0 {
        rest *= 10;
        let digit = u8::try_from(rest / denominator).expect("a digit is below ten");
        text.push(char::from(b'0' + digit));
        rest %= denominator;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_exact_decimals() {
        assert_eq!(exact_quotient(0, 1_000_000), "0");
        assert_eq!(exact_quotient(3_600_000_000, 1_000_000), "3600");
        assert_eq!(exact_quotient(1, 1_000_000), "0.000001");
        assert_eq!(exact_quotient(10, 1 << 4), "0.625");
        assert_eq!(
            exact_quotient(u128::MAX, 1),
            "340282366920938463463374607431768211455"
        );
    }

    #[test]
    fn a_value_that_is_not_finite_is_left_out() {
        assert_eq!(cell(Some(0.1)), "0.1");
        assert_eq!(cell(Some(-0.0)), "0");
        assert_eq!(cell(Some(3.219_999_999_999_999_8)), "3.22");
        assert_eq!(cell(Some(2.0 / 3.0)), "0.666666666666667");
        assert_eq!(money_cell(Some(1e-9 / 3.0)), "0.000000000333333333333");
        assert_eq!(money_cell(Some(-1_234.567_890_123_4)), "-1234.56789012");
        assert_eq!(money_cell(Some(33.600_000_000_001)), "33.6");
        assert_eq!(cell(Some(9_007_199_254_740_991.0)), "9007199254740991");
        assert_eq!(cell(Some(f64::NAN)), "");
        assert_eq!(finite(Some(f64::INFINITY)), None);
    }
}

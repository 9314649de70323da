//! Plain numbers and percentages.

use crate::units::ParseUnitError;

/// A number of at least 0, such as `1.5` or `150%`.
///
/// # Errors
/// For any other text.
pub fn factor(text: &str) -> Result<f64, ParseUnitError> {
    signed(text).filter(|number| *number >= 0.0).ok_or_else(|| {
        let why = format!("`{text}` is not a factor");
        ParseUnitError::new("a number of at least 0 such as `1.5`, or `150%`", why)
    })
}

/// A finite number such as `-0.5`, or a percentage such as `-50%`; `None` for other texts.
pub fn signed(text: &str) -> Option<f64> {
    let clean = text.trim();
    let (digits, divisor) = match clean.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), 100.0),
        None => (clean, 1.0),
    };
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e');
    if !digits.bytes().all(is_number) {
        return None;
    }
    let number = digits.parse::<f64>().ok()? / divisor;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn numbers_and_percentages_are_read() {
        for (text, number) in [("1.5", 1.5), ("150%", 1.5), (" -3 % ", -0.03), ("0", 0.0)] {
            assert_eq!(signed(text), Some(number), "{text}");
        }
        for text in ["", "%", "22/s", "inf", "NaN", "1e999", "1,5"] {
            assert_eq!(signed(text), None, "{text}");
        }
    }
}

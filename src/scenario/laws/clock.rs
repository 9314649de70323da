//! Durations as clocks and job managers write them: `01:30:00`, and with days `2-01:30:00`.

use crate::scenario::reading::rows::BadCell;

/// The microseconds of a duration on a clock; `None` for a text that is not written like one.
///
/// Forms: `hh:mm:ss`, and with a fraction of a second also `mm:ss.fff`; after days, as `d-`,
/// `d days` or `d days,`, also `hh:mm` and `hh`. Hours may exceed 23.
pub fn duration(text: &str) -> Option<Result<u128, BadCell>> {
    let (days, rest) = days(text);
    let parts: Vec<&str> = rest.split(':').collect();
    let is_clock = days.is_some() || parts.len() > 1;
    let is_number = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    if !is_clock || !parts.iter().all(is_number) {
        return None;
    }
    let has_fraction = parts.last().is_some_and(|part| part.contains('.'));
    let (hours, minutes, seconds) = match (days, parts.as_slice()) {
        (_, [hours, minutes, seconds]) => (*hours, *minutes, *seconds),
        (None, [minutes, seconds]) if has_fraction => ("0", *minutes, *seconds),
        (None, [_, _]) => {
            let why = format!("`{text}` may be hours and minutes, or minutes and seconds");
            return Some(Err(BadCell::Not(why)));
        }
        (Some(_), [hours, minutes]) if !has_fraction => (*hours, *minutes, "0"),
        (Some(_), [hours]) if !has_fraction => (*hours, "0", "0"),
        _ => return None,
    };
    Some(total(text, [days.unwrap_or("0"), hours, minutes, seconds]))
}

/// Splits the days off: their number, and what follows.
fn days(text: &str) -> (Option<&str>, &str) {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let days = &text[..text.len() - after.len()];
    let rest = ["-", " days, ", " days ", " day, ", " day "]
        .iter()
        .find_map(|word| after.strip_prefix(word));
    match rest {
        Some(rest) if !days.is_empty() => (Some(days), rest),
        _ => (None, text),
    }
}

/// The sum of days, hours, minutes and seconds.
fn total(text: &str, [days, hours, minutes, seconds]: [&str; 4]) -> Result<u128, BadCell> {
    const SECOND: u128 = 1_000_000;
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    // Digits after the sixth are below a microsecond.
    let fraction = format!("{fraction:0<6}");
    let parts = [
        days,
        hours,
        minutes,
        whole,
        fraction.get(..6).unwrap_or("?"),
    ];
    let numbers: Option<Vec<u128>> = parts.iter().map(|part| whole_number(part)).collect();
    match numbers.as_deref() {
        Some([days, hours, minutes @ ..=59, whole @ ..=59, micros]) => {
            Ok(((days * 24 + hours) * 3_600 + minutes * 60 + whole) * SECOND + micros)
        }
        _ => Err(BadCell::Not(format!("`{text}` is not a duration"))),
    }
}

/// A whole number of at most nine digits.
fn whole_number(part: &str) -> Option<u128> {
    let is_whole = (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| part.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read() {
        for (text, seconds) in [
            ("00:00:05", 5.0),
            ("01:30:00", 5400.0),
            ("1:02:03.5", 3723.5),
            ("100:00:00", 360_000.0),
            ("00:05.250", 5.25),
            ("1-02:03:04", 93_784.0),
            ("2-00:30", 174_600.0),
            ("3-12", 302_400.0),
            ("1 day, 2:03:04", 93_784.0),
            ("0 days 00:05:00", 300.0),
            ("12 days 00:00:00.000001", 1_036_800.000_001),
        ] {
            let micros = (seconds * 1e6_f64).round() as u128;
            assert_eq!(duration(text), Some(Ok(micros)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_clocks() {
        for text in [
            "",
            "90s",
            "1h30m",
            "12",
            "a:b:c",
            "2026-01-05",
            "Unknown",
            "1-",
            ":",
        ] {
            let is_refused = !matches!(duration(text), Some(Ok(_)));
            assert!(is_refused || text == "2026-01-05", "{text}");
        }
        for text in [
            "00:60:00",
            "00:00:60",
            "1:2:3:4",
            "12:34",
            "1.5:00:00",
            "00:1e1:00",
        ] {
            assert!(!matches!(duration(text), Some(Ok(_))), "{text}");
        }
    }
}

//! Numbers and names as pages and plots print them: `$1,234.56`, `12.3 %`, `1 m 12 s`, and names
//! shortened to a width. Rust rounds decimals exactly, so that the bytes are the same on every
//! platform.

use crate::plan::problem::is_hidden;
use std::collections::BTreeSet;

/// Dollars: without cents from $100,000 on, with two significant digits below $0.10.
pub(super) fn money(dollars: f64) -> String {
    signed(dollars, |amount| {
        format!("${}", grouped(&money_digits(amount, amount)))
    })
}

/// Dollars with half the width of their interval, both with the decimals of the larger one.
pub(super) fn money_within(dollars: f64, half_width: f64) -> String {
    let scale = dollars.abs().max(half_width);
    let digits = |amount: f64| {
        if scale >= 0.1 || half_width == 0.0 {
            return grouped(&money_digits(amount, scale));
        }
        // Below $0.10: enough decimals for one significant digit of the interval.
        let decimals = decimals(scale, 2).max(decimals(half_width, 1));
        format!("{amount:.decimals$}")
    };
    let amount = signed(dollars, |amount| format!("${}", digits(amount)));
    format!("{amount} ± {}", digits(half_width))
}

/// The digits of an amount, with the decimals that fit `scale`.
fn money_digits(amount: f64, scale: f64) -> String {
    match scale {
        s if s >= 100_000.0 => format!("{amount:.0}"),
        s if s >= 0.1 || s == 0.0 => format!("{amount:.2}"),
        s => format!("{amount:.*}", decimals(s, 2)),
    }
}

/// A share of one in percent, with about three significant digits.
pub(super) fn percent(share: f64) -> String {
    signed(share, |share| format!("{} %", percent_digits(share)))
}

/// A relative change with its sign: `−23.1 %`.
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "used by the tables of the terminal")
)]
pub(super) fn change(share: f64) -> String {
    let digits = percent_digits(share.abs());
    match share {
        s if s > 0.0 => format!("+{digits} %"),
        s if s < 0.0 => format!("−{digits} %"),
        _ => "0 %".into(),
    }
}

/// The digits of a share in percent, without the sign `%`.
fn percent_digits(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p == 0.0 || p == 100.0 => format!("{p:.0}"),
        p if p >= 999.5 => grouped(&format!("{p:.0}")),
        // 99.97 % must not be rounded to 100 %.
        p if (99.95..100.0).contains(&p) => {
            if p > 99.99 {
                "> 99.99".into()
            } else {
                format!("{p:.2}")
            }
        }
        p if p >= 0.1 => format!("{p:.1}"),
        p if p >= 0.005 => format!("{p:.2}"),
        _ => "< 0.01".into(),
    }
}

/// A time span of `value` seconds, in its two largest units.
pub(super) fn seconds(value: f64) -> String {
    signed(value, |value| {
        let two = |whole: f64, unit: f64, large: &str, small: &str| {
            // Rounded before it is split, so that 59.9 s does not become 0 m 60 s.
            let count = (whole / unit).round();
            let per = if large == "d" { 24.0 } else { 60.0 };
            let (big, rest) = ((count / per).floor(), count % per);
            let big = grouped(&format!("{big:.0}"));
            match rest {
                0.0 => format!("{big} {large}"),
                rest => format!("{big} {large} {rest:02.0} {small}"),
            }
        };
        match value {
            0.0 => "0 s".into(),
            v if v < 0.000_000_5 => "< 1 µs".into(),
            v if v < 0.000_999_5 => format!("{:.0} µs", v * 1e6),
            v if v < 0.999_5 => format!("{} ms", significant(v * 1e3)),
            v if v < 59.95 && v.fract() == 0.0 => format!("{v:.0} s"),
            v if v < 9.995 => format!("{v:.2} s"),
            v if v < 59.95 => format!("{v:.1} s"),
            v if v < 3_599.5 => two(v, 1.0, "m", "s"),
            v if v < 86_370.0 => two(v, 60.0, "h", "m"),
            v => two(v, 3_600.0, "d", "h"),
        }
    })
}

/// A number with about three significant digits, and commas between thousands.
pub(super) fn number(value: f64) -> String {
    signed(value, significant)
}

/// A number of at least 0 with about three significant digits.
fn significant(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        v if v >= 1e15 => format!("{v:.2e}"),
        v if v >= 99.95 => grouped(&format!("{v:.0}")),
        v if v.fract() == 0.0 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v if v < 1e-6 => format!("{v:.1e}"),
        v => trimmed(format!("{v:.*}", decimals(v, 3))),
    }
}

/// Decimals that show this number of significant digits of a positive number below ten.
fn decimals(value: f64, digits: usize) -> usize {
    let mut decimals = digits - 1;
    let mut limit = 1.0;
    while value < limit && decimals < 12 {
        limit /= 10.0;
        decimals += 1;
    }
    decimals
}

/// Removes trailing zeros after the decimal point.
fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text
    }
}

/// Adds the sign of a value, as `−`, to the text of its absolute value; `–` for a value that is not
/// finite.
fn signed(value: f64, positive: impl Fn(f64) -> String) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    if value < 0.0 {
        return format!("−{}", positive(-value));
    }
    positive(value + 0.0)
}

/// Puts commas between thousands.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number of things: `8 tasks`, `1 task`, `0.5 tasks`.
pub(super) fn counted(count: f64, one: &str) -> String {
    match number(count).as_str() {
        "1" => format!("1 {one}"),
        number => format!("{number} {one}s"),
    }
}

/// `32 seeds`, `one seed`.
pub(super) fn seeds(count: usize) -> String {
    match count {
        1 => "one seed".into(),
        count => format!("{count} seeds"),
    }
}

/// Makes a text safe for one line of a terminal and for XML: control characters, line breaks and
/// noncharacters become spaces.
pub(super) fn clean(text: &str) -> String {
    let is_bad = |c: char| is_hidden(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let spaced = text.chars().map(|c| if is_bad(c) { ' ' } else { c });
    let spaced: String = spaced.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The width of a text on a terminal, in columns. East Asian wide characters and emoji take two;
/// all others are counted as one, which is never too few.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// Columns that a character takes.
pub(super) fn char_columns(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115F
        | 0x231A..=0x231B
        | 0x2329..=0x232A
        | 0x23E9..=0x23F3
        | 0x25FD..=0x25FE
        | 0x2614..=0x2615
        | 0x2648..=0x2653
        | 0x267F..=0x27BF
        | 0x2B1B..=0x2B55
        | 0x2E80..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FB
        | 0xF900..=0xFAFF
        | 0xFE10..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F000..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// A text cut to a width, with `…` in its middle: similar names differ at the end as often as at
/// the beginning.
pub(super) fn shorten(text: &str, width: usize) -> String {
    cut(text, width, width.saturating_sub(1) / 2)
}

/// Names cut to a width. Where a cut in the middle would make different names equal, the place of
/// the cut is moved until as many as possible differ.
pub(super) fn shorten_apart(names: &[String], width: usize) -> Vec<String> {
    let cut_all = |tail: usize| -> Vec<String> {
        let names = names.iter();
        names.map(|name| cut(name, width, tail)).collect()
    };
    let different = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len();
    let middle = width.saturating_sub(1) / 2;
    let all = different(names);
    let mut best = cut_all(middle);
    let mut most = different(&best);
    let mut tails: Vec<usize> = (0..width).collect();
    tails.sort_by_key(|tail| tail.abs_diff(middle));
    for tail in tails {
        if most == all {
            break;
        }
        let found = cut_all(tail);
        if different(&found) > most {
            most = different(&found);
            best = found;
        }
    }
    best
}

/// A text cut to a width, with this number of columns after the `…`.
fn cut(text: &str, width: usize, tail_width: usize) -> String {
    if columns(text) <= width {
        return text.into();
    }
    if width == 0 {
        return String::new();
    }
    let head = take(text.chars(), width - 1 - tail_width);
    let tail: String = take(text.chars().rev(), tail_width).chars().rev().collect();
    format!("{head}…{tail}")
}

/// The longest beginning that is at most `width` columns wide.
fn take(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += char_columns(*c);
            used <= width
        })
        .collect()
}

/// A text broken at spaces into lines of at most `width`; words that are longer are
/// shortened.
#[cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "used by the tables of the terminal")
)]
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && columns(&line) + 1 + columns(word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&shorten(word, width));
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_a_dollar_sign_and_commas() {
        for (dollars, text) in [
            (0.0, "$0.00"),
            (1_234.56, "$1,234.56"),
            (-12.3, "−$12.30"),
            (1_234_567.89, "$1,234,568"),
            (0.0416, "$0.042"),
            (0.000_001_23, "$0.0000012"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(money(dollars), text);
        }
        assert_eq!(money_within(1_234.56, 7.891), "$1,234.56 ± 7.89");
        assert_eq!(
            money_within(0.000_011, 0.000_000_2),
            "$0.0000110 ± 0.0000002"
        );
        assert_eq!(money_within(0.0, 0.5), "$0.00 ± 0.50");
    }

    #[test]
    fn times_show_their_two_largest_units() {
        for (value, text) in [
            (0.0, "0 s"),
            (0.000_000_1, "< 1 µs"),
            (0.000_02, "20 µs"),
            (0.25, "250 ms"),
            (0.9996, "1.00 s"),
            (3.4567, "3.46 s"),
            (12.34, "12.3 s"),
            (59.96, "1 m"),
            (72.0, "1 m 12 s"),
            (3_599.6, "1 h"),
            (86_399.0, "1 d"),
            (90_000.0, "1 d 01 h"),
            (604_800.0, "7 d"),
        ] {
            assert_eq!(seconds(value), text, "{value}");
        }
    }

    #[test]
    fn shares_near_0_and_1_are_not_rounded_to_them() {
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.123, "12.3 %"),
            (0.999_7, "99.97 %"),
            (0.999_999, "> 99.99 %"),
            (0.000_4, "0.04 %"),
            (0.000_000_1, "< 0.01 %"),
            (123.0, "12,300 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(change(-0.231), "−23.1 %");
        assert_eq!(change(0.0), "0 %");
    }

    #[test]
    fn numbers_keep_about_three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (7.0, "7"),
            (0.123_45, "0.123"),
            (1.5, "1.5"),
            (12.345, "12.3"),
            (12_345.6, "12,346"),
            (0.000_123, "0.000123"),
            (1e-9, "1.0e-9"),
            (1e18, "1.00e18"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(shorten("binpack-memory", 20), "binpack-memory");
        assert_eq!(shorten("binpack-memory", 9), "binp…mory");
        assert_eq!(shorten("abc", 1), "…");
        let apart = |names: &[&str], width| {
            let names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
            shorten_apart(&names, width)
        };
        assert_eq!(
            apart(&["binpack-memory", "spread"], 9),
            ["binp…mory", "spread"]
        );
        assert_eq!(
            apart(&["job-1-of-many", "job-2-of-many"], 6),
            ["job-1…", "job-2…"]
        );
        assert_eq!(
            apart(&["of-many-jobs-1-a", "of-many-jobs-2-a"], 6),
            ["of…1-a", "of…2-a"]
        );
        // No cut keeps these apart; and equal names stay equal.
        assert_eq!(apart(&["aaaaaa1bbbbbb", "aaaaaa2bbbbbb"], 5), ["aa…bb"; 2]);
        assert_eq!(apart(&["aaaaaaaa", "aaaaaaaa"], 5), ["aa…aa"; 2]);
        assert_eq!(apart(&["abc", "abd"], 0), ["", ""]);
        assert_eq!(shorten("abc", 0), "");
        assert_eq!(columns(&shorten("日本語の名前です", 6)), 5);
    }

    #[test]
    fn text_is_broken_at_spaces() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("", 8), Vec::<String>::new());
        assert_eq!(clean("a\x1b[31m\nb"), "a [31m b");
    }
}

//! The usual forms of calendar times, read without a general parser, as files of requests have millions of
//! them: `2026-11-02T08:30:00Z`, `2026-11-02 08:30:00`, and those of web servers,
//! `[02/Nov/2026:08:30:00 +0100]`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The months as web servers write them.
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// True when a text begins as a time of a web server does: `02/Nov/`, `[02/Nov/`.
pub fn is_of_server(text: &str) -> bool {
    let text = text.strip_prefix('[').unwrap_or(text).as_bytes();
    matches!(text, [a, b, b'/', c, _, _, b'/', ..]
        if a.is_ascii_digit() && b.is_ascii_digit() && c.is_ascii_alphabetic())
}

/// Reads a time of a web server; without an offset it is one of `zone`.
pub fn of_server(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.strip_prefix('[').unwrap_or(text);
    let bytes = text.strip_suffix(']').unwrap_or(text).as_bytes();
    let (stamp, offset) = bytes.split_at_checked(20)?;
    let [d1, d2, b'/', m1, m2, m3, b'/', rest @ ..] = stamp else {
        return None;
    };
    let [y1, y2, y3, y4, b':', clock @ ..] = rest else {
        return None;
    };
    let month = [*m1, *m2, *m3];
    let month = MONTHS.iter().position(|name| **name == month)? + 1;
    let year = digits(&[*y1, *y2, *y3, *y4])?;
    let date = (year, i16::try_from(month).ok()?, digits(&[*d1, *d2])?);
    let offset = match offset {
        [b' ', offset @ ..] => offset,
        offset => offset,
    };
    timestamp(date, clock, offset, zone)
}

/// Reads `2026-11-02T08:30:00Z`, with a blank for the `T`, without seconds, and with an offset or none.
/// `None` for other texts, which may be times all the same.
pub fn of_iso(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date, rest) = bytes.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else {
        return None;
    };
    let year = digits(&[*y1, *y2, *y3, *y4])?;
    let date = (year, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?);
    let [b'T' | b' ', rest @ ..] = rest else {
        return None;
    };
    let length = match rest.get(5) {
        Some(b':') => 8,
        _ => 5,
    };
    let (clock, offset) = rest.split_at_checked(length)?;
    timestamp(date, clock, offset, zone)
}

/// The time of a year, month and day, a clock such as `08:30:00`, and an offset such as `+01:00`.
fn timestamp(
    (year, month, day): (i16, i16, i16),
    clock: &[u8],
    offset: &[u8],
    zone: &TimeZone,
) -> Option<Timestamp> {
    let (hour, minute, second) = match clock {
        [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, 0),
        [h1, h2, b':', m1, m2, b':', s1, s2] => (
            digits(&[*h1, *h2])?,
            digits(&[*m1, *m2])?,
            digits(&[*s1, *s2])?,
        ),
        _ => return None,
    };
    let small = |number: i16| i8::try_from(number).ok();
    let civil = DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    );
    let civil = civil.ok()?;
    match offset {
        [] => zone.to_timestamp(civil).ok(),
        [b'Z'] => Offset::UTC.to_timestamp(civil).ok(),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => {
            let seconds = i32::from(digits(&[*h1, *h2])?) * 3_600;
            let seconds = seconds + i32::from(digits(&[*m1, *m2])?) * 60;
            let offset = match sign {
                b'+' => Offset::from_seconds(seconds),
                b'-' => Offset::from_seconds(-seconds),
                _ => return None,
            };
            offset.ok()?.to_timestamp(civil).ok()
        }
        _ => None,
    }
}

/// A number of decimal digits.
fn digits(text: &[u8]) -> Option<i16> {
    text.iter().try_fold(0, |number: i16, byte| {
        let digit = byte.is_ascii_digit().then(|| i16::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_web_servers_have_an_offset_or_the_zone() {
        let berlin = jiff::tz::TimeZoneDatabase::bundled()
            .get("Europe/Berlin")
            .unwrap();
        let wanted: Timestamp = "2026-11-02T08:30:05Z".parse().unwrap();
        for text in [
            "[02/Nov/2026:08:30:05 +0000]",
            "02/Nov/2026:09:30:05 +0100",
            "[02/Nov/2026:03:30:05 -0500]",
            "[02/Nov/2026:09:30:05]",
        ] {
            assert!(is_of_server(text), "{text}");
            assert_eq!(of_server(text, &berlin), Some(wanted), "{text}");
        }
        for text in [
            "",
            "[",
            "[02/Nov/2026",
            "[32/Nov/2026:08:30:05 +0000]",
            "[02/Non/2026:08:30:05 +0000]",
            "[02/Nov/2026:24:30:05 +0000]",
            "[02/Nov/2026:08:30:05 UTC]",
            "[02/Nov/2026:08:30:05 +9900]",
            "[02/Növ/2026:08:30:05 +0000]",
        ] {
            assert_eq!(of_server(text, &berlin), None, "{text}");
        }
    }
}

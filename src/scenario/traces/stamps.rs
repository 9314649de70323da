//! Calendar times in traces: ISO 8601, with or without an offset, with a `T` or a blank between
//! date and time.

use super::usual_stamps;
use crate::scenario::reading::rows::BadCell;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What a calendar time looks like, for messages.
pub const EXPECTED: &str =
    "a calendar time such as `2026-11-02T08:30:00Z` or `2026-11-02 08:30:00`";

/// True when a text begins as a date does: `2026-11-02`, `20261102T`, `[02/Nov/2026`.
pub fn is_date(text: &str) -> bool {
    if usual_stamps::is_of_server(text) {
        return true;
    }
    let bytes = text.as_bytes();
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match digits {
        4 => bytes.get(4) == Some(&b'-') && bytes.get(5).is_some_and(u8::is_ascii_digit),
        8 => matches!(bytes.get(8), Some(b'T' | b't')),
        _ => false,
    }
}

/// The microseconds since 1970 of a calendar time. Without an offset it is read in `zone`; a time
/// that a change of clocks repeats is the earlier one, one that it leaves out is an hour later.
///
/// # Errors
/// When the text is no calendar time, or is not in the years 1970 to 2099.
pub fn micros(text: &str, zone: &TimeZone) -> Result<u128, BadCell> {
    let usual = match usual_stamps::is_of_server(text) {
        true => usual_stamps::of_server(text, zone),
        false => usual_stamps::of_iso(text, zone).or_else(|| parse(text, zone)),
    };
    let stamp = usual.ok_or_else(|| BadCell::Not(format!("`{text}` is not a calendar time")))?;
    let latest = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(4_102_444_800);
    if stamp < Timestamp::UNIX_EPOCH || stamp >= latest {
        let why = format!("`{text}` is not in the years 1970 to 2099");
        return Err(BadCell::Not(why));
    }
    Ok(stamp.as_microsecond().unsigned_abs().into())
}

fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let pieces_of = |text: &str| -> Option<Timestamp> {
        let pieces = Pieces::parse(text).ok()?;
        let civil = pieces.date().to_datetime(pieces.time().unwrap_or_default());
        match pieces.to_numeric_offset() {
            Some(offset) => offset.to_timestamp(civil).ok(),
            None if pieces.time_zone_annotation().is_some() => None,
            None => zone.to_timestamp(civil).ok(),
        }
    };
    // `2026-11-02 08:30:00 UTC`, `2026-11-02 08:30:00 +0100`
    for name in [" UTC", " GMT", " Z"] {
        if let Some(rest) = text.strip_suffix(name) {
            return pieces_of(&format!("{rest}Z"));
        }
    }
    match text.rfind([' ']) {
        Some(at) if text[at + 1..].starts_with(['+', '-']) => {
            pieces_of(&format!("{}{}", text[..at].trim_end(), &text[at + 1..]))
        }
        _ => pieces_of(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZoneDatabase;

    #[test]
    fn calendar_times_are_read_in_their_offset_or_in_the_zone() {
        let berlin = TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        let half_past_eight_utc = 1_793_608_200_000_000;
        for text in [
            "2026-11-02T08:30:00Z",
            "2026-11-02T08:30Z",
            "2026-11-02 08:30:00Z",
            "2026-11-02 08:30:00 UTC",
            "2026-11-02 08:30:00 +0000",
            "2026-11-02T09:30:00+01:00",
            "2026-11-02T09:30:00+0100",
            "2026-11-02T09:30:00+01",
            "20261102T083000Z",
            "2026-11-02T09:30:00",
            "2026-11-02 09:30:00",
            "2026-11-02 09:30",
            "2026-11-02T09:30:00.000",
            "2026-11-02 09:30:00,000",
            "2026-11-02 03:30:00 -05:00",
        ] {
            assert!(is_date(text), "{text}");
            assert_eq!(micros(text, &berlin), Ok(half_past_eight_utc), "{text}");
            // The quick way and the general one agree.
            if let Some(usual) = usual_stamps::of_iso(text, &berlin) {
                assert_eq!(Some(usual), parse(text, &berlin), "{text}");
            }
        }
        let midnight = micros("2026-11-02", &TimeZone::UTC);
        assert_eq!(midnight, Ok(half_past_eight_utc - 30_600_000_000));
        let exact = micros("2026-11-02T08:30:00.123456Z", &berlin);
        assert_eq!(exact, Ok(half_past_eight_utc + 123_456));
        // Clocks went back from 3:00 to 2:00: the earlier of the two half past two.
        let repeated = micros("2026-10-25T02:30:00", &berlin);
        assert_eq!(repeated, micros("2026-10-25T00:30:00Z", &berlin));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "2026-13-01",
            "2026-02-30T00:00:00Z",
            "2026-11-02T25:00:00Z",
            "2026-11-02 morning",
            "1969-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
            "2026-11-02T08:30:00[Europe/Berlin]",
        ] {
            assert!(micros(text, &TimeZone::UTC).is_err(), "{text}");
        }
        for text in ["", "90s", "20261102", "Unknown", "1-02:03:04"] {
            assert!(!is_date(text), "{text}");
        }
    }
}

//! Values that are not compared as texts: versions of the agent, and times (facts/ecs.md 104).

use jiff::{Timestamp, civil, tz::TimeZone};

/// A version of the agent: numbers that are compared from left to right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(Vec<u64>);

impl Version {
    /// Reads `1.94.0`; a missing number counts as 0.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts = text.split('.').map(|part| {
            let is_number = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
            is_number.then(|| part.parse::<u64>().ok()).flatten()
        });
        let mut parts: Vec<u64> = parts.collect::<Option<_>>()?;
        while parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Self(parts))
    }
}

/// Reads a time with an offset, with `Z`, without a zone (UTC), or a date (UTC), as microseconds of
/// Unix time.
pub(super) fn time(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_microsecond());
    }
    let at = text.parse::<civil::DateTime>().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(at.timestamp().as_microsecond())
}

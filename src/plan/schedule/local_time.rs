//! Conversion of local times to instants, with changes of clocks.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The instant of a local time in Unix seconds: the first of two; `None` when the local time does
/// not exist.
pub(super) fn unix_seconds(time: DateTime, time_zone: &TimeZone) -> Option<i64> {
    use jiff::tz::AmbiguousOffset::Gap;
    let ambiguous = time_zone.to_ambiguous_timestamp(time);
    if matches!(ambiguous.offset(), Gap { .. }) {
        return None;
    }
    ambiguous.earlier().ok().map(|instant| instant.as_second())
}

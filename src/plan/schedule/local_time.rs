//! From local times to instants, where clocks are changed.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A local time as an instant: the first of two, `None` where clocks pass over it.
pub(super) fn unix_seconds(time: DateTime, time_zone: &TimeZone) -> Option<i64> {
    use jiff::tz::AmbiguousOffset::Gap;
    let ambiguous = time_zone.to_ambiguous_timestamp(time);
    if matches!(ambiguous.offset(), Gap { .. }) {
        return None;
    }
    ambiguous.earlier().ok().map(|instant| instant.as_second())
}

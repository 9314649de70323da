//! Reads time zones, and schedules such as `cron(…)` and `rate(…)` in them.

use crate::plan::Schedule;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone under `timeZone`. Returns `otherwise` when the key is absent; an unknown zone is
/// reported and also gives `otherwise`. Zones come from the database in the program, so that a
/// result does not depend on the machine.
pub fn zone(record: &Record<'_>, otherwise: &TimeZone) -> TimeZone {
    zone_at(record.get("timeZone"), otherwise)
}

/// The time zone at a key, which may be absent.
pub fn zone_at(at: Option<Cursor<'_>>, otherwise: &TimeZone) -> TimeZone {
    let Some(at) = at else {
        return otherwise.clone();
    };
    let found = at.text().and_then(|text| {
        let zones = TimeZoneDatabase::bundled();
        let found = zones.get(text).ok();
        if found.is_none() {
            unknown_zone(&at, text, &zones);
        }
        found
    });
    found.unwrap_or_else(|| otherwise.clone())
}

fn unknown_zone(at: &Cursor<'_>, text: &str, zones: &TimeZoneDatabase) {
    let mut known: Vec<String> = zones
        .available()
        .map(|name| name.as_str().to_string())
        .collect();
    known.sort_unstable();
    at.problem(format!("there is no time zone `{text}`"))
        .nearest(nearest(text, known.iter().map(String::as_str)))
        .expected("a zone of the IANA database such as `Europe/Berlin`")
        .report();
}

/// Reads a schedule in a time zone.
pub fn read(at: &Cursor<'_>, zone: &TimeZone) -> Option<Schedule> {
    let text = at.text()?;
    match Schedule::parse(text, zone) {
        Ok(schedule) => Some(schedule),
        Err(error) => {
            at.bad_value(text, &error.problem, &error.expected);
            None
        }
    }
}

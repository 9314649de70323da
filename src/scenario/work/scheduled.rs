//! Reads the keys of an entry that need a `schedule`: `onStillRunning` and `flexibleTimeWindow`.

use crate::plan::OnStillRunning;
use crate::scenario::keys::tasks::FLEXIBLE_TIME_WINDOW;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Span;

/// Reads both keys: what happens to an arrival while earlier tasks exist, and the longest delay of
/// an arrival by chance.
pub fn read(entry: &Record<'_>) -> Option<(OnStillRunning, Span)> {
    let (policy, window) = (entry.get("onStillRunning"), entry.get("flexibleTimeWindow"));
    if entry.get("schedule").is_none() && !entry.is_mistyped("schedule") {
        let keys = [(&policy, "onStillRunning"), (&window, "flexibleTimeWindow")];
        let mut is_clean = true;
        for (at, key) in keys {
            if let Some(at) = at {
                at.problem(format!("`{key}` needs a `schedule`"))
                    .hint("give the entry a `schedule` instead of `arrivals` or `trace`, or remove the key")
                    .report();
                is_clean = false;
            }
        }
        return is_clean.then_some((OnStillRunning::Start, Span::ZERO));
    }
    let policy = match &policy {
        Some(at) => at.choice(&[
            ("start", OnStillRunning::Start),
            ("skip", OnStillRunning::Skip),
            ("queue", OnStillRunning::Queue),
            ("replace", OnStillRunning::Replace),
        ]),
        None => Some(OnStillRunning::Start),
    };
    let window = match &window {
        Some(at) => read_window(at),
        None => Some(Span::ZERO),
    };
    Some((policy?, window?))
}

/// Reads `flexibleTimeWindow`, in the shape of EventBridge Scheduler's API.
fn read_window(at: &Cursor<'_>) -> Option<Span> {
    let record = at.record(&FLEXIBLE_TIME_WINDOW)?;
    let is_on = record
        .get("mode")?
        .choice(&[("OFF", false), ("FLEXIBLE", true)])?;
    let minutes = record.get("maximumWindowInMinutes");
    if !is_on {
        return Some(Span::ZERO);
    }
    let Some(minutes) = minutes else {
        if !record.is_mistyped("maximumWindowInMinutes") {
            at.problem("`mode: FLEXIBLE` needs `maximumWindowInMinutes`")
                .expected("1 to 1440 minutes, such as `maximumWindowInMinutes: 15`")
                .report();
        }
        return None;
    };
    Some(Span::seconds(60 * minutes.integer(1, 1_440)?))
}

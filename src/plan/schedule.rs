//! Schedules by the clock. A placeholder for the room that reads cron: only `rate(...)` has
//! its meaning here.

use jiff::tz::TimeZone;

/// When something happens by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    every_seconds: i64,
}

/// A text that is not a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub expected: String,
}

impl Schedule {
    /// Reads `rate(5 minutes)`, `cron(0 2 * * ? *)`, …, by the clocks of a zone.
    ///
    /// # Errors
    /// When it is not a schedule.
    pub fn parse(text: &str, _zone: &TimeZone) -> Result<Self, ScheduleError> {
        let inner = |word: &str| text.strip_prefix(word)?.strip_suffix(')');
        let every_seconds = match (inner("rate("), inner("cron(")) {
            (Some(rate), _) => seconds(rate),
            (_, Some(cron)) if cron.split_whitespace().count() == 6 => Some(86_400),
            _ => None,
        };
        let every_seconds = every_seconds.ok_or_else(|| ScheduleError {
            problem: format!("`{text}` is not a schedule"),
            expected: "`rate(5 minutes)` or `cron(0 2 * * ? *)`".into(),
        })?;
        Ok(Self { every_seconds })
    }

    /// True when it comes to an end.
    pub fn is_finite(&self) -> bool {
        false
    }

    /// The first time after this one, in Unix seconds; `None` when there is none.
    pub fn next_after(&self, unix_seconds: i64) -> Option<i64> {
        let past = unix_seconds.rem_euclid(self.every_seconds);
        unix_seconds.checked_add(self.every_seconds - past)
    }
}

/// The seconds of `5 minutes`.
fn seconds(rate: &str) -> Option<i64> {
    let (number, unit) = rate.split_once(' ')?;
    let unit = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    let number: i64 = number.parse().ok().filter(|n| *n > 0)?;
    number.checked_mul(unit)
}

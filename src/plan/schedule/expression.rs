//! A schedule expression of any of the three forms.

use super::ScheduleError;
use super::cron::Cron;
use super::local_time::unix_seconds;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::fmt;

/// A schedule expression with its time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    expression: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Cron {
        cron: Cron,
        time_zone: TimeZone,
    },
    /// Unix seconds, and seconds.
    Rate {
        start: i64,
        period: i64,
    },
    /// Unix seconds.
    At(i64),
}

const EXPECTED: &str = "`cron(0 2 * * ? *)`, `rate(15 minutes)` or `at(2026-11-24T08:00:00)`";
const EXPECTED_RATE: &str =
    "`rate(15 minutes)`: a whole number above zero and minutes, hours or days";
const EXPECTED_AT: &str = "`at(2026-11-24T08:00:00)`, a local time without a zone";

impl Schedule {
    /// Parses an expression for a time zone. A `rate` counts from 1970 unless
    /// [`Schedule::starting_at`] sets its start.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn parse(text: &str, time_zone: &TimeZone) -> Result<Self, ScheduleError> {
        let expression = text.trim();
        let inside = |word: &str| {
            let rest = expression.strip_prefix(word)?.strip_prefix('(')?;
            rest.strip_suffix(')')
        };
        let kind = if let Some(fields) = inside("cron") {
            let (cron, time_zone) = (Cron::parse(fields)?, time_zone.clone());
            Kind::Cron { cron, time_zone }
        } else if let Some(rate) = inside("rate") {
            let period = period(rate)?;
            Kind::Rate { start: 0, period }
        } else if let Some(time) = inside("at") {
            Kind::At(instant(time, time_zone)?)
        } else {
            let problem = format!("`{expression}` is not a schedule");
            return Err(ScheduleError::new(problem, EXPECTED));
        };
        Ok(Self {
            expression: expression.into(),
            kind,
        })
    }

    /// The same schedule with the first instant of a `rate`, in Unix seconds (EventBridge's
    /// `StartDate`). `cron` and `at` do not change.
    pub fn starting_at(mut self, unix_seconds: i64) -> Self {
        if let Kind::Rate { start, .. } = &mut self.kind {
            *start = unix_seconds;
        }
        self
    }

    /// True when it has a last instant: `at`, and `cron` whose last year is before 2199.
    pub fn is_finite(&self) -> bool {
        match &self.kind {
            Kind::Cron { cron, .. } => cron.is_finite(),
            Kind::Rate { .. } => false,
            Kind::At(_) => true,
        }
    }

    /// The first instant later than `unix_seconds`, in Unix seconds; `None` when there is
    /// none.
    pub fn next_after(&self, unix_seconds: i64) -> Option<i64> {
        match &self.kind {
            Kind::Cron { cron, time_zone } => cron.next_after(unix_seconds, time_zone),
            Kind::Rate { start, .. } if unix_seconds < *start => Some(*start),
            Kind::Rate { start, period } => {
                let passed = unix_seconds.checked_sub(*start)? / period;
                start.checked_add(passed.checked_add(1)?.checked_mul(*period)?)
            }
            Kind::At(instant) => (*instant > unix_seconds).then_some(*instant),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expression)
    }
}

/// `15 minutes` in seconds. Singular and plural are both taken.
fn period(text: &str) -> Result<i64, ScheduleError> {
    let bad = |problem: String| ScheduleError::new(problem, EXPECTED_RATE);
    let mut words = text.split_whitespace();
    let (Some(number), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(bad(format!("`rate({text})` is not a number and a unit")));
    };
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return Err(bad(format!("`{unit}` is not a unit of a rate"))),
    };
    let count: Option<i64> = if number.bytes().all(|byte| byte.is_ascii_digit()) {
        number.parse().ok().filter(|count| *count > 0)
    } else {
        None
    };
    count
        .and_then(|count| count.checked_mul(seconds))
        .ok_or_else(|| bad(format!("`{number}` is not a number of {unit}")))
}

/// The instant of `2026-11-24T08:00:00` in a time zone.
fn instant(text: &str, time_zone: &TimeZone) -> Result<i64, ScheduleError> {
    let bad = |problem: String| ScheduleError::new(problem, EXPECTED_AT);
    let time: DateTime = Some(text)
        .filter(|text| text.len() == "2026-11-24T08:00:00".len())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| bad(format!("`{text}` is not a date and time")))?;
    unix_seconds(time, time_zone).ok_or_else(|| {
        bad(format!(
            "`{text}` does not exist there: clocks pass over it"
        ))
    })
}

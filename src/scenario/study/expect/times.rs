//! Times of an expectation.

use super::scope::Scope;
use crate::plan::LONGEST;
use crate::scenario::laws::quantity::AT_MOST_LONGEST;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{SimTime, Span};

/// A time of the run; one after its end is reported.
pub fn time(at: &Cursor<'_>, scope: &Scope<'_>) -> Option<SimTime> {
    let time = at.parse::<Span>()?;
    if time > LONGEST {
        at.problem(format!("`{time}` is too late"))
            .expected(AT_MOST_LONGEST)
            .report();
        return None;
    }
    if let Some((plan, end)) = scope.ends()
        && time > end
    {
        let message = format!("`{time}` is after the end of the run at {end}");
        at.problem(scope.of(plan, message))
            .expected(format!("a time from 0s to {end}"))
            .report();
        return None;
    }
    Some(SimTime::ZERO + time)
}

/// `from` and `to`; `None` with problems.
pub fn interval(
    record: &Record<'_>,
    scope: &Scope<'_>,
) -> Option<(Option<SimTime>, Option<SimTime>)> {
    let read = |key| match record.get(key) {
        Some(at) => time(&at, scope).map(Some),
        None => Some(None),
    };
    let (from, to) = (read("from"), read("to"));
    let (from, to) = (from?, to?);
    if let (Some(end), Some(at)) = (to, record.get("to"))
        && end <= from.unwrap_or(SimTime::ZERO)
    {
        let from = from.unwrap_or(SimTime::ZERO);
        at.problem("this interval is empty")
            .expected(format!("a time after its beginning at {from}"))
            .report();
        return None;
    }
    Some((from, to))
}

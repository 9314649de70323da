//! Reads the times of a fault: when it occurs, and how long it lasts.

use crate::engine::random::Distribution;
use crate::plan::{LONGEST, Occurrence, Until};
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::{AT_MOST_LONGEST, Quantity};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::units::{SimTime, Span};

/// Reads the one key of `at`, `every` and `meanTimeBetween` that an entry must have.
pub fn occurrence(record: &Record<'_>, until: Option<Until>) -> Option<Occurrence> {
    let rules = ["at", "every", "meanTimeBetween"];
    let mut found: Vec<_> = rules
        .into_iter()
        .filter_map(|key| record.get(key).map(|at| (key, at)))
        .collect();
    if found.len() != 1 {
        if let Some((_, second)) = found.get(1) {
            second
                .problem("`at`, `every` and `meanTimeBetween` exclude each other")
                .hint("keep one of them")
                .report();
        } else if !rules.iter().any(|key| record.is_mistyped(key)) {
            record
                .at
                .problem("one of `at`, `every` and `meanTimeBetween` is missing")
                .hint("give `at: 3d`, `every: 7d` or `meanTimeBetween: 90d`")
                .report();
        }
        return None;
    }
    match found.pop()? {
        ("at", at) => times(&at, until, "fault occurs").map(Occurrence::At),
        ("every", at) => law::read(&at, Quantity::Seconds)
            .and_then(|gap| above_zero(&at, gap))
            .map(Occurrence::Every),
        (_, at) => {
            let mean = at.parse::<Span>()?.as_seconds_f64();
            let gap = above_zero(&at, Distribution::Constant(mean))?.mean()?;
            Some(Occurrence::Every(Distribution::Exponential { mean: gap }))
        }
    }
}

fn above_zero(at: &Cursor<'_>, gap: Distribution) -> Option<Distribution> {
    if law::largest(&gap) == Some(0.0) {
        at.problem("the time between faults must be above 0")
            .report();
        return None;
    }
    Some(gap)
}

/// Reads `lasts`, a law in seconds that must not always be 0.
pub fn lasting(at: &Cursor<'_>) -> Option<Distribution> {
    let law = law::read(at, Quantity::Seconds)?;
    if law::largest(&law) == Some(0.0) {
        at.problem("the duration of a fault must be above 0")
            .report();
        return None;
    }
    Some(law)
}

/// Reads one time or a list of times; returns them in ascending order.
pub(super) fn times(at: &Cursor<'_>, until: Option<Until>, what: &str) -> Option<Vec<SimTime>> {
    let items = match at.node.as_text() {
        Some(_) => vec![at.clone()],
        None => at.list(),
    };
    if items.is_empty() && matches!(at.node.value, Value::List(_)) {
        at.problem("this list is empty")
            .hint("give at least one time")
            .report();
        return None;
    }
    let times: Vec<_> = items.iter().map(|item| time(item, until, what)).collect();
    let times: Option<Vec<SimTime>> = times.into_iter().collect();
    let mut times = times?;
    times.sort_unstable();
    (!times.is_empty()).then_some(times)
}

/// Reads a time; warns where it is after the end of the run. `what` is what happens then.
pub(super) fn time(at: &Cursor<'_>, until: Option<Until>, what: &str) -> Option<SimTime> {
    let time = at.parse::<Span>()?;
    if time > LONGEST {
        at.problem(format!("`{time}` is too late"))
            .expected(AT_MOST_LONGEST)
            .report();
        return None;
    }
    if let Some(Until::Elapsed(end)) = until
        && time >= end
    {
        at.problem(format!("the run ends at {end}, before this {what}"))
            .warning()
            .report();
    }
    Some(SimTime::ZERO + time)
}

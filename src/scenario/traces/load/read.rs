//! Reads the trace of a load, and lays it onto the run.

use super::files::{Fold, Found};
use super::folded::{Folded, MOST_BUCKETS};
use super::keys::{self, Keys};
use crate::plan::{LoadTrace, Until};
use crate::scenario::keys::load_traces::LOAD_TRACE;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::RowLayout;
use crate::scenario::traces::form;
use crate::scenario::traces::spec::Spec;
use crate::scenario::traces::trace::Clock;
use crate::units::{Rate, Span};
use std::sync::Arc;

/// A trace that was read.
pub struct LoadTraceRead {
    /// The rates on the time of the run.
    pub trace: Arc<LoadTrace>,
    /// Sentences on the rows that `repair` leaves out or changes.
    pub repairs: Vec<String>,
}

/// Reads `trace` and its files. `outside` is the rate before and after it.
pub fn read(at: &Cursor<'_>, clock: &Clock<'_>, outside: Rate) -> Option<LoadTraceRead> {
    let mark = at.context.mark();
    let record = at.record(&LOAD_TRACE)?;
    let format = keys::format(&record);
    let is_log = format.is_some_and(|format| format.layout == RowLayout::CommonLog);
    let spec = keys::spec(at, &record, clock, is_log);
    let keys = spec.as_ref().and_then(|spec| keys::keys(at, &record, spec));
    let files = form::files(&record);
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let (format, spec, keys, files) = (format?, spec?, keys?, files?);
    let mut found = Found::new(&keys);
    let is_whole = found.read(&spec, &files, format).is_some();
    report(at, &spec, &keys, &mut found, &files);
    if !is_whole || !at.context.is_clean_since(mark) {
        return None;
    }
    let columns: Vec<&str> = spec
        .columns
        .iter()
        .map(|(.., column)| column.name.as_str())
        .collect();
    let rows = found.rows + found.repairs.left_out();
    let mut repairs = found.repairs.sentences(&columns, rows, &found.written);
    if let Fold::Series(series) = &found.fold {
        repairs.extend(series.found.sentences(keys.rules, &found.written));
    }
    let is_calendar = found.is_calendar == Some(true);
    let folded = folded(at, found.fold)?;
    let trace = laid(&folded, &keys, clock, is_calendar, outside)?;
    check_overlap(
        at,
        &trace,
        &keys,
        &advice_on(&trace, clock, is_calendar),
        clock,
    )?;
    Some(LoadTraceRead {
        trace: Arc::new(trace),
        repairs,
    })
}

/// Reports rows that cannot be read and rows out of line, and warns where counts look like a series.
fn report(
    at: &Cursor<'_>,
    spec: &Spec<'_>,
    keys: &Keys,
    found: &mut Found,
    files: &[(Cursor<'_>, std::path::PathBuf)],
) {
    let places: Vec<Cursor<'_>> = found
        .named
        .iter()
        .map(|number| files[*number].0.clone())
        .collect();
    std::mem::take(&mut found.wrong).report(&places, &found.written);
    match &found.fold {
        Fold::Series(series) => {
            let interval = keys.interval.unwrap_or_default();
            let paths = (found.paths.as_slice(), found.written.as_slice());
            series.found.report(at, (keys.rules, interval), paths);
        }
        Fold::Counts(counts) => {
            let has_counts = spec.columns.iter().any(|(name, ..)| *name == "count");
            if let Some(between) = counts.looks_like_series().filter(|_| has_counts) {
                let between = Span::micros(between);
                at.problem(format!(
                    "the rows are at least {between} apart, and the requests of each come at one time"
                ))
                .hint(format!("`interval: {between}` spreads them over the time to the next row"))
                .warning()
                .report();
            }
        }
    }
}

/// The rates of a trace that has rows.
fn folded(at: &Cursor<'_>, fold: Fold) -> Option<Folded> {
    let folded = match fold {
        Fold::Series(series) => series.finish().ok_or(0),
        Fold::Counts(counts) => counts.finish(),
    };
    match folded {
        Ok(folded) => Some(folded),
        Err(0) => {
            at.problem("the trace has no rows")
                .hint("check `where`, and that the files are not empty")
                .report();
            None
        }
        Err(count) => {
            at.problem(format!(
                "from its first to its last row the trace has {count} times at which its rate may change, more than {MOST_BUCKETS}"
            ))
            .hint("leave out rows with a wrong time by `where`, or give a longer `resolution`")
            .report();
            None
        }
    }
}

/// The trace on the time of the run.
fn laid(
    folded: &Folded,
    keys: &Keys,
    clock: &Clock<'_>,
    is_calendar: bool,
    outside: Rate,
) -> Option<LoadTrace> {
    let start = match (keys.from_first, is_calendar) {
        (true, _) => folded.begins,
        (false, true) => i128::from(clock.start?) * 1_000_000,
        (false, false) => 0,
    };
    let begins = folded.begins - start + i128::from(keys.at.as_micros());
    // `as` saturates.
    let played = |micros: u64| ((micros as f64 / keys.speed + 0.5) as u64).max(1);
    let bucket = played(folded.bucket);
    let whole = folded.rates.len() as u64 - 1;
    let length = whole
        .saturating_mul(bucket)
        .saturating_add(played(folded.last).min(bucket));
    Some(LoadTrace {
        begins: i64::try_from(begins).unwrap_or(i64::MAX),
        bucket: Span::micros(bucket),
        length: Span::micros(length),
        rates: folded.rates.iter().map(|rate| rate * keys.scale).collect(),
        repeats: keys.repeats,
        outside,
    })
}

/// Refuses a trace that is over before the run begins or begins after its end, and warns of one that does not
/// reach from the start of the run to its end.
fn check_overlap(
    at: &Cursor<'_>,
    trace: &LoadTrace,
    keys: &Keys,
    advice: &str,
    clock: &Clock<'_>,
) -> Option<()> {
    let begins = i128::from(trace.begins);
    let ends = begins + i128::from(trace.length.as_micros());
    let run_ends = match clock.until {
        Some(Until::Elapsed(end)) => Some(i128::from(end.as_micros())),
        _ => None,
    };
    let span = |micros: i128| Span::micros(u64::try_from(micros.abs()).unwrap_or(u64::MAX));
    let is_over = ends <= 0 && !trace.repeats;
    if is_over || run_ends.is_some_and(|end| begins >= end) {
        let which = match is_over {
            true => format!("ends {} before the start of the run", span(ends)),
            false => format!(
                "begins {} after the start of the run, when it is over",
                span(begins)
            ),
        };
        let draft = at.problem(format!("the trace {which}"));
        draft.hint(advice).report();
        return None;
    }
    if begins > 0 && keys.at == Span::ZERO && !keys.from_first {
        at.problem(format!(
            "the trace begins {} after the start of the run: until then it brings no requests",
            span(begins)
        ))
        .hint(advice)
        .warning()
        .report();
    }
    if let Some(end) = run_ends.filter(|end| ends < *end && !trace.repeats) {
        at.problem(format!(
            "the trace ends at {}, before the end of the run at {}: from then on it brings no requests",
            span(ends),
            span(end)
        ))
        .hint("`repeat: true` starts it again at its end")
        .warning()
        .report();
    }
    Some(())
}

/// How the run or the trace is moved, so that they begin together.
fn advice_on(trace: &LoadTrace, clock: &Clock<'_>, is_calendar: bool) -> String {
    let start = clock.start.filter(|_| is_calendar).and_then(|start| {
        let second = start.checked_add(trace.begins.div_euclid(1_000_000))?;
        // A run starts at a whole hour.
        jiff::Timestamp::from_second(second - second.rem_euclid(3_600)).ok()
    });
    match start {
        Some(start) => {
            format!("set `start: {start}` in the scenario, or `origin: first` in the trace")
        }
        None => "set `origin: first` in the trace".into(),
    }
}

//! Reads the key `trace`: which files, columns and conditions it has, and the checked rows in
//! the order of arrival. Files are read row by row; only the rows that are kept take memory.

use super::form;
use super::left_out::{Tally, are};
use super::rows::{Found, count_column, read_file};
use super::spec::Spec;
use crate::plan::problem::Place;
use crate::plan::{Trace, TraceRow, Until};
use crate::scenario::keys::traces::{REPAIR, TRACE, TRACE_COLUMNS};
use crate::scenario::laws::columns::{Column, Measure};
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{HOUR, SimTime};
use jiff::tz::TimeZone;
use std::sync::Arc;

/// A trace before its rows are checked against the instances of a variant.
pub struct TraceRead {
    /// The rows, ascending by arrival; equal arrivals in the order of the files.
    pub trace: Arc<Trace>,
    /// For each row the index of its file and its line, from 1.
    pub lines: Vec<(u16, u32)>,
    /// Paths of the files, as they are printed in messages.
    pub files: Vec<String>,
    /// True when a row that fits no instance is left out and counted; false: it is an error.
    pub skip_unplaceable: bool,
    /// True when the rows have CPU.
    pub has_cpu: bool,
    /// True when the rows have memory.
    pub has_memory: bool,
    /// Paths of the files as the scenario writes them. Reports name these, because their bytes
    /// must not depend on the folder of the scenario.
    pub written: Vec<String>,
    /// Sentences on the rows that `repair` leaves out or changes.
    pub repairs: Vec<String>,
}

/// The clock of a run, for calendar times.
#[derive(Clone, Copy)]
pub struct Clock<'r> {
    /// The start of the run in seconds since 1970; `None` when it has problems.
    pub start: Option<i64>,
    /// The time zone of the scenario.
    pub zone: &'r TimeZone,
    /// When the run ends; `None` when it has problems.
    pub until: Option<Until>,
}

/// Reads `trace` and its files.
pub fn read(at: &Cursor<'_>, clock: &Clock<'_>) -> Option<TraceRead> {
    let mark = at.context.mark();
    let record = at.record(&TRACE)?;
    let format = form::format(&record);
    let spec = spec(at, &record, clock);
    let from_first = match record.get("origin") {
        Some(at) => at.choice(&[("asWritten", false), ("first", true)]),
        None => Some(false),
    };
    let skip_unplaceable = match record.get("unplaceable") {
        Some(at) => at.choice(&[("error", false), ("skip", true)]),
        None => Some(false),
    };
    let files = form::files(&record);
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let (spec, files) = (spec?, files?);
    let mut read = TraceRead {
        trace: Arc::default(),
        lines: Vec::new(),
        files: files
            .iter()
            .map(|(_, path)| path.display().to_string())
            .collect(),
        skip_unplaceable: skip_unplaceable?,
        has_cpu: spec.columns.iter().any(|(name, ..)| *name == "cpu"),
        has_memory: spec.columns.iter().any(|(name, ..)| *name == "memory"),
        written: files
            .iter()
            .map(|(at, _)| at.node.as_text().unwrap_or_default().to_string())
            .collect(),
        repairs: Vec::new(),
    };
    let mut found = Found::default();
    let format = format?;
    let is_whole = files.iter().enumerate().all(|(index, (file_at, path))| {
        let file = (index as u16, path.as_path());
        read_file(&spec, file_at, file, format, &mut found).is_some()
    });
    let places: Vec<Cursor<'_>> = files.iter().map(|(at, _)| at.clone()).collect();
    std::mem::take(&mut found.wrong).report(&places, &read.written);
    if !is_whole {
        return None;
    }
    if !at.context.is_clean_since(mark) {
        return None;
    }
    warn_of_rows_without_tasks(at, &spec, &found);
    let count = found.rows.len() as u64 + found.without_tasks + found.repairs.left_out();
    let columns = spec.columns.iter().map(|(.., column)| column.name.as_str());
    let columns: Vec<&str> = columns.collect();
    read.repairs = found.repairs.sentences(&columns, count, &read.written);
    let mut rows = found.rows;
    if rows.is_empty() {
        at.problem("the trace has no rows")
            .hint("check `where`, and that the files are not empty")
            .report();
        return None;
    }
    // Stable: equal times keep the order of the files.
    rows.sort_by_key(|(row, ..)| row.arrival);
    read.lines = rows.iter().map(|(_, file, line)| (*file, *line)).collect();
    let first = match (rows.first(), clock.start) {
        (Some((row, ..)), _) if from_first? => row.arrival,
        (_, Some(start)) if found.is_calendar == Some(true) => {
            let start = SimTime::micros(start.unsigned_abs() * 1_000_000);
            check_start(at, &rows, &read, start);
            start
        }
        _ => SimTime::ZERO,
    };
    if !at.context.is_clean_since(mark) {
        return None;
    }
    let shifted = rows.into_iter().map(|(row, ..)| TraceRow {
        arrival: SimTime::micros(row.arrival.since(first).as_micros()),
        ..row
    });
    read.trace = Arc::new(Trace {
        rows: shifted.collect(),
        ..Trace::default()
    });
    Some(read)
}

/// Reports calendar times before the start of the run; `rows` are ascending.
fn check_start(at: &Cursor<'_>, rows: &[(TraceRow, u16, u32)], read: &TraceRead, start: SimTime) {
    let early = rows.partition_point(|(row, ..)| row.arrival < start);
    let (Some((row, file, line)), 1..) = (rows.first(), early) else {
        return;
    };
    let printed = |micros: u64| {
        let stamp = jiff::Timestamp::from_second((micros / 1_000_000) as i64);
        stamp.map(|stamp| stamp.to_string()).unwrap_or_default()
    };
    let which = match early {
        1 => "1 row arrives".to_string(),
        rows => format!("{rows} rows arrive"),
    };
    let (first, start) = (row.arrival.as_micros(), start.as_micros());
    at.problem(format!(
        "{which} before the start of the run, {}; the first arrives at {}",
        printed(start),
        printed(first)
    ))
    .at(place_of(read, (*file, *line)))
    .hint(format!(
        "set `start: {}` in the scenario, or `origin: first` in the trace",
        printed(first - first % HOUR)
    ))
    .report();
}

/// The place of a row that was read.
fn place_of(read: &TraceRead, (file, line): (u16, u32)) -> Place {
    Place {
        file: read.files[usize::from(file)].clone(),
        line,
        column: 0,
        snippet: String::new(),
        width: 1,
    }
}

/// Warns of rows of count 0, which are left out: a wrong column of counts would lose tasks
/// without notice.
fn warn_of_rows_without_tasks(at: &Cursor<'_>, spec: &Spec<'_>, found: &Found) {
    let Some((file, place)) = &found.first_without else {
        return;
    };
    let which = match found.without_tasks {
        1 => "1 row of the trace has the count 0 and is".to_string(),
        rows => format!("{rows} rows of the trace have the count 0 and are"),
    };
    // The path as the scenario writes it: warnings are part of the report, whose bytes must not
    // depend on the folder of the scenario.
    let line = place.line;
    let draft = at
        .problem(format!("{which} left out, first line {line} of `{file}`"))
        .at(place.clone())
        .warning();
    match count_column(spec).map(|index| &spec.columns[index].2.name) {
        Some(name) => draft.hint(format!(
            "if this is intended, exclude such rows: `where: {{ {name}: {{ above: 0 }} }}`"
        )),
        None => draft,
    }
    .report();
}

fn spec<'a>(at: &Cursor<'a>, record: &Record<'a>, clock: &Clock<'_>) -> Option<Spec<'a>> {
    let columns_at = record.get("columns")?;
    let table = columns_at.record(&TRACE_COLUMNS)?;
    if table.get("duration").is_some() == table.get("end").is_some() {
        columns_at
            .problem("a trace has exactly one of `duration` and `end`")
            .hint("give one of `duration` and `end`")
            .report();
    }
    let columns: Vec<_> = table
        .present()
        .into_iter()
        .filter_map(|(name, at)| column(name, &at).map(|column| (name, at, column)))
        .collect();
    let repair = record.get("repair").and_then(|at| at.record(&REPAIR));
    let zone = schedule::zone(record, clock.zone);
    form::spec(at, record, columns, repair, zone)
}

fn column(name: &str, at: &Cursor<'_>) -> Option<Column> {
    let measure = match name {
        "arrival" | "duration" | "end" => Measure::Time,
        "cpu" => Measure::Cpu,
        "memory" => Measure::Memory,
        "gpus" => Measure::Gpu,
        _ => Measure::Count,
    };
    form::column(measure, at)
}

/// The trace without the rows that `fits` refuses. They are counted with `unplaceable: skip`,
/// else reported. If no row is refused, the result shares the rows with all variants.
pub fn placeable(
    at: &Cursor<'_>,
    read: &TraceRead,
    fits: impl Fn(&TraceRow) -> Result<(), String>,
) -> Arc<Trace> {
    let rows = &read.trace.rows;
    let refused: Vec<usize> = (0..rows.len())
        .filter(|i| fits(&rows[*i]).is_err())
        .collect();
    if refused.is_empty() {
        return Arc::clone(&read.trace);
    }
    let mut tally = Tally::default();
    for index in &refused {
        let (file, line) = read.lines[*index];
        tally.add(file, line);
    }
    let first = refused[0];
    let why = fits(&rows[first]).err().unwrap_or_default();
    if !read.skip_unplaceable {
        at.problem(format!("{why}{}", tally.others(&read.written)))
            .at(place_of(read, read.lines[first]))
            .hint("choose larger instances, or leave such rows out and count them with `unplaceable: skip`")
            .report();
        return Arc::default();
    }
    let mut left_out = refused.iter().copied().peekable();
    let mut kept = Trace::default();
    for (index, row) in rows.iter().enumerate() {
        if left_out.next_if_eq(&index).is_some() {
            kept.skipped_rows += 1;
            kept.skipped_tasks = kept.skipped_tasks.saturating_add(row.count.into());
        } else {
            kept.rows.push(*row);
        }
    }
    at.note(format!(
        "{} of {} rows ({} tasks) {} because no instance can hold such a task (`unplaceable: skip`), first: {}; {why}",
        kept.skipped_rows,
        rows.len(),
        kept.skipped_tasks,
        are(kept.skipped_rows, "left out"),
        tally.places(&read.written),
    ));
    Arc::new(kept)
}

//! Reads the keys of the trace of a load.

use super::out_of_line::{Duplicates, Gaps, Rules};
use crate::scenario::keys::load_traces::{LOAD_REPAIR, LOAD_TRACE_COLUMNS};
use crate::scenario::laws::columns::{Column, Measure};
use crate::scenario::laws::numbers::factor;
use crate::scenario::laws::schedule;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::rows::{Format, RowLayout};
use crate::scenario::traces::form;
use crate::scenario::traces::spec::Spec;
use crate::scenario::traces::trace::Clock;
use crate::units::Span;

/// The keys of a trace but its files and how its rows are read.
pub struct Keys {
    /// The length of an interval in µs; `None`: each row is requests at one time.
    pub interval: Option<u64>,
    /// True when the rows have rates.
    pub is_rate: bool,
    pub rules: Rules,
    pub from_first: bool,
    pub at: Span,
    pub scale: f64,
    pub speed: f64,
    pub repeats: bool,
    /// The least length of a bucket in µs of the run.
    pub resolution: u64,
}

/// How the files are read.
pub fn format(record: &Record<'_>) -> Option<Format> {
    let layout = match record.get("layout") {
        Some(at) => at.choice(&[
            ("table", RowLayout::Table),
            ("cells", RowLayout::Cells),
            ("commonLog", RowLayout::CommonLog),
        ])?,
        None => RowLayout::Table,
    };
    let format = form::format(record)?;
    if layout == RowLayout::Table {
        return Some(format);
    }
    if let Some(at) = record.get("header")
        && format.header
    {
        at.problem("only a `table` has a header")
            .hint("remove `header`")
            .report();
    }
    let is_log = layout == RowLayout::CommonLog;
    if let Some(at) = record.get("separator").filter(|_| is_log) {
        at.problem("the fields of a log are separated by blanks")
            .hint("remove `separator`")
            .report();
    }
    let is_given = record.get("separator").is_some();
    Some(Format {
        header: false,
        separator: format.separator.filter(|_| is_given),
        layout,
        ..format
    })
}

/// Reads columns, conditions, and repairs of cells.
pub fn spec<'a>(
    at: &Cursor<'a>,
    record: &Record<'a>,
    clock: &Clock<'_>,
    is_log: bool,
) -> Option<Spec<'a>> {
    let columns = match record.get("columns") {
        Some(at) => columns(&at)?,
        None if is_log => vec![("time", at.clone(), time_of_log())],
        None => {
            at.problem("`columns` is missing")
                .hint("add `columns:`, which columns are read, such as `{ time: { column: timestamp } }`")
                .report();
            return None;
        }
    };
    let repair = record.get("repair").and_then(|at| at.record(&LOAD_REPAIR));
    let zone = schedule::zone(record, clock.zone);
    form::spec(at, record, columns, repair, zone)
}

fn columns<'a>(at: &Cursor<'a>) -> Option<Vec<(&'static str, Cursor<'a>, Column)>> {
    let table = at.record(&LOAD_TRACE_COLUMNS)?;
    let columns = table.present().into_iter().map(|(name, at)| {
        let measure = match name {
            "time" => Measure::Time,
            _ => Measure::Requests,
        };
        form::column(measure, &at).map(|column| (name, at, column))
    });
    let columns: Vec<_> = columns.collect();
    columns.into_iter().collect()
}

/// The column of times of an access log.
fn time_of_log() -> Column {
    Column {
        name: "time".into(),
        scale: None,
        factor: 1.0,
        times: None,
        measure: Measure::Time,
    }
}

/// Reads the other keys, and checks them against the columns.
pub fn keys(at: &Cursor<'_>, record: &Record<'_>, spec: &Spec<'_>) -> Option<Keys> {
    let interval = match record.get("interval") {
        Some(at) => Some(positive(&at)?),
        None => None,
    };
    check_columns(at, spec, interval.is_some());
    let rules = rules(record, interval.is_some());
    let from_first = match record.get("origin") {
        Some(at) => at.choice(&[("asWritten", false), ("first", true)]),
        None => Some(false),
    };
    let delay = record.parse_or::<Span>("at");
    let scale = match record.get("scale") {
        Some(at) => at.parse_with(factor),
        None => Some(1.0),
    };
    let speed = match record.get("speed") {
        Some(at) => at.number().and_then(|speed| speed_within(&at, speed)),
        None => Some(1.0),
    };
    let repeats = match record.get("repeat") {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let resolution = match record.get("resolution") {
        Some(at) => resolution(&at),
        None => Some(Span::seconds(60)),
    };
    Some(Keys {
        interval: interval.map(Span::as_micros),
        is_rate: spec.columns.iter().any(|(name, ..)| *name == "rate"),
        rules: rules?,
        from_first: from_first?,
        at: delay?,
        scale: scale?,
        speed: speed?,
        repeats: repeats?,
        resolution: resolution?.as_micros(),
    })
}

fn positive(at: &Cursor<'_>) -> Option<Span> {
    let span = at.parse::<Span>()?;
    if span > Span::ZERO {
        return Some(span);
    }
    at.problem("this time must be above 0").report();
    None
}

fn resolution(at: &Cursor<'_>) -> Option<Span> {
    let span = at.parse::<Span>()?;
    if span >= Span::seconds(1) {
        return Some(span);
    }
    at.problem(format!("`{span}` is too short"))
        .expected("at least `1s`")
        .report();
    None
}

fn speed_within(at: &Cursor<'_>, speed: f64) -> Option<f64> {
    if (0.001..=100_000.0).contains(&speed) {
        return Some(speed);
    }
    at.problem(format!("a speed of {speed} cannot be"))
        .expected("a number from 0.001 to 100000")
        .report();
    None
}

/// Checks that the columns say what a row is.
fn check_columns(at: &Cursor<'_>, spec: &Spec<'_>, is_series: bool) {
    let find = |key: &str| {
        let found = spec.columns.iter().find(|(name, ..)| *name == key);
        found.map(|(_, at, _)| at)
    };
    let (time, count, rate) = (find("time"), find("count"), find("rate"));
    match (time, count, rate) {
        (_, Some(_), Some(rate)) => rate
            .problem("`count` and `rate` exclude each other")
            .hint("keep one of them")
            .report(),
        (_, None, None) if is_series => at
            .problem("with `interval` each row has a `count` or a `rate`")
            .hint("add `columns: { count: { column: … } }`, or remove `interval` where each row is one request")
            .report(),
        (_, None, Some(rate)) if !is_series => rate
            .problem("a rate holds for an `interval`")
            .hint("add `interval: 5m`, the time from one row to the next")
            .report(),
        (None, ..) if !is_series => at
            .problem("rows without a time need an `interval`")
            .hint("add `interval: 60s`, the time from one row to the next, or a column `time`")
            .report(),
        _ => {}
    }
}

/// Reads the repairs of rows that are out of line, which only a series has.
fn rules(record: &Record<'_>, is_series: bool) -> Option<Rules> {
    let repair = record.get("repair").and_then(|at| at.record(&LOAD_REPAIR));
    let rule = |key| repair.as_ref().and_then(|repair| repair.get(key));
    for key in ["gaps", "duplicates", "unsorted"] {
        if let Some(at) = rule(key).filter(|_| !is_series) {
            at.problem(format!("`{key}` is about series, which have an `interval`"))
                .hint("remove it: requests at single times may have any order")
                .report();
        }
    }
    let gaps = match rule("gaps") {
        Some(at) => at.choice(&[
            ("error", Gaps::Error),
            ("zero", Gaps::Zero),
            ("hold", Gaps::Hold),
        ]),
        None => Some(Gaps::Error),
    };
    let duplicates = match rule("duplicates") {
        Some(at) => at.choice(&[
            ("error", Duplicates::Error),
            ("sum", Duplicates::Sum),
            ("first", Duplicates::First),
            ("last", Duplicates::Last),
        ]),
        None => Some(Duplicates::Error),
    };
    let sorts = match rule("unsorted") {
        Some(at) => at.choice(&[("error", false), ("sort", true)]),
        None => Some(false),
    };
    Some(Rules {
        gaps: gaps?,
        duplicates: duplicates?,
        sorts: sorts?,
    })
}

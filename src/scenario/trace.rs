//! Reading traces: rows of files become tasks. Streamed, so that millions of rows cost
//! their own size and nothing more.

use super::columns::{BadCell, Column, Format, Measure, Rows, decimal, file};
use super::keys;
use super::problem::Place;
use super::reader::{Cursor, Record};
use crate::plan::{Trace, TraceRow};
use crate::units::{Cpu, Memory, SimTime, Span};
use std::path::PathBuf;
use std::sync::Arc;

/// A trace as read, before it is known what it will run on.
pub struct TraceRead {
    /// The rows, ascending by arrival.
    pub trace: Arc<Trace>,
    /// Where each row was: index of its file, and line.
    pub lines: Vec<(u16, u32)>,
    /// The files as they are named in messages.
    pub files: Vec<String>,
    /// What happens to a row that fits nowhere.
    pub skip_unplaceable: bool,
    /// Whether rows say their CPU.
    pub has_cpu: bool,
    /// Whether rows say their memory.
    pub has_memory: bool,
}

/// Bad rows that are reported one by one.
const MOST_REPORTED: usize = 20;
/// Rows of one trace.
const MOST_ROWS: usize = 200_000_000;

struct Spec<'a> {
    at: Cursor<'a>,
    columns: Vec<(&'static str, Cursor<'a>, Column)>,
    conditions: Vec<(String, Cursor<'a>, Condition)>,
    skip_empty: bool,
    negative: Negative,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Negative {
    Error,
    Skip,
    Zero,
}

enum Condition {
    OneOf(Vec<String>),
    Bounds {
        above: Option<f64>,
        below: Option<f64>,
        at_least: Option<f64>,
        at_most: Option<f64>,
        not: Option<String>,
    },
}

/// Where the columns of one file are.
struct Layout {
    columns: Vec<(usize, Option<usize>)>,
    conditions: Vec<usize>,
}

/// What to do with a row.
enum Outcome {
    Keep(TraceRow),
    Skip,
    Bad {
        column: String,
        why: String,
        /// Index of the cell in the row.
        cell: usize,
    },
}

/// Reads `trace`.
pub fn read(at: &Cursor<'_>) -> Option<TraceRead> {
    let mark = at.context.mark();
    let record = at.record(&keys::TRACE)?;
    let format = format(&record);
    let spec = spec(at, &record);
    let from_first = match record.get("origin") {
        Some(at) => at.choice(&[("asWritten", false), ("first", true)]),
        None => Some(false),
    };
    let skip_unplaceable = match record.get("unplaceable") {
        Some(at) => at.choice(&[("error", false), ("skip", true)]),
        None => Some(false),
    };
    let files = files(&record);
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
    };
    let mut rows = Vec::new();
    for (index, (file_at, path)) in files.iter().enumerate() {
        let file = (index as u16, path.as_path());
        read_file(&spec, file_at, file, format?, &mut rows)?;
    }
    if !at.context.is_clean_since(mark) {
        return None;
    }
    if rows.is_empty() {
        at.problem("the trace has no rows")
            .hint("check `where`, and that the files are not empty")
            .report();
        return None;
    }
    // Stable: equal times keep the order of the files.
    rows.sort_by_key(|(row, ..)| row.arrival);
    let first = match rows.first() {
        Some((row, ..)) if from_first? => row.arrival,
        _ => SimTime::ZERO,
    };
    read.lines = rows.iter().map(|(_, file, line)| (*file, *line)).collect();
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

fn format(record: &Record<'_>) -> Option<Format> {
    let header = match record.get("header") {
        Some(at) => at.boolean()?,
        None => true,
    };
    let separator = match record.get("separator") {
        Some(at) => at.choice(&[
            ("comma", Some(b',')),
            ("semicolon", Some(b';')),
            ("tab", Some(b'\t')),
            ("blanks", None),
        ])?,
        None => Some(b','),
    };
    let comment = match record.get("comment") {
        Some(at) => {
            let text = at.text()?;
            match text.as_bytes() {
                [only] if only.is_ascii_punctuation() => Some(*only),
                _ => {
                    at.problem(format!("`{text}` is not one character"))
                        .expected("a character such as `#` or `;`")
                        .report();
                    return None;
                }
            }
        }
        None => None,
    };
    Some(Format {
        header,
        separator,
        comment,
    })
}

fn files<'a>(record: &Record<'a>) -> Option<Vec<(Cursor<'a>, PathBuf)>> {
    let at = record.get("files")?;
    let items = at.list();
    if items.is_empty() {
        at.problem("this list is empty")
            .hint("name at least one file")
            .report();
        return None;
    }
    if items.len() > 1_000 {
        at.problem("more than 1000 files").report();
        return None;
    }
    items
        .into_iter()
        .map(|item| file(&item).map(|path| (item, path)))
        .collect()
}

fn spec<'a>(at: &Cursor<'a>, record: &Record<'a>) -> Option<Spec<'a>> {
    let columns_at = record.get("columns")?;
    let table = columns_at.record(&keys::TRACE_COLUMNS)?;
    if table.get("duration").is_some() == table.get("end").is_some() {
        columns_at
            .problem("a trace says either how long its tasks run or when they end")
            .hint("give one of `duration` and `end`")
            .report();
    }
    let columns: Vec<_> = table
        .present()
        .into_iter()
        .filter_map(|(name, at)| column(name, &at).map(|column| (name, at, column)))
        .collect();
    let mut conditions = Vec::new();
    if let Some(at) = record.get("where") {
        for (name, value) in at.names() {
            if let Some(condition) = condition(&value) {
                conditions.push((name.to_string(), value, condition));
            }
        }
    }
    let repair = record.get("repair").and_then(|at| at.record(&keys::REPAIR));
    let rule = |key| repair.as_ref().and_then(|r| r.get(key));
    let skip_empty = match rule("empty") {
        Some(at) => at.choice(&[("error", false), ("skip", true)])?,
        None => false,
    };
    let negative = match rule("negative") {
        Some(at) => at.choice(&[
            ("error", Negative::Error),
            ("skip", Negative::Skip),
            ("zero", Negative::Zero),
        ])?,
        None => Negative::Error,
    };
    Some(Spec {
        at: at.clone(),
        columns,
        conditions,
        skip_empty,
        negative,
    })
}

fn column(name: &str, at: &Cursor<'_>) -> Option<Column> {
    let record = at.record(&keys::TRACE_COLUMN)?;
    let measure = match name {
        "arrival" | "duration" | "end" => Measure::Time,
        "cpu" => Measure::Cpu,
        "memory" => Measure::Memory,
        "gpus" => Measure::Gpu,
        _ => Measure::Count,
    };
    let scale = match (record.get("unit"), measure) {
        (Some(unit), Measure::Count) => {
            unit.problem("a count has no unit").report();
            return None;
        }
        (Some(unit), _) => Some(measure.unit(&unit)?),
        (None, Measure::Count) => Some(1),
        (None, Measure::Gpu) => Some(1_000),
        (None, _) => None,
    };
    let factor = match record.get("factor") {
        Some(at) => at.number()?,
        None => 1.0,
    };
    let times = match record.get("times") {
        Some(at) => Some(at.text()?.to_string()),
        None => None,
    };
    let name = record.get("column")?.text()?.to_string();
    Some(Column {
        name,
        scale,
        factor,
        times,
        measure,
    })
}

fn condition(at: &Cursor<'_>) -> Option<Condition> {
    use super::tree::Value;
    match &at.node.value {
        Value::Scalar { text, .. } => Some(Condition::OneOf(vec![text.clone()])),
        Value::List(_) => {
            let texts = at
                .list()
                .iter()
                .map(|item| item.text().map(String::from))
                .collect();
            Some(Condition::OneOf(Option::<Vec<String>>::clone(&texts)?))
        }
        _ => {
            let record = at.record(&keys::CONDITION)?;
            let bound = |key| match record.get(key) {
                Some(at) => at.number().map(Some),
                None => Some(None),
            };
            Some(Condition::Bounds {
                above: bound("above")?,
                below: bound("below")?,
                at_least: bound("atLeast")?,
                at_most: bound("atMost")?,
                not: record.text("not").map(String::from),
            })
        }
    }
}

impl Condition {
    fn holds(&self, cell: &str) -> bool {
        let cell = cell.trim();
        match self {
            Self::OneOf(texts) => texts.iter().any(|text| same(text, cell)),
            Self::Bounds {
                above,
                below,
                at_least,
                at_most,
                not,
            } => {
                let is_other = not.as_ref().is_none_or(|not| !same(not, cell));
                let is_free = [above, below, at_least, at_most]
                    .iter()
                    .all(|b| b.is_none());
                let Ok(number) = cell.parse::<f64>() else {
                    return is_other && is_free;
                };
                is_other
                    && above.is_none_or(|bound| number > bound)
                    && below.is_none_or(|bound| number < bound)
                    && at_least.is_none_or(|bound| number >= bound)
                    && at_most.is_none_or(|bound| number <= bound)
            }
        }
    }
}

/// Equal as text, or as numbers: `0` is `0.0`.
fn same(wanted: &str, cell: &str) -> bool {
    wanted == cell
        || matches!((wanted.parse::<f64>(), cell.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

fn layout(spec: &Spec<'_>, rows: &Rows, path: &str) -> Option<Layout> {
    let mut is_complete = true;
    let mut find = |at: &Cursor<'_>, name: &str| match rows.index_of(name) {
        Ok(index) => index,
        Err((why, near)) => {
            let draft = at.problem(format!("{why} in `{path}`"));
            match (near, &rows.names) {
                (None, Some(names)) => draft.among(name, names.iter().map(String::as_str)),
                (near, _) => draft.nearest(near),
            }
            .report();
            is_complete = false;
            0
        }
    };
    let columns = spec
        .columns
        .iter()
        .map(|(_, at, column)| {
            let index = find(at, &column.name);
            (index, column.times.as_ref().map(|name| find(at, name)))
        })
        .collect();
    let conditions = spec
        .conditions
        .iter()
        .map(|(name, at, _)| find(at, name))
        .collect();
    is_complete.then_some(Layout {
        columns,
        conditions,
    })
}

fn read_file(
    spec: &Spec<'_>,
    at: &Cursor<'_>,
    (index, path): (u16, &std::path::Path),
    format: Format,
    found: &mut Vec<(TraceRow, u16, u32)>,
) -> Option<()> {
    let name = path.display().to_string();
    let mut rows = match Rows::open(path, format) {
        Ok(rows) => rows,
        Err(why) => {
            at.problem(why).report();
            return None;
        }
    };
    let layout = layout(spec, &rows, &name)?;
    let mut bad = 0;
    loop {
        match rows.next() {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => {
                at.problem(format!(
                    "cannot read `{name}` after line {}: {why}",
                    rows.line
                ))
                .report();
                return None;
            }
        }
        match row(spec, &layout, &rows) {
            Outcome::Keep(row) => {
                if found.len() >= MOST_ROWS {
                    spec.at
                        .problem(format!("the trace has more than {MOST_ROWS} rows"))
                        .report();
                    return None;
                }
                found.push((row, index, rows.line.min(u64::from(u32::MAX)) as u32));
            }
            Outcome::Skip => {}
            Outcome::Bad { column, why, cell } => {
                bad += 1;
                if bad <= MOST_REPORTED {
                    at.problem(format!("column `{column}`: {why}"))
                        .at(rows.place(&name, cell))
                        .hint("correct the row, or say under `repair` what to do with such rows")
                        .report();
                }
            }
        }
    }
    if bad > MOST_REPORTED {
        at.problem(format!(
            "{name}: {} more rows like these",
            bad - MOST_REPORTED
        ))
        .report();
    }
    Some(())
}

fn row(spec: &Spec<'_>, layout: &Layout, rows: &Rows) -> Outcome {
    for ((_, _, condition), index) in spec.conditions.iter().zip(&layout.conditions) {
        if !rows.cell(*index).is_ok_and(|cell| condition.holds(cell)) {
            return Outcome::Skip;
        }
    }
    let mut arrival = 0u128;
    let mut end = None;
    let mut row = TraceRow {
        arrival: SimTime::ZERO,
        duration: Span::ZERO,
        cpu: None,
        memory: None,
        gpu_millis: None,
        count: 1,
    };
    for ((name, _, column), (index, times)) in spec.columns.iter().zip(&layout.columns) {
        let bad = |cell: &str, bad: &BadCell| Outcome::Bad {
            column: column.name.clone(),
            why: bad.words(cell),
            cell: *index,
        };
        let cell = match rows.cell(*index) {
            Ok(cell) => cell,
            Err(why) => return bad("", &why),
        };
        let value = match times.map(|index| rows.cell(index).and_then(decimal)) {
            Some(Err(why)) => Err(why),
            Some(Ok(by)) => column.value(cell, Some(by)),
            None => column.value(cell, None),
        };
        let value = match value {
            Ok(value) => value,
            Err(BadCell::Empty) if spec.skip_empty => return Outcome::Skip,
            Err(BadCell::Negative) if spec.negative == Negative::Skip => return Outcome::Skip,
            Err(BadCell::Negative) if spec.negative == Negative::Zero => 0,
            Err(why) => return bad(cell, &why),
        };
        let too_large = || Outcome::Bad {
            column: column.name.clone(),
            why: format!("`{cell}` is too large"),
            cell: *index,
        };
        // `value` refuses what is 2^63 and above, so that the casts to u64 are exact.
        match *name {
            "arrival" => arrival = value,
            "duration" => row.duration = Span::micros(value as u64),
            "end" => end = Some(value),
            "cpu" if value > u128::from(Cpu::BASE_PER_VCPU) * 1_000_000 => return too_large(),
            "cpu" => row.cpu = Some(Cpu::base(value as u64)),
            "memory" if value > 1 << 60 => return too_large(),
            "memory" => row.memory = Some(whole_mib(column, value as u64)),
            "gpus" if value > 1_000_000_000 => return too_large(),
            "gpus" => row.gpu_millis = Some(value as u32),
            _ if value > u128::from(u32::MAX) => return too_large(),
            _ => row.count = value as u32,
        }
    }
    row.arrival = SimTime::micros(arrival as u64);
    if let Some(end) = end {
        match end.checked_sub(arrival) {
            Some(length) => row.duration = Span::micros(length as u64),
            None if spec.negative == Negative::Skip => return Outcome::Skip,
            None if spec.negative == Negative::Zero => row.duration = Span::ZERO,
            None => {
                let end = spec.columns.iter().position(|(name, ..)| *name == "end");
                return Outcome::Bad {
                    column: "end".into(),
                    why: "the end lies before the arrival".into(),
                    cell: end.map_or(0, |end| layout.columns[end].0),
                };
            }
        }
    }
    if row.count == 0 {
        return Outcome::Skip;
    }
    Outcome::Keep(row)
}

/// Memory that a factor made is rounded to the nearest whole MiB, as a drawn one; what the
/// file says in a unit is kept.
fn whole_mib(column: &Column, bytes: u64) -> Memory {
    if column.factor == 1.0 && column.times.is_none() {
        Memory::bytes(bytes)
    } else {
        Memory::from_bytes_f64(bytes as f64)
    }
}

/// The trace without the rows that `fits` refuses; they are reported, or counted. When
/// nothing is refused, which is the ordinary case, all variants share the rows.
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
    if !read.skip_unplaceable {
        for index in refused.iter().take(MOST_REPORTED) {
            let (file, line) = read.lines[*index];
            at.problem(fits(&rows[*index]).err().unwrap_or_default())
                .at(Place {
                    file: read.files[usize::from(file)].clone(),
                    line,
                    column: 0,
                    snippet: String::new(),
                    width: 1,
                })
                .hint("choose larger instances, or leave such rows out and count them with `unplaceable: skip`")
                .report();
        }
        if refused.len() > MOST_REPORTED {
            let more = refused.len() - MOST_REPORTED;
            at.problem(format!("{more} more rows that fit nowhere"))
                .report();
        }
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
    Arc::new(kept)
}

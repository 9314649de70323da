//! The rows of a trace: which are wanted, where their cells are, what they say.

use crate::plan::problem::Place;
use crate::plan::{LONGEST, TraceRow};
use crate::scenario::laws::columns::{Column, decimal};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::{BadCell, Format, Rows};
use crate::units::{Cpu, Memory, SimTime, Span};

/// Rows of one trace.
pub const MOST_ROWS: usize = 200_000_000;

/// Bad rows that are reported one by one.
pub const MOST_REPORTED: usize = 20;

pub struct Spec<'a> {
    pub at: Cursor<'a>,
    pub columns: Vec<(&'static str, Cursor<'a>, Column)>,
    pub conditions: Vec<(String, Cursor<'a>, Condition)>,
    pub skip_empty: bool,
    pub negative: Negative,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Negative {
    Error,
    Skip,
    Zero,
}

pub enum Condition {
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
pub struct Layout {
    pub columns: Vec<(usize, Option<usize>)>,
    pub conditions: Vec<usize>,
}

/// What the files gave.
#[derive(Default)]
pub struct Found {
    /// The rows, with the index of their file and their line.
    pub rows: Vec<(TraceRow, u16, u32)>,
    /// How many rows stand for no task: their count is 0.
    pub without_tasks: u64,
    /// The first of them: its file as written in the scenario, and its place.
    pub first_without: Option<(String, Place)>,
}

/// What to do with a row.
pub enum Outcome {
    Keep(TraceRow),
    Skip,
    /// It stands for no task.
    NoTasks,
    Bad {
        column: String,
        why: String,
        /// Index of the cell in the row.
        cell: usize,
    },
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
pub fn same(wanted: &str, cell: &str) -> bool {
    wanted == cell
        || matches!((wanted.parse::<f64>(), cell.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

pub fn layout(spec: &Spec<'_>, rows: &Rows, path: &str) -> Option<Layout> {
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

pub fn read_file(
    spec: &Spec<'_>,
    at: &Cursor<'_>,
    (index, path): (u16, &std::path::Path),
    format: Format,
    found: &mut Found,
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
                if found.rows.len() >= MOST_ROWS {
                    spec.at
                        .problem(format!("the trace has more than {MOST_ROWS} rows"))
                        .report();
                    return None;
                }
                let line = rows.line.min(u64::from(u32::MAX)) as u32;
                found.rows.push((row, index, line));
            }
            Outcome::Skip => {}
            Outcome::NoTasks => {
                found.without_tasks += 1;
                found.first_without.get_or_insert_with(|| {
                    let count = count_column(spec).map_or(0, |at| layout.columns[at].0);
                    let written = at.node.as_text().unwrap_or(&name);
                    (written.to_string(), rows.place(&name, count))
                });
            }
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

pub fn row(spec: &Spec<'_>, layout: &Layout, rows: &Rows) -> Outcome {
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
        let longest = u128::from(LONGEST.as_micros());
        match *name {
            "arrival" | "duration" | "end" if value > longest => return too_large(),
            "arrival" => arrival = value,
            "duration" => row.duration = Span::micros(value as u64),
            "end" => end = Some(value),
            "cpu" if value > u128::from(Cpu::BASE_PER_VCPU) * 1_000_000 => return too_large(),
            "cpu" => row.cpu = Some(Cpu::base(value as u64)),
            "memory" if value > 1 << 60 => return too_large(),
            "memory" => row.memory = Some(whole_mib(column, value as u64)),
            "gpus" if value > 1_000_000_000 => return too_large(),
            "gpus" => row.gpu_millis = Some(value as u32),
            // As an entry's own `count`: a larger one is a wrong column.
            _ if value > 1_000_000 => return too_large(),
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
        return Outcome::NoTasks;
    }
    Outcome::Keep(row)
}

/// Which of the columns is the count.
pub fn count_column(spec: &Spec<'_>) -> Option<usize> {
    spec.columns.iter().position(|(name, ..)| *name == "count")
}

/// Memory that a factor made is rounded to the nearest whole MiB, as a drawn one; what the
/// file says in a unit is kept.
pub fn whole_mib(column: &Column, bytes: u64) -> Memory {
    if column.factor == 1.0 && column.times.is_none() {
        Memory::bytes(bytes)
    } else {
        Memory::from_bytes_f64(bytes as f64)
    }
}

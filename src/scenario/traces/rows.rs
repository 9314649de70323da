//! The rows of the files of a trace: conditions, repairs, and the conversion of cells.

use crate::plan::problem::Place;
use crate::plan::{LONGEST, TraceRow};
use crate::scenario::laws::columns::{Column, decimal};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::{BadCell, Format, Rows};
use crate::units::{Cpu, Memory, SimTime, Span};

/// The most rows of one trace.
pub const MOST_ROWS: usize = 200_000_000;

/// The most bad rows of a file that are reported one by one; the others are counted.
pub const MOST_REPORTED: usize = 20;

/// How the files of a trace are read.
pub struct Spec<'a> {
    /// Where the trace was written.
    pub at: Cursor<'a>,
    /// The columns that are read: key of the scenario, place, and conversion.
    pub columns: Vec<(&'static str, Cursor<'a>, Column)>,
    /// Conditions of `where`: name of the column, place, and condition.
    pub conditions: Vec<(String, Cursor<'a>, Condition)>,
    /// `repair.empty`: true when rows with an empty cell are left out.
    pub skip_empty: bool,
    /// `repair.negative`.
    pub negative: Negative,
}

/// How negative numbers, and ends before the arrival, are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Negative {
    /// The scenario is refused.
    Error,
    /// The row is left out.
    Skip,
    /// The number, or the run time, becomes 0.
    Zero,
}

/// A condition of `where` on one cell.
pub enum Condition {
    /// The cell equals one of these texts; see [`same`].
    OneOf(Vec<String>),
    /// The number in the cell lies within all bounds that are given.
    Bounds {
        above: Option<f64>,
        below: Option<f64>,
        at_least: Option<f64>,
        at_most: Option<f64>,
        not: Option<String>,
    },
}

/// The indices of the columns in one file, which each file's header decides.
pub struct Layout {
    /// For each column of the [`Spec`] its index, and that of its `times` column.
    pub columns: Vec<(usize, Option<usize>)>,
    /// For each condition of the [`Spec`] the index of its column.
    pub conditions: Vec<usize>,
}

/// The result of reading the files.
#[derive(Default)]
pub struct Found {
    /// The rows that are kept, each with the index of its file and its line.
    pub rows: Vec<(TraceRow, u16, u32)>,
    /// Number of rows of count 0, which are left out.
    pub without_tasks: u64,
    /// The first row of count 0: its file as written in the scenario, and its place.
    pub first_without: Option<(String, Place)>,
}

/// The result of reading one row.
pub enum Outcome {
    /// A row of tasks.
    Keep(TraceRow),
    /// A row that a condition or a repair leaves out.
    Skip,
    /// A row of count 0.
    NoTasks,
    /// A row with a problem.
    Bad {
        /// Name of the column.
        column: String,
        /// The problem as a message.
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

/// Finds the columns in a file; missing ones are reported.
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

/// Reads one file of a trace into `found`. `at` is the place where the file is named, `index` its
/// position in `files`. `None` when it cannot be read to its end.
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
                        .hint("correct the row, or set `repair` for such rows")
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

/// Reads the current row.
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
        // `Column::value` refuses 2^63 and above, so that the conversions to u64 are exact.
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
            // The bound of an entry's `count`; a larger number means a wrong column.
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

/// The position of the column of counts in the [`Spec`].
pub fn count_column(spec: &Spec<'_>) -> Option<usize> {
    spec.columns.iter().position(|(name, ..)| *name == "count")
}

/// Memory of a task. A value that a factor or a `times` column multiplied is rounded to whole
/// MiB, as drawn values are; a value with its unit alone is kept exactly.
pub fn whole_mib(column: &Column, bytes: u64) -> Memory {
    if column.factor == 1.0 && column.times.is_none() {
        Memory::bytes(bytes)
    } else {
        Memory::from_bytes_f64(bytes as f64)
    }
}

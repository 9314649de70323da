//! The rows of the files of a trace: conditions, repairs, and the conversion of cells.

use super::left_out::{Repair, Repairs, Wrong};
use super::stamps;
use crate::plan::problem::Place;
use crate::plan::{LONGEST, TraceRow};
use crate::scenario::laws::columns::{Column, Measure, decimal};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::{BadCell, Format, NOT_UTF8, Rows, short};
use crate::units::{Cpu, Memory, SimTime, Span};
use jiff::tz::TimeZone;

/// The most rows of one trace.
pub const MOST_ROWS: usize = 50_000_000;

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
    /// The time zone of calendar times without an offset.
    pub zone: TimeZone,
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
    /// True when the arrivals are calendar times, in microseconds since 1970; `None` before the
    /// first row.
    pub is_calendar: Option<bool>,
    /// Number of rows of count 0, which are left out.
    pub without_tasks: u64,
    /// The first row of count 0: its file as written in the scenario, and its place.
    pub first_without: Option<(String, Place)>,
    /// Rows that cannot be read.
    pub wrong: Wrong,
    /// Rows that `repair` leaves out or changes.
    pub repairs: Repairs,
}

/// The result of reading one row.
pub enum Outcome {
    /// A row of tasks.
    Keep {
        /// The row.
        row: TraceRow,
        /// True when its arrival is a calendar time.
        is_calendar: bool,
        /// The first repair that has changed it.
        repaired: Option<Repair>,
    },
    /// A row that a condition leaves out.
    Skip,
    /// A row that a repair leaves out.
    LeftOut(Repair),
    /// A row of count 0.
    NoTasks,
    /// A row with a problem.
    Bad {
        /// Name of the column.
        column: String,
        /// The problem as a message.
        why: String,
        /// Advice on how to go on.
        advice: String,
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
                (None, Some(names)) => match other_separator(names) {
                    Some(advice) => draft.hint(advice),
                    None => {
                        let shown: Vec<String> = names.iter().take(100).map(|n| short(n)).collect();
                        draft.among(name, shown.iter().map(String::as_str))
                    }
                },
                (near, _) => draft.nearest(near.map(|near| short(&near))),
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

/// Advice for a header that was read as one name, most likely with the wrong `separator`.
fn other_separator(names: &[String]) -> Option<String> {
    let [only] = names else { return None };
    let words = [
        (';', "semicolon"),
        ('\t', "tab"),
        ('|', "pipe"),
        (',', "comma"),
        (' ', "blanks"),
    ];
    let (character, word) = words
        .iter()
        .find(|(character, _)| only.contains(*character))?;
    Some(format!(
        "the header has no other separator than `{}`: set `separator: {word}`",
        if *character == '\t' {
            "tab".into()
        } else {
            character.to_string()
        }
    ))
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
        let line = rows.line.min(u64::from(u32::MAX)) as u32;
        match row(spec, &layout, &rows, found.is_calendar) {
            Outcome::Keep {
                row,
                is_calendar,
                repaired,
            } => {
                found.is_calendar = Some(is_calendar);
                if found.rows.len() >= MOST_ROWS {
                    spec.at
                        .problem(format!("the trace has more than {MOST_ROWS} rows"))
                        .report();
                    return None;
                }
                found.rows.push((row, index, line));
                if let Some(repair) = repaired {
                    found.repairs.add(repair, true, (index, line));
                }
            }
            Outcome::Skip => {}
            Outcome::LeftOut(repair) => found.repairs.add(repair, false, (index, line)),
            Outcome::NoTasks => {
                found.without_tasks += 1;
                found.first_without.get_or_insert_with(|| {
                    let count = count_column(spec).map_or(0, |at| layout.columns[at].0);
                    let written = at.node.as_text().unwrap_or(&name);
                    (written.to_string(), rows.place(&name, count))
                });
            }
            Outcome::Bad {
                column,
                why,
                advice,
                cell,
            } => {
                let place = || rows.place(&name, cell);
                let wrong = &mut found.wrong;
                wrong.add(column, (why, advice), (index, line), place);
            }
        }
    }
    Some(())
}

/// Reads the current row. `is_calendar` says whether the rows before have calendar times.
pub fn row(spec: &Spec<'_>, layout: &Layout, rows: &Rows, is_calendar: Option<bool>) -> Outcome {
    for ((_, _, condition), index) in spec.conditions.iter().zip(&layout.conditions) {
        if !rows.cell(*index).is_ok_and(|cell| condition.holds(cell)) {
            return Outcome::Skip;
        }
    }
    let (mut arrival, mut end) = (Moment::default(), None);
    let mut row = TraceRow {
        arrival: SimTime::ZERO,
        duration: Span::ZERO,
        cpu: None,
        memory: None,
        gpu_millis: None,
        count: 1,
    };
    let mut repaired = None;
    let columns = spec.columns.iter().zip(&layout.columns);
    for (number, ((name, _, column), (index, times))) in columns.enumerate() {
        let bad = |cell: &str, bad: &BadCell| Outcome::Bad {
            column: column.name.clone(),
            why: bad.words(cell),
            advice: advice(name, column, cell, bad),
            cell: *index,
        };
        let cell = match rows.cell(*index) {
            Ok(cell) => cell.trim(),
            Err(why) => return bad("", &why),
        };
        let is_moment = matches!(*name, "arrival" | "end");
        let is_date = is_moment && column.scale.is_none() && stamps::is_date(cell);
        let value = match times.map(|index| rows.cell(index).and_then(decimal)) {
            _ if is_date => column
                .unscaled(cell)
                .and_then(|()| stamps::micros(cell, &spec.zone)),
            Some(Err(why)) => Err(why),
            Some(Ok(by)) => column.value(cell, Some(by)),
            None => column.value(cell, None),
        };
        let value = match value {
            Ok(value) => value,
            Err(BadCell::Empty) if spec.skip_empty => {
                return Outcome::LeftOut(Repair::Empty(number));
            }
            Err(BadCell::Negative) if spec.negative == Negative::Skip => {
                return Outcome::LeftOut(Repair::Negative(number));
            }
            Err(BadCell::Negative) if spec.negative == Negative::Zero => {
                repaired.get_or_insert(Repair::Negative(number));
                0
            }
            Err(BadCell::Not(_)) if is_moment && column.scale.is_none() && !is_date => {
                return bad(cell, &BadCell::Not(format!("`{cell}` is not a time")));
            }
            Err(why) => return bad(cell, &why),
        };
        let too_large = || bad(cell, &BadCell::Not(format!("`{cell}` is too large")));
        let moment = Moment { value, is_date };
        // `Column::value` refuses 2^63 and above, so that the conversions to u64 are exact.
        let longest = u128::from(LONGEST.as_micros());
        match *name {
            "arrival" | "duration" | "end" if value > longest && !is_date => return too_large(),
            "arrival" if is_calendar.is_some_and(|known| known != is_date) => {
                let why = BadCell::Not(format!("`{cell}` {}", moment.unlike("the rows before")));
                return bad(cell, &why);
            }
            "arrival" => arrival = moment,
            "duration" => row.duration = Span::micros(value as u64),
            "end" => end = Some((moment, *index, column)),
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
    row.arrival = SimTime::micros(arrival.value as u64);
    if let Some((end, cell, column)) = end {
        let bad = |why: String, advice: &str| Outcome::Bad {
            column: column.name.clone(),
            why,
            advice: advice.into(),
            cell,
        };
        if end.is_date != arrival.is_date {
            let why = format!("the end {}", end.unlike("the arrival"));
            return bad(
                why,
                "give both as calendar times, or both as times since the start",
            );
        }
        match end.value.checked_sub(arrival.value) {
            Some(length) => row.duration = Span::micros(length as u64),
            None if spec.negative == Negative::Skip => {
                return Outcome::LeftOut(Repair::EndBeforeArrival);
            }
            None if spec.negative == Negative::Zero => {
                repaired.get_or_insert(Repair::EndBeforeArrival);
                row.duration = Span::ZERO;
            }
            None => return bad("the end lies before the arrival".into(), NEGATIVE),
        }
    }
    if row.count == 0 {
        return Outcome::NoTasks;
    }
    Outcome::Keep {
        row,
        is_calendar: arrival.is_date,
        repaired,
    }
}

/// A time in a cell.
#[derive(Clone, Copy, Default)]
struct Moment {
    /// Microseconds: since 1970 for a calendar time, else since the start of the trace.
    value: u128,
    /// True for a calendar time.
    is_date: bool,
}

impl Moment {
    /// Says that this and `others` are not of one kind.
    fn unlike(self, others: &str) -> String {
        match self.is_date {
            true => format!("is a calendar time, unlike that of {others}"),
            false => format!("is no calendar time, unlike that of {others}"),
        }
    }
}

/// Advice for rows with negative values.
const NEGATIVE: &str = "`repair: { negative: skip }` leaves such rows out, `zero` takes 0 instead";

/// Advice for a cell of the column `key` that cannot be read.
fn advice(key: &str, column: &Column, cell: &str, why: &BadCell) -> String {
    match why {
        BadCell::Empty => return "`repair: { empty: skip }` leaves such rows out".into(),
        BadCell::Negative => return NEGATIVE.into(),
        BadCell::Not(why) if why == NOT_UTF8 => return "save the file as UTF-8".into(),
        BadCell::Not(_) => {}
    }
    let measure = column.measure;
    let is_date = matches!(key, "arrival" | "end") && stamps::is_date(cell);
    let unit_is_given = column.scale.is_some();
    if unit_is_given && (is_date || measure.own_unit(cell).is_ok()) && key != "count" {
        return format!("leave out `unit` of `{key}`: then each cell has its own unit");
    }
    if !unit_is_given && decimal(cell).is_ok() {
        let units = measure.unit_names().join("`, `");
        return format!("give `unit` of `{key}`: one of `{units}`");
    }
    let column = &column.name;
    let name = match column.contains([':', ',', '{', '}', '[', ']', '#', '"', '\'']) {
        true => format!("{column:?}"),
        false => column.clone(),
    };
    // A word such as `Unknown` stands for a value that is not there.
    let is_word = cell.len() <= 40
        && cell
            .chars()
            .all(|c| c.is_alphabetic() || " /_-".contains(c));
    let leave_out = match is_word {
        true => format!("`where: {{ {name}: {{ not: {cell:?} }} }}` leaves such rows out"),
        false => "conditions of `where` can leave such rows out".into(),
    };
    let expected = match (key, measure) {
        _ if unit_is_given => return leave_out,
        ("arrival" | "end", _) => format!(
            "{}, or a time since the start such as `90s`",
            stamps::EXPECTED
        ),
        (_, Measure::Time) => "a duration such as `90s`, `01:30:00` or `2-01:30:00`".into(),
        _ => return leave_out,
    };
    format!("expected {expected}; {leave_out}")
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

//! One row of a trace: conditions, the conversion of its cells, and repairs.

use super::left_out::Repair;
use super::spec::{Layout, Negative, Spec};
use super::stamps;
use crate::plan::{LONGEST, TraceRow};
use crate::scenario::laws::columns::{Column, Measure, decimal};
use crate::scenario::reading::rows::{BadCell, NOT_UTF8, Rows};
use crate::units::{Cpu, Memory, SimTime, Span};

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
        let is_moment = matches!(*name, "arrival" | "end") && column.scale.is_none();
        let is_date = is_moment && stamps::is_date(cell);
        let value = match is_date {
            true => column
                .unscaled(cell)
                .and_then(|()| stamps::micros(cell, &spec.zone)),
            false => times
                .map(|index| rows.cell(index).and_then(decimal))
                .transpose()
                .and_then(|by| column.value(cell, by)),
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
            Err(BadCell::Not(_)) if is_moment && !is_date => {
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
        match length(spec, arrival, end) {
            Ok((length, repair)) => {
                row.duration = length;
                repaired = repaired.or(repair);
            }
            Err(BadEnd::LeftOut) => return Outcome::LeftOut(Repair::EndBeforeArrival),
            Err(BadEnd::Not(why, advice)) => {
                return Outcome::Bad {
                    column: column.name.clone(),
                    why,
                    advice: advice.into(),
                    cell,
                };
            }
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

/// Why an end gives no length.
enum BadEnd {
    /// It lies before the arrival, and such rows are left out.
    LeftOut,
    /// What is wrong, and what helps.
    Not(String, &'static str),
}

/// The time from the arrival to the end of a row, and how it was repaired.
fn length(spec: &Spec<'_>, arrival: Moment, end: Moment) -> Result<(Span, Option<Repair>), BadEnd> {
    if end.is_date != arrival.is_date {
        return Err(BadEnd::Not(
            format!("the end {}", end.unlike("the arrival")),
            "give both as calendar times, or both as times since the start",
        ));
    }
    match end.value.checked_sub(arrival.value) {
        Some(length) => Ok((Span::micros(length as u64), None)),
        None => match spec.negative {
            Negative::Skip => Err(BadEnd::LeftOut),
            Negative::Zero => Ok((Span::ZERO, Some(Repair::EndBeforeArrival))),
            Negative::Error => {
                let why = "the end lies before the arrival".into();
                Err(BadEnd::Not(why, NEGATIVE))
            }
        },
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

/// Memory of a task. A value that a factor or a `times` column multiplied is rounded to whole
/// MiB, as drawn values are; a value with its unit alone is kept exactly.
fn whole_mib(column: &Column, bytes: u64) -> Memory {
    if column.factor == 1.0 && column.times.is_none() {
        Memory::bytes(bytes)
    } else {
        Memory::from_bytes_f64(bytes as f64)
    }
}

/// Advice for rows with negative values.
const NEGATIVE: &str = "`repair: { negative: skip }` leaves such rows out, `zero` takes 0 instead";

/// Advice for a cell of the column `key` that cannot be read.
pub fn advice(key: &str, column: &Column, cell: &str, why: &BadCell) -> String {
    match why {
        BadCell::Empty => return "`repair: { empty: skip }` leaves such rows out".into(),
        BadCell::Negative => return NEGATIVE.into(),
        BadCell::Not(why) if why == NOT_UTF8 => return "save the file as UTF-8".into(),
        BadCell::Not(_) => {}
    }
    let measure = column.measure;
    let is_date = matches!(key, "arrival" | "end" | "time") && stamps::is_date(cell);
    let unit_is_given = column.scale.is_some();
    let has_no_unit = matches!(measure, Measure::Count | Measure::Requests);
    if unit_is_given && (is_date || measure.own_unit(cell).is_ok()) && !has_no_unit {
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
        ("arrival" | "end" | "time", _) => format!(
            "{}, or a time since the start such as `90s`",
            stamps::EXPECTED
        ),
        (_, Measure::Time) => "a duration such as `90s`, `01:30:00` or `2-01:30:00`".into(),
        _ => return leave_out,
    };
    format!("expected {expected}; {leave_out}")
}

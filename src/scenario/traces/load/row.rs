//! One row of recorded requests: conditions, the conversion of its cells, and repairs.

use crate::scenario::laws::columns::{Column, decimal};
use crate::scenario::reading::rows::{BadCell, Rows};
use crate::scenario::traces::left_out::Repair;
use crate::scenario::traces::row::advice;
use crate::scenario::traces::spec::{Layout, Negative, Spec};
use crate::scenario::traces::stamps;

/// The result of reading one row.
pub enum Outcome {
    /// Requests.
    Keep(Row),
    /// A row that a condition leaves out.
    Skip,
    /// A row that a repair leaves out.
    LeftOut(Repair),
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

/// The requests of one row.
pub struct Row {
    /// The time in µs; `None` without a column of times.
    pub time: Option<u64>,
    /// True for a calendar time, which counts from 1970.
    pub is_calendar: bool,
    /// Millionths of a request, or of a request per second.
    pub amount: u128,
    /// True when a negative number was taken as 0.
    pub repaired: Option<Repair>,
}

/// Reads the current row. `is_calendar` says whether the rows before have calendar times.
pub fn row(spec: &Spec<'_>, layout: &Layout, rows: &Rows, is_calendar: Option<bool>) -> Outcome {
    for ((_, _, condition), index) in spec.conditions.iter().zip(&layout.conditions) {
        if !rows.cell(*index).is_ok_and(|cell| condition.holds(cell)) {
            return Outcome::Skip;
        }
    }
    let mut found = Row {
        time: None,
        is_calendar: is_calendar.unwrap_or(false),
        amount: 1_000_000,
        repaired: None,
    };
    let columns = spec.columns.iter().zip(&layout.columns);
    for (number, ((name, _, column), (index, times))) in columns.enumerate() {
        let bad = |cell: &str, why: &BadCell| Outcome::Bad {
            column: column.name.clone(),
            why: why.words(cell),
            advice: advice(name, column, cell, why),
            cell: *index,
        };
        let cell = match rows.cell(*index) {
            Ok(cell) => cell.trim(),
            Err(why) => return bad("", &why),
        };
        let read = match *name {
            "time" => time(spec, column, cell, is_calendar, &mut found),
            _ => amount(column, cell, times.map(|index| rows.cell(index))).map(|amount| {
                found.amount = amount;
            }),
        };
        match read {
            Ok(()) => {}
            Err(BadCell::Empty) if spec.skip_empty => {
                return Outcome::LeftOut(Repair::Empty(number));
            }
            Err(BadCell::Negative) if spec.negative == Negative::Skip => {
                return Outcome::LeftOut(Repair::Negative(number));
            }
            Err(BadCell::Negative) if spec.negative == Negative::Zero && *name != "time" => {
                found.repaired = Some(Repair::Negative(number));
                found.amount = 0;
            }
            Err(why) => return bad(cell, &why),
        }
    }
    Outcome::Keep(found)
}

/// Reads the time of a row.
fn time(
    spec: &Spec<'_>,
    column: &Column,
    cell: &str,
    is_calendar: Option<bool>,
    found: &mut Row,
) -> Result<(), BadCell> {
    let is_date = column.scale.is_none() && stamps::is_date(cell);
    if let Some(known) = is_calendar.filter(|known| *known != is_date && !cell.is_empty()) {
        let which = if known { "no " } else { "a " };
        return Err(BadCell::Not(format!(
            "`{cell}` is {which}calendar time, unlike that of the rows before"
        )));
    }
    let micros = match is_date {
        true => column
            .unscaled(cell)
            .and_then(|()| stamps::micros(cell, &spec.zone))?,
        false => column.value(cell, None).map_err(|why| match why {
            BadCell::Not(_) if column.scale.is_none() => {
                BadCell::Not(format!("`{cell}` is not a time"))
            }
            why => why,
        })?,
    };
    // `Column::value` refuses 2^63 and above.
    found.time = Some(micros as u64);
    found.is_calendar = is_date;
    Ok(())
}

/// Reads a count or a rate in millionths.
fn amount(
    column: &Column,
    cell: &str,
    times: Option<Result<&str, BadCell>>,
) -> Result<u128, BadCell> {
    let by = times.transpose()?.map(decimal).transpose()?;
    column.value(cell, by)
}

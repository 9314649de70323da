//! How the files of a trace are read: columns, conditions and repairs.

use crate::scenario::laws::columns::Column;
use crate::scenario::reading::reader::Cursor;
use jiff::tz::TimeZone;

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

impl Condition {
    /// True when the cell meets it.
    pub fn holds(&self, cell: &str) -> bool {
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

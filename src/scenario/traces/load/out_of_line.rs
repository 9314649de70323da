//! Rows of a series that are out of line: gaps, duplicates, rows that are too early.

use crate::plan::problem::Place;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::traces::left_out::{Tally, are};
use crate::units::Span;

/// How rows out of line are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `repair.gaps`.
    pub gaps: Gaps,
    /// `repair.duplicates`.
    pub duplicates: Duplicates,
    /// `repair.unsorted`: true for `sort`.
    pub sorts: bool,
}

/// How an interval without a row is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// The scenario is refused.
    Error,
    /// It has no requests.
    Zero,
    /// It has those of the interval before.
    Hold,
}

/// How a second row in an interval is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The scenario is refused.
    Error,
    /// They are added.
    Sum,
    /// The first one is kept.
    First,
    /// The last one is kept.
    Last,
}

/// The rows out of line that were found.
#[derive(Default)]
pub struct OutOfLine {
    /// The rows after a gap.
    pub gaps: Tally,
    /// Intervals without a row.
    pub missing: u64,
    /// Rows in the interval of the row before.
    pub duplicates: Tally,
    /// Rows that are earlier than the row before.
    pub unsorted: Tally,
}

impl OutOfLine {
    /// Reports what the rules do not allow. `files` are the paths for places, `written` those of the
    /// scenario.
    pub fn report(
        &self,
        at: &Cursor<'_>,
        (rules, interval): (Rules, u64),
        (files, written): (&[String], &[String]),
    ) {
        let interval = Span::micros(interval);
        let report = |tally: &Tally, message: String, hint: &str| {
            let Some((file, line)) = tally.first() else {
                return;
            };
            at.problem(message)
                .at(Place {
                    file: files[usize::from(file)].clone(),
                    line,
                    column: 0,
                    snippet: String::new(),
                    width: 1,
                })
                .hint(hint)
                .report();
        };
        if !rules.sorts {
            let others = self.unsorted.others(written);
            let message = format!("this row is earlier than the one before{others}");
            report(
                &self.unsorted,
                message,
                "`repair: { unsorted: sort }` sorts the rows",
            );
        }
        // The order comes first: with rows that are too early, gaps and duplicates mean nothing.
        if !rules.sorts && self.unsorted.rows > 0 {
            return;
        }
        if rules.gaps == Gaps::Error {
            let missing = match self.missing {
                1 => format!("1 interval of {interval} has no row"),
                missing => format!("{missing} intervals of {interval} have no row"),
            };
            let message = match self.gaps.rows {
                1 => format!("{missing}; the gap ends here"),
                gaps => format!("{missing}, in {gaps} gaps; the first gap ends here"),
            };
            report(
                &self.gaps,
                message,
                "`repair: { gaps: zero }` takes them as intervals without requests, `hold` repeats the interval before",
            );
        }
        if rules.duplicates == Duplicates::Error {
            let others = self.duplicates.others(written);
            let message =
                format!("this row is in the same interval of {interval} as the one before{others}");
            report(
                &self.duplicates,
                message,
                "`repair: { duplicates: sum }` adds such rows; `first` and `last` keep one of them",
            );
        }
    }

    /// One sentence per repair.
    pub fn sentences(&self, rules: Rules, written: &[String]) -> Vec<String> {
        let mut sentences = Vec::new();
        let (what, key) = match rules.gaps {
            Gaps::Hold => ("taken as the one before", "hold"),
            Gaps::Zero | Gaps::Error => ("taken as 0", "zero"),
        };
        if self.missing > 0 {
            sentences.push(format!(
                "{} without a row {} (`repair: {{ gaps: {key} }}`), first before: {}",
                counted(self.missing, "interval"),
                are(self.missing, what),
                self.gaps.places(written)
            ));
        }
        let (what, key) = match rules.duplicates {
            Duplicates::Sum | Duplicates::Error => ("added to it", "sum"),
            Duplicates::First => ("left out", "first"),
            Duplicates::Last => ("taken instead", "last"),
        };
        let rows = self.duplicates.rows;
        if rows > 0 {
            sentences.push(format!(
                "{} in the interval of the row before {} (`repair: {{ duplicates: {key} }}`), first: {}",
                counted(rows, "row"),
                are(rows, what),
                self.duplicates.places(written)
            ));
        }
        let rows = self.unsorted.rows;
        if rows > 0 {
            sentences.push(format!(
                "{} earlier than the row before {} (`repair: {{ unsorted: sort }}`), first: {}",
                counted(rows, "row"),
                are(rows, "sorted"),
                self.unsorted.places(written)
            ));
        }
        sentences
    }
}

/// "1 row", "2 rows".
fn counted(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

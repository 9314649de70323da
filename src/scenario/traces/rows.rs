//! The files of a trace: their headers and rows.

use super::left_out::{Repairs, Wrong};
use super::row::{Outcome, row};
use super::spec::{Layout, Spec};
use crate::plan::TraceRow;
use crate::plan::problem::Place;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::{Format, Rows, short};
use crate::scenario::reading::tables::Tables;

/// The most rows of one trace.
pub const MOST_ROWS: usize = 50_000_000;

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
    let unreadable = |why: String| at.problem(why).report();
    let mut tables = Tables::open(path, format).map_err(unreadable).ok()?;
    while let Some((within, rows)) = tables.next().map_err(unreadable).ok()? {
        let name = match within {
            Some(within) => format!("{}/{within}", path.display()),
            None => path.display().to_string(),
        };
        read_table(spec, at, (index, &name), rows, found)?;
    }
    Some(())
}

/// Reads one table of a file.
fn read_table(
    spec: &Spec<'_>,
    at: &Cursor<'_>,
    (index, name): (u16, &str),
    mut rows: Rows,
    found: &mut Found,
) -> Option<()> {
    let layout = layout(spec, &rows, name)?;
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
                    let written = at.node.as_text().unwrap_or(name);
                    (written.to_string(), rows.place(name, count))
                });
            }
            Outcome::Bad {
                column,
                why,
                advice,
                cell,
            } => {
                let place = || rows.place(name, cell);
                let wrong = &mut found.wrong;
                wrong.add(column, (why, advice), (index, line), place);
            }
        }
    }
    Some(())
}

/// The position of the column of counts in the [`Spec`].
pub fn count_column(spec: &Spec<'_>) -> Option<usize> {
    spec.columns.iter().position(|(name, ..)| *name == "count")
}

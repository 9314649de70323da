//! Rows of a trace that are not played as they stand: wrong ones, which are reported, and those
//! that `repair` and `unplaceable` leave out or change, which are counted. Rows that are wrong in
//! the same way are one problem.

use crate::plan::problem::Place;
use crate::scenario::reading::reader::Cursor;
use std::collections::BTreeMap;

/// Rows of one kind: how many there are, and the first three.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Number of rows.
    pub rows: u64,
    /// The index of the file and the line of the first three.
    first: Vec<(u16, u32)>,
}

/// How many rows of a kind are named.
const NAMED: usize = 3;

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, file: u16, line: u32) {
        self.rows += 1;
        if self.first.len() < NAMED {
            self.first.push((file, line));
        }
    }

    /// The first row: the index of its file, and its line.
    pub fn first(&self) -> Option<(u16, u32)> {
        self.first.first().copied()
    }

    /// The first rows: "lines 3, 7 and 9 of `jobs.csv`".
    pub fn places(&self, files: &[String]) -> String {
        places(&self.first, files)
    }

    /// What follows the message about the first row; empty when it is the only one.
    pub fn others(&self, files: &[String]) -> String {
        match self.first.as_slice() {
            [] | [_] => String::new(),
            [_, next @ ..] => format!(
                " (the first of {} such rows; next: {})",
                self.rows,
                places(next, files)
            ),
        }
    }
}

fn places(rows: &[(u16, u32)], files: &[String]) -> String {
    let groups = rows.chunk_by(|one, other| one.0 == other.0);
    let texts: Vec<String> = groups
        .map(|group| {
            let file = files.get(usize::from(group[0].0));
            let lines: Vec<String> = group.iter().map(|(_, line)| line.to_string()).collect();
            let lines = match lines.as_slice() {
                [first @ .., last] if !first.is_empty() => {
                    format!("lines {} and {last}", first.join(", "))
                }
                _ => format!("line {}", lines.join("")),
            };
            format!("{lines} of `{}`", file.map_or("", String::as_str))
        })
        .collect();
    texts.join(", ")
}

/// Wrong rows by column and kind.
#[derive(Default)]
pub struct Wrong {
    /// By name of the column, and the message and its advice without the texts of cells.
    kinds: BTreeMap<(String, String), WrongKind>,
    /// Rows of further kinds.
    others: u64,
}

struct WrongKind {
    tally: Tally,
    file: u16,
    message: String,
    advice: String,
    place: Place,
}

/// The most kinds that are reported one by one.
const MOST_KINDS: usize = 20;

impl Wrong {
    /// Counts a wrong row; `place` is asked for the first row of a kind.
    pub fn add(
        &mut self,
        column: String,
        (message, advice): (String, String),
        (file, line): (u16, u32),
        place: impl FnOnce() -> Place,
    ) {
        let key = (column, without_cells(&message) + &without_cells(&advice));
        if self.kinds.len() >= MOST_KINDS && !self.kinds.contains_key(&key) {
            self.others += 1;
            return;
        }
        let kind = self.kinds.entry(key).or_insert_with(|| WrongKind {
            tally: Tally::default(),
            file,
            message,
            advice,
            place: place(),
        });
        kind.tally.add(file, line);
    }

    /// Reports one problem per column and kind. `files` are the places where the files are named,
    /// `written` their paths as the scenario writes them.
    pub fn report(self, files: &[Cursor<'_>], written: &[String]) {
        for ((column, _), kind) in self.kinds {
            let others = kind.tally.others(written);
            files[usize::from(kind.file)]
                .problem(format!("column `{column}`: {}{others}", kind.message))
                .at(kind.place)
                .hint(kind.advice)
                .report();
        }
        if let (1.., Some(at)) = (self.others, files.first()) {
            at.problem(format!("{} more rows are wrong in other ways", self.others))
                .report();
        }
    }
}

/// A message without what stands in backticks, which is the text of a cell.
fn without_cells(message: &str) -> String {
    message.split('`').step_by(2).collect()
}

/// Why `repair` leaves a row out or changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// A cell is empty, in the column of this index among those that are read.
    Empty(usize),
    /// A number is negative, in the column of this index among those that are read.
    Negative(usize),
    /// The end lies before the arrival.
    EndBeforeArrival,
}

/// Rows that `repair` leaves out or changes.
#[derive(Default)]
pub struct Repairs {
    /// By reason, and whether the row is left out.
    tallies: BTreeMap<(Repair, bool), Tally>,
}

impl Repairs {
    /// Counts a row that is left out or, with `is_kept`, changed.
    pub fn add(&mut self, repair: Repair, is_kept: bool, (file, line): (u16, u32)) {
        let tally = self.tallies.entry((repair, is_kept)).or_default();
        tally.add(file, line);
    }

    /// Number of rows that are left out.
    pub fn left_out(&self) -> u64 {
        let left_out = self.tallies.iter().filter(|((_, is_kept), _)| !is_kept);
        left_out.map(|(_, tally)| tally.rows).sum()
    }

    /// One sentence per reason; `rows` is the number of rows of the trace, `columns` are the names
    /// of the columns that are read.
    pub fn sentences(&self, columns: &[&str], rows: u64, files: &[String]) -> Vec<String> {
        let sentence = |((repair, is_kept), tally): (&(Repair, bool), &Tally)| {
            let name = |index: &usize| columns[*index];
            let (why, key) = match repair {
                Repair::Empty(index) => (format!("column `{}` is empty", name(index)), "empty"),
                Repair::Negative(index) => {
                    (format!("column `{}` is negative", name(index)), "negative")
                }
                Repair::EndBeforeArrival => {
                    ("the end lies before the arrival".to_string(), "negative")
                }
            };
            let (how, rule) = match is_kept {
                false => (are(tally.rows, "left out"), "skip"),
                true => (are(tally.rows, "counted as 0"), "zero"),
            };
            format!(
                "{} of {rows} rows {how} because {why} (`repair: {{ {key}: {rule} }}`), first: {}",
                tally.rows,
                tally.places(files)
            )
        };
        self.tallies.iter().map(sentence).collect()
    }
}

/// "is left out", "are left out".
pub fn are(rows: u64, what: &str) -> String {
    match rows {
        1 => format!("is {what}"),
        _ => format!("are {what}"),
    }
}

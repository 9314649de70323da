//! A table that fits a width. When room is scarce the columns that matter least give way
//! first: those that can be spared are left out, then cells take their short forms, then
//! further columns are left out, and names are shortened last.

use super::super::text::{columns, shorten, shorten_apart};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};

/// What a cell's colour says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// Nothing.
    #[default]
    Plain,
    /// It is better.
    Good,
    /// It is worse.
    Bad,
    /// It matters less.
    Faint,
}

/// One cell: its text, and the same in fewer columns.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    full: String,
    short: String,
    tone: Tone,
}

/// A table on its way to the terminal. The first column holds names and stands left, the
/// others hold numbers and stand right.
pub(super) struct Grid {
    headers: Vec<String>,
    /// How much each column matters; the first is never left out.
    weights: Vec<u8>,
    rows: Vec<Vec<Entry>>,
    /// How many of the first columns hold names.
    names: usize,
    /// Names are not shortened below this before other columns give way.
    least_name: usize,
    /// Columns up to this weight are left out before any cell takes its short form.
    spare: u8,
}

/// Space between two columns.
const GAP: usize = 2;
impl Entry {
    pub(super) fn new(text: impl Into<String>) -> Self {
        let full = text.into();
        Self {
            short: full.clone(),
            full,
            tone: Tone::Plain,
        }
    }

    pub(super) fn or(mut self, short: impl Into<String>) -> Self {
        self.short = short.into();
        self
    }

    pub(super) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

impl Grid {
    /// A table with these columns; a higher weight stays longer.
    pub(super) fn new(names: usize, headers: &[(&str, u8)]) -> Self {
        Self::with_names_of(16, names, headers)
    }

    /// The same, with the columns that names keep before other columns give way.
    pub(super) fn with_names_of(least_name: usize, names: usize, headers: &[(&str, u8)]) -> Self {
        Self {
            least_name,
            spare: 0,
            headers: headers.iter().map(|(text, _)| (*text).into()).collect(),
            weights: headers.iter().map(|(_, weight)| *weight).collect(),
            rows: Vec::new(),
            names,
        }
    }

    /// Lets columns up to this weight be left out before any cell takes its short form.
    pub(super) fn spare(mut self, weight: u8) -> Self {
        self.spare = weight;
        self
    }

    pub(super) fn row(&mut self, row: Vec<Entry>) {
        assert_eq!(row.len(), self.headers.len(), "a cell for every column");
        self.rows.push(row);
    }

    /// The table's lines, each at most `width` wide.
    pub(super) fn lines(mut self, width: usize, color: bool) -> Vec<String> {
        while self.is_too_wide(width) && self.drop_least(self.spare) {}
        let mut by_weight: Vec<usize> = (0..self.headers.len()).collect();
        by_weight.sort_by_key(|column| self.weights[*column]);
        for column in by_weight {
            if self.is_too_wide(width) {
                for row in &mut self.rows {
                    row[column].full = std::mem::take(&mut row[column].short);
                }
            }
        }
        while self.is_too_wide(width) && self.drop_least(u8::MAX) {}
        let mut longest = self.longest_name();
        while longest > 4 && self.natural(longest) > width {
            longest -= 1;
        }
        self.shorten_names(longest);
        self.draw(width, color)
    }

    fn shorten_names(&mut self, longest: usize) {
        for column in 0..self.names {
            let names: Vec<String> = self
                .rows
                .iter()
                .map(|row| row[column].full.clone())
                .collect();
            let names = shorten_apart(&names, longest);
            for (row, name) in self.rows.iter_mut().zip(names) {
                row[column].full = name;
            }
            self.headers[column] = shorten(&self.headers[column], longest);
        }
    }

    fn is_too_wide(&self, width: usize) -> bool {
        self.natural(self.least_name) > width
    }

    /// The width of the whole, with names of at most `longest`.
    fn natural(&self, longest: usize) -> usize {
        (0..self.headers.len())
            .map(|column| {
                let width = self.column_width(column);
                let width = if column < self.names {
                    width.min(longest)
                } else {
                    width
                };
                width + GAP
            })
            .sum()
    }

    fn column_width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| columns(&row[column].full));
        let header = self.headers[column].lines().map(columns);
        cells.chain(header).max().unwrap_or(0)
    }

    fn longest_name(&self) -> usize {
        (0..self.names)
            .map(|column| self.column_width(column))
            .max()
            .unwrap_or(0)
    }

    /// Leaves out the column that matters least, the rightmost of equals, unless it matters
    /// more than `most`.
    fn drop_least(&mut self, most: u8) -> bool {
        let candidates = self.weights.iter().enumerate().skip(1);
        let candidates = candidates.filter(|(_, weight)| **weight <= most);
        let Some((column, _)) = candidates.min_by_key(|(at, weight)| (**weight, usize::MAX - at))
        else {
            return false;
        };
        self.headers.remove(column);
        self.weights.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
        self.names -= usize::from(column < self.names);
        true
    }

    fn draw(self, width: usize, color: bool) -> Vec<String> {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width.max(8)).unwrap_or(u16::MAX));
        if color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let names = self.names;
        let cell = |column: usize, text: &str| {
            if column < names {
                Cell::new(text)
            } else {
                Cell::new(text).set_alignment(CellAlignment::Right)
            }
        };
        let headers = self.headers.iter().enumerate();
        table.set_header(headers.map(|(column, text)| {
            let header = cell(column, text);
            if color {
                header.add_attribute(Attribute::Bold)
            } else {
                header
            }
        }));
        for row in &self.rows {
            let cells = row.iter().enumerate();
            table.add_row(cells.map(|(column, entry)| {
                let cell = cell(column, &entry.full);
                match entry.tone {
                    Tone::Plain => cell,
                    Tone::Good => cell.fg(Color::Green),
                    Tone::Bad => cell.fg(Color::Red),
                    Tone::Faint => cell.fg(Color::DarkGrey),
                }
            }));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP as u16));
        }
        table.lines().map(|line| line.trim_end().into()).collect()
    }
}

//! A table that fits a width. While it is too wide, in this order: columns up to the weight
//! `spare` are left out, cells take their short forms, further columns are left out (the lowest
//! weight first), and names are shortened.

use super::super::text::{columns, shorten, shorten_apart};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};

/// The meaning of a cell's colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// None: the colour of the terminal.
    #[default]
    Plain,
    /// Better than the baseline: green.
    Good,
    /// Worse than the baseline: red.
    Bad,
    /// No value: grey.
    Faint,
}

/// One cell: its text, and a shorter form of it for narrow terminals.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    full: String,
    short: String,
    tone: Tone,
}

/// A table for the terminal. The first `names` columns hold names and are aligned left; the others
/// hold numbers and are aligned right.
pub(super) struct Grid {
    headers: Vec<String>,
    /// The weight of each column: that with the lowest is left out first; the first column never.
    weights: Vec<u8>,
    rows: Vec<Vec<Entry>>,
    /// How many of the first columns hold names.
    names: usize,
    /// Columns of text that a name keeps while other columns can still be left out.
    least_name: usize,
    /// Columns up to this weight are left out before any cell takes its short form.
    spare: u8,
}

/// Spaces between two columns.
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

    /// With a shorter form.
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
    /// A table with these columns: header and weight. The first `names` columns hold names.
    pub(super) fn new(names: usize, headers: &[(&str, u8)]) -> Self {
        Self::with_names_of(16, names, headers)
    }

    /// The same, where names keep `least_name` columns of text while others can be left out.
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

    /// Adds a row.
    ///
    /// # Panics
    /// When it has not a cell for every column.
    pub(super) fn row(&mut self, row: Vec<Entry>) {
        assert_eq!(row.len(), self.headers.len(), "a cell for every column");
        self.rows.push(row);
    }

    /// The table's lines, each at most `width` columns wide.
    pub(super) fn lines(mut self, width: usize, color: bool) -> Vec<String> {
        // 1. Columns that may be left out first.
        while self.is_too_wide(width) && self.drop_least(self.spare) {}
        // 2. Short forms, from the column of the lowest weight up.
        let mut by_weight: Vec<usize> = (0..self.headers.len()).collect();
        by_weight.sort_by_key(|column| self.weights[*column]);
        for column in by_weight {
            if self.is_too_wide(width) {
                for row in &mut self.rows {
                    row[column].full = std::mem::take(&mut row[column].short);
                }
            }
        }
        // 3. Further columns.
        while self.is_too_wide(width) && self.drop_least(u8::MAX) {}
        // 4. Names, to four columns of text at least.
        let mut longest = self.longest_name();
        while longest > 4 && self.natural(longest) > width {
            longest -= 1;
        }
        self.shorten_names(longest);
        self.draw(width, color)
    }

    /// Shortens all names to at most `longest` columns of text.
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

    /// True when the table is too wide even with names shortened to `least_name`.
    fn is_too_wide(&self, width: usize) -> bool {
        self.natural(self.least_name) > width
    }

    /// The width of the table in columns, when names have at most `longest`.
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

    /// The width of a column without the gap after it.
    fn column_width(&self, column: usize) -> usize {
        let cells = self.rows.iter().flat_map(|row| row[column].full.lines());
        let cells = cells.map(columns);
        let header = self.headers[column].lines().map(columns);
        cells.chain(header).max().unwrap_or(0)
    }

    /// The width of the widest column of names.
    fn longest_name(&self) -> usize {
        (0..self.names)
            .map(|column| self.column_width(column))
            .max()
            .unwrap_or(0)
    }

    /// Leaves out the column of the lowest weight, of equals the rightmost. False when every
    /// column but the first has a weight above `most`.
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

    /// Draws the table as lines.
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

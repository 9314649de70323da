//! Rows of data files: CSV or separated by blanks, single cells, or lines of access logs. One row is held at
//! a time, so that the size of a file does not matter.

use super::bounded::{Bounded, MAX_ROW};
use super::cells::Cells;
use super::common_log;
use crate::plan::problem::Place;
use crate::scenario::keys::table::nearest;
use std::cell::Cell;
use std::io::{BufRead, BufReader, Chain, Read};
use std::path::Path;
use std::rc::Rc;

/// The reason for a cell that is not text.
pub const NOT_UTF8: &str = "the cell is not UTF-8 text";

/// How a file of rows is read.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// True when the first line holds the names of the columns.
    pub header: bool,
    /// The byte between cells; `None`: one or more blanks.
    pub separator: Option<u8>,
    /// Lines that begin with this byte are skipped.
    pub comment: Option<u8>,
    /// What a row is.
    pub layout: RowLayout,
}

/// What a row of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowLayout {
    /// A line of cells.
    Table,
    /// Each cell is a row.
    Cells,
    /// A line of an access log of a web server.
    CommonLog,
}

/// The reason why a cell could not be read as a number of its measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCell {
    /// The cell is empty.
    Empty,
    /// The number is below zero.
    Negative,
    /// Another reason, as a message.
    Not(String),
}

impl BadCell {
    /// The reason as a message.
    pub fn words(&self, cell: &str) -> String {
        match self {
            Self::Empty => "the cell is empty".into(),
            Self::Negative => format!("`{}` is negative", short(cell)),
            Self::Not(why) => match short(cell) {
                shown if shown.len() < cell.len() => {
                    let why = why.replace(cell, &shown);
                    why.chars().take(300).collect()
                }
                _ => why.clone(),
            },
        }
    }
}

/// A text of a data file for a message: its first 60 characters.
pub fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// An open file that is read row by row.
pub struct Rows {
    /// The reader of the file.
    pub source: RowSource,
    /// The cells of the current row.
    pub cells: csv::ByteRecord,
    /// Its line in the file, from 1.
    pub line: u64,
    /// The separator that [`place`](Self::place) prints between cells.
    pub separator: char,
    /// The names of the columns, when there is a header.
    pub names: Option<Vec<String>>,
    /// Bytes that the current row may still have.
    left: Rc<Cell<u64>>,
}

/// A reader of rows, by the kind of separator.
pub enum RowSource {
    /// Cells are separated by one byte, with quotes as in CSV.
    Separated(Box<csv::Reader<Chain<BufReader<Bounded>, &'static [u8]>>>),
    /// Cells are separated by blanks, without quotes, or as in an access log.
    Lines {
        reader: BufReader<Bounded>,
        comment: Option<u8>,
        line: u64,
        buffer: Vec<u8>,
        is_log: bool,
    },
    /// Each cell is a row.
    Cells(Cells),
}

impl Rows {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When it cannot be read; the message names the file.
    pub fn open(path: &Path, format: Format) -> Result<Self, String> {
        Self::bounded(Bounded::open(path)?, &path.display().to_string(), format)
    }

    /// Reads the header of a table in these bytes, which messages call `name`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(bytes: Box<dyn Read>, name: &str, format: Format) -> Result<Self, String> {
        Self::bounded(Bounded::new(bytes), name, format)
    }

    fn bounded(
        (bytes, left): (Bounded, Rc<Cell<u64>>),
        name: &str,
        format: Format,
    ) -> Result<Self, String> {
        let source = match (format.layout, format.separator) {
            (RowLayout::Cells, separator) => {
                let reader = BufReader::with_capacity(1 << 16, bytes);
                RowSource::Cells(Cells::new(reader, separator, format.comment))
            }
            (RowLayout::Table, Some(character)) => {
                let mut bytes = BufReader::with_capacity(1 << 16, bytes);
                let is_new_line = |byte: &u8| *byte == b'\n';
                let cannot = |error: std::io::Error| format!("cannot read `{name}`: {error}");
                let has_new_lines = bytes.fill_buf().map_err(cannot)?.iter().any(is_new_line);
                // Lines end with `\n`, and the `\r` before it is trimmed with the cell, so that
                // lines are counted right. A file without `\n` has `\r` alone, as old ones do.
                let end = match has_new_lines {
                    true => csv::Terminator::Any(b'\n'),
                    false => csv::Terminator::CRLF,
                };
                // The last line ends like the others.
                let bytes = bytes.chain(&b"\n"[..]);
                RowSource::Separated(Box::new(
                    csv::ReaderBuilder::new()
                        .has_headers(false)
                        .flexible(true)
                        .delimiter(character)
                        .comment(format.comment)
                        .terminator(end)
                        .buffer_capacity(1 << 16)
                        .from_reader(bytes),
                ))
            }
            (layout, _) => RowSource::Lines {
                reader: BufReader::with_capacity(1 << 16, bytes),
                comment: format.comment,
                line: 0,
                buffer: Vec::new(),
                is_log: layout == RowLayout::CommonLog,
            },
        };
        let mut rows = Self {
            source,
            cells: csv::ByteRecord::new(),
            line: 0,
            separator: format.separator.map_or(' ', char::from),
            names: None,
            left,
        };
        if format.header {
            let is_there = rows
                .next()
                .map_err(|error| format!("cannot read the header of `{name}`: {error}"))?;
            if !is_there {
                return Err(format!("`{name}` is empty"));
            }
            let names = rows.cells.iter().map(|cell| {
                let name = String::from_utf8_lossy(cell);
                name.trim_start_matches('\u{feff}').trim().to_string()
            });
            rows.names = Some(names.collect());
        } else if format.layout == RowLayout::CommonLog {
            rows.names = Some(common_log::NAMES.map(String::from).to_vec());
        }
        Ok(rows)
    }

    /// Reads the next row that is not blank; false at the end of the file.
    ///
    /// # Errors
    /// When reading fails.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<bool, String> {
        match &mut self.source {
            RowSource::Separated(reader) => loop {
                self.left.set(MAX_ROW);
                let is_there = reader
                    .read_byte_record(&mut self.cells)
                    .map_err(|error| error.to_string())?;
                // The place before the row may be that of blank lines and comments; the row ends
                // where the reader is. Cells in quotes may hold ends of lines.
                let before = self.cells.position().map_or(0, csv::Position::line);
                let after = reader.position().line();
                self.line = match after.saturating_sub(before) {
                    0 | 1 => before,
                    _ => {
                        let bytes = self.cells.as_slice().iter();
                        let inside = bytes.filter(|byte| **byte == b'\n').count() as u64;
                        after.saturating_sub(1 + inside)
                    }
                };
                let is_blank = self.cells.len() == 1 && self.cells.as_slice() == b"\r";
                if !is_blank {
                    return Ok(is_there);
                }
            },
            RowSource::Cells(cells) => {
                self.left.set(MAX_ROW);
                let is_there = cells.next(&self.left).map_err(|error| error.to_string())?;
                self.cells.clear();
                self.cells.push_field(&cells.cell);
                self.line = cells.line;
                Ok(is_there)
            }
            RowSource::Lines {
                reader,
                comment,
                line,
                buffer,
                is_log,
            } => loop {
                buffer.clear();
                self.left.set(MAX_ROW);
                let count = reader
                    .read_until(b'\n', buffer)
                    .map_err(|error| error.to_string())?;
                if count == 0 {
                    return Ok(false);
                }
                *line += 1;
                let is_comment = comment.is_some() && buffer.first().copied() == *comment;
                if is_comment || buffer.trim_ascii().is_empty() {
                    continue;
                }
                self.cells.clear();
                if *is_log {
                    common_log::fields(buffer, |field| self.cells.push_field(field));
                } else {
                    let cells = buffer.split(u8::is_ascii_whitespace);
                    let cells = cells.filter(|cell| !cell.is_empty());
                    cells.for_each(|cell| self.cells.push_field(cell));
                }
                self.line = *line;
                return Ok(true);
            },
        }
    }

    /// The text of a cell, by its index from 0; empty when the row is shorter.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn cell(&self, index: usize) -> Result<&str, BadCell> {
        std::str::from_utf8(self.cells.get(index).unwrap_or_default())
            .map_err(|_| BadCell::Not(NOT_UTF8.into()))
    }

    /// The place of a cell of the current row, for messages. The printed line is made of the
    /// cells, so that quotes of the file are missing in it.
    pub fn place(&self, file: &str, index: usize) -> Place {
        let (mut snippet, mut column, mut width) = (String::new(), 0, 1);
        for (number, cell) in self.cells.iter().enumerate() {
            if number > 0 {
                snippet.push(self.separator);
            }
            let cell = String::from_utf8_lossy(cell.trim_ascii_end());
            if number == index {
                column = snippet.chars().count() as u32 + 1;
                width = (cell.chars().count() as u32).max(1);
            }
            snippet.push_str(&cell);
        }
        Place {
            file: file.to_string(),
            line: self.line.min(u64::from(u32::MAX)) as u32,
            column,
            snippet,
            width,
        }
    }

    /// The index from 0 of a column, by its name, or without a header by its number from 1.
    ///
    /// # Errors
    /// A message, and the most similar name of a column.
    pub fn index_of(&self, column: &str) -> Result<usize, (String, Option<String>)> {
        let Some(names) = &self.names else {
            return match column.parse::<usize>() {
                Ok(number) if (1..=10_000).contains(&number) => Ok(number - 1),
                _ => Err((
                    format!("without a header, `{column}` must be a column's number, from 1"),
                    None,
                )),
            };
        };
        names.iter().position(|name| name == column).ok_or_else(|| {
            let near = nearest(column, names.iter().map(String::as_str));
            (format!("there is no column `{column}`"), near)
        })
    }
}

//! Columns of numbers in files: CSV or separated by blanks, plain or .gz, streamed row by
//! row. Exact where the unit allows it; the rest is rounded half up once.

use super::law::Quantity;
use super::problem::Place;
use super::reader::{Cursor, Record, ticked};
use super::table::nearest;
use super::tree::plain;
use crate::units::{Cpu, Memory, Span};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The most bytes of one file after decompression.
const MAX_BYTES: u64 = 16 << 30;
/// The longest line.
const MAX_LINE: u64 = 1 << 20;

/// How a file of rows is read.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Whether the first line names the columns.
    pub header: bool,
    /// What stands between cells; `None`: any run of blanks.
    pub separator: Option<u8>,
    /// Lines that begin with this are skipped.
    pub comment: Option<u8>,
}

/// Rows of a file, one at a time.
pub struct Rows {
    source: RowSource,
    /// The cells of the current row.
    pub cells: csv::ByteRecord,
    /// Its line in the file, from 1.
    pub line: u64,
    separator: char,
    /// The names of the columns, when there is a header.
    pub names: Option<Vec<String>>,
}

enum RowSource {
    Separated(Box<csv::Reader<Box<dyn Read>>>),
    Blanks {
        reader: BufReader<Box<dyn Read>>,
        comment: Option<u8>,
        line: u64,
        buffer: Vec<u8>,
    },
}

/// A column that is read, and what its numbers mean.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name or number, as written.
    pub name: String,
    /// What one of its numbers is, in the base unit of what is read; `None`: each cell
    /// carries its own unit.
    pub scale: Option<Scale>,
    /// Multiplies each number.
    pub factor: f64,
    /// A column that multiplies it row by row.
    pub times: Option<String>,
    /// What is read.
    pub measure: Measure,
}

/// The base units of one number: a whole number of them.
pub type Scale = u128;

/// What a column of a file measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Microseconds.
    Time,
    /// 1/128,000 vCPU.
    Cpu,
    /// Bytes.
    Memory,
    /// Thousandths of a device.
    Gpu,
    /// A count.
    Count,
}

/// Why a cell is not a number of its measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCell {
    /// There is nothing in it.
    Empty,
    /// It is below zero.
    Negative,
    /// It is something else.
    Not(String),
}

impl Measure {
    const fn units(self) -> &'static [(&'static str, Scale)] {
        match self {
            Self::Time => &[
                ("us", 1),
                ("ms", 1_000),
                ("s", 1_000_000),
                ("min", 60_000_000),
                ("h", 3_600_000_000),
                ("d", 86_400_000_000),
            ],
            Self::Cpu => &[
                ("vcpu", 128_000),
                ("cores", 128_000),
                ("millis", 128),
                ("units", 125),
            ],
            Self::Memory => &[
                ("B", 1),
                ("KiB", 1 << 10),
                ("MiB", 1 << 20),
                ("GiB", 1 << 30),
                ("TiB", 1 << 40),
            ],
            Self::Gpu => &[("devices", 1_000), ("millis", 1)],
            Self::Count => &[],
        }
    }

    /// The scale of a unit's name.
    pub fn unit(self, at: &Cursor<'_>) -> Option<Scale> {
        let text = at.text()?;
        let found = self.units().iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let names = self.units().iter().map(|(name, _)| *name);
            at.problem(format!("`{text}` is not a unit of this column"))
                .nearest(nearest(text, names.clone()))
                .expected(ticked(names))
                .report();
        }
        found.map(|(_, scale)| *scale)
    }

    fn own_unit(self, text: &str) -> Result<u128, String> {
        let said = |error: crate::units::ParseUnitError| error.to_string();
        match self {
            Self::Time => text
                .parse::<Span>()
                .map(|s| s.as_micros().into())
                .map_err(said),
            Self::Cpu => text
                .parse::<Cpu>()
                .map(|c| c.as_base().into())
                .map_err(said),
            Self::Memory => text
                .parse::<Memory>()
                .map(|m| m.as_bytes().into())
                .map_err(said),
            Self::Gpu => scaled(text, 1_000).map_err(|e| e.words(text)),
            Self::Count => scaled(text, 1).map_err(|e| e.words(text)),
        }
    }
}

impl BadCell {
    /// What is wrong, in words.
    pub fn words(&self, cell: &str) -> String {
        match self {
            Self::Empty => "the cell is empty".into(),
            Self::Negative => format!("`{cell}` is negative"),
            Self::Not(why) => why.clone(),
        }
    }
}

impl Column {
    /// The value of a cell in base units; `by` is what the `times` column says.
    pub fn value(&self, cell: &str, by: Option<f64>) -> Result<u128, BadCell> {
        let cell = cell.trim();
        if cell.is_empty() {
            return Err(BadCell::Empty);
        }
        let Some(scale) = self.scale else {
            let base = self.measure.own_unit(cell).map_err(|why| {
                if cell.starts_with('-') {
                    BadCell::Negative
                } else {
                    BadCell::Not(why)
                }
            })?;
            return match by {
                None => Ok(base),
                Some(by) => rounded(base as f64 * by, cell),
            };
        };
        if self.factor == 1.0 && by.is_none() {
            return scaled(cell, scale);
        }
        let number = decimal(cell)?;
        rounded(
            number * self.factor * by.unwrap_or(1.0) * scale as f64,
            cell,
        )
    }
}

/// A number that is not negative.
pub fn decimal(cell: &str) -> Result<f64, BadCell> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(BadCell::Empty);
    }
    match cell.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        Ok(number) if number < 0.0 => Err(BadCell::Negative),
        _ => Err(BadCell::Not(format!("`{cell}` is not a number"))),
    }
}

/// Above this nothing in a trace makes sense: 2^63.
const LARGEST: u128 = 1 << 63;

fn rounded(value: f64, cell: &str) -> Result<u128, BadCell> {
    let value = value + 0.5;
    if value < LARGEST as f64 {
        Ok(value as u128)
    } else {
        Err(BadCell::Not(format!("`{cell}` is too large")))
    }
}

/// `cell × scale`, rounded half up, exactly for up to 24 digits.
fn scaled(cell: &str, scale: u128) -> Result<u128, BadCell> {
    // Most cells are whole and short, and a trace has millions of them.
    if (1..=9).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        let digits = cell.bytes().map(|byte| u64::from(byte - b'0'));
        let value = u128::from(digits.fold(0, |sum, digit| sum * 10 + digit)) * scale;
        if value < LARGEST {
            return Ok(value);
        }
    }
    let (mut mantissa, mut power, mut digits, mut point) = (0u128, 1u128, 0, false);
    for byte in cell.bytes() {
        match byte {
            b'0'..=b'9' if digits < 24 => {
                mantissa = mantissa * 10 + u128::from(byte - b'0');
                digits += 1;
                if point {
                    power *= 10;
                }
            }
            b'.' if !point => point = true,
            // Signs, exponents, very long numbers and nonsense.
            _ => return rounded(decimal(cell)? * scale as f64, cell),
        }
    }
    if digits == 0 {
        return Err(BadCell::Not(format!("`{cell}` is not a number")));
    }
    let value = mantissa
        .checked_mul(scale)
        .and_then(|value| value.checked_add(power / 2))
        .map(|value| value / power);
    match value {
        Some(value) if value < LARGEST => Ok(value),
        _ => Err(BadCell::Not(format!("`{cell}` is too large"))),
    }
}

impl Rows {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When it cannot be read; the message names the file.
    pub fn open(path: &Path, format: Format) -> Result<Self, String> {
        let cannot =
            |error: std::io::Error| format!("cannot read `{}`: {}", path.display(), plain(&error));
        let file = File::open(path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(format!("cannot read `{}`: it is a folder", path.display()));
        }
        let is_packed = path.extension().is_some_and(|end| end == "gz");
        let bytes: Box<dyn Read> = if is_packed {
            Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file)).take(MAX_BYTES))
        } else {
            Box::new(file.take(MAX_BYTES))
        };
        let source = match format.separator {
            Some(character) => RowSource::Separated(Box::new(
                csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .delimiter(character)
                    .comment(format.comment)
                    .buffer_capacity(1 << 16)
                    .from_reader(bytes),
            )),
            None => RowSource::Blanks {
                reader: BufReader::with_capacity(1 << 16, bytes),
                comment: format.comment,
                line: 0,
                buffer: Vec::new(),
            },
        };
        let mut rows = Self {
            source,
            cells: csv::ByteRecord::new(),
            line: 0,
            separator: format.separator.map_or(' ', char::from),
            names: None,
        };
        if format.header {
            let is_there = rows
                .next()
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            if !is_there {
                return Err(format!("`{}` is empty", path.display()));
            }
            let names = rows.cells.iter().map(|cell| {
                let name = String::from_utf8_lossy(cell);
                name.trim_start_matches('\u{feff}').trim().to_string()
            });
            rows.names = Some(names.collect());
        }
        Ok(rows)
    }

    /// Goes to the next row that is not blank; false at the end.
    ///
    /// # Errors
    /// When reading fails.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<bool, String> {
        match &mut self.source {
            RowSource::Separated(reader) => {
                let is_there = reader
                    .read_byte_record(&mut self.cells)
                    .map_err(|error| error.to_string())?;
                self.line = self.cells.position().map_or(0, csv::Position::line);
                Ok(is_there)
            }
            RowSource::Blanks {
                reader,
                comment,
                line,
                buffer,
            } => loop {
                buffer.clear();
                let count = reader
                    .by_ref()
                    .take(MAX_LINE)
                    .read_until(b'\n', buffer)
                    .map_err(|error| error.to_string())?;
                if count == 0 {
                    return Ok(false);
                }
                *line += 1;
                let is_comment = comment.is_some() && buffer.first().copied() == *comment;
                let mut cells = buffer
                    .split(u8::is_ascii_whitespace)
                    .filter(|cell| !cell.is_empty())
                    .peekable();
                if is_comment || cells.peek().is_none() {
                    continue;
                }
                self.cells.clear();
                for cell in cells {
                    self.cells.push_field(cell);
                }
                self.line = *line;
                return Ok(true);
            },
        }
    }

    /// The text of a cell; empty when the row is shorter.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn cell(&self, index: usize) -> Result<&str, BadCell> {
        std::str::from_utf8(self.cells.get(index).unwrap_or_default())
            .map_err(|_| BadCell::Not("the cell is not UTF-8 text".into()))
    }

    /// Where a cell of the current row stands; the line is put together from its cells.
    pub fn place(&self, file: &str, index: usize) -> Place {
        let (mut snippet, mut column, mut width) = (String::new(), 0, 1);
        for (number, cell) in self.cells.iter().enumerate() {
            if number > 0 {
                snippet.push(self.separator);
            }
            let cell = String::from_utf8_lossy(cell);
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

    /// The index of a column by name, or by number from 1 when there is no header.
    ///
    /// # Errors
    /// What is wrong, and the nearest name.
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

/// A file that a key names, relative to the file it was written in.
pub fn file(at: &Cursor<'_>) -> Option<PathBuf> {
    let written = at.text()?;
    Some(at.context.sources.resolve(at.node.origin, written))
}

/// The values of `empirical`.
pub fn empirical(record: &Record<'_>, quantity: Quantity) -> Option<Vec<f64>> {
    let measure = match quantity {
        Quantity::Seconds => Measure::Time,
        Quantity::CpuUnits => Measure::Cpu,
        Quantity::Bytes | Quantity::BytesPerVcpu => Measure::Memory,
    };
    let header = match record.get("header") {
        Some(at) => at.boolean()?,
        None => true,
    };
    let at = record.get("file")?;
    let path = file(&at)?;
    let column_at = record.get("column")?;
    let column = Column {
        name: column_at.text()?.to_string(),
        scale: match record.get("unit") {
            Some(unit) => Some(measure.unit(&unit)?),
            None => None,
        },
        factor: match record.get("factor") {
            Some(factor) => factor.number()?,
            None => 1.0,
        },
        times: None,
        measure,
    };
    let format = Format {
        header,
        separator: Some(b','),
        comment: None,
    };
    let name = path.display();
    let rows = Rows::open(&path, format).map_err(|why| at.problem(why).report());
    let mut rows = rows.ok()?;
    let index = match rows.index_of(&column.name) {
        Ok(index) => index,
        Err((why, near)) => {
            column_at
                .problem(format!("{why} in `{name}`"))
                .nearest(near)
                .report();
            return None;
        }
    };
    let mut values = Vec::new();
    loop {
        match rows.next() {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => {
                at.problem(format!("cannot read `{name}`: {why}")).report();
                return None;
            }
        }
        let cell = rows.cell(index).unwrap_or_default();
        match column.value(cell, None) {
            Ok(value) => values.push(match measure {
                Measure::Time => value as f64 / 1e6,
                Measure::Cpu => value as f64 / 125.0,
                _ => value as f64,
            }),
            Err(bad) => {
                at.problem(format!("column `{}`: {}", column.name, bad.words(cell)))
                    .at(rows.place(&name.to_string(), index))
                    .report();
                return None;
            }
        }
    }
    if values.is_empty() {
        at.problem(format!("`{name}` has no values")).report();
        return None;
    }
    Some(values)
}

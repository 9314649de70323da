//! Numbers in columns of data files, in whole base units. A number is exact where its unit is a
//! whole number of base units; everything else is rounded half up, once.

use super::clock;
use super::quantity::Quantity;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::rows::{BadCell, Format, RowLayout, Rows};
use crate::units::{Cpu, Memory, Span};
use std::path::PathBuf;

/// A column, and how its cells become base units.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name of the column, or without a header its number, as written in the scenario.
    pub name: String,
    /// Base units of the number 1 in a cell; `None`: each cell has its own unit.
    pub scale: Option<Scale>,
    /// Factor that each number is multiplied by.
    pub factor: f64,
    /// A second column; each cell is multiplied by its cell in the same row.
    pub times: Option<String>,
    /// What the column measures.
    pub measure: Measure,
}

/// How many base units the number 1 stands for.
pub type Scale = u128;

/// What a column measures; each variant names its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Time; base unit: 1 µs.
    Time,
    /// CPU; base unit: 1/128,000 vCPU.
    Cpu,
    /// Memory, or memory per vCPU; base unit: 1 byte.
    Memory,
    /// GPUs; base unit: 1/1,000 of a device.
    Gpu,
    /// A count; base unit: 1.
    Count,
    /// Requests, or requests per second; base unit: a millionth.
    Requests,
}

impl Measure {
    /// The names of the units, each with its scale.
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
            Self::Count | Self::Requests => &[],
        }
    }

    /// The names of the units.
    pub fn unit_names(self) -> Vec<&'static str> {
        self.units().iter().map(|(name, _)| *name).collect()
    }

    /// The scale of the unit that is named here; an unknown unit is reported.
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

    /// The base units of a cell that has its own unit.
    ///
    /// # Errors
    /// A message, when the cell is no value with a unit.
    pub fn own_unit(self, text: &str) -> Result<u128, String> {
        let said = |error: crate::units::ParseUnitError| error.to_string();
        match self {
            Self::Time => match clock::duration(text) {
                Some(read) => read.map_err(|why| why.words(text)),
                None => text
                    .parse::<Span>()
                    .map(|s| s.as_micros().into())
                    .map_err(said),
            },
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
            Self::Requests => scaled(text, 1_000_000).map_err(|e| e.words(text)),
        }
    }
}

impl Column {
    /// Refuses a factor and a `times` column, which a calendar time cannot have.
    ///
    /// # Errors
    /// When the column has one of them.
    pub fn unscaled(&self, cell: &str) -> Result<(), BadCell> {
        if self.factor == 1.0 && self.times.is_none() {
            return Ok(());
        }
        Err(BadCell::Not(format!(
            "`{cell}` is a calendar time, which takes no `factor` and no `times`"
        )))
    }

    /// The value of a cell in base units; `by` is the number in the `times` column.
    ///
    /// # Errors
    /// When the cell is empty, is no number, or is out of range.
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

/// Reads a finite decimal number of at least 0.
///
/// # Errors
/// When the cell is empty or holds anything else.
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

/// Values of 2^63 base units and above are refused, so that values fit 64 bits.
const LARGEST: u128 = 1 << 63;

/// Rounds half up to whole base units.
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
    // The fast path: most cells are short whole numbers, and a trace has millions of them.
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

/// The path that a key gives, resolved relative to the file that contains the key.
pub fn file(at: &Cursor<'_>) -> Option<PathBuf> {
    let written = at.text()?;
    Some(at.context.sources.resolve(at.node.origin, written))
}

/// Reads `separator`: a word, or the character itself. `Some(None)`: blanks.
pub fn separator(at: &Cursor<'_>) -> Option<Option<u8>> {
    const WORDS: [(&str, Option<u8>); 5] = [
        ("comma", Some(b',')),
        ("semicolon", Some(b';')),
        ("tab", Some(b'\t')),
        ("pipe", Some(b'|')),
        ("blanks", None),
    ];
    let text = at.text()?;
    if let Some((_, byte)) = WORDS.iter().find(|(word, _)| *word == text) {
        return Some(*byte);
    }
    match text.as_bytes() {
        [only] if *only == b'\t' || *only == b' ' => Some(Some(*only)),
        [only] if only.is_ascii_punctuation() && *only != b'"' => Some(Some(*only)),
        _ => {
            let words = WORDS.iter().map(|(word, _)| *word);
            at.problem(format!("`{text}` cannot be a separator"))
                .nearest(nearest(text, words.clone()))
                .expected(format!(
                    "{}, or one ASCII character that is no letter, no digit and no quote, such as `\"|\"`",
                    ticked(words)
                ))
                .report();
            None
        }
    }
}

/// The most values of an `empirical` law.
const MOST_VALUES: usize = 50_000_000;

/// The values of an `empirical` law, in the unit of the quantity.
pub fn empirical(record: &Record<'_>, quantity: Quantity) -> Option<Vec<f64>> {
    let measure = match quantity {
        Quantity::Seconds => Measure::Time,
        Quantity::CpuUnits => Measure::Cpu,
        Quantity::Bytes | Quantity::BytesPerVcpu => Measure::Memory,
        Quantity::Share => {
            let problem = record.at.problem("shares cannot be read from a file");
            problem.hint("list them in `oneOf`").report();
            return None;
        }
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
        separator: match record.get("separator") {
            Some(at) => separator(&at)?,
            None => Some(b','),
        },
        comment: None,
        layout: RowLayout::Table,
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
                at.problem(format!(
                    "cannot read `{name}` after line {}: {why}",
                    rows.line
                ))
                .report();
                return None;
            }
        }
        if values.len() >= MOST_VALUES {
            at.problem(format!("`{name}` has more than {MOST_VALUES} values"))
                .report();
            return None;
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

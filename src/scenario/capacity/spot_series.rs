//! Reads records of Spot pools: JSON with `metadata.gap_seconds` and `data`, plain or .gz. Other
//! keys of the file, such as prices, are ignored.

use crate::plan::LONGEST;
use crate::plan::problem::{Place, Problem};
use crate::scenario::laws::columns;
use crate::scenario::reading::bounded::Bounded;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::sources::{plain, utf8};
use crate::units::Span;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The most bytes of a record after decompression.
const MOST_BYTES: u64 = 64 << 20;

/// The recorded availability of a pool.
pub struct Recorded {
    /// Time between two levels.
    pub gap: Span,
    /// Number of instances that the pool can hold, from the start of the run on.
    pub levels: Arc<[u32]>,
}

/// Reads the record whose path is given here. It must cover the run, which ends at `end`.
pub fn read(at: &Cursor<'_>, end: Span) -> Option<Recorded> {
    let path = columns::file(at)?;
    let name = path.display().to_string();
    let text = match text(&path) {
        Ok(text) => text,
        Err(problem) => {
            let mut draft = at.problem(problem.message);
            draft.problem.hint = problem.hint;
            match problem.place {
                Some(place) => draft.at(place).report(),
                None => draft.report(),
            }
            return None;
        }
    };
    let file: RecordFile = match serde_json::from_str(&text) {
        Ok(file) => file,
        Err(error) => {
            let why = match error.is_data() {
                true => words(&error),
                false => format!("this is not valid JSON: {}", words(&error)),
            };
            at.problem(why)
                .at(place(&name, &text, &error))
                .expected(EXPECTED)
                .report();
            return None;
        }
    };
    let recorded = match recorded(file) {
        Ok(recorded) => recorded,
        Err(message) => {
            at.problem(message)
                .at(whole(&name))
                .expected(EXPECTED)
                .report();
            return None;
        }
    };
    let length = u128::from(recorded.gap.as_micros()) * recorded.levels.len() as u128;
    if length < u128::from(end.as_micros()) {
        let length = Span::micros(length as u64); // It fits: it is less than `end`.
        at.problem(format!(
            "`{name}` ends after {length}, before the end of the run at {end}"
        ))
        .hint("shorten `until`, or take a longer record")
        .report();
        return None;
    }
    Some(recorded)
}

const EXPECTED: &str = "JSON such as `{\"metadata\": {\"gap_seconds\": 600}, \"data\": [0, 1, 1]}`";

fn text(path: &Path) -> Result<String, Box<Problem>> {
    let name = path.display();
    let bytes = bytes(path).map_err(|message| Box::new(Problem::error("", message)))?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("`{name}` is larger than 64 MiB");
        return Err(Box::new(Problem::error("", message)));
    }
    utf8(&name.to_string(), bytes)
}

/// Reads a file of up to 64 MiB and one byte. The error is a message with the name of the file.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let name = path.display();
    let cannot = |error: std::io::Error| format!("cannot read `{name}`: {}", plain(&error));
    let (reader, left) = Bounded::open(path)?;
    left.set(u64::MAX); // It has no rows.
    let mut bytes = Vec::new();
    reader
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    Ok(bytes)
}

fn recorded(file: RecordFile) -> Result<Recorded, &'static str> {
    let gap = file.metadata.and_then(|metadata| metadata.gap_seconds);
    let Gap(seconds) = gap.ok_or("`metadata.gap_seconds` is missing")?;
    let levels = file.data.ok_or("`data` is missing")?;
    Ok(Recorded {
        // Whole microseconds, half up, at least one.
        gap: Span::micros(((seconds * 1e6 + 0.5) as u64).max(1)),
        levels: levels.into_iter().map(|Level(level)| level).collect(),
    })
}

/// The content of a file. Numbers are checked while they are read, because only then is their
/// place known.
#[derive(Deserialize)]
#[serde(expecting = "a map with `metadata` and `data`")]
struct RecordFile {
    metadata: Option<Metadata>,
    data: Option<Vec<Level>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a map with `gap_seconds`")]
struct Metadata {
    gap_seconds: Option<Gap>,
}

/// Seconds between two levels.
struct Gap(f64);

/// A count of instances.
struct Level(u32);

/// A number that is kept if a value can be made of it.
struct Number<T> {
    make: fn(f64) -> Option<T>,
    expected: &'static str,
}

impl<T> Number<T> {
    fn made<E: serde::de::Error>(self, value: f64) -> Result<T, E> {
        let why = || E::custom(format!("`{value}` is not {}", self.expected));
        (self.make)(value).ok_or_else(why)
    }
}

impl<T> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<T, E> {
        self.made(value as f64)
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<T, E> {
        self.made(value as f64)
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<T, E> {
        self.made(value)
    }
}

impl<'de> Deserialize<'de> for Gap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number {
            make: |seconds| {
                let is_valid = seconds > 0.0 && seconds <= LONGEST.as_seconds_f64();
                is_valid.then_some(Self(seconds))
            },
            expected: "a number of seconds between two records",
        })
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number {
            make: |level| {
                let is_whole = level >= 0.0 && level <= f64::from(u32::MAX) && level % 1.0 == 0.0;
                is_whole.then_some(Self(level as u32))
            },
            expected: "a count of instances",
        })
    }
}

/// The message of the JSON parser without its place; a problem has its own.
fn words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.split(" at line ").next().unwrap_or(&said).to_string()
}

fn place(name: &str, text: &str, error: &serde_json::Error) -> Place {
    let line = text.lines().nth(error.line().saturating_sub(1));
    Place {
        line: error.line() as u32,
        column: error.column() as u32,
        snippet: line.unwrap_or_default().to_string(),
        ..whole(name)
    }
}

fn whole(name: &str) -> Place {
    Place {
        file: name.to_string(),
        line: 0,
        column: 0,
        snippet: String::new(),
        width: 1,
    }
}

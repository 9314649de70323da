//! Reads records of Spot pools: JSON with `metadata.gap_seconds` and `data`, plain or .gz. Other
//! keys of the file, such as prices, are ignored.

use crate::plan::LONGEST;
use crate::plan::problem::Place;
use crate::scenario::laws::columns;
use crate::scenario::reading::bounded::Bounded;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::sources::plain;
use crate::units::Span;
use serde_json::Value;
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
    let text = match text(&path) {
        Ok(text) => text,
        Err(message) => {
            at.problem(message).report();
            return None;
        }
    };
    let name = path.display().to_string();
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => {
            at.problem(format!("this is not valid JSON: {}", words(&error)))
                .at(place(&name, &text, &error))
                .expected(EXPECTED)
                .report();
            return None;
        }
    };
    let recorded = match recorded(&value) {
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

fn text(path: &Path) -> Result<String, String> {
    let name = path.display();
    let cannot = |error: std::io::Error| format!("cannot read `{name}`: {}", plain(&error));
    let (reader, left) = Bounded::open(path)?;
    left.set(u64::MAX); // It has no rows.
    let mut bytes = Vec::new();
    reader
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("`{name}` is larger than 64 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| format!("`{name}` is not UTF-8 text"))
}

fn recorded(value: &Value) -> Result<Recorded, String> {
    let gap = value
        .pointer("/metadata/gap_seconds")
        .ok_or("`metadata.gap_seconds` is missing")?;
    let seconds = gap.as_f64().unwrap_or_default();
    if !(seconds > 0.0 && seconds <= LONGEST.as_seconds_f64()) {
        return Err(format!("`{gap}` cannot be the seconds between two records"));
    }
    // Whole microseconds, half up, at least one.
    let gap = Span::micros(((seconds * 1e6 + 0.5) as u64).max(1));
    let data = value.get("data").ok_or("`data` is missing")?;
    let data = data.as_array().ok_or("`data` is not a list")?;
    let level = |(index, value): (usize, &Value)| {
        let level = value.as_u64().and_then(|level| u32::try_from(level).ok());
        level.ok_or_else(|| {
            format!("`{value}`, number {index} of `data` from 0, is not a count of instances")
        })
    };
    let levels: Result<Vec<u32>, String> = data.iter().enumerate().map(level).collect();
    Ok(Recorded {
        gap,
        levels: levels?.into(),
    })
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

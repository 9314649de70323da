//! What the traces of tasks and of requests have in common: files, columns, conditions and repairs.

use super::spec::{Condition, Negative, Spec};
use crate::scenario::keys::traces::{CONDITION, TRACE_COLUMN};
use crate::scenario::laws::columns::{Column, Measure, file, separator};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::rows::{Format, RowLayout};
use crate::scenario::reading::tree::Value;
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// Reads `header`, `separator` and `comment`.
pub fn format(record: &Record<'_>) -> Option<Format> {
    let header = match record.get("header") {
        Some(at) => at.boolean()?,
        None => true,
    };
    let separator = match record.get("separator") {
        Some(at) => separator(&at)?,
        None => Some(b','),
    };
    let comment = match record.get("comment") {
        Some(at) => {
            let text = at.text()?;
            match text.as_bytes() {
                [only] if only.is_ascii_punctuation() => Some(*only),
                _ => {
                    at.problem(format!("`{text}` is not one character"))
                        .expected("a character such as `#` or `;`")
                        .report();
                    return None;
                }
            }
        }
        None => None,
    };
    Some(Format {
        header,
        separator,
        comment,
        layout: RowLayout::Table,
    })
}

/// Reads `files`: each with the place where it is named.
pub fn files<'a>(record: &Record<'a>) -> Option<Vec<(Cursor<'a>, PathBuf)>> {
    let at = record.get("files")?;
    let items = at.list();
    if items.is_empty() {
        at.problem("this list is empty")
            .hint("name at least one file")
            .report();
        return None;
    }
    if items.len() > 1_000 {
        at.problem("more than 1000 files").report();
        return None;
    }
    items
        .into_iter()
        .map(|item| file(&item).map(|path| (item, path)))
        .collect()
}

/// Reads `where`.
fn conditions<'a>(record: &Record<'a>) -> Vec<(String, Cursor<'a>, Condition)> {
    let Some(at) = record.get("where") else {
        return Vec::new();
    };
    let conditions = at.names().into_iter().filter_map(|(name, value)| {
        condition(&value).map(|condition| (name.to_string(), value, condition))
    });
    conditions.collect()
}

/// How the rows of a trace are read, with the conditions and repairs of its keys.
pub fn spec<'a>(
    at: &Cursor<'a>,
    record: &Record<'a>,
    columns: Vec<(&'static str, Cursor<'a>, Column)>,
    repair: Option<Record<'_>>,
    zone: TimeZone,
) -> Option<Spec<'a>> {
    let (skip_empty, negative) = match repair {
        Some(repair) => repairs(&repair)?,
        None => (false, Negative::Error),
    };
    Some(Spec {
        at: at.clone(),
        columns,
        conditions: conditions(record),
        skip_empty,
        negative,
        zone,
    })
}

/// Reads `empty` and `negative` of `repair`.
fn repairs(repair: &Record<'_>) -> Option<(bool, Negative)> {
    let skip_empty = match repair.get("empty") {
        Some(at) => at.choice(&[("error", false), ("skip", true)])?,
        None => false,
    };
    let negative = match repair.get("negative") {
        Some(at) => at.choice(&[
            ("error", Negative::Error),
            ("skip", Negative::Skip),
            ("zero", Negative::Zero),
        ])?,
        None => Negative::Error,
    };
    Some((skip_empty, negative))
}

/// Reads a column of this measure.
pub fn column(measure: Measure, at: &Cursor<'_>) -> Option<Column> {
    let record = at.record(&TRACE_COLUMN)?;
    let scale = match (record.get("unit"), measure) {
        (Some(unit), Measure::Count | Measure::Requests) => {
            unit.problem("a count or a rate has no unit").report();
            return None;
        }
        (Some(unit), _) => Some(measure.unit(&unit)?),
        (None, Measure::Count) => Some(1),
        (None, Measure::Gpu) => Some(1_000),
        (None, Measure::Requests) => Some(1_000_000),
        (None, _) => None,
    };
    let factor = match record.get("factor") {
        Some(at) => at.number()?,
        None => 1.0,
    };
    let times = match record.get("times") {
        Some(at) => Some(at.text()?.to_string()),
        None => None,
    };
    let name = record.get("column")?.text()?.to_string();
    Some(Column {
        name,
        scale,
        factor,
        times,
        measure,
    })
}

fn condition(at: &Cursor<'_>) -> Option<Condition> {
    match &at.node.value {
        Value::Scalar { text, .. } => Some(Condition::OneOf(vec![text.clone()])),
        Value::List(_) => {
            let texts = at
                .list()
                .iter()
                .map(|item| item.text().map(String::from))
                .collect();
            Some(Condition::OneOf(Option::<Vec<String>>::clone(&texts)?))
        }
        _ => {
            let record = at.record(&CONDITION)?;
            let bound = |key| match record.get(key) {
                Some(at) => at.number().map(Some),
                None => Some(None),
            };
            Some(Condition::Bounds {
                above: bound("above")?,
                below: bound("below")?,
                at_least: bound("atLeast")?,
                at_most: bound("atMost")?,
                not: record.text("not").map(String::from),
            })
        }
    }
}

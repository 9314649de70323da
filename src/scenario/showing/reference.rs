//! The reference of scenario files in Markdown: the text of `reference.md`, then one section per
//! field table.

use super::assumptions::default_of;
use crate::scenario::keys::laws::LAW;
use crate::scenario::keys::scenario::SCENARIO;
use crate::scenario::keys::table::{Field, Preset, Status, Table, Type};
use std::fmt::Write as _;

/// The content of `docs/scenario.md`.
pub fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    let mut tables: Vec<&'static Table> = vec![&SCENARIO];
    let mut next = 0;
    // Every table once, in the order of its first mention by another table.
    while let Some(table) = tables.get(next).copied() {
        next += 1;
        describe(&mut text, table);
        for field in table.fields {
            mention(field.kind, &mut tables);
        }
    }
    text
}

/// The text before the tables.
const INTRODUCTION: &str = include_str!("reference.md");

/// Adds the tables that a type refers to.
fn mention(kind: Type, tables: &mut Vec<&'static Table>) {
    let mut add = |table: &'static Table| {
        if !tables.iter().any(|known| std::ptr::eq(*known, table)) {
            tables.push(table);
        }
    };
    match kind {
        Type::Map(table) | Type::Part(table) | Type::Entities(table, _) => add(table),
        Type::Law(_) => add(&LAW),
        Type::List(inner) | Type::Names(inner) => mention(*inner, tables),
        Type::Either(kinds) => kinds.iter().for_each(|kind| mention(*kind, tables)),
        _ => {}
    }
}

/// Writes the section of a table.
fn describe(text: &mut String, table: &Table) {
    let _ = write!(text, "\n### {}\n\n{}\n\n", table.name, table.doc);
    let by_status = |status: Status| -> Vec<&Field> {
        table.fields.iter().filter(|f| f.status == status).collect()
    };
    let modelled = by_status(Status::Modelled);
    if !modelled.is_empty() {
        text.push_str("| key | type | default | meaning |\n|---|---|---|---|\n");
    }
    for field in modelled {
        let default = match field.default {
            _ if field.required => "required".to_string(),
            Preset::Value(value) => format!("`{value}`"),
            Preset::Rule(words) => words.to_string(),
            Preset::Assumed(row) => format!("`{}`", default_of(row)),
            Preset::None => String::new(),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {default} | {} |",
            field.key,
            holds(field.kind),
            field.doc
        );
    }
    let lists = [
        (
            Status::Warned,
            "Keys of AWS that would change the result but are not modelled yet; a run with one of them has a warning",
        ),
        (
            Status::Ignored,
            "Keys of AWS that are accepted without effect",
        ),
        (
            Status::Described,
            "Keys of AWS that are only in descriptions of a resource, accepted without effect",
        ),
        (
            Status::NotYet,
            "Planned keys that are not modelled yet and are refused",
        ),
    ];
    for (status, words) in lists {
        let keys: Vec<String> = by_status(status)
            .iter()
            .map(|f| format!("`{}`", f.key))
            .collect();
        if !keys.is_empty() {
            let _ = write!(text, "\n{words}: {}.\n", keys.join(", "));
        }
    }
}

/// A type in words.
fn holds(kind: Type) -> String {
    let link = |name: &str| format!("[{name}](#{})", name.to_lowercase());
    match kind {
        Type::Text => "text".into(),
        Type::Name => "name".into(),
        Type::Bool => "`true` or `false`".into(),
        Type::Integer(low, u64::MAX) => format!("whole number from {low}"),
        Type::Integer(low, high) if low == high => format!("`{low}`"),
        Type::Integer(low, high) => format!("whole number, {low} to {high}"),
        Type::Number => "number".into(),
        Type::Signed => "number, may be negative".into(),
        Type::Duration => "duration".into(),
        Type::Size => "size".into(),
        Type::TaskMemory => "size, or a number of MiB".into(),
        Type::Cpu => "CPU".into(),
        Type::Rate => "rate".into(),
        Type::Level => "rate, or in a factor of a product a factor".into(),
        Type::Factor => "factor".into(),
        Type::Money => "dollars".into(),
        Type::Instant => "date and time".into(),
        Type::File => "file".into(),
        Type::Quantity => "quantity".into(),
        Type::Law(what) => format!("{what}, or a {} of it", link("law")),
        Type::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            words.join(", ")
        }
        Type::List(inner) => format!("list of {}", holds(*inner)),
        Type::Entities(table, _) => format!("list of {}, by name", link(table.name)),
        Type::Map(table) => link(table.name),
        Type::Part(table) => format!("map with any keys of {}", link(table.name)),
        Type::Names(inner) => format!("map of names to {}", holds(*inner)),
        Type::Either(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(|kind| holds(*kind)).collect();
            kinds.join(" or ")
        }
        Type::Variants => format!(
            "list of maps with a `name` and any keys of {}",
            link("scenario")
        ),
        Type::Any(words) => words.into(),
    }
}

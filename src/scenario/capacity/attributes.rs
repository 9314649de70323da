//! Reads the attributes of instances, and the version of their agent (facts/ecs.md 40).

use crate::plan::KNOWN_ATTRIBUTES;
use crate::scenario::keys::instance_types::ATTRIBUTE;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::Value;
use std::collections::BTreeMap;

/// Reads `attributes`: a list of names and values as in AWS's API, or a map of names to values.
pub fn read(record: &Record<'_>) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let Some(at) = record.get("attributes") else {
        return attributes;
    };
    if !matches!(at.node.value, Value::List(_)) {
        for (name, value) in at.names() {
            add(&value, name, &value, &mut attributes);
        }
        return attributes;
    }
    for item in at.entities(&["name"]) {
        let Some(record) = item.record(&ATTRIBUTE) else {
            continue;
        };
        let (Some(name_at), Some(value)) = (record.get("name"), record.get("value")) else {
            continue;
        };
        if let Some(name) = name_at.text() {
            add(&name_at, name, &value, &mut attributes);
        }
    }
    attributes
}

/// Adds an attribute. Reports names and values that it cannot have.
fn add(at: &Cursor<'_>, name: &str, value: &Cursor<'_>, to: &mut BTreeMap<String, String>) {
    let Some(text) = value.text() else { return };
    let is_name = (1..=128).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '\\' | '.'));
    if !is_name {
        at.problem(format!("`{name}` cannot be the name of an attribute"))
            .expected("1 to 128 letters, digits, `-`, `_`, `/`, `\\` and `.`")
            .report();
    }
    if KNOWN_ATTRIBUTES.contains(&name) {
        at.problem(format!(
            "`{name}` follows from the type and the zone of an instance"
        ))
        .hint(format!(
            "remove it; {} are never given",
            ticked(KNOWN_ATTRIBUTES)
        ))
        .report();
    }
    if !(1..=128).contains(&text.chars().count()) {
        value
            .problem("the value of an attribute has 1 to 128 characters")
            .report();
    }
    if to.insert(name.to_string(), text.to_string()).is_some() {
        at.problem(format!("the attribute `{name}` is given twice"))
            .report();
    }
}

/// Reads `agentVersion`.
pub fn agent_version(record: &Record<'_>) -> Option<String> {
    let at = record.get("agentVersion")?;
    let text = at.text()?;
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    if !text.split('.').all(is_number) {
        at.bad_value(
            text,
            &format!("`{text}` is not a version of the agent"),
            "numbers with `.` between them, such as `1.94.0`",
        );
        return None;
    }
    Some(text.to_string())
}

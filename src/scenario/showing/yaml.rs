//! Writes nodes as YAML: short lists and maps on one line, longer ones as blocks.

use crate::plan::problem::is_hidden;
use crate::scenario::reading::tree::{Node, Value};
use std::fmt::Write as _;

/// The most characters of a list or a map that is written on one line, with its indentation.
const WIDEST: usize = 76;

/// Writes a node in block style.
pub fn block(text: &mut String, node: &Node, indent: usize) {
    let margin = " ".repeat(indent);
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                let _ = write!(text, "{margin}{}:", plain_or_quoted(&entry.key, false));
                after(text, &entry.node, indent + 2);
            }
        }
        Value::List(items) => {
            for item in items {
                let line = flow(item);
                if line.chars().count() + indent <= WIDEST || is_leaf(item) {
                    let _ = writeln!(text, "{margin}- {line}");
                } else {
                    let mut inner = String::new();
                    block(&mut inner, item, indent + 2);
                    // The first key is on the line of the dash.
                    let inner = inner.trim_start();
                    let _ = write!(text, "{margin}- {inner}");
                }
            }
        }
        Value::Null | Value::Scalar { .. } => {
            let _ = writeln!(text, "{margin}{}", flow(node));
        }
    }
}

/// Writes a value after its key.
fn after(text: &mut String, node: &Node, indent: usize) {
    let line = flow(node);
    let is_short = line.chars().count() + indent <= WIDEST && indent > 2;
    if is_leaf(node) || is_short {
        let _ = writeln!(text, " {line}");
    } else {
        text.push('\n');
        block(text, node, indent);
    }
}

fn is_leaf(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Scalar { .. } => true,
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

/// A node on one line.
pub fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Scalar { text, quoted } => plain_or_quoted(text, *quoted),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) if entries.is_empty() => "{}".into(),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|e| format!("{}: {}", plain_or_quoted(&e.key, false), flow(&e.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A scalar. It is quoted if it was quoted, or if YAML would read it as something else. The quoted
/// form is a JSON string, which YAML reads as the same text.
fn plain_or_quoted(text: &str, quoted: bool) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _-./:%$+()*·µ".contains(c);
    let first = text.chars().next();
    let is_safe = first.is_some_and(|c| c.is_alphanumeric() || "$._/".contains(c))
        && text.chars().all(is_plain)
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    if is_safe && !quoted {
        return text.to_string();
    }
    let quoted = serde_json::Value::from(text).to_string();
    let mut shown = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        match is_hidden(c) {
            // JSON escapes some of these characters only; a terminal would obey the others.
            true => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => shown.push(c),
        }
    }
    shown
}

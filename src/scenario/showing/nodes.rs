//! Nodes of the shown tree that were not written: look up, make, put.

use crate::scenario::reading::tree::{Entry, Node, Origin, Value};

/// The value of a key.
pub fn at<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(entries) => entries
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.node),
        _ => None,
    }
}

pub fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.value {
        Value::List(items) => items,
        _ => &mut [],
    }
}

/// A list that nobody wrote.
pub fn list(items: Vec<Node>, origin: Origin) -> Node {
    Node {
        origin,
        value: Value::List(items),
    }
}

/// Sets a key unless it is there.
pub fn put(node: &mut Node, key: &str, value: Node) {
    if let Value::Map(entries) = &mut node.value
        && !entries.iter().any(|entry| entry.key == key)
    {
        entries.push(entry(key, value));
    }
}

pub fn entry(key: &str, node: Node) -> Entry {
    Entry {
        key: key.into(),
        origin: node.origin,
        node,
    }
}

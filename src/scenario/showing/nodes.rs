//! Functions on the tree that `ecsim show` prints: find nodes, make nodes, add keys.

use crate::scenario::reading::tree::{Entry, Node, Origin, Value};

/// The value of a key; `None` when the node is no map or has no such key.
pub fn at<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(entries) => entries
            .iter_mut()
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.node),
        _ => None,
    }
}

/// The items of a list; none for another node.
pub fn items(node: &mut Node) -> &mut [Node] {
    match &mut node.value {
        Value::List(items) => items,
        _ => &mut [],
    }
}

/// Makes a list at a place.
pub fn list(items: Vec<Node>, origin: Origin) -> Node {
    Node {
        origin,
        value: Value::List(items),
    }
}

/// Makes a map of keys with texts at a place.
pub fn map(keys: &[(&str, &str)], origin: Origin) -> Node {
    let entries = keys.iter();
    let entries = entries.map(|(key, text)| entry(key, Node::text((*text).to_string(), origin)));
    Node {
        origin,
        value: Value::Map(entries.collect()),
    }
}

/// Adds a key with its value to a map, unless the map has the key.
pub fn put(node: &mut Node, key: &str, value: Node) {
    if let Value::Map(entries) = &mut node.value
        && !entries.iter().any(|entry| entry.key == key)
    {
        entries.push(entry(key, value));
    }
}

/// Makes an entry of a map; its key is placed at its value.
pub fn entry(key: &str, node: Node) -> Entry {
    Entry {
        key: key.into(),
        origin: node.origin,
        node,
    }
}

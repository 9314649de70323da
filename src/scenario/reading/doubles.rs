//! Refuses keys that a map has twice, and items of one name in a list that merges by name. It is
//! done before trees are merged, because merging would keep one of the two without a word.

use super::draft::MOST_PROBLEMS;
use super::merge::{identity, identity_keys, join};
use super::sources::Sources;
use super::tree::{Entry, Node, Origin, Value};
use crate::plan::problem::Problem;
use std::collections::BTreeSet;

/// Reports each second key and each second item of a name, and removes it. `key` is the key
/// under which the node stands, empty at the root; `path` is the path of the node.
pub fn refuse(
    node: &mut Node,
    key: &str,
    path: &str,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    let mut found = Found { sources, problems };
    found.walk(node, key, path);
}

/// The state of the search.
struct Found<'s> {
    sources: &'s Sources,
    problems: &'s mut Vec<Problem>,
}

impl Found<'_> {
    fn walk(&mut self, node: &mut Node, key: &str, path: &str) {
        match &mut node.value {
            Value::Map(entries) => self.map(entries, path),
            Value::List(items) => self.list(items, key, path),
            Value::Null | Value::Scalar { .. } => {}
        }
    }

    fn map(&mut self, entries: &mut Vec<Entry>, path: &str) {
        let mut seen = BTreeSet::new();
        entries.retain(|entry| {
            let is_new = seen.insert(entry.key.clone());
            if !is_new {
                let path = join(path, &entry.key);
                let message = format!("`{}` is given twice", entry.key);
                self.report(path, entry.origin, message, "keep one");
            }
            is_new
        });
        for entry in entries {
            self.walk(&mut entry.node, &entry.key, &join(path, &entry.key));
        }
    }

    fn list(&mut self, items: &mut Vec<Node>, key: &str, path: &str) {
        let keys = identity_keys(key).unwrap_or_default();
        let mut seen = BTreeSet::new();
        items.retain(|item| {
            let Some(name) = identity(item, keys) else {
                return true;
            };
            let is_new = seen.insert(name.clone());
            if !is_new {
                let message = match key {
                    "variants" => format!("there are two variants `{name}`"),
                    _ => format!("there are two entries named `{name}`"),
                };
                self.report(join(path, &name), item.origin, message, "names must differ");
            }
            is_new
        });
        for (index, item) in items.iter_mut().enumerate() {
            let name = identity(item, keys).unwrap_or_else(|| index.to_string());
            self.walk(item, "", &join(path, &name));
        }
    }

    fn report(&mut self, path: String, origin: Origin, message: String, hint: &str) {
        if self.problems.len() > MOST_PROBLEMS {
            return;
        }
        let mut problem = Problem::error(path, message);
        problem.place = self.sources.place(origin);
        problem.hint = Some(hint.into());
        self.problems.push(problem);
    }
}

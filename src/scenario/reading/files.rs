//! Task definitions in files: each `file:` is read before anything is merged, relative to
//! the file that names it.

use super::merge;
use super::sources::Sources;
use super::tree::{Node, Value};
use crate::plan::problem::Problem;

/// Replaces every `file:` of a task definition by what the file holds, with the keys beside
/// it laid over. Returns false when a file could not be read.
pub fn expand(root: &mut Node, sources: &mut Sources, problems: &mut Vec<Problem>) -> bool {
    let mut is_complete = true;
    let Value::Map(entries) = &mut root.value else {
        return true;
    };
    for entry in entries {
        match (entry.key.as_str(), &mut entry.node.value) {
            ("taskDefinitions", Value::List(items)) => {
                let before = items.len();
                items.retain_mut(|item| expand_one(item, sources, problems));
                is_complete &= items.len() == before;
            }
            ("variants", Value::List(items)) => {
                for item in items {
                    is_complete &= expand(item, sources, problems);
                }
            }
            _ => {}
        }
    }
    is_complete
}

fn expand_one(item: &mut Node, sources: &mut Sources, problems: &mut Vec<Problem>) -> bool {
    let Some(file) = item.get("file").cloned() else {
        return true;
    };
    let Some(written) = file.as_text() else {
        return true; // The reader says what is wrong.
    };
    let path = sources.resolve(file.origin, written);
    let read = sources.read(&path);
    let mut definition = match read {
        Ok(node) => unwrap(node),
        Err(mut problem) => {
            if problem.place.is_none() {
                problem.place = sources.place(file.origin);
                problem.path = "taskDefinitions.file".into();
            }
            problems.push(*problem);
            return false;
        }
    };
    if let Value::Map(entries) = &mut item.value {
        entries.retain(|entry| entry.key != "file");
    }
    merge::lay_value(&mut definition, item, "", sources);
    *item = definition;
    true
}

/// The definition inside what `describe-task-definition` returns.
fn unwrap(node: Node) -> Node {
    match node.get("taskDefinition") {
        Some(inner) if matches!(inner.value, Value::Map(_)) && node.get("family").is_none() => {
            inner.clone()
        }
        _ => node,
    }
}

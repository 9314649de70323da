//! Task definitions in files. Each `file:` is read before variants are merged, so that a variant
//! can change what the file contains. Paths are relative to the file that contains the key.

use super::merge;
use super::sources::Sources;
use super::tree::{Node, Value};
use crate::plan::problem::Problem;

/// Replaces every task definition with `file:` by the content of the file; the keys beside
/// `file:` are laid over it. Reports each file that cannot be read, removes its task definition,
/// and returns false if there is one.
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
        return true; // The reader of the key reports it.
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

/// The definition inside of the output of `describe-task-definition`, which has it under
/// `taskDefinition`.
fn unwrap(node: Node) -> Node {
    match node.get("taskDefinition") {
        Some(inner) if matches!(inner.value, Value::Map(_)) && node.get("family").is_none() => {
            inner.clone()
        }
        _ => node,
    }
}

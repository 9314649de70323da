//! Task definitions and services in files. Each `file:` is read before variants are merged, so that
//! a variant can change what the file contains. Paths are relative to the file that contains the
//! key.

use super::foreign::Kind;
use super::merge;
use super::services_file::services;
use super::sources::Sources;
use super::tree::{Node, Value};
use crate::plan::problem::Problem;

/// Replaces every task definition and every service with `file:` by the content of the file; the
/// keys beside `file:` are laid over it. A file can have several services. Reports each file that
/// cannot be read and removes its item; returns false if a task definition was removed.
pub fn expand(root: &mut Node, sources: &mut Sources, problems: &mut Vec<Problem>) -> bool {
    let mut is_complete = true;
    let Value::Map(entries) = &mut root.value else {
        return true;
    };
    for entry in entries {
        match (entry.key.as_str(), &mut entry.node.value) {
            ("taskDefinitions", Value::List(items)) => {
                is_complete &= expand_list(items, "taskDefinitions", sources, problems);
            }
            ("services", Value::List(items)) => {
                expand_list(items, "services", sources, problems);
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

/// Replaces the items with `file:`; false when the file of one could not be read.
fn expand_list(
    items: &mut Vec<Node>,
    key: &str,
    sources: &mut Sources,
    problems: &mut Vec<Problem>,
) -> bool {
    let mut is_complete = true;
    for mut item in std::mem::take(items) {
        let Some(file) = item.get("file").cloned() else {
            items.push(item);
            continue;
        };
        let Some(written) = file.as_text() else {
            items.push(item); // The reader of the key reports it.
            continue;
        };
        let path = sources.resolve(file.origin, written);
        let content = match sources.read(&path) {
            Ok(node) => node,
            Err(mut problem) => {
                if problem.place.is_none() {
                    problem.place = sources.place(file.origin);
                    problem.path = format!("{key}.file");
                }
                problems.push(*problem);
                is_complete = false;
                continue;
            }
        };
        let wanted = match key {
            "services" => Kind::Service,
            _ => Kind::TaskDefinition,
        };
        if let Some(kind) = Kind::of(&content).filter(|kind| *kind != wanted) {
            problems.push(wrong_kind(kind, wanted, &content, sources));
            is_complete = false;
            continue;
        }
        let contents = match key {
            "services" => services(content, &file, sources, problems),
            _ => vec![unwrap(content)],
        };
        if let Value::Map(entries) = &mut item.value {
            entries.retain(|entry| entry.key != "file");
        }
        for mut content in contents {
            merge::lay_value(&mut content, &item, "", sources);
            items.push(content);
        }
    }
    is_complete
}

/// The problem that a file is something else than what its key takes.
fn wrong_kind(kind: Kind, wanted: Kind, content: &Node, sources: &Sources) -> Problem {
    let (what, key, commands) = match wanted {
        Kind::Service => (
            "a description of services",
            "services.file",
            "`create-service` takes or `describe-services` returns",
        ),
        _ => (
            "a task definition",
            "taskDefinitions.file",
            "`register-task-definition` takes or `describe-task-definition` returns",
        ),
    };
    let message = format!("this is {}, not {what}", kind.name());
    let mut problem = Problem::error(key, message);
    problem.place = sources.place(content.origin);
    problem.hint = Some(format!("name a file that {commands}"));
    problem
}

/// The definition inside of the output of `describe-task-definition`, which has it under
/// `taskDefinition`.
pub fn unwrap(node: Node) -> Node {
    match node.get("taskDefinition") {
        Some(inner) if matches!(inner.value, Value::Map(_)) && node.get("family").is_none() => {
            inner.clone()
        }
        _ => node,
    }
}

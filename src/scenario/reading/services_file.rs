//! The services in a file: one, in the form that `create-service` takes, or all of the output of
//! `describe-services`.

use super::sources::Sources;
use super::tree::{Node, Value};
use crate::plan::problem::{Problem, Severity};

/// The services of a file; `file` is the place where the scenario names it. Services that
/// `describe-services` did not find, and those that do not exist any more, give warnings.
pub fn services(
    content: Node,
    file: &Node,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) -> Vec<Node> {
    let mut warn = |node: &Node, message: String| {
        let mut problem = Problem::error("services.file", message);
        problem.severity = Severity::Warning;
        problem.place = sources.place(node.origin);
        problems.push(problem);
    };
    if let Some(Value::List(failures)) = content.get("failures").map(|node| &node.value) {
        for failure in failures {
            let of = |key| failure.get(key).and_then(Node::as_text).unwrap_or("?");
            let (arn, reason) = (of("arn"), of("reason"));
            warn(
                failure,
                format!("`describe-services` has not found `{arn}`: {reason}"),
            );
        }
    }
    let mut found = match (
        content.get("services").map(|node| &node.value),
        &content.value,
    ) {
        (Some(Value::List(items)), _) | (_, Value::List(items)) => items.clone(),
        _ => match content.get("service") {
            // The output of `create-service` and `update-service`.
            Some(inner) if matches!(inner.value, Value::Map(_)) => vec![inner.clone()],
            _ => vec![content],
        },
    };
    found.retain(|service| {
        let is_gone = service.get("status").and_then(Node::as_text) == Some("INACTIVE");
        if is_gone {
            let name = service.get("serviceName").and_then(Node::as_text);
            let name = name.unwrap_or("?");
            warn(
                service,
                format!("the service `{name}` is INACTIVE and is left out"),
            );
        }
        !is_gone
    });
    if found.is_empty() {
        warn(file, "this file has no service".into());
    }
    found.iter_mut().for_each(without_counted_tasks);
    found
}

/// Removes the `desiredCount` of a daemon that was described: there it is the number of instances
/// at that time.
fn without_counted_tasks(service: &mut Node) {
    let is_daemon = service.get("schedulingStrategy").and_then(Node::as_text) == Some("DAEMON");
    let is_described = service.get("serviceArn").is_some();
    if let Value::Map(entries) = &mut service.value
        && is_daemon
        && is_described
    {
        entries.retain(|entry| entry.key != "desiredCount");
    }
}

//! Changes that would have placed a task, in words.

use super::words::{About, paragraph, state, time};
use crate::explain::{Change, Needs, Tried};

/// At most this number of changes is told besides the smallest.
const MOST: usize = 8;

/// How changes are ordered.
const ORDER: &str = "The order: settings of the task or its service first, which cost nothing; then more \
                     instances, by their price per hour; last what changes the application itself, its network \
                     mode or its platform.";

/// Adds the changes that would each have placed the task, the smallest first.
pub(super) fn told(page: &mut String, about: &About<'_>, needs: &Needs, changes: &[Tried]) {
    if changes.is_empty() {
        let text = "No single change that was tried on a copy of the cluster would have placed it then. Tried: \
                    less CPU or memory, free ports, dropped constraints, an instance that takes tasks again, \
                    one more instance of each type of its capacity providers, other capacity providers.";
        return paragraph(page, "  ", text, 2, about.width);
    }
    let (waits, rest) = match changes.split_first() {
        Some((first, rest)) if matches!(first.change, Change::Starting { .. }) => {
            (Some(first), rest)
        }
        _ => (None, changes),
    };
    if let Some(first) = waits {
        let text = format!("No change is needed: {}.", change(needs, &first.change));
        paragraph(page, "  ", &text, 2, about.width);
    }
    if rest.is_empty() {
        return;
    }
    let changes = rest;
    let text = match changes.len() {
        1 => "This change would have placed it then. It was tried on a copy of the cluster:",
        _ => {
            "Each of these changes alone would have placed it then. Each was tried on a copy of the cluster:"
        }
    };
    paragraph(page, "  ", text, 2, about.width);
    for change in changes.iter().take(MOST) {
        paragraph(page, "  - ", &sentence(needs, change), 4, about.width);
    }
    if changes.len() > 1 {
        paragraph(page, "  ", ORDER, 2, about.width);
    }
    if changes.len() > MOST {
        page.push_str(&format!(
            "  - and {} more; `--format json` has all\n",
            changes.len() - MOST
        ));
    }
}

/// A change and where the task would then be placed.
pub(super) fn sentence(needs: &Needs, tried: &Tried) -> String {
    let change = change(needs, &tried.change);
    match &tried.placed_on {
        Some(host) => format!("{change}; then it is placed on {host}"),
        None => change,
    }
}

/// A change in words.
pub(super) fn change(needs: &Needs, change: &Change) -> String {
    match change {
        Change::Smaller { cpu, memory } => {
            let mut parts = Vec::new();
            if *cpu < needs.cpu {
                parts.push(format!("{cpu} instead of {}", needs.cpu));
            }
            if *memory < needs.memory {
                let (less, now) = (memory.to_string(), needs.memory.to_string());
                parts.push(format!("{less} of memory instead of {now}"));
            }
            format!("a smaller task: {}", parts.join(" and "))
        }
        Change::FewerGpus { gpus } => format!("fewer GPUs: {gpus} instead of {}", needs.gpus),
        Change::FreedPorts { tasks, instance } => {
            let names: Vec<String> = tasks.iter().map(ToString::to_string).collect();
            let leave = if names.len() == 1 { "leaves" } else { "leave" };
            format!("a freed host port: {} {leave} i-{instance}", names.join(", "))
        }
        Change::DynamicPorts { ports } => {
            let port = if ports.len() == 1 { "port" } else { "ports" };
            // In the mode `host` a container has the ports of the instance.
            let mode = match needs.network_mode {
                "host" => "networkMode `bridge` with ",
                _ => "",
            };
            let ports = ports.join(", ");
            format!("{mode}a dynamic host port (hostPort 0) instead of {port} {ports}")
        }
        Change::WithoutDistinctInstance => "without the constraint distinctInstance".into(),
        Change::WithoutMemberOf { expressions } => match (expressions.len(), needs.member_of.len()) {
            (1, 1) => "without the constraint memberOf".into(),
            (1, _) => format!("without the constraint memberOf `{}`", expressions[0]),
            _ => "without the constraints memberOf".into(),
        },
        Change::OtherPlatform {
            architecture,
            operating_system,
        } => format!("another platform: a task definition and images for {architecture}, {operating_system}"),
        Change::WithoutInterface => {
            "without a network interface of its own: networkMode `bridge` or `host` instead of `awsvpc`".into()
        }
        Change::Active {
            instance,
            state: now,
        } => format!("i-{instance} takes tasks again ({})", is(state(*now))),
        Change::Starting { instance, expected } => format!(
            "i-{instance} is starting, registers at {} if nothing happens to it, and then takes it",
            time(*expected)
        ),
        Change::SkipAhead => {
            "a job queue that does not wait for its head: `jobQueue: { order: skipAhead }`".into()
        }
        Change::MoreInstances { .. } => more_instances(change),
        Change::OtherProvider { provider } => format!("the capacity provider `{provider}`"),
    }
}

/// More instances with their price.
fn more_instances(change: &Change) -> String {
    let Change::MoreInstances {
        instances,
        instance_type,
        provider,
        zone,
        usd_per_hour,
        usd_per_hour_together,
        starting,
        max_size,
    } = change
    else {
        return String::new();
    };
    let price = match (usd_per_hour, usd_per_hour_together) {
        (Some(each), _) if *instances == 1 && *each > 0.0 => format!(", ${each:.4} per hour"),
        (Some(each), Some(all)) if *each > 0.0 => {
            format!(", ${all:.4} per hour together, ${each:.4} each")
        }
        _ => String::new(),
    };
    let most = match max_size {
        Some([from, to]) => format!("; its maxSize must be {to} instead of {from}"),
        None => String::new(),
    };
    let more = match instances {
        1 => format!("one more {instance_type} in {zone}"),
        more => format!("{more} more {instance_type} in {zone}"),
    };
    let besides = match starting {
        0 => String::new(),
        1 => " besides the one that is starting".into(),
        some => format!(" besides the {some} that are starting"),
    };
    let why = match instances {
        1 => "",
        _ => ", as tasks before it take the first ones",
    };
    format!("{more}{besides}{why}, capacity provider `{provider}`{price}{most}")
}

/// The state of an instance as a sentence about it.
fn is(state: &str) -> String {
    match state {
        "DRAINING" => "it is DRAINING".into(),
        "ACTIVE" => "it is ACTIVE".into(),
        "has not registered yet" | "boots and has not registered yet" | "has failed" => {
            format!("it {state}")
        }
        state => state.into(),
    }
}

//! Checks of task definitions and sizes against the rules of Fargate.

use crate::plan::{Cluster, Target};
use crate::scenario::reading::reader::{Context, Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::units::{Cpu, Memory};
use std::collections::BTreeSet;

/// Reports placement constraints on Fargate, and warns of placement strategies there. AWS refuses
/// both (facts/ecs.md 27, 94); strategies, without which nothing changes, are accepted here, so that
/// a variant can move tasks from EC2 to Fargate by one key.
pub fn check_placement(record: &Record<'_>, target: &Target, cluster: &Cluster) {
    let mut providers = target.providers().into_iter();
    if !providers.any(|index| cluster.providers[index].capacity.is_fargate()) {
        return;
    }
    const ADVICE: &str = "remove it, or set it to `null` in the variant that runs on Fargate";
    let used = |key| record.get(key).filter(|at| is_used(at.node));
    if let Some(at) = used("placementStrategy") {
        at.problem("`placementStrategy` has no effect on Fargate, where AWS refuses it")
            .hint(ADVICE)
            .warning()
            .report();
    }
    if let Some(at) = used("placementConstraints") {
        at.problem("Fargate does not take `placementConstraints`")
            .hint(ADVICE)
            .report();
    }
}

/// The keys of a task definition that are in use and that Fargate refuses (facts/ecs.md 15, 27).
pub fn not_on_fargate(record: &Record<'_>, gpus: u32) -> Vec<String> {
    // `hostname` is not in Fargate's list of refused keys.
    const CONTAINER_KEYS: [&str; 7] = [
        "links",
        "privileged",
        "dockerSecurityOptions",
        "extraHosts",
        "dnsServers",
        "dnsSearchDomains",
        "disableNetworking",
    ];
    const LINUX_KEYS: [&str; 2] = ["maxSwap", "swappiness"];
    const DOCKER_VOLUME: &str = "dockerVolumeConfiguration";
    let mut found = BTreeSet::new();
    for key in ["placementConstraints", "ipcMode"] {
        if record.get(key).is_some_and(|at| is_used(at.node)) {
            found.insert(key.to_string());
        }
    }
    let containers = record.get("containerDefinitions").map(|at| at.list());
    for container in containers.unwrap_or_default() {
        for key in CONTAINER_KEYS {
            if container.node.get(key).is_some_and(is_used) {
                found.insert(key.to_string());
            }
        }
        let linux = container.node.get("linuxParameters");
        for key in LINUX_KEYS {
            if linux.and_then(|linux| linux.get(key)).is_some_and(is_used) {
                found.insert(key.to_string());
            }
        }
    }
    if let Some(at) = record.get("volumes")
        && let Value::List(volumes) = &at.node.value
        && volumes
            .iter()
            .any(|volume| volume.get(DOCKER_VOLUME).is_some_and(is_used))
    {
        found.insert(DOCKER_VOLUME.to_string());
    }
    if gpus > 0 {
        found.insert("resourceRequirements: GPU".to_string());
    }
    found.into_iter().collect()
}

/// True for a value other than `null`, `false` and an empty text, list or map.
fn is_used(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Scalar { text, .. } => text != "false" && !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
    }
}

/// True when CPU and memory are a size of Fargate (facts/ecs.md 25); reports it otherwise, with
/// the valid sizes.
pub fn check_fargate_size(
    cpu_at: &Cursor<'_>,
    at: &Cursor<'_>,
    context: &Context<'_>,
    cpu: Cpu,
    memory: Memory,
) -> bool {
    let catalog = context.catalog;
    let units = cpu.ceil_units();
    let choices = (Cpu::units(units) == cpu)
        .then(|| catalog.fargate_memories(units))
        .flatten();
    let Some(choices) = choices else {
        let sizes: Vec<String> = catalog
            .fargate_cpus()
            .iter()
            .map(|units| Cpu::units(*units).to_string())
            .collect();
        cpu_at
            .problem(format!("Fargate has no size of `{cpu}`"))
            .hint(format!("choose {}", either(&sizes)))
            .report();
        return false;
    };
    if choices.iter().any(|mib| Memory::mib(*mib) == memory) {
        return true;
    }
    let sizes: Vec<String> = choices
        .iter()
        .map(|mib| Memory::mib(*mib).to_string())
        .collect();
    let first = choices.first().copied().unwrap_or_default();
    let change = if memory < Memory::mib(first) {
        "lower `cpu`"
    } else {
        "raise `cpu`"
    };
    let sizes = if sizes.len() > 8 {
        let step = choices[1] - choices[0];
        format!(
            "{} to {} in steps of {}",
            sizes[0],
            sizes[sizes.len() - 1],
            Memory::mib(step)
        )
    } else {
        either(&sizes)
    };
    at.problem(format!("`{cpu}` on Fargate cannot have `{memory}`"))
        .hint(format!("choose {sizes}, or {change}"))
        .report();
    false
}

/// Joins words as `a, b or c`.
pub fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

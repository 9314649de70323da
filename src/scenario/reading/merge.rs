//! Lays one tree over another. Maps merge by key; lists of named items merge by name; every other
//! list is replaced; `null` removes a key; a key removes the keys that it excludes.

use super::sources::Sources;
use super::tree::{Entry, Node, Value};
use crate::plan::problem::{Problem, Severity};
use crate::scenario::keys::actions::CALLS;
use crate::scenario::keys::faults::KINDS;
use crate::scenario::keys::placement::OF_RESOURCE;
use crate::scenario::keys::table::one_slip;
use std::collections::BTreeMap;

/// Lists of named items, and the keys that make the name of an item. A list under one of these
/// keys merges by name, at any depth.
const ENTITIES: [(&str, &[&str]); 17] = [
    ("services", &["serviceName"]),
    ("taskDefinitions", &["family", "revision"]),
    ("containerDefinitions", &["name"]),
    ("capacityProviders", &["name"]),
    ("tasks", &["name"]),
    ("faults", &["name"]),
    ("deployments", &["name"]),
    ("queues", &["queueName"]),
    ("alarms", &["alarmName"]),
    ("images", &["name"]),
    ("registries", &["name"]),
    ("instanceTypes", &["name"]),
    ("variants", &["name"]),
    ("extra", &["name"]),
    ("loadBalancers", &["name"]),
    ("targetGroups", &["name"]),
    ("listenerRules", &["name"]),
];

/// Keys of [`ENTITIES`] that other lists have as well, whose items have no names and which are replaced: the
/// `loadBalancers` of a service, and the `targetGroups` of a listener rule.
const ALSO_WITHOUT_NAMES: [&str; 2] = ["loadBalancers", "targetGroups"];

/// Groups of keys that exclude each other in a map. The key that is laid over removes the others
/// of its group: a variant can give `launchType` where the base gives
/// `capacityProviderStrategy`.
const EXCLUSIVE: [&[&str]; 18] = [
    &["at", "schedule"],
    &["arrivals", "schedule", "trace"],
    &["launchType", "capacityProviderStrategy"],
    &["placementStrategy", "placementPolicy"],
    &[
        "poisson",
        "every",
        "sinusoidal",
        "piecewise",
        "at",
        "meanTimeBetween",
    ],
    &["poisson", "geometric", "binomial"],
    &KINDS,
    &CALLS,
    &["instanceTypes", "mixedInstancesPolicy"],
    &["spot", "instancesDistribution"],
    &["perMonth", "rate"],
    &[
        "exponential",
        "erlang",
        "gamma",
        "weibull",
        "lognormal",
        "pareto",
        "power",
        "beta",
        "triangular",
        "uniform",
        "shifted",
        "oneOf",
        "hyperexponential",
        "mixture",
        "empirical",
    ],
    &OF_RESOURCE,
    &["median", "mean", "scale"],
    &["p99", "sigma"],
    &["memory", "memoryPerVcpu"],
    &["checkpointEvery", "checkpoints"],
    &["load", "worker"],
];

/// Keys that a key removes in addition. The relation has a direction: `fleet` removes the keys
/// that need an Auto Scaling group, but none of those keys removes `fleet`.
const ALSO_REMOVES: [(&str, &[&str]); 2] = [
    ("autoScalingGroup", &["fleet"]),
    (
        "fleet",
        &[
            "autoScalingGroup",
            "autoScalingGroupProvider",
            "managedScaling",
            "managedTerminationProtection",
            "managedDraining",
            "agent",
        ],
    ),
];

/// The keys that make the name of an item of the list under this key; `None` for a list that
/// does not merge by name.
pub fn identity_keys(list: &str) -> Option<&'static [&'static str]> {
    ENTITIES
        .iter()
        .find(|(key, _)| *key == list)
        .map(|(_, identity)| *identity)
}

/// The name of an item: `web`, or `web:3` for a task definition that is not revision 1. `None`
/// when the first key of the name is absent.
pub fn identity(item: &Node, keys: &[&str]) -> Option<String> {
    let name = item.get(keys.first()?)?.as_text()?.to_string();
    let revision = keys
        .get(1)
        .and_then(|key| item.get(key))
        .and_then(Node::as_text)
        .filter(|revision| *revision != "1");
    Some(match revision {
        Some(revision) => format!("{name}:{revision}"),
        None => name,
    })
}

/// Lays `over` over `base`. Adds to `problems` an error for an empty list that would change
/// nothing, and a warning for a new name that differs from a known one by one typing error.
pub fn merge(base: &mut Node, over: &Node, sources: &Sources, problems: &mut Vec<Problem>) {
    lay(base, over, "", "", sources, problems);
}

/// Lays a value over the node under `key`, without warnings.
pub fn lay_value(base: &mut Node, over: &Node, key: &str, sources: &Sources) {
    lay(base, over, key, "", sources, &mut Vec::new());
}

/// Lays the value of a `--set` over the node under `key`, which stands at `path`.
///
/// # Errors
/// When an empty list would change nothing.
pub fn lay_setting(
    base: &mut Node,
    over: &Node,
    key: &str,
    path: &str,
    sources: &Sources,
) -> Result<(), Box<Problem>> {
    let mut problems = Vec::new();
    lay(base, over, key, path, sources, &mut problems);
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    match problems.into_iter().find(is_error) {
        Some(problem) => Err(Box::new(problem)),
        None => Ok(()),
    }
}

fn lay(
    base: &mut Node,
    over: &Node,
    key: &str,
    path: &str,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) {
    match (&mut base.value, &over.value) {
        (Value::Map(entries), Value::Map(changes)) => {
            // Keys that exclude each other and are both given here stay, so that the reader
            // refuses them as it does outside of variants.
            let is_given = |key: &str| {
                let mut changes = changes.iter().filter(|change| change.key == key);
                changes.any(|change| !matches!(change.node.value, Value::Null))
            };
            for change in changes {
                if !matches!(change.node.value, Value::Null) {
                    remove_excluded(entries, &change.key, is_given);
                }
                let path = join(path, &change.key);
                match entries.iter_mut().find(|entry| entry.key == change.key) {
                    Some(entry) => {
                        entry.origin = change.origin;
                        let node = &mut entry.node;
                        lay(node, &change.node, &change.key, &path, sources, problems);
                    }
                    None => entries.push(change.clone()),
                }
            }
        }
        (Value::List(items), Value::List(changes))
            if merges_by_name(key, items) && !is_plain(items) && !is_plain(changes) =>
        {
            let keys = identity_keys(key).unwrap_or_default();
            if changes.is_empty() {
                problems.extend(nothing_changes(items, over, keys, path, sources));
            }
            let mut known = Known::new(items, keys);
            for change in changes {
                match known.position(change, keys) {
                    Some(at) => {
                        let path = join(path, &identity(change, keys).unwrap_or_default());
                        lay(&mut items[at], change, "", &path, sources, problems);
                    }
                    None => {
                        warn_of_similar_name(items, change, keys, path, sources, problems);
                        known.add(change, keys, items.len());
                        items.push(change.clone());
                    }
                }
            }
        }
        // A removed key stays as `null` at the place that removed it, so that a missing
        // required key points there.
        _ => *base = over.clone(),
    }
}

/// True where the items of the list under this key have names by which it merges.
fn merges_by_name(key: &str, items: &[Node]) -> bool {
    let Some(keys) = identity_keys(key) else {
        return false;
    };
    let has_names = || items.iter().all(|item| identity(item, keys).is_some());
    !ALSO_WITHOUT_NAMES.contains(&key) || has_names()
}

/// True for a list with scalars, which has no names: `instanceTypes` of an Auto Scaling group
/// is a list of texts, the one at the top level a list of maps.
fn is_plain(items: &[Node]) -> bool {
    items.iter().any(|item| item.as_text().is_some())
}

/// The error for an empty list that is laid over a list that merges by name. Its author most
/// likely wants to remove the items, but merging would keep all of them.
fn nothing_changes(
    items: &[Node],
    over: &Node,
    keys: &[&str],
    path: &str,
    sources: &Sources,
) -> Option<Problem> {
    let first = items.first()?;
    let message = format!("an empty list changes nothing: `{path}` merges by name");
    let mut problem = Problem::error(path, message);
    problem.place = sources.place(over.origin);
    let first = join(path, &identity(first, keys).unwrap_or_else(|| "0".into()));
    problem.hint = Some(format!(
        "list the items to change, or remove the key; `--set {first}=null` removes an item"
    ));
    Some(problem)
}

/// The path of `key` below `path`, in the grammar of `--set`: keys that are empty or contain `.`,
/// `=` or `"` are quoted.
pub fn join(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty() && !key.contains(['.', '=', '"']);
    let key = match is_plain {
        true => key.to_string(),
        false => format!("\"{key}\""),
    };
    match path {
        "" => key,
        path => format!("{path}.{key}"),
    }
}

/// True for a key of a group of keys that exclude each other.
pub fn is_exclusive(key: &str) -> bool {
    EXCLUSIVE.iter().any(|group| group.contains(&key))
}

/// Removes the keys that `key` excludes, but none that is `kept`.
pub fn remove_excluded(entries: &mut Vec<Entry>, key: &str, kept: impl Fn(&str) -> bool) {
    for group in EXCLUSIVE.iter().filter(|group| group.contains(&key)) {
        entries.retain(|entry| {
            entry.key == key || !group.contains(&entry.key.as_str()) || kept(&entry.key)
        });
    }
    for (_, others) in ALSO_REMOVES.iter().filter(|(first, _)| *first == key) {
        entries.retain(|entry| !others.contains(&entry.key.as_str()) || kept(&entry.key));
    }
}

/// An index of the items of a list by name.
#[derive(Default)]
struct Known {
    by_name: BTreeMap<String, usize>,
    /// By the first part of the name, such as the family; `None` when several items share it.
    by_family: BTreeMap<String, Option<usize>>,
}

impl Known {
    fn new(items: &[Node], keys: &[&str]) -> Self {
        let mut known = Self::default();
        for (at, item) in items.iter().enumerate() {
            known.add(item, keys, at);
        }
        known
    }

    fn add(&mut self, item: &Node, keys: &[&str], at: usize) {
        if let Some(name) = identity(item, keys) {
            self.by_name.entry(name).or_insert(at);
        }
        if let Some(family) = identity(item, &keys[..1]) {
            let several = self.by_family.contains_key(&family);
            self.by_family.insert(family, (!several).then_some(at));
        }
    }

    /// The index of the item that `change` is laid over; `None` for a new item. A task definition
    /// without a revision means the only one of its family.
    fn position(&self, change: &Node, keys: &[&str]) -> Option<usize> {
        let name = identity(change, keys)?;
        let exact = self.by_name.get(&name).copied();
        let is_whole = keys.iter().skip(1).all(|key| change.get(key).is_some());
        match exact {
            None if !is_whole => self.by_family.get(&name).copied().flatten(),
            exact => exact,
        }
    }
}

/// Longer lists are not searched for similar names: the search of each new name is linear.
const LONGEST_SEARCHED: usize = 1_000;

/// Warns of a new name that differs from a known one by one typing error.
fn warn_of_similar_name(
    items: &[Node],
    change: &Node,
    keys: &[&str],
    path: &str,
    sources: &Sources,
    warnings: &mut Vec<Problem>,
) {
    let Some(name) = identity(change, keys) else {
        return;
    };
    if items.len() > LONGEST_SEARCHED {
        return;
    }
    let names = items.iter().filter_map(|item| identity(item, keys));
    let Some(near) = names.into_iter().find(|other| one_slip(&name, other)) else {
        return;
    };
    let mut problem = Problem::error(
        join(path, &name),
        format!("`{name}` is a new name, very similar to `{near}`"),
    );
    problem.severity = Severity::Warning;
    problem.place = sources.place(change.origin);
    problem.hint = Some(format!("to change the existing item, write `{near}`"));
    warnings.push(problem);
}

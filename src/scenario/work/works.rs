//! The names of entries of `tasks` and of services, each with the names of its containers, for
//! faults that refer to them. The index of a name is its position in the list of the scenario,
//! also if the entry or service has problems.

use super::target_names;
use crate::cluster::{EntryId, PerWork, ServiceId, WorkId};
use crate::plan::{LoadBalancerKind, MetricSources};
use crate::scenario::reading::names::without_arn;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The names of all entries of `tasks` and of all services.
pub struct Works {
    works: PerWork<Work>,
}

struct Work {
    name: String,
    /// True for a daemon service.
    is_daemon: bool,
    /// What gives the metrics of a service values, of which alarms can be: those of queues are none.
    sources: MetricSources,
    /// The containers of all revisions of its task definition.
    containers: Vec<String>,
}

/// What gives the metrics of a service values, by its text and the target groups of the scenario.
fn sources(item: &Node, groups: &BTreeMap<String, LoadBalancerKind>) -> MetricSources {
    let load = item.get("load");
    let has = |key: &str| load.is_some_and(|load| load.get(key).is_some());
    let group = target_names::first_group(item, |name| groups.contains_key(name));
    MetricSources {
        has_load: load.is_some(),
        has_memory: has("idleMemory") || has("memoryPerRequest"),
        has_queue: false,
        balancer: group.map(|name| groups[&name]),
    }
}

impl Works {
    /// Collects the names. Problems are not reported here but by the readers of the lists.
    pub fn of(root: &Record<'_>) -> Self {
        let definitions = items(root, "taskDefinitions");
        let groups = target_names::group_kinds(root);
        let works = |list, key| {
            items(root, list)
                .iter()
                .filter_map(|item| {
                    let name = item.get(key)?.as_text()?.to_string();
                    let definition = item.get("taskDefinition").and_then(Node::as_text);
                    let definition = definition.map(|text| without_arn(text, "task-definition"));
                    let family = definition.map(|text| text.split(':').next().unwrap_or(text));
                    let scheduling = item.get("schedulingStrategy").and_then(Node::as_text);
                    Some(Work {
                        name,
                        is_daemon: scheduling == Some("DAEMON"),
                        sources: sources(item, &groups),
                        containers: containers(&definitions, family?),
                    })
                })
                .collect()
        };
        Self {
            works: PerWork {
                entries: works("tasks", "name"),
                services: works("services", "serviceName"),
            },
        }
    }

    /// The entry of `tasks` that is named here; an unknown name is reported.
    pub fn task(&self, at: &Cursor<'_>) -> Option<WorkId> {
        let index = index(at, "entry", &self.works.entries)?;
        Some(WorkId::Entry(EntryId::new(index)))
    }

    /// What gives the metrics of a service values.
    pub fn sources(&self, service: ServiceId) -> MetricSources {
        self.works.services[service.index()].sources
    }

    /// The number of services.
    pub fn services(&self) -> usize {
        self.works.services.len()
    }

    /// The name of a service.
    pub fn service_name(&self, index: usize) -> String {
        self.works.services[index].name.clone()
    }

    /// The service that is named here; an unknown name is reported.
    pub fn service(&self, at: &Cursor<'_>) -> Option<WorkId> {
        let index = index(at, "service", &self.works.services)?;
        Some(WorkId::Service(ServiceId::new(index)))
    }

    /// The service that is named here and is no daemon; an unknown name is reported, and a daemon as
    /// this `problem`.
    pub fn replica_service(&self, at: &Cursor<'_>, problem: &str) -> Option<ServiceId> {
        let index = index(at, "service", &self.works.services)?;
        let id = ServiceId::new(index);
        if self.works[WorkId::Service(id)].is_daemon {
            at.problem(problem)
                .hint("a daemon has one task on each instance")
                .report();
            return None;
        }
        Some(id)
    }

    /// The name of a container of `work`, or of any entry or service; an unknown name is
    /// reported.
    pub fn container(&self, at: &Cursor<'_>, work: Option<WorkId>) -> Option<String> {
        let name = at.text()?;
        let meant: Vec<&Work> = match work {
            Some(work) => vec![&self.works[work]],
            None => self.works.iter().collect(),
        };
        let mut known: Vec<&str> = meant
            .iter()
            .flat_map(|work| work.containers.iter().map(String::as_str))
            .collect();
        known.sort_unstable();
        known.dedup();
        if !known.contains(&name) {
            at.problem(format!("there is no container `{name}` there"))
                .among(name, known)
                .report();
            return None;
        }
        Some(name.to_string())
    }
}

/// The task groups of all entries and services (facts/ecs.md 33).
pub fn groups(root: &Record<'_>) -> BTreeSet<String> {
    let text = |item: &Node, key| item.get(key).and_then(Node::as_text).map(String::from);
    let entries = items(root, "tasks");
    let entries = entries.iter().filter_map(|item| {
        let family = || {
            let definition = text(item, "taskDefinition")?;
            let name = without_arn(&definition, "task-definition");
            let family = name.split(':').next().unwrap_or(name);
            Some(format!("family:{family}"))
        };
        text(item, "group").or_else(family)
    });
    let services = items(root, "services");
    let services = services.iter().filter_map(|item| {
        let name = text(item, "serviceName")?;
        Some(format!("service:{name}"))
    });
    entries.chain(services).collect()
}

/// The names of the entries whose tasks an action starts.
pub fn started_by_actions(root: &Record<'_>) -> BTreeSet<String> {
    let actions = items(root, "actions");
    let calls = actions.iter().filter_map(|item| item.get("startTask"));
    let names = calls.filter_map(|call| call.get("tasks")?.as_text());
    names.map(String::from).collect()
}

fn index(at: &Cursor<'_>, kind: &str, works: &[Work]) -> Option<usize> {
    let name = at.text()?;
    let found = works.iter().position(|work| work.name == name);
    if found.is_none() {
        at.problem(format!("there is no {kind} `{name}`"))
            .among(name, works.iter().map(|work| work.name.as_str()))
            .report();
    }
    found
}

/// The items of a list at the top level.
fn items<'a>(root: &Record<'a>, key: &str) -> Vec<&'a Node> {
    match root.at.node.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

fn containers(definitions: &[&Node], family: &str) -> Vec<String> {
    let own = definitions
        .iter()
        .filter(|node| node.get("family").and_then(Node::as_text) == Some(family));
    let lists = own.filter_map(|node| match &node.get("containerDefinitions")?.value {
        Value::List(items) => Some(items),
        _ => None,
    });
    let names = lists
        .flatten()
        .filter_map(|item| item.get("name")?.as_text());
    names.map(String::from).collect()
}

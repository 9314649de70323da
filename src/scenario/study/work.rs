//! Reads what runs on the cluster: services, entries of `tasks`, deployments and alarms.

use crate::plan::{Arrivals, Deployment, MetricAlarm, Service, TaskEntry, Until};
use crate::scenario::capacity::cluster::ClusterRead;
use crate::scenario::capacity::images::Images;
use crate::scenario::faults::deployments;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::scenario::work::tasks::{self, Surroundings};
use crate::scenario::work::works::Works;
use crate::scenario::work::{alarms, service};
use crate::units::{SimTime, Span};

/// What was read, without the items that have problems.
#[derive(Default)]
pub struct Found {
    /// Entries of `tasks`.
    pub tasks: Vec<TaskEntry>,
    /// Services, with the revisions that deployments move them to.
    pub services: Vec<Service>,
    /// Deployments, in order of time.
    pub deployments: Vec<Deployment>,
    /// Alarms.
    pub alarms: Vec<MetricAlarm>,
}

/// Reads `services`, `tasks`, `deployments` and `alarms`.
pub fn read(
    record: &Record<'_>,
    around: &Surroundings<'_, '_>,
    (works, until): (&Works, Option<Until>),
    cluster: &mut ClusterRead<'_>,
    images: &mut Images,
) -> Found {
    let mut found = Found::default();
    if let Some(at) = record.get("services") {
        let images = &mut |name: &str| images.index(name);
        found.services = service::read_all(&at, &task_names(record), around, cluster, images);
    }
    let items = record.get("tasks").map(|at| at.entities(&["name"]));
    for item in items.unwrap_or_default() {
        let images = &mut |name: &str| images.index(name);
        let entry = tasks::read(&item, around, cluster, images);
        if let (Some(until), Some(entry)) = (until, &entry) {
            check_length(&item, entry, until);
        }
        found.tasks.extend(entry);
    }
    let ground = deployments::Ground {
        around,
        works,
        until,
    };
    let services = &mut found.services;
    found.deployments = deployments::read(record, &ground, services, cluster, images);
    found.alarms = alarms::read(record, works, cluster);
    found
}

/// The names of the entries of `tasks`, also of those with problems.
fn task_names<'a>(record: &Record<'a>) -> Vec<&'a str> {
    match record.get("tasks").map(|at| &at.node.value) {
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| item.get("name")?.as_text())
            .collect(),
        _ => Vec::new(),
    }
}

/// Checks that the arrivals of an entry and the length of the run go together.
fn check_length(item: &Cursor<'_>, entry: &TaskEntry, until: Until) {
    match until {
        Until::Drained => check_finite(item, &entry.arrivals),
        Until::Elapsed(end) => warn_of_late_trace(item, entry, end),
    }
}

/// Warns of a trace whose rows all arrive after the end of the run.
fn warn_of_late_trace(item: &Cursor<'_>, entry: &TaskEntry, end: Span) {
    let Arrivals::Trace(trace) = &entry.arrivals else {
        return;
    };
    if let Some(first) = trace.rows.first()
        && first.arrival >= SimTime::ZERO + end
    {
        item.problem(format!(
            "no row of the trace arrives before the end of the run; the first arrives at {}",
            first.arrival
        ))
        .hint("set `origin: first` in the trace, or a later `start` or `until` of the scenario")
        .warning()
        .report();
    }
}

fn check_finite(item: &Cursor<'_>, arrivals: &Arrivals) {
    if !arrivals.is_finite() {
        item.problem("these arrivals never end, so that a run with `until: drained` never ends")
            .hint("give `arrivals` a `limit`, or `until` a duration")
            .report();
    }
}

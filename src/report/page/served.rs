//! What users got: requests, messages and releases. Tables with a row per service, queue or deployment of
//! each variant. What of it is not as it should be is in `complaints.rs`.

use super::super::text::seconds;
use super::super::undone::served_share;
use super::cells::{columns, none, served, value};
use super::data::{Cell, Table};
use super::sections::{DEPLOYMENTS, QUEUES, REQUESTS, names};
use crate::runner::{Results, VariantResults};
use crate::units::Span;
use std::collections::BTreeSet;

/// The largest number of rows per variant; the rest is counted.
const MOST: usize = 40;

/// A column of a table: its head and the end of the path of its figure.
type Column = (&'static str, &'static str);

/// What one table is about.
pub(super) struct Subject {
    pub section: &'static str,
    title: &'static str,
    /// What a row is: `queue`.
    named: &'static str,
    /// The paths of its figures are `<root>.<name>.<end>`.
    root: &'static str,
    /// The end of a path that each name has.
    known_by: &'static str,
    columns: &'static [Column],
}

/// The figures whose cells are bad above zero.
const NONE_OF: [&str; 8] = [
    "requests.refused.count",
    "requests.errors.count",
    "requests.failed.count",
    "requests.timedOut.count",
    "messages.expired.count",
    "messages.deadLettered.count",
    "failed.count",
    "errors.count",
];

pub(super) const OF_REQUESTS: Subject = Subject {
    section: REQUESTS,
    title: "Requests",
    named: "service",
    root: "service",
    known_by: "requests.offered.count",
    columns: &[
        ("attempts", "requests.offered.count"),
        ("requests served", "requests.served.share"),
        ("refused", "requests.refused.count"),
        ("errors", "requests.errors.count"),
        ("failed", "requests.failed.count"),
        ("timed out", "requests.timedOut.count"),
        ("median response", "response.p50"),
        ("p99 response", "response.p99"),
        ("CPU used", "cpu.utilization.mean"),
        ("cost per million", "costPerMillionRequests"),
        ("scaled out", "scaledOut.count"),
        ("scaled in", "scaledIn.count"),
    ],
};

pub(super) const OF_QUEUES: Subject = Subject {
    section: QUEUES,
    title: "Queues",
    named: "queue",
    root: "queue",
    known_by: "messages.sent.count",
    columns: &[
        ("sent", "messages.sent.count"),
        ("processed", "messages.processed.share"),
        ("delivered again", "messages.redelivered.count"),
        ("too old", "messages.expired.count"),
        ("dead letters", "messages.deadLettered.count"),
        ("median wait", "wait.p50"),
        ("wait p95", "wait.p95"),
        ("oldest at most", "oldest.max"),
        ("CPU used", "cpu.utilization.mean"),
        ("cost per million", "costPerMillionMessages"),
        ("scaled out", "scaledOut.count"),
        ("scaled in", "scaledIn.count"),
    ],
};

pub(super) const OF_DEPLOYMENTS: Subject = Subject {
    section: DEPLOYMENTS,
    title: "Deployments",
    named: "deployment",
    root: "deployment",
    known_by: "completed.count",
    columns: &[
        ("began", "count"),
        ("completed", "completed.count"),
        ("failed", "failed.count"),
        ("rolled back", "rolledBack.count"),
        ("superseded", "superseded.count"),
        ("duration, mean", "duration.mean"),
        ("requests to a bad release", "badRequests.count"),
        ("errors of a bad release", "errors.count"),
        ("extra tasks", "extraTasks.max"),
        ("extra instances", "extraInstances.max"),
        ("below minimum", "belowMinimum.mean"),
    ],
};

impl Subject {
    /// The names of a variant, `all` left out.
    pub(super) fn names<'v>(&self, variant: &'v VariantResults) -> Vec<&'v str> {
        names(
            variant,
            &format!("{}.", self.root),
            &format!(".{}", self.known_by),
        )
    }

    /// The path of a figure.
    pub(super) fn path(&self, name: &str, figure: &str) -> String {
        format!("{}.{name}.{figure}", self.root)
    }

    /// The table; `None` without a row.
    fn table(&self, results: &Results, note: &str) -> Option<Table> {
        let mut rows = Vec::new();
        let mut cut = 0;
        for variant in &results.variants {
            let names = self.names(variant);
            cut += names.len().saturating_sub(MOST);
            for name in names.into_iter().take(MOST) {
                let mut row = vec![Cell::new(name), Cell::new(&variant.name)];
                let figures = self.columns.iter().map(|(_, figure)| figure);
                row.extend(figures.map(|figure| self.cell(variant, name, figure)));
                rows.push(row);
            }
        }
        let mut heads = vec![self.named, "variant"];
        heads.extend(self.columns.iter().map(|(head, _)| head));
        let more = match cut {
            0 => String::new(),
            cut => format!(" {cut} more rows are in summary.json."),
        };
        (!rows.is_empty()).then(|| Table {
            section: self.section.into(),
            title: self.title.into(),
            note: format!("{note}{more}"),
            columns: columns(&heads),
            rows,
            sums: 0,
        })
    }

    fn cell(&self, variant: &VariantResults, name: &str, figure: &str) -> Cell {
        let path = self.path(name, figure);
        match figure {
            // A request counts once, however often its client sends it.
            "requests.served.share" => served(served_share(variant, name)),
            figure if NONE_OF.contains(&figure) => none(variant, &path),
            _ => value(variant, &path),
        }
    }
}

/// The table of requests.
pub(super) fn requests(results: &Results) -> Option<Table> {
    let variants = results.variants.iter();
    let timeouts: BTreeSet<Span> = variants.flat_map(|v| v.client_timeouts.clone()).collect();
    let timeouts: Vec<String> = timeouts
        .into_iter()
        .map(|timeout| seconds(timeout.as_seconds_f64()))
        .collect();
    let note = format!(
        "Means over the seeds. Response times are those of served requests: one that waits for longer than the time-out of its client ({}) is timed out and does not count in them.",
        timeouts.join(", ")
    );
    OF_REQUESTS.table(results, &note)
}

/// The table of queues.
pub(super) fn queues(results: &Results) -> Option<Table> {
    let note =
        "Means over the seeds. Waits are times from the sending of a message to its first receipt.";
    OF_QUEUES.table(results, note)
}

/// The table of deployments.
pub(super) fn deployments(results: &Results) -> Option<Table> {
    let note = "Means over the seeds. Extra tasks and instances: the most that one deployment needed beside \
                those at its beginning. Below minimum: time with fewer healthy tasks than \
                minimumHealthyPercent asks for.";
    OF_DEPLOYMENTS.table(results, note)
}

/// True where some service of some variant has a load.
pub(super) fn has_requests(results: &Results) -> bool {
    let mut variants = results.variants.iter();
    variants.any(|variant| !OF_REQUESTS.names(variant).is_empty())
}

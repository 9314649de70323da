//! Tables with a row per service, entry or capacity provider of each variant.

use super::super::figure::mean;
use super::cells::{columns, finished, none, value, whole};
use super::data::{Cell, Table};
use super::sections::{CAPACITY, ENTRIES, SERVICES, availability, names};
use crate::runner::Results;

/// The largest number of rows of services and entries per variant.
const MOST: usize = 40;

/// Services that lack tasks or lost some; the others are counted.
pub(super) fn services(results: &Results) -> Option<Table> {
    let mut rows = Vec::new();
    let mut calm = 0;
    let mut cut = 0;
    for variant in &results.variants {
        let mut own = Vec::new();
        for name in names(variant, "service.", ".desired.mean") {
            let path = |figure: &str| format!("service.{name}.{figure}");
            let count = |figure: &str| mean(variant, &path(figure)).unwrap_or(0.0);
            let share = availability(variant, name);
            let lost = count("interrupted.count") + count("failedStarts.count");
            if share.is_none_or(|share| share >= 1.0)
                && lost == 0.0
                && count("shortfall.mean") == 0.0
            {
                calm += 1;
                continue;
            }
            let row = vec![
                Cell::new(name),
                Cell::new(&variant.name),
                value(variant, &path("desired.mean")),
                value(variant, &path("healthy.mean")),
                value(variant, &path("shortfall.mean")),
                whole(share),
                value(variant, &path("recovery.max")),
                value(variant, &path("start.p95")),
                none(variant, &path("interrupted.count")),
                none(variant, &path("placementFailures.count")),
            ];
            own.push((share.unwrap_or(1.0), row));
        }
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        cut += own.len().saturating_sub(MOST);
        rows.extend(own.into_iter().take(MOST).map(|(_, row)| row));
    }
    if rows.is_empty() && calm == 0 {
        return None;
    }
    let mut note = match rows.is_empty() {
        true => String::from("No service lacked or lost a task. "),
        false => String::from("The worst first. "),
    };
    if calm > 0 {
        note += &format!(
            "Left out, as they had every task since they were first complete: {calm} (counted in \
             every variant). "
        );
    }
    if cut > 0 {
        note += &format!("{cut} more rows are in summary.json. ");
    }
    Some(Table {
        section: SERVICES.into(),
        title: "Services that lacked or lost tasks".into(),
        note: note.trim_end().into(),
        columns: columns(&[
            "service",
            "variant",
            "desired",
            "healthy",
            "missing",
            "available",
            "longest gap",
            "start p95",
            "lost",
            "failed placements",
        ]),
        rows,
        sums: 0,
    })
}

/// Standalone work, a row per entry.
pub(super) fn entries(results: &Results) -> Option<Table> {
    let mut rows = Vec::new();
    for variant in &results.variants {
        for name in names(variant, "tasks.", ".arrived.count")
            .into_iter()
            .take(MOST)
        {
            let path = |figure: &str| format!("tasks.{name}.{figure}");
            rows.push(vec![
                Cell::new(name),
                Cell::new(&variant.name),
                value(variant, &path("arrived.count")),
                finished(mean(variant, &path("finished.share"))),
                none(variant, &path("rejected.count")),
                none(variant, &path("failed.count")),
                value(variant, &path("unfinished.count")),
                value(variant, &path("interrupted.count")),
                value(variant, &path("wait.p50")),
                value(variant, &path("wait.p95")),
                value(variant, &path("wait.max")),
            ]);
        }
    }
    (!rows.is_empty()).then(|| Table {
        section: ENTRIES.into(),
        title: "Standalone tasks".into(),
        note: "Means over the seeds.".into(),
        columns: columns(&[
            "entry",
            "variant",
            "arrived",
            "finished",
            "refused",
            "failed",
            "unfinished",
            "resubmitted",
            "wait p50",
            "wait p95",
            "longest wait",
        ]),
        rows,
        sums: 0,
    })
}

/// Capacity, a row per provider.
pub(super) fn capacity(results: &Results) -> Table {
    let mut rows = Vec::new();
    for variant in &results.variants {
        for name in names(variant, "capacity.", ".cpu.total")
            .into_iter()
            .take(MOST)
        {
            let path = |figure: &str| format!("capacity.{name}.{figure}");
            let cost = format!("cost.{name}.perMonth");
            let is_used = |path: &str| mean(variant, path).is_some_and(|value| value != 0.0);
            if ![path("cpu.total"), path("instances.max"), cost.clone()]
                .iter()
                .any(|p| is_used(p))
            {
                continue;
            }
            rows.push(vec![
                Cell::new(name),
                Cell::new(&variant.name),
                value(variant, &path("instances")),
                value(variant, &path("instances.max")),
                value(variant, &path("cpu.total")),
                value(variant, &path("cpu.reserved")),
                value(variant, &path("memory.reserved")),
                value(variant, &path("instances.interrupted.count")),
                value(variant, &path("instances.failed.count")),
                value(variant, &cost),
            ]);
        }
    }
    Table {
        section: CAPACITY.into(),
        title: "Capacity providers".into(),
        note: "Means over the seeds.".into(),
        columns: columns(&[
            "provider",
            "variant",
            "instances",
            "most instances",
            "CPU",
            "CPU reserved",
            "memory reserved",
            "interrupted",
            "failed",
            "cost per month",
        ]),
        rows,
        sums: 0,
    }
}

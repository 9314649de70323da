//! Standalone work: tasks that arrived, their outcomes, and their waits.

use super::super::figure::{has_work, mean};
use super::super::text::{number, percent, seconds};
use super::entries::shown;
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::Measure;
use crate::runner::Results;

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 8] = [
    ("arrived", 7, "arrived.count", number),
    ("finished", 6, "finished.count", number),
    ("rejected", 8, "rejected.count", number),
    ("unfinished", 3, "unfinished.count", number),
    ("waited", 9, "waited.share", percent),
    ("wait\nmean", 10, "wait.mean", seconds),
    ("wait\np95", 5, "wait.p95", seconds),
    ("wait\np99", 4, "wait.p99", seconds),
];

/// The standalone work of every variant: `all`, and each entry when there are several.
pub(super) fn write(page: &mut Page, results: &Results) {
    if !results.variants.iter().any(has_work) {
        return;
    }
    page.heading("Standalone work: tasks of a run, and their waits");
    let table = Table {
        kind: "tasks",
        named: "tasks",
        names: |variant| names(variant, |measure| matches!(measure, Measure::Tasks(..))),
        columns: &COLUMNS,
        entry: shown,
        deviates: |variant, name| {
            let bad = ["rejected.count", "failed.count", "waited.share"];
            let mean = |suffix: &str| mean(variant, &format!("tasks.{name}.{suffix}"));
            bad.iter()
                .any(|suffix| mean(suffix).is_some_and(|count| count > 0.0))
        },
        as_expected: "whose tasks neither waited nor failed",
    };
    table.write(page, results);
}

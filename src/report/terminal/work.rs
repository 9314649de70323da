//! How the work fared: what arrived, what became of it, how long it waited.

use super::super::figure::has_work;
use super::super::text::{clean, number, percent, seconds};
use super::comparison::shown;
use super::grid::{Entry, Grid};
use super::page::Page;
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

pub(super) fn write(page: &mut Page, results: &Results) {
    if !results.variants.iter().any(has_work) {
        return;
    }
    page.heading("Work: tasks of a run, and how long they waited");
    let several = results.variants.iter().any(|v| entries(v).len() > 1);
    let mut headers = vec![("variant", 0), ("tasks", 20)];
    headers.extend([
        ("arrived", 7),
        ("finished", 6),
        ("rejected", 8),
        ("unfinished", 3),
        ("waited", 9),
        ("wait\nmean", 10),
        ("wait\np95", 5),
        ("wait\np99", 4),
    ]);
    if !several {
        headers.remove(1);
    }
    let mut grid = Grid::new(if several { 2 } else { 1 }, &headers);
    for variant in &results.variants {
        for entry in entries(variant) {
            let mut row = vec![Entry::new(clean(&variant.name))];
            if several {
                row.push(Entry::new(clean(entry)));
            }
            let path = |suffix: &str| format!("tasks.{entry}.{suffix}");
            row.push(shown(variant, &path("arrived.count"), number));
            row.push(shown(variant, &path("finished.count"), number));
            row.push(shown(variant, &path("rejected.count"), number));
            row.push(shown(variant, &path("unfinished.count"), number));
            row.push(shown(variant, &path("waited.share"), percent));
            row.push(shown(variant, &path("wait.mean"), seconds));
            row.push(shown(variant, &path("wait.p95"), seconds));
            row.push(shown(variant, &path("wait.p99"), seconds));
            grid.row(row);
        }
    }
    page.lines(grid.lines(page.width(), page.color()));
}

/// The entries to show: all together, and each when there are several.
fn entries(variant: &VariantResults) -> Vec<&str> {
    names(variant, |measure| matches!(measure, Measure::Tasks(..)))
}

/// The names of the figures of a kind; only `all` when there is no more than one besides.
pub(super) fn names(variant: &VariantResults, is_kind: fn(Measure) -> bool) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let figures = variant.figures.iter().map(|summary| &summary.figure);
    for figure in figures.filter(|figure| is_kind(figure.measure)) {
        if names.last() != Some(&figure.name.as_str()) {
            names.push(&figure.name);
        }
    }
    if names.len() == 2 {
        names.truncate(1);
    }
    names
}

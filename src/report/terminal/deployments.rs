//! Deployments: how they ended, how long they took, and what they needed beside the usual.

use super::super::figure::mean;
use super::super::text::{number, seconds};
use super::entries::service_figure;
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::{Measure, Of};
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 9] = [
    ("began", 10, "count", number),
    ("completed", 9, "completed.count", number),
    ("failed", 11, "failed.count", number),
    ("rolled\nback", 4, "rolledBack.count", number),
    ("superseded", 1, "superseded.count", number),
    ("duration\nmean", 8, "duration.mean", seconds),
    ("extra\ntasks", 6, "extraTasks.max", number),
    ("extra\ninstances", 5, "extraInstances.max", number),
    ("below\nminimum", 7, "belowMinimum.mean", seconds),
];

/// What users met of bad releases, where some met one. Shares of the requests of a deployment cannot be
/// compared, as deployments last for different times; they are in `summary.json`.
const MET: [Column; 2] = [
    ("requests to\nbad release", 8, "badRequests.count", number),
    ("of them\nerrors", 7, "errors.count", number),
];

/// The deployments of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| deployments(v).is_empty()) {
        return;
    }
    page.heading("Deployments: how they ended, and the most that one needed beside the usual");
    let mut columns = COLUMNS.to_vec();
    if results.variants.iter().any(met) {
        columns.splice(6..6, MET);
    }
    let table = Table {
        kind: "deployment",
        named: "deployment",
        names: deployments,
        columns: &columns,
        entry: service_figure,
        deviates,
        as_expected: "completed, never below the minimum",
    };
    table.write(page, results);
}

/// The names of the rows: `all` and each entry when there are several.
fn deployments(variant: &VariantResults) -> Vec<&str> {
    let mut names = names(variant, |measure| {
        matches!(measure, Measure::Deployment(..))
    });
    if names == ["all"] {
        let mut figures = variant.figures.iter().map(|summary| summary.figure);
        let own = figures.find(|f| matches!(f.measure, Measure::Deployment(Of::One(_), _)));
        names = own.map(|own| own.name.as_str()).into_iter().collect();
    }
    names
}

/// True where requests met a bad release.
fn met(variant: &VariantResults) -> bool {
    let count = |name: &&str| mean(variant, &format!("deployment.{name}.badRequests.count"));
    deployments(variant)
        .iter()
        .any(|name| count(name) > Some(0.0))
}

/// True for an entry of which a deployment did not complete or fell below the minimum.
fn deviates(variant: &VariantResults, name: &str) -> bool {
    let mean = |suffix: &str| mean(variant, &format!("deployment.{name}.{suffix}"));
    mean("completed.count") != mean("count")
        || mean("belowMinimum.mean").is_some_and(|seconds| seconds > 0.0)
}

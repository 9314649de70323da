//! Services: tasks over time, starts and stops; and bars that divide starts into their steps.

use super::super::figure::{mean, start_name, start_parts};
use super::super::text::{clean, counted, number, percent, seconds};
use super::bars::{Bar, Ink, draw};
use super::entries::service_figure;
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::{Measure, Of, StartKind};
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 12] = [
    ("desired", 9, "desired.mean", number),
    ("running", 7, "running.mean", number),
    ("least\nrunning", 1, "running.min", number),
    ("most\nrunning", 1, "running.max", number),
    ("healthy", 10, "healthy.mean", number),
    ("time with\nenough tasks", 11, "available.share", percent),
    ("start\np50", 3, "start.p50", seconds),
    ("start\np95", 8, "start.p95", seconds),
    ("stopped", 4, "stopped.count", number),
    ("interrupted", 6, "interrupted.count", number),
    ("recovery\nmean", 5, "recovery.mean", seconds),
    ("recovery\nlongest", 2, "recovery.max", seconds),
];

/// The services of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| services(v).is_empty()) {
        return;
    }
    page.heading("Services: tasks over time, share of time with enough healthy tasks, starts, and how long tasks were missing");
    let table = Table {
        kind: "service",
        named: "service",
        names: services,
        columns: &COLUMNS,
        entry: service_figure,
        deviates,
        as_expected: "with enough healthy tasks all the time and nothing interrupted",
    };
    table.write(page, results);
}

/// The names of the rows: `all` and each service when there are several. A single service is
/// shown by its own figures, because those of `all` leave out the levels of daemons.
fn services(variant: &VariantResults) -> Vec<&str> {
    let mut names = names(variant, |measure| matches!(measure, Measure::Service(..)));
    if names == ["all"] {
        let mut figures = variant.figures.iter().map(|summary| summary.figure);
        let own = figures.find(|f| matches!(f.measure, Measure::Service(Of::One(_), _)));
        names = own.map(|own| own.name.as_str()).into_iter().collect();
    }
    names
}

/// A service whose tasks were missing in at most this share is as expected.
const MISSING_UP_TO: f64 = 0.05;

/// True for a service that was not available all the time, of which tasks were missing for long, or
/// of which something failed.
fn deviates(variant: &VariantResults, name: &str) -> bool {
    let mean = |suffix: &str| mean(variant, &format!("service.{name}.{suffix}"));
    let bad = [
        "interrupted.count",
        "failedStarts.count",
        "neverComplete.count",
    ];
    let missing = mean("shortfall.mean").unwrap_or(0.0);
    mean("available.share").is_some_and(|share| share < 1.0)
        || mean("desired.mean").is_some_and(|desired| missing > desired * MISSING_UP_TO)
        || bad
            .iter()
            .any(|suffix| mean(suffix).is_some_and(|count| count > 0.0))
}

/// The first part of a start, which is before its steps.
const WAIT: &str = "waiting for capacity";

/// The parts of a start.
const INK: [Ink; 6] = [
    (WAIT, '▚', "31"),
    ("provisioning", '░', "35"),
    ("pending", '▒', "36"),
    ("pull", '█', "34"),
    ("containers", '▓', "33"),
    ("polling", '·', "37"),
];

/// A bar for every kind of start that a variant has.
pub(super) fn starts(page: &mut Page, results: &Results) {
    let several = results.variants.len() > 1;
    let mut bars = Vec::new();
    for variant in &results.variants {
        for kind in StartKind::ALL {
            bars.extend(bar(variant, kind, several));
        }
    }
    draw(
        page,
        "Starts of all tasks: mean time from submission to RUNNING, by step",
        &INK,
        &bars,
    );
}

/// The bar of a kind of start in a variant; `None` where no such start occurred.
fn bar(variant: &VariantResults, kind: StartKind, several: bool) -> Option<Bar> {
    let count =
        mean(variant, &format!("start.{}.count", kind.name())).filter(|count| *count > 0.0)?;
    let label = start_name(kind);
    let wait = mean(variant, &format!("start.{}.wait.mean", kind.name()));
    let wait = wait.filter(|wait| *wait > 0.0).map(|wait| (WAIT, wait));
    let parts: Vec<_> = wait.into_iter().chain(start_parts(variant, kind)).collect();
    let total: f64 = parts.iter().map(|(_, part)| part).sum();
    Some(Bar {
        name: match several {
            true => format!("{}, {label}", clean(&variant.name)),
            false => label.into(),
        },
        amount: seconds(total),
        parts,
        note: format!("  {}", counted(count, "start")),
    })
}

//! How the services fared, and where the seconds of their starts went.

use super::super::figure::{mean, start_name, start_parts};
use super::super::text::{clean, number, percent, seconds};
use super::bars::{Bar, Ink, draw};
use super::comparison::shown;
use super::grid::{Entry, Grid};
use super::page::Page;
use super::work::names;
use crate::figures::{Kind, START_KINDS};
use crate::runner::{Results, VariantResults};

type Column = (&'static str, u8, &'static str, fn(f64) -> String);

const COLUMNS: [Column; 10] = [
    ("desired", 8, "desired.mean", number),
    ("running", 6, "running.mean", number),
    ("healthy", 9, "healthy.mean", number),
    ("available", 10, "available.share", percent),
    ("start\np50", 5, "start.p50", seconds),
    ("start\np95", 7, "start.p95", seconds),
    ("stopped", 4, "stopped.count", number),
    ("lost", 3, "interrupted.count", number),
    ("recovery\nmean", 5, "recovery.mean", seconds),
    ("recovery\nlongest", 2, "recovery.max", seconds),
];

/// The services of every variant that has some.
pub(super) fn write(page: &mut Page, results: &Results) {
    let services = |variant| names(variant, Kind::Service);
    if results.variants.iter().all(|v| services(v).is_empty()) {
        return;
    }
    page.heading("Services: tasks over time, starts, and how long healthy tasks were missing");
    let several = results.variants.iter().any(|v| services(v).len() > 1);
    let mut headers = vec![("variant", 0)];
    if several {
        headers.push(("service", 20));
    }
    headers.extend(
        COLUMNS
            .iter()
            .map(|(header, weight, ..)| (*header, *weight)),
    );
    let mut grid = Grid::new(if several { 2 } else { 1 }, &headers);
    for variant in &results.variants {
        for service in services(variant) {
            let mut row = vec![Entry::new(clean(&variant.name))];
            if several {
                row.push(Entry::new(clean(service)));
            }
            row.extend(COLUMNS.iter().map(|(_, _, suffix, print)| {
                shown(variant, &format!("service.{service}.{suffix}"), *print)
            }));
            grid.row(row);
        }
    }
    page.lines(grid.lines(page.width(), page.color()));
}

const INK: [Ink; 5] = [
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
        for kind in START_KINDS {
            bars.extend(bar(variant, kind, several));
        }
    }
    draw(
        page,
        "Starts: where the seconds go, on average",
        &INK,
        &bars,
    );
}

fn bar(variant: &VariantResults, kind: &'static str, several: bool) -> Option<Bar> {
    let count = mean(variant, &format!("start.{kind}.count")).filter(|count| *count > 0.0)?;
    let label = start_name(kind);
    let parts = start_parts(variant, kind);
    let total: f64 = parts.iter().map(|(_, part)| part).sum();
    Some(Bar {
        name: match several {
            true => format!("{}, {label}", clean(&variant.name)),
            false => label.into(),
        },
        amount: seconds(total),
        parts,
        note: format!("  {} starts", number(count)),
    })
}

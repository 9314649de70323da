//! How the capacity was used: how much there was, how much of it was reserved.

use super::super::figure::mean;
use super::super::text::{clean, number, percent};
use super::comparison::shown;
use super::grid::{Entry, Grid};
use super::page::Page;
use super::work::names;
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

type Column = (&'static str, u8, &'static str, fn(f64) -> String);

const COLUMNS: [Column; 7] = [
    ("instances", 8, "instances", number),
    ("vCPU", 5, "cpu.total", number),
    ("CPU\nreserved", 10, "cpu.reserved", percent),
    ("CPU\nused", 4, "cpu.used", percent),
    ("GiB", 5, "memory.total", number),
    ("memory\nreserved", 9, "memory.reserved", percent),
    ("memory\nused", 3, "memory.used", percent),
];

const GPU_COLUMNS: [Column; 3] = [
    ("GPUs", 7, "gpu.total", number),
    ("GPUs\nreserved", 7, "gpu.reserved", percent),
    ("GPUs\nstranded", 6, "gpu.stranded", percent),
];

pub(super) fn write(page: &mut Page, results: &Results) {
    let providers = |variant| names(variant, |measure| matches!(measure, Measure::Capacity(..)));
    if results.variants.iter().all(|v| providers(v).is_empty()) {
        return;
    }
    page.heading("Capacity: means over time, shares of what is registered");
    let several = results.variants.iter().any(|v| providers(v).len() > 1);
    let mut columns = COLUMNS.to_vec();
    if results.variants.iter().any(has_gpus) {
        columns.extend(GPU_COLUMNS);
    }
    let mut headers = vec![("variant", 0)];
    if several {
        headers.push(("provider", 20));
    }
    headers.extend(
        columns
            .iter()
            .map(|(header, weight, ..)| (*header, *weight)),
    );
    let mut grid = Grid::new(if several { 2 } else { 1 }, &headers);
    for variant in &results.variants {
        for provider in providers(variant) {
            let mut row = vec![Entry::new(clean(&variant.name))];
            if several {
                row.push(Entry::new(clean(provider)));
            }
            row.extend(columns.iter().map(|(_, _, suffix, print)| {
                shown(variant, &format!("capacity.{provider}.{suffix}"), *print)
            }));
            grid.row(row);
        }
    }
    page.lines(grid.lines(page.width(), page.color()));
}

fn has_gpus(variant: &VariantResults) -> bool {
    mean(variant, "capacity.all.gpu.total").is_some_and(|gpus| gpus > 0.0)
}

//! Capacity: time means of what was registered, and the shares that were reserved and used.

use super::super::figure::mean;
use super::super::text::{number, percent};
use super::entries::shown;
use super::page::Page;
use super::table::{Column, Table, names};
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

/// The columns; those with low weights are left out first on narrow terminals.
const COLUMNS: [Column; 9] = [
    ("instances", 8, "instances", number),
    ("most", 4, "instances.max", number),
    ("tasks", 4, "tasks.mean", number),
    ("vCPU", 5, "cpu.total", number),
    ("CPU\nreserved", 10, "cpu.reserved", percent),
    ("CPU\nused", 4, "cpu.used", percent),
    ("GiB", 5, "memory.total", number),
    ("memory\nreserved", 9, "memory.reserved", percent),
    ("memory\nused", 3, "memory.used", percent),
];

/// Further columns, where a variant has GPUs.
const GPU_COLUMNS: [Column; 3] = [
    ("GPUs", 7, "gpu.total", number),
    ("GPUs\nreserved", 7, "gpu.reserved", percent),
    ("GPUs\nstranded", 6, "gpu.stranded", percent),
];

/// Further columns, where a variant has burstable instances whose credits are counted.
const CREDIT_COLUMNS: [Column; 2] = [
    ("throttled\nhours", 7, "cpuCredits.throttledHours", number),
    ("surplus\nvCPU-h", 6, "cpuCredits.surplusHours", number),
];

/// The capacity of every variant: all together, and each provider when there are several.
pub(super) fn write(page: &mut Page, results: &Results) {
    if results.variants.iter().all(|v| providers(v).is_empty()) {
        return;
    }
    page.heading(
        "Capacity: means over time, the most instances at one time, shares of what is registered",
    );
    let mut columns = COLUMNS.to_vec();
    if results.variants.iter().any(has_gpus) {
        columns.extend(GPU_COLUMNS);
    }
    if results.variants.iter().any(has_credits) {
        columns.extend(CREDIT_COLUMNS);
    }
    let table = Table {
        kind: "capacity",
        named: "provider",
        names: providers,
        columns: &columns,
        entry: shown,
        deviates: |variant, name| {
            mean(variant, &format!("capacity.{name}.cpu.total")).is_some_and(|cpu| cpu > 0.0)
        },
        as_expected: "without capacity",
    };
    table.write(page, results);
}

/// The names of the rows: `all`, and each provider when there are several.
fn providers(variant: &VariantResults) -> Vec<&str> {
    names(variant, |measure| matches!(measure, Measure::Capacity(..)))
}

/// True when the variant has instances with GPUs.
fn has_gpus(variant: &VariantResults) -> bool {
    mean(variant, "capacity.all.gpu.total").is_some_and(|gpus| gpus > 0.0)
}

/// True when the variant has burstable instances whose credits are counted.
fn has_credits(variant: &VariantResults) -> bool {
    mean(variant, "capacity.all.cpuCredits.throttledHours").is_some()
}

//! The bill of every variant: a row per line group, then the total and the cost of idle
//! capacity.

use super::super::figure::{estimate, mean};
use super::super::text::{number, percent};
use super::entries::money_entry;
use super::grid::{Entry, Grid, Tone};
use super::lines::{has_several_providers, label};
use super::page::Page;
use crate::plan::Unbilled;
use crate::pricing::Service;
use crate::runner::{BillLineSummary, Results, VariantResults};
use std::collections::BTreeSet;

/// Writes the bill of every variant.
pub(super) fn write(page: &mut Page, results: &Results) {
    for variant in &results.variants {
        let note = if variant.without_chance {
            ", not random"
        } else {
            ""
        };
        let month = &variant.month;
        page.heading(&format!(
            "Bill of {}, per month ({month}{note})",
            variant.name
        ));
        if variant.bill.is_empty() {
            page.line("nothing was billed");
            continue;
        }
        let grid = table(variant);
        page.lines(grid.lines(page.width(), page.color()));
    }
}

/// Says what idle means, and what AWS bills beside the lines, by what the scenario mentions.
pub(super) fn scope(page: &mut Page, results: &Results) {
    let is_idle = |v| mean(v, "cost.idle.perMonth") > Some(0.0);
    if results.variants.iter().any(is_idle) {
        page.blank();
        page.paragraph(
            "Idle: the cost of instances × the share of their capacity that no task has reserved, where a vCPU weighs as much as 9 GiB of memory. Surplus CPU credits are not in it.",
            2,
        );
    }
    let unbilled = results.variants.iter().flat_map(|v| &v.unbilled);
    let unbilled: BTreeSet<Unbilled> = unbilled.copied().collect();
    if unbilled.is_empty() {
        return;
    }
    let mut lines = results.variants.iter().flat_map(|v| &v.bill);
    let (unless, add) = match lines.any(|line| line.service == Service::Extra) {
        true => (", unless your own lines have it", ""),
        false => ("", "`costs.extra` takes monthly lines of your own."),
    };
    let words: Vec<&str> = unbilled.into_iter().map(Unbilled::words).collect();
    page.blank();
    page.paragraph(
        &format!("Not in the bill{unless}: {}. {add}", words.join(", ")),
        2,
    );
}

/// The table of a bill.
fn table(variant: &VariantResults) -> Grid {
    // Wide enough for `group: m6i.xlarge, on demand`: the units are shortened before the names.
    let mut grid = Grid::with_names_of(
        34,
        1,
        &[
            ("what", 0),
            ("quantity", 4),
            ("price", 3),
            ("cost", 9),
            ("share", 5),
        ],
    );
    let total = mean(variant, "cost.total.perMonth").unwrap_or(0.0);
    let share = |part: Option<f64>| match part {
        Some(part) if total > 0.0 => Entry::new(percent(part / total)),
        _ => Entry::new("–").tone(Tone::Faint),
    };
    let several = has_several_providers(variant);
    for line in &variant.bill {
        let cost = &line.cost_per_month;
        grid.row(vec![
            Entry::new(label(line, several)),
            quantity(line),
            Entry::new(format!("{} per {}", line.price, line.unit.singular()))
                .or(line.price.to_string()),
            money_entry(cost, variant.without_chance),
            share(cost.mean),
        ]);
    }
    for (name, path) in [
        ("total", "cost.total.perMonth"),
        ("of which idle", "cost.idle.perMonth"),
    ] {
        let Some(cost) = estimate(variant, path) else {
            continue;
        };
        let empty = || Entry::new("");
        let amount = money_entry(&cost, variant.without_chance);
        grid.row(vec![
            Entry::new(name),
            empty(),
            empty(),
            amount,
            share(cost.mean),
        ]);
    }
    grid
}

/// The mean quantity per month with its unit; the short form abbreviates the unit.
fn quantity(line: &BillLineSummary) -> Entry {
    match line.quantity_per_month.mean {
        Some(mean) => {
            let number = number(mean);
            let unit = match number.as_str() {
                "1" => line.unit.singular(),
                _ => line.unit.name(),
            };
            Entry::new(format!("{number} {unit}"))
                .or(format!("{number} {}", line.unit.short_name()))
        }
        None => Entry::new("–").tone(Tone::Faint),
    }
}

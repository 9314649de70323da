//! The bill of every variant: a row per line group, then the total and the cost of idle
//! capacity.

use super::super::figure::{estimate, mean};
use super::super::text::{number, percent};
use super::entries::money_entry;
use super::grid::{Entry, Grid, Tone};
use super::lines::{has_several_providers, label};
use super::page::Page;
use crate::runner::{BillLineSummary, Results, VariantResults};

/// Writes the bill of every variant.
pub(super) fn write(page: &mut Page, results: &Results) {
    for variant in &results.variants {
        let note = if variant.without_chance {
            " (not random)"
        } else {
            ""
        };
        page.heading(&format!("Bill of {}{note}", variant.name));
        if variant.bill.is_empty() {
            page.line("nothing was billed");
            continue;
        }
        let grid = table(variant);
        page.lines(grid.lines(page.width(), page.color()));
    }
}

/// The table of a bill.
fn table(variant: &VariantResults) -> Grid {
    // Wide enough for `group: m6i.xlarge, on demand`: the units are shortened before the names.
    let mut grid = Grid::with_names_of(
        34,
        1,
        &[
            ("what", 0),
            ("quantity in a run", 4),
            ("price", 3),
            ("per month", 9),
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

/// The mean quantity in a run with its unit; the short form abbreviates the unit.
fn quantity(line: &BillLineSummary) -> Entry {
    match line.quantity.mean {
        Some(mean) => Entry::new(format!("{} {}", number(mean), line.unit.name())).or(format!(
            "{} {}",
            number(mean),
            line.unit.short_name()
        )),
        None => Entry::new("–").tone(Tone::Faint),
    }
}

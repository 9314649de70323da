//! The variants side by side: cost with its interval, what it is against the first variant,
//! and the figures that cost is bought with.

use super::super::figure::{
    against_first, estimate, has_services, has_work, is_same_in_every_run, mean,
};
use super::super::text::{clean, money, money_within, number, percent, seconds};
use super::super::value::{Evidence, change_of, evidence};
use super::entries::{money_entry, service_figure, shown};
use super::grid::{Entry, Grid, Tone};
use super::page::Page;
use crate::figures::Unit;
use crate::runner::{Estimate, Results, VariantResults};

const COST: &str = "cost.total.perMonth";

pub(super) fn write(page: &mut Page, results: &Results) {
    page.blank();
    let columns = bought(results);
    let mut headers = vec![
        ("variant", 0),
        ("cost\nper month", 9),
        ("against\nthe first", 8),
        ("CPU\nreserved", 6),
        ("memory\nreserved", 4),
    ];
    headers.extend(
        columns
            .iter()
            .map(|(header, weight, ..)| (*header, *weight)),
    );
    let mut grid = Grid::new(1, &headers).spare(4);
    let first = &results.variants[0];
    for variant in &results.variants {
        let mut row = vec![
            Entry::new(clean(&variant.name)),
            cost(variant),
            against(variant, first),
            shown(variant, "capacity.all.cpu.reserved", percent),
            shown(variant, "capacity.all.memory.reserved", percent),
        ];
        let rest = columns.iter();
        row.extend(rest.map(|(_, _, path, print)| service_figure(variant, path, *print)));
        grid.row(row);
    }
    page.lines(grid.lines(page.width(), page.color()));
    faults(page, results);
    without_chance(page, results);
}

type Column = (&'static str, u8, &'static str, fn(f64) -> String);

/// What cost buys, of standalone work.
const WORK: [Column; 3] = [
    ("wait\np95", 7, "tasks.all.wait.p95", seconds),
    ("tasks\nfinished", 3, "tasks.all.finished.share", percent),
    ("tasks\nrejected", 5, "tasks.all.rejected.share", percent),
];

/// What cost buys, of services.
const SERVICES: [Column; 3] = [
    (
        "services\navailable",
        7,
        "service.all.available.share",
        percent,
    ),
    ("tasks\nmissing", 5, "service.all.shortfall.mean", number),
    ("start\np95", 3, "service.all.start.p95", seconds),
];

/// The columns of what cost buys: standalone work, services, or the first of both.
fn bought(results: &Results) -> Vec<Column> {
    let services = results.variants.iter().any(has_services);
    let work = results.variants.iter().any(has_work) || !services;
    match (services, work) {
        (true, true) => vec![SERVICES[0], WORK[0], WORK[2]],
        (true, false) => SERVICES.into(),
        _ => WORK.into(),
    }
}

fn cost(variant: &VariantResults) -> Entry {
    match estimate(variant, COST) {
        Some(cost) => money_entry(&cost, variant.without_chance),
        None => Entry::new("–").tone(Tone::Faint),
    }
}

fn against(variant: &VariantResults, first: &VariantResults) -> Entry {
    if std::ptr::eq(variant, first) {
        return Entry::new("–").tone(Tone::Faint);
    }
    let found = against_first(variant, COST).map(|d| d.estimate);
    let Some((difference, value)) = found.and_then(|d| Some((d, d.mean?))) else {
        return Entry::new("–").tone(Tone::Faint);
    };
    let size = change_of(Unit::Usd, value, mean(first, COST));
    let certain = variant.without_chance && first.without_chance;
    let Some(worth) = evidence(&difference, certain) else {
        return Entry::new("–").tone(Tone::Faint);
    };
    let entry = Entry::new(worth.said(&size));
    let tone = if value < 0.0 { Tone::Good } else { Tone::Bad };
    match worth {
        Evidence::Same | Evidence::Luck => entry,
        Evidence::OneSeed => entry.or(size),
        Evidence::Exact => entry.or(size).tone(tone),
        Evidence::Real => entry.tone(tone),
    }
}

/// What the faults of the variants that have some cost; those with the same to say share a
/// line.
fn faults(page: &mut Page, results: &Results) {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for variant in &results.variants {
        let cost = estimate(variant, "faults.costPerMonth");
        let Some(mut amount) = cost.as_ref().and_then(extra) else {
            continue;
        };
        amount.push_str(" against the same runs without them");
        amount.push_str(&struck(variant, results.seeds.len()));
        let name = clean(&variant.name);
        match told.iter_mut().find(|(other, _)| *other == amount) {
            Some((_, names)) => names.push(name),
            None => told.push((amount, vec![name])),
        }
    }
    if !told.is_empty() {
        page.blank();
    }
    for (amount, names) in told {
        let whose = match results.variants.len() {
            1 => String::new(),
            _ => format!("{}: ", names.join(", ")),
        };
        let line = format!("{whose}faults cost {amount}");
        page.paragraph(&line, 2);
    }
}

/// How often the variant's faults struck, where that is counted.
fn struck(variant: &VariantResults, seeds: usize) -> String {
    match mean(variant, "faults.struck.count") {
        None => String::new(),
        Some(0.0) => "; they struck in no run".into(),
        Some(times) if seeds < 2 || variant.without_chance => {
            format!("; they struck {} × in a run", number(times))
        }
        Some(times) => format!("; they struck {} × a run on average", number(times)),
    }
}

/// Money that comes on top in a month: `+$3.10 ± 0.40 a month`, or `nothing`.
fn extra(cost: &Estimate) -> Option<String> {
    let value = cost.mean.filter(|mean| mean.is_finite())?;
    let sign = if value > 0.0 { "+" } else { "" };
    let amount = match cost.half_width {
        None | Some(0.0) if value == 0.0 => return Some("nothing".into()),
        Some(half_width) if !is_same_in_every_run(cost) => money_within(value, half_width),
        _ => money(value),
    };
    Some(format!("{sign}{amount} a month"))
}

fn without_chance(page: &mut Page, results: &Results) {
    let certain: Vec<&VariantResults> = results
        .variants
        .iter()
        .filter(|variant| variant.without_chance)
        .collect();
    if certain.is_empty() {
        return;
    }
    page.blank();
    let names: Vec<String> = certain.iter().map(|v| clean(&v.name)).collect();
    if certain.len() == 1 {
        let note = format!(
            "{}: no chance in this variant; every seed gives the same.",
            names[0]
        );
        page.paragraph(&note, 2);
    } else if certain.len() == results.variants.len() {
        page.paragraph("no chance in these variants; every seed gives the same.", 2);
    } else {
        let note = format!(
            "{}: no chance in these variants; every seed gives the same.",
            names.join(", ")
        );
        page.paragraph(&note, 2);
    }
}

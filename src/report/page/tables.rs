//! The tables of the page.

use super::super::figure::{against_first, has_services, has_work, mean};
use super::super::undone::served_share;
use super::super::value::{Evidence, change_of, evidence};
use super::super::verdicts;
use super::bill::bill;
use super::cells::{columns, enough_tasks, figure, finished, none, served, value};
use super::data::{Cell, Table, Tone};
use super::lists::{capacity, entries, services};
use super::sections::{COMPARISON, EXPECTATIONS, availability};
use super::served::{deployments, has_requests, queues, requests};
use crate::figures::Unit;
use crate::runner::{Results, VariantResults};

const COST: &str = "cost.total.perMonth";

/// The tables that the results have.
pub(super) fn tables(results: &Results) -> Vec<Table> {
    if results.variants.is_empty() {
        return Vec::new();
    }
    let all = [
        Some(comparison(results)),
        Some(bill(results)),
        expectations(results),
        services(results),
        requests(results),
        queues(results),
        deployments(results),
        entries(results),
        Some(capacity(results)),
    ];
    all.into_iter().flatten().collect()
}

fn comparison(results: &Results) -> Table {
    let serves = results.variants.iter().any(has_services);
    let works = results.variants.iter().any(has_work);
    let loaded = has_requests(results);
    let mut heads = vec!["variant", "cost per month"];
    if results.variants.len() > 1 {
        heads.push("against the first");
    }
    heads.extend(["of which idle", "CPU reserved", "memory reserved"]);
    if serves {
        heads.extend(["time with enough tasks", "tasks missing"]);
    }
    if loaded {
        heads.extend(["requests served", "p99 response"]);
    }
    if works {
        heads.extend(["wait p95", "tasks finished", "tasks rejected"]);
    }
    let row = |variant: &VariantResults| {
        let mut row = vec![Cell::new(&variant.name), figure(variant, COST)];
        if results.variants.len() > 1 {
            row.push(against(results, variant));
        }
        for path in [
            "cost.idle.perMonth",
            "capacity.all.cpu.reserved",
            "capacity.all.memory.reserved",
        ] {
            row.push(value(variant, path));
        }
        if serves {
            let share = availability(variant, "all");
            row.push(enough_tasks(share, served_share(variant, "all")));
            row.push(value(variant, "service.all.shortfall.mean"));
        }
        if loaded {
            row.push(served(served_share(variant, "all")));
            row.push(value(variant, "service.all.response.p99"));
        }
        if works {
            row.push(value(variant, "tasks.all.wait.p95"));
            row.push(finished(mean(variant, "tasks.all.finished.share")));
            row.push(none(variant, "tasks.all.rejected.count"));
        }
        row
    };
    let missing = match serves {
        true => {
            " Tasks missing: healthy tasks below the desired count, mean over the time since it was \
             first reached; over the whole time where it never was."
        }
        false => "",
    };
    let responses = match loaded {
        true => " The p99 of responses is that of served requests.",
        false => "",
    };
    let interval = match results.seeds.len() {
        0 | 1 => "One seed gives no intervals.".to_string(),
        count => format!(
            "± is half of the {} interval over {count} seeds.",
            results.confidence
        ),
    };
    Table {
        section: COMPARISON.into(),
        title: "The variants side by side".into(),
        note: format!("{interval}{missing}{responses}"),
        columns: columns(&heads),
        rows: results.variants.iter().map(row).collect(),
        sums: 0,
    }
}

/// The difference in cost from the first variant, with its evidence.
fn against(results: &Results, variant: &VariantResults) -> Cell {
    let first = &results.variants[0];
    let dash = || Cell::new("–");
    if std::ptr::eq(variant, first) {
        return dash();
    }
    if !variant.is_comparable_with(first) {
        return Cell::new("not comparable").tone(Tone::Bad);
    }
    let found = against_first(results, variant, COST).map(|difference| difference.estimate);
    let Some((difference, value)) = found.and_then(|d| Some((d, d.mean?))) else {
        return dash();
    };
    let is_exact = variant.without_chance && first.without_chance;
    let size = change_of(Unit::Usd, value, mean(first, COST));
    match evidence(&difference, is_exact) {
        None => dash(),
        Some(found) => {
            let cell = Cell::new(found.describe(&size));
            match found {
                Evidence::Real | Evidence::Exact if value < 0.0 => cell.tone(Tone::Good),
                Evidence::Real | Evidence::Exact => cell.tone(Tone::Warning),
                _ => cell,
            }
        }
    }
}

fn expectations(results: &Results) -> Option<Table> {
    let row = |verdict: &crate::runner::Verdict| {
        let outcome = match verdict.passed {
            true => Cell::new("passed").tone(Tone::Good),
            false => Cell::new("FAILED").tone(Tone::Bad),
        };
        let found = verdicts::found(verdict);
        vec![Cell::new(&verdict.text), Cell::new(found), outcome]
    };
    // The failed ones first.
    let mut verdicts: Vec<_> = results.verdicts.iter().collect();
    verdicts.sort_by_key(|verdict| verdict.passed);
    (!verdicts.is_empty()).then(|| Table {
        section: EXPECTATIONS.into(),
        title: "Expectations".into(),
        note: String::new(),
        columns: columns(&["expectation", "found", "outcome"]),
        rows: verdicts.into_iter().map(row).collect(),
        sums: 0,
    })
}

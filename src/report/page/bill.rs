//! The bills of all variants in one table.

use super::super::figure::estimate;
use super::super::value::estimate as shown;
use super::cells::columns;
use super::data::{Cell, Table};
use super::sections::BILL;
use crate::figures::Unit;
use crate::plan::Unbilled;
use crate::runner::{BillLineSummary, Results, VariantResults};
use std::collections::BTreeSet;

/// One table: a row per line of any bill, a column per variant, then the sums.
pub(super) fn bill(results: &Results) -> Table {
    let mut keys: Vec<(Option<&str>, &str)> = Vec::new();
    let key = |line: &'_ BillLineSummary| -> (Option<String>, String) {
        (line.provider.clone(), line.label.clone())
    };
    for line in results.variants.iter().flat_map(|variant| &variant.bill) {
        let one = (line.provider.as_deref(), line.label.as_str());
        if !keys.contains(&one) {
            keys.push(one);
        }
    }
    keys.sort_unstable_by_key(|(provider, _)| provider.is_none());
    let dollars = |variant: &VariantResults, found: &crate::runner::Estimate| {
        Cell::new(shown(Unit::Usd, found, variant.without_chance))
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (provider, label) in &keys {
        let name = match provider {
            Some(provider) => format!("{provider}: {label}"),
            None => (*label).to_string(),
        };
        let mut row = vec![Cell::new(name)];
        for variant in &results.variants {
            let wanted = (provider.map(String::from), (*label).to_string());
            let line = variant.bill.iter().find(|line| key(line) == wanted);
            row.push(line.map_or_else(
                || Cell::new("–"),
                |line| dollars(variant, &line.cost_per_month),
            ));
        }
        rows.push(row);
    }
    for (name, path) in [
        ("total", "cost.total.perMonth"),
        ("of which idle", "cost.idle.perMonth"),
    ] {
        let mut row = vec![Cell::new(name)];
        row.extend(
            results
                .variants
                .iter()
                .map(|variant| match estimate(variant, path) {
                    Some(found) => dollars(variant, &found),
                    None => Cell::new("–"),
                }),
        );
        rows.push(row);
    }
    let names = results.variants.iter().map(|variant| variant.name.as_str());
    let heads: Vec<&str> = std::iter::once("per month").chain(names).collect();
    Table {
        section: BILL.into(),
        title: "The bill".into(),
        note: note(results),
        columns: columns(&heads),
        rows,
        sums: 2,
    }
}

/// The month of the amounts, where it is the same for all variants, and what AWS bills beside them.
fn note(results: &Results) -> String {
    let month = results.variants.first().map(|variant| &variant.month);
    let same = month.filter(|month| results.variants.iter().all(|v| v.month == **month));
    let of = same.map_or_else(String::new, |month| format!(" ({month})"));
    let mut note = format!(
        "Dollars per month{of}. Quantities, prices and zones are in cost.csv and usage.csv."
    );
    let unbilled = results.variants.iter().flat_map(|v| &v.unbilled);
    let unbilled: BTreeSet<Unbilled> = unbilled.copied().collect();
    if !unbilled.is_empty() {
        let words: Vec<&str> = unbilled.into_iter().map(Unbilled::words).collect();
        note.push_str(&format!(
            " Not in the bill: {}; `costs.extra` takes monthly lines of your own.",
            words.join(", ")
        ));
    }
    note
}

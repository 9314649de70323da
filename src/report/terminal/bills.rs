//! The bills of several variants as one table: a row per line, a column per variant. Below an amount
//! stands its difference from the first variant, as far as there is one and the two costs can be
//! compared. Variants with equal bills share a column.

use super::super::figure::mean;
use super::super::text::{clean, columns, money, shorten_apart};
use super::grid::{Entry, Grid, Tone};
use super::lines::{has_several_providers, label, shared_name};
use super::page::Page;
use crate::runner::{Results, VariantResults};

/// The widest name of a line.
const WIDEST_LINE: usize = 34;
/// The widest name of a variant in a header.
const WIDEST_NAME: usize = 16;
/// Spaces between two columns.
const GAP: usize = 2;

/// A column: the variants that share it, and their dollars per month by line.
struct Column {
    name: String,
    amounts: Vec<Option<f64>>,
    is_comparable: bool,
}

/// Writes the bills of all variants.
pub(super) fn write(page: &mut Page, results: &Results) {
    let month = &results.variants[0].month;
    let is_same = results.variants.iter().all(|other| other.month == *month);
    let month = match is_same {
        true => format!(" ({month})"),
        false => String::new(),
    };
    page.heading(&format!(
        "Bills per month{month}, and differences from the first"
    ));
    let lines = lines(results);
    let bills = columns_of(results, &lines);
    if lines.is_empty() {
        page.line("nothing was billed");
        return;
    }
    let rows: Vec<String> = lines.iter().map(|(_, label, _)| label.clone()).collect();
    let rows = [rows, vec!["total".into(), "of which idle".into()]].concat();
    let widest = rows.iter().map(|row| columns(row)).max().unwrap_or(0);
    let names: Vec<String> = bills.iter().map(|bill| bill.name.clone()).collect();
    let names = shorten_apart(&names, WIDEST_NAME);
    let cells: Vec<Vec<String>> = bills.iter().map(|bill| cells(bill, &bills[0])).collect();
    let width = |number: usize| {
        let parts = cells[number].iter().flat_map(|cell| cell.lines());
        let widest = parts.map(columns).max().unwrap_or(0);
        widest.max(columns(&names[number])) + GAP
    };
    // As many columns as fit stand side by side; the others follow below.
    let mut next = 0;
    while next < bills.len() {
        let mut room = page.width().saturating_sub(widest.min(WIDEST_LINE) + GAP);
        let from = next;
        while next < bills.len() && (next == from || width(next) <= room) {
            room = room.saturating_sub(width(next));
            next += 1;
        }
        if from > 0 {
            page.blank();
        }
        let headers = names[from..next].iter().map(|name| (name.as_str(), 9));
        let headers: Vec<(&str, u8)> = [("what", 0)].into_iter().chain(headers).collect();
        let mut grid = Grid::with_names_of(WIDEST_LINE, 1, &headers);
        for (number, row) in rows.iter().enumerate() {
            let mut entries = vec![Entry::new(row.clone())];
            entries.extend(
                cells[from..next]
                    .iter()
                    .map(|cells| match cells[number].as_str() {
                        "–" => Entry::new("–").tone(Tone::Faint),
                        cell => Entry::new(cell),
                    }),
            );
            grid.row(entries);
        }
        page.lines(grid.lines(page.width(), page.color()));
    }
}

/// The lines of all bills, each once, with its provider and its name.
fn lines(results: &Results) -> Vec<(Option<String>, String, String)> {
    let several = results.variants.iter().any(has_several_providers);
    let mut lines = Vec::new();
    for line in results.variants.iter().flat_map(|variant| &variant.bill) {
        let key = (
            line.provider.clone(),
            label(line, several),
            line.usage_type.clone(),
        );
        if !lines.contains(&key) {
            lines.push(key);
        }
    }
    lines
}

/// A column for each different bill, in the order of the variants.
fn columns_of(results: &Results, lines: &[(Option<String>, String, String)]) -> Vec<Column> {
    let mut found: Vec<(Column, Vec<String>)> = Vec::new();
    for variant in &results.variants {
        let column = Column {
            name: clean(&variant.name),
            amounts: amounts(variant, lines),
            is_comparable: variant.is_comparable_with(&results.variants[0]),
        };
        let is_equal = |other: &Column| {
            (&other.amounts, other.is_comparable) == (&column.amounts, column.is_comparable)
        };
        match found.iter_mut().find(|(other, _)| is_equal(other)) {
            Some((_, names)) => names.push(column.name),
            None => {
                let name = column.name.clone();
                found.push((column, vec![name]));
            }
        }
    }
    let named = found.into_iter().map(|(column, names)| Column {
        name: shared_name(&names, WIDEST_NAME),
        ..column
    });
    named.collect()
}

/// The dollars per month of each line, of the total and of idle capacity.
fn amounts(
    variant: &VariantResults,
    lines: &[(Option<String>, String, String)],
) -> Vec<Option<f64>> {
    let amount = |(provider, _, usage_type): &(Option<String>, String, String)| {
        let mut own = variant.bill.iter();
        let own = own.find(|l| l.provider == *provider && l.usage_type == *usage_type);
        own.and_then(|line| line.cost_per_month.mean)
    };
    let sums = ["cost.total.perMonth", "cost.idle.perMonth"];
    let sums = sums.into_iter().map(|path| mean(variant, path));
    lines.iter().map(amount).chain(sums).collect()
}

/// The cells of a column: the amount, and on a second line its difference from the first column.
fn cells(column: &Column, first: &Column) -> Vec<String> {
    let pairs = column.amounts.iter().zip(&first.amounts);
    let cell = |(own, base): (&Option<f64>, &Option<f64>)| {
        let difference = own.unwrap_or(0.0) - base.unwrap_or(0.0);
        let amount = own.map_or_else(|| "–".into(), money);
        let change = match difference {
            _ if !column.is_comparable => String::new(),
            more if more >= 0.005 => format!("\n+{}", money(more)),
            less if less <= -0.005 => format!("\n{}", money(less)),
            _ => String::new(),
        };
        format!("{amount}{change}")
    };
    pairs.map(cell).collect()
}

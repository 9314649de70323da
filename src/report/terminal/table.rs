//! A table with a row per variant and provider, entry or service.

use super::super::text::clean;
use super::super::undone::listed;
use super::grid::{Entry, Grid};
use super::page::Page;
use crate::figures::Measure;
use crate::runner::{Results, VariantResults};

/// How a value is printed.
pub(super) type Print = fn(f64) -> String;

/// A column: its header, its weight where there is little room, the end of the figure's path,
/// and how a value is printed.
pub(super) type Column = (&'static str, u8, &'static str, Print);

/// What a table shows.
pub(super) struct Table<'a> {
    /// The first part of the figures' paths.
    pub(super) kind: &'static str,
    /// The header of the column of names; the column is left out where no variant has two rows.
    pub(super) named: &'static str,
    /// The names of the rows of a variant, as in the paths of figures.
    pub(super) names: fn(&VariantResults) -> Vec<&str>,
    /// The columns.
    pub(super) columns: &'a [Column],
    /// Makes the cell of the figure with this path.
    pub(super) entry: fn(&VariantResults, &str, Print) -> Entry,
    /// True for a row that deviates from what one expects. Of a long table only such rows are
    /// printed, and those of all together.
    pub(super) deviates: fn(&VariantResults, &str) -> bool,
    /// What the rows have in common that do not deviate, for the line that counts them.
    pub(super) as_expected: &'static str,
}

/// A table of more rows has only those that deviate.
const LONG: usize = 24;
/// The most rows of a variant that a long table has.
const MOST_OF_VARIANT: usize = 8;

impl Table<'_> {
    /// Writes the rows of all variants.
    pub(super) fn write(&self, page: &mut Page, results: &Results) {
        let mut variants = results.variants.iter();
        let several = variants.any(|variant| (self.names)(variant).len() > 1);
        let mut headers = vec![("variant", 0)];
        if several {
            headers.push((self.named, 20));
        }
        let columns = self.columns.iter();
        headers.extend(columns.map(|(header, weight, ..)| (*header, *weight)));
        let mut grid = Grid::new(if several { 2 } else { 1 }, &headers);
        let rows: usize = results.variants.iter().map(|v| (self.names)(v).len()).sum();
        let is_long = rows > LONG && several;
        // By the numbers of rows left out, as expected and not: the variants.
        let mut left_out: Vec<((usize, usize), Vec<String>)> = Vec::new();
        for variant in &results.variants {
            let mut names = (self.names)(variant);
            if is_long {
                let counts = self.shorten(variant, &mut names);
                let name = clean(&variant.name);
                match left_out.iter_mut().find(|(other, _)| *other == counts) {
                    Some((_, variants)) => variants.push(name),
                    None => left_out.push((counts, vec![name])),
                }
            }
            for name in names {
                let mut row = vec![Entry::new(clean(&variant.name))];
                if several {
                    row.push(Entry::new(clean(name)));
                }
                row.extend(self.columns.iter().map(|(_, _, suffix, print)| {
                    let path = format!("{}.{name}.{suffix}", self.kind);
                    (self.entry)(variant, &path, *print)
                }));
                grid.row(row);
            }
        }
        page.lines(grid.lines(page.width(), page.color()));
        for ((expected, others), variants) in left_out {
            let mut parts = Vec::new();
            if expected > 0 {
                parts.push(format!("{expected} {}", self.as_expected));
            }
            if others > 0 {
                parts.push(format!("{others} that deviate too (summary.json has all)"));
            }
            if !parts.is_empty() {
                let of = listed(&variants);
                page.paragraph(&format!("not listed of {of}: {}", parts.join(", ")), 2);
            }
        }
    }

    /// Keeps the row of all together and the first that deviate. Returns the numbers of rows that
    /// are left out: as expected, and those that deviate.
    fn shorten(&self, variant: &VariantResults, names: &mut Vec<&str>) -> (usize, usize) {
        let all = names.len();
        names.retain(|name| *name == "all" || (self.deviates)(variant, name));
        let expected = all - names.len();
        let others = names.len().saturating_sub(MOST_OF_VARIANT);
        names.truncate(MOST_OF_VARIANT);
        (expected, others)
    }
}

/// The names in the paths of the figures of a kind, in the order of reports. Where there is only
/// one beside `all`, only `all`: both rows would be equal.
pub(super) fn names(variant: &VariantResults, is_kind: fn(Measure) -> bool) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let figures = variant.figures.iter().map(|summary| summary.figure);
    for figure in figures.filter(|figure| is_kind(figure.measure)) {
        if names.last() != Some(&figure.name.as_str()) {
            names.push(&figure.name);
        }
    }
    if names.len() == 2 {
        names.truncate(1);
    }
    names
}

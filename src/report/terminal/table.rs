//! A table with a row per variant and provider, entry or service.

use super::super::text::clean;
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
}

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
        for variant in &results.variants {
            for name in (self.names)(variant) {
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
    }
}

/// The names in the paths of the figures of a kind, in the order of reports. Where there is only
/// one beside `all`, only `all`: both rows would be equal.
pub(super) fn names(variant: &VariantResults, is_kind: fn(Measure) -> bool) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let figures = variant.figures.iter().map(|summary| &summary.figure);
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

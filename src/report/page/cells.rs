//! Cells of tables.

use super::super::figure::mean;
use super::super::text::percent;
use super::super::value::{estimate as shown, value as plain};
use super::data::{Cell, Column, Tone};
use crate::runner::VariantResults;

/// The columns of a table by their heads.
pub(super) fn columns(heads: &[&str]) -> Vec<Column> {
    let column = |(index, head): (usize, &&str)| Column {
        head: (*head).into(),
        numeric: index > 0 && !["variant", "found", "outcome"].contains(head),
    };
    heads.iter().enumerate().map(column).collect()
}

/// A figure with its interval.
pub(super) fn figure(variant: &VariantResults, path: &str) -> Cell {
    let found = variant.figures.iter().find(|f| f.figure.path == path);
    match found {
        Some(found) => {
            let unit = found.figure.definition().unit;
            Cell::new(shown(unit, found.estimate, variant.without_chance))
        }
        None => Cell::new("–"),
    }
}

/// The same without its interval.
pub(super) fn value(variant: &VariantResults, path: &str) -> Cell {
    let found = variant.figures.iter().find(|f| f.figure.path == path);
    match found.and_then(|found| Some((found, found.estimate.mean?))) {
        Some((found, mean)) => Cell::new(plain(found.figure.definition().unit, mean)),
        None => Cell::new("–"),
    }
}

/// A share of time or of tasks that should be one.
pub(super) fn whole(share: Option<f64>) -> Cell {
    match share {
        None => Cell::new("–"),
        Some(share) if share >= 1.0 => Cell::new(percent(share)),
        Some(share) if share < 0.99 => Cell::new(percent(share)).tone(Tone::Bad),
        Some(share) => Cell::new(percent(share)).tone(Tone::Warning),
    }
}

/// Less than this share of the requests or messages needs attention.
pub(super) const ENOUGH: f64 = 0.999;

/// The share of time with enough tasks. Where users got answers all the same it is told without a colour.
pub(super) fn enough_tasks(share: Option<f64>, served: Option<f64>) -> Cell {
    match (share, served) {
        (Some(share), Some(served)) if served >= ENOUGH => Cell::new(percent(share)),
        _ => whole(share),
    }
}

/// A share of requests that were served. A few are always under way at the end of a run.
pub(super) fn served(share: Option<f64>) -> Cell {
    match share {
        Some(share) if (ENOUGH..1.0).contains(&share) => Cell::new(percent(share)),
        share => whole(share),
    }
}

/// The share of the tasks that finished. Some are always under way at the end of a run.
pub(super) fn finished(share: Option<f64>) -> Cell {
    match share {
        Some(share) if (0.99..1.0).contains(&share) => Cell::new(percent(share)),
        share => whole(share),
    }
}

/// A number that should be zero.
pub(super) fn none(variant: &VariantResults, path: &str) -> Cell {
    let cell = value(variant, path);
    match mean(variant, path) {
        Some(count) if count > 0.0 => cell.tone(Tone::Bad),
        _ => cell,
    }
}

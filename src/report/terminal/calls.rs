//! Calls of `RunTask` that AWS throttled, by entry of `tasks`.

use super::super::figure::mean;
use super::super::text::{clean, number};
use super::page::Page;
use crate::figures::{Measure, Of, TaskFigure};
use crate::runner::{Results, VariantResults};

/// A line for each entry of each variant of which calls were throttled.
pub(super) fn write(page: &mut Page, results: &Results) {
    let several = results.variants.len() > 1;
    let mut lines = Vec::new();
    for variant in &results.variants {
        for name in entries(variant) {
            let path = format!("tasks.{name}.throttled.count");
            let Some(count) = mean(variant, &path).filter(|count| *count > 0.0) else {
                continue;
            };
            let of = match several {
                true => format!("{}: {}", clean(&variant.name), clean(name)),
                false => clean(name),
            };
            lines.push(format!("{of}: {} calls of RunTask", number(count)));
        }
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Throttled by AWS (Rate exceeded), in a run");
    for line in lines {
        page.paragraph(&line, 2);
    }
}

/// The names of the entries whose calls have a rate.
fn entries(variant: &VariantResults) -> impl Iterator<Item = &str> {
    let figures = variant.figures.iter().map(|summary| &summary.figure);
    let own = figures.filter(|figure| {
        matches!(
            figure.measure,
            Measure::Tasks(Of::One(_), TaskFigure::ThrottledCount)
        )
    });
    own.map(|figure| figure.name.as_str())
}

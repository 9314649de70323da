//! `plots/starts.svg`: the mean time in each step of a start, by variant and kind of start.

use super::super::figure::{START_PARTS, mean, start_name, start_parts};
use super::super::text::{number, seconds};
use super::axis;
use super::canvas::{Anchor, FAINT, INK, PALETTE, SOFT, draw, fit_names, text_width};
use super::frame::{Area, Heading, LegendEntry, WIDTH, solid, thin};
use crate::figures::StartKind;
use crate::runner::Results;
use plotters::prelude::RGBColor;

/// Height of a bar with the space to the next.
const ROW: f64 = 30.0;
/// Font size, in points.
const SIZE: f64 = 12.0;

/// The starts of one kind in one variant.
struct Row {
    name: String,
    parts: Vec<(&'static str, f64)>,
    value: String,
}

/// The plot; `None` where no start has steps.
pub(super) fn starts(results: &Results) -> Option<String> {
    let rows = rows(results);
    if rows.is_empty() {
        return None;
    }
    let used = |part: &&str| {
        rows.iter()
            .any(|row| row.parts.iter().any(|(p, _)| p == part))
    };
    let legend = START_PARTS
        .into_iter()
        .filter(used)
        .map(|part| LegendEntry {
            label: part.into(),
            stroke: solid(color(part), 1.0),
            is_area: true,
        });
    let title = format!("Mean time in each step of a start: {}", results.scenario);
    let seen = "From placement to RUNNING; means over the starts of a run, then over seeds. The wait for \
                an instance is not included. Cold: the instance lacked at least one image. \
                Cached: it had every image.";
    let heading = Heading::new(&title, seen, legend.collect());
    let widest = |text: fn(&Row) -> &String| {
        let widths = rows.iter().map(|row| text_width(text(row), SIZE));
        widths.fold(0.0, f64::max)
    };
    let top = heading.bottom + 8.0;
    let area = Area {
        left: 24.0 + widest(|row| &row.name) + 10.0,
        right: WIDTH - 36.0 - widest(|row| &row.value),
        top,
        bottom: top + ROW * rows.len().max(2) as f64,
    };
    let total = |row: &Row| row.parts.iter().map(|(_, part)| part).sum::<f64>();
    let most = rows.iter().map(total).fold(0.0, f64::max);
    Some(draw(WIDTH, area.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        let axis = axis::plain(most).ending_at(most);
        let x = |value: f64| area.left + value / axis.end * area.width();
        for (value, _) in &axis.ticks {
            let x = x(*value);
            canvas.line(&[(x, area.top), (x, area.bottom)], thin(FAINT));
        }
        for (index, row) in rows.iter().enumerate() {
            let y = area.top + ROW * (index as f64 + 0.5);
            let at = (area.left - 10.0, y);
            canvas.text(&row.name, at, SIZE, Anchor::End, INK);
            let mut from = 0.0;
            for (part, length) in &row.parts {
                let corners = ((x(from), y - ROW * 0.3), (x(from + length), y + ROW * 0.3));
                canvas.rectangle(corners.0, corners.1, color(part), 1.0);
                from += length;
            }
            let at = (x(from) + 8.0, y);
            canvas.text(&row.value, at, SIZE, Anchor::Start, INK);
        }
        let edge = [(area.left, area.top), (area.left, area.bottom)];
        canvas.line(&edge, thin(SOFT));
        area.draw_bottom(canvas, "seconds", &axis.ticks, x);
    }))
}

/// A row per variant and kind of start that occurred.
fn rows(results: &Results) -> Vec<Row> {
    let mut rows = Vec::new();
    let names: Vec<String> = results.variants.iter().map(|v| v.name.clone()).collect();
    let names = fit_names(&names, SIZE, 190.0);
    for (variant, name) in results.variants.iter().zip(names) {
        for kind in StartKind::ALL {
            let count = mean(variant, &format!("start.{}.count", kind.name()));
            let Some(count) = count.filter(|count| *count > 0.0) else {
                continue;
            };
            let parts = start_parts(variant, kind);
            let total: f64 = parts.iter().map(|(_, part)| part).sum();
            let name = format!("{name}, {}", start_name(kind));
            rows.push(Row {
                name,
                parts,
                value: format!("{} ({} starts)", seconds(total), number(count)),
            });
        }
    }
    rows
}

/// The colour of a step.
fn color(part: &str) -> RGBColor {
    match part {
        "provisioning" => PALETTE[4],
        "pending" => PALETTE[3],
        "pull" => PALETTE[0],
        "containers" => PALETTE[2],
        _ => PALETTE[6],
    }
}

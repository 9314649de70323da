//! Levels of a variant over time as areas and lines.

use super::super::figure::{estimate, is_same_in_every_run, mean};
use super::cells::{merged, stride};
use super::chart::{Layer, Line};
use super::ink::{Ink, Stroke};
use crate::runner::{Band, TimelineColumn, VariantResults};

/// The largest value of these levels of a variant.
pub(super) fn highest(variant: &VariantResults, levels: &[&str]) -> f64 {
    let columns = levels.iter().filter_map(|level| column(variant, level));
    let values = columns.flat_map(|column| column.points.iter().map(|b| b.max.max(b.mean)));
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// The column of a level for all providers together.
pub(super) fn column<'a>(variant: &'a VariantResults, level: &str) -> Option<&'a TimelineColumn> {
    let mut columns = variant.timeline.columns.iter();
    columns.find(|column| column.provider == "all" && column.level == level)
}

/// True when the seeds differ in at least one cell.
pub(super) fn has_range(column: &TimelineColumn) -> bool {
    column.points.iter().any(|band| band.max > band.min)
}

/// The steps of a level, each with its beginning, and the end of the last.
fn steps(variant: &VariantResults, column: &TimelineColumn) -> (Vec<(f64, Band)>, f64) {
    let origin = variant.timeline.origin.as_seconds_f64();
    let width = variant.timeline.width.as_seconds_f64();
    let stride = stride(column.points.len());
    let bands = merged(&column.points, stride, |bands| {
        let count = bands.len() as f64;
        Band {
            mean: bands.iter().map(|band| band.mean).sum::<f64>() / count,
            min: bands
                .iter()
                .map(|band| band.min)
                .fold(f64::INFINITY, f64::min),
            max: bands.iter().map(|band| band.max).fold(0.0, f64::max),
        }
    });
    let at = |index: usize| origin + (index * stride) as f64 * width;
    let steps = bands
        .into_iter()
        .enumerate()
        .map(|(index, band)| (at(index), band));
    // The last cell may be cut off by the end of the run.
    let end = origin + column.points.len() as f64 * width;
    let hours = mean(variant, "run.reportedHours").filter(|_| !is_drained(variant));
    let end = hours.map_or(end, |hours| end.min(origin + hours * 3_600.0));
    (steps.collect(), end)
}

/// True where runs differ in length, so that their mean length is not the end of the data.
fn is_drained(variant: &VariantResults) -> bool {
    let hours = estimate(variant, "run.reportedHours");
    hours.is_some_and(|hours| !is_same_in_every_run(&hours))
}

/// The end of the data of a variant, in seconds since time zero.
pub(super) fn end(variant: &VariantResults) -> f64 {
    let longest = variant
        .timeline
        .columns
        .iter()
        .max_by_key(|c| c.points.len());
    longest.map_or(variant.timeline.origin.as_seconds_f64(), |column| {
        steps(variant, column).1
    })
}

/// The area from zero to the mean of a level.
pub(super) fn area(variant: &VariantResults, column: &TimelineColumn, ink: Ink) -> Layer {
    let (steps, end) = steps(variant, column);
    let points = steps.into_iter().map(|(at, band)| (at, 0.0, band.mean));
    Layer::new(ink, points, end)
}

/// A line through a value of each cell.
pub(super) fn line(
    variant: &VariantResults,
    column: &TimelineColumn,
    stroke: Stroke,
    value: fn(&Band) -> f64,
) -> Line {
    let (steps, end) = steps(variant, column);
    Line::new(
        stroke,
        steps.iter().map(|(at, band)| (*at, value(band))),
        end,
    )
}

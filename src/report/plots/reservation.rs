//! The panel of a capacity provider in `plots/timeline-….svg`: its reservation, the target, and the
//! changes of its desired capacity.

use super::axis;
use super::canvas::{Canvas, DASHED, PALETTE, SOFT, Stroke, fit_text};
use super::frame::{Area, solid};
use super::time_axis::{NOTHING, ends, place};
use crate::runner::{Story, StoryMetric, StoryScaling};
use plotters::prelude::RGBColor;

/// A reservation above this, in percent, is drawn at the top of the panel, so that lower ones stay
/// readable.
const MOST_PERCENT: f64 = 400.0;
/// Marks of one direction closer than this, in points, are drawn as one.
const NEAR: f64 = 4.0;

/// The colour of the metric.
pub(super) const RESERVATION: RGBColor = PALETTE[6];

/// The line of the target: dashed, one point wide.
pub(super) fn target_line() -> Stroke {
    Stroke {
        color: SOFT,
        width: 1.0,
        dashes: DASHED,
    }
}

/// A provider's metric in percent, its target, and marks for changes of its desired capacity.
pub(super) fn reservation(canvas: &mut Canvas<'_>, area: &Area, story: &Story, provider: &str) {
    let metric = story.metrics.iter().find(|m| m.provider == provider);
    let points = metric.map_or(&[][..], |metric| &metric.points);
    let most = points.iter().map(|(_, percent)| *percent);
    let most = most.fold(100.0, f64::max).min(MOST_PERCENT);
    // Room for the marks.
    let room = 1.0 + 39.0 / area.height();
    let axis = axis::plain(most * room);
    let y = |percent: f64| area.bottom - percent.min(axis.end) / axis.end * area.height();
    let name = fit_text(provider, 12.0, area.width() - 320.0);
    let (title, ticks) = match metric {
        Some(_) => (
            format!("reservation of {name}, % (instances needed ÷ running)"),
            &axis.ticks[..],
        ),
        None => (format!("scaling of {name}"), &[][..]),
    };
    area.draw_levels(canvas, &title, ticks, y);
    let (from, to) = ends(story);
    if to <= from {
        area.draw_nothing(canvas, NOTHING);
        return;
    }
    if let Some(metric) = metric {
        draw_metric(canvas, area, story, metric, y);
    }
    let own = || story.scalings.iter().filter(|s| s.provider == provider);
    marks(canvas, area, story, own().filter(|s| s.to > s.from), true);
    marks(canvas, area, story, own().filter(|s| s.to < s.from), false);
    area.draw_bottom(canvas, "", &[], |x| x);
}

/// Draws the metric as steps, and its target as a dashed line.
fn draw_metric(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    metric: &StoryMetric,
    y: impl Fn(f64) -> f64,
) {
    let target = y(metric.target);
    canvas.line(&[(area.left, target), (area.right, target)], target_line());
    let mut path: Vec<(f64, f64)> = Vec::new();
    for (at, percent) in &metric.points {
        let x = place(area, story, at.as_seconds_f64());
        // A measured value is drawn until the next measurement.
        if let Some((_, before)) = path.last().copied() {
            path.push((x, before));
        }
        path.push((x, y(*percent)));
    }
    if let Some((_, before)) = path.last().copied() {
        path.push((area.right, before));
        canvas.line(&path, solid(RESERVATION, 1.5));
    }
}

/// Triangles along the top of the panel; those that would overlap are drawn as one.
fn marks<'a>(
    canvas: &mut Canvas<'_>,
    area: &Area,
    story: &Story,
    scalings: impl Iterator<Item = &'a StoryScaling>,
    rises: bool,
) {
    let mut last = f64::NEG_INFINITY;
    for scaling in scalings {
        let x = place(area, story, scaling.at.as_seconds_f64());
        if x - last < NEAR {
            continue;
        }
        last = x;
        let (tip, base, color) = if rises {
            (area.top + 2.0, area.top + 10.0, PALETTE[1])
        } else {
            (area.top + 22.0, area.top + 14.0, PALETTE[0])
        };
        canvas.polygon(&[(x, tip), (x + 4.5, base), (x - 4.5, base)], color, 1.0);
    }
}

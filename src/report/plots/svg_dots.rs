//! Draws panels of dots as SVG.

use super::canvas::{Canvas, draw, fit_text};
use super::chart::{DotPanel, Dots, Scatter};
use super::frame::{Area, Heading, VALUE_SIZE, WIDTH};
use super::ink::{Ink, solid};

/// The size of the dot of a run, in points.
const RUN: f64 = 2.6;
/// The size of the dot of the means, in points; its edge is outside.
const MEAN: f64 = 6.0;
/// The width of its edge.
const EDGE: f64 = 1.6;

/// The sheet of panels of dots.
pub(super) fn draw_scatter(heading: &Heading, scatter: &Scatter) -> String {
    let (areas, bottom) = heading.panels(scatter.panels.iter().map(|panel| panel.height));
    draw(WIDTH, bottom + 56.0, |canvas| {
        heading.draw(canvas);
        for (panel, area) in scatter.panels.iter().zip(&areas) {
            draw_panel(canvas, area, scatter, panel);
        }
        if let Some(last) = areas.last() {
            last.draw_bottom(canvas, &scatter.axis);
        }
    })
}

/// The dots of runs lie behind those of means, of which none may be hidden.
fn draw_panel(canvas: &mut Canvas<'_>, area: &Area, scatter: &Scatter, panel: &DotPanel) {
    let title = fit_text(&panel.title, VALUE_SIZE, area.width());
    area.draw_levels(canvas, &title, &panel.axis);
    for (value, _) in &scatter.axis.ticks {
        let x = area.x(&scatter.axis, *value);
        canvas.line(&[(x, area.top), (x, area.bottom)], solid(Ink::Faint, 1.0));
    }
    let place = |(x, y): (f64, f64)| (area.x(&scatter.axis, x), area.y(&panel.axis, y));
    for Dots {
        ink, shape, runs, ..
    } in &panel.dots
    {
        for run in runs {
            canvas.polygon(&shape.corners(place(*run), RUN), *ink);
        }
    }
    for Dots {
        ink, shape, mean, ..
    } in &panel.dots
    {
        let at = place(*mean);
        canvas.polygon(&shape.corners(at, MEAN + EDGE), Ink::Text);
        canvas.polygon(&shape.corners(at, MEAN), *ink);
    }
    let floor = [(area.left, area.bottom), (area.right, area.bottom)];
    canvas.line(&floor, solid(Ink::Soft, 1.0));
}

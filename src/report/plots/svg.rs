//! Draws a chart as SVG, on white.

use super::canvas::{Anchor, Canvas, draw, fit_names, fit_text, text_width};
use super::chart::{Bar, Bars, Chart, Drawing, Layer, Line, Panel, Panels};
use super::frame::{Area, Heading, VALUE_SIZE, WIDTH, mark};
use super::ink::{Dashes, Ink, Stroke, solid};
use super::svg_dots;

/// Font size of names of bars, in points.
const NAME_SIZE: f64 = 13.0;
/// Height of a bar with the space to the next.
const ROW: f64 = 34.0;
/// The widest name of a bar, in points.
const NAME_WIDTH: f64 = 260.0;
/// Marks of one kind closer than this, in points, are drawn as one.
const NEAR: f64 = 4.0;

/// The sheet of a chart.
pub(super) fn svg(chart: &Chart) -> String {
    let title = format!("{}: {}", chart.subject, chart.of);
    let heading = Heading::new(&title, &chart.caption, &chart.legend);
    match &chart.drawing {
        Drawing::Bars(bars) => draw_bars(&heading, bars),
        Drawing::Panels(panels) => draw_panels(&heading, panels),
        Drawing::Scatter(scatter) => svg_dots::draw_scatter(&heading, scatter),
    }
}

fn draw_bars(heading: &Heading, bars: &Bars) -> String {
    let names: Vec<String> = bars.rows.iter().map(|row| row.name.clone()).collect();
    let names = fit_names(&names, NAME_SIZE, NAME_WIDTH);
    let widest = |texts: &mut dyn Iterator<Item = &String>, size: f64| {
        texts.map(|text| text_width(text, size)).fold(0.0, f64::max)
    };
    let values = widest(&mut bars.rows.iter().map(|row| &row.value), VALUE_SIZE);
    let top = heading.bottom + 8.0;
    let area = Area {
        left: 24.0 + widest(&mut names.iter(), NAME_SIZE) + 10.0,
        right: WIDTH - 30.0 - values,
        top,
        bottom: top + ROW * bars.rows.len().max(2) as f64,
    };
    draw(WIDTH, area.bottom + 56.0, |canvas| {
        heading.draw(canvas);
        for (value, _) in &bars.axis.ticks {
            let x = area.x(&bars.axis, *value);
            canvas.line(&[(x, area.top), (x, area.bottom)], solid(Ink::Faint, 1.0));
        }
        for (index, (row, name)) in bars.rows.iter().zip(&names).enumerate() {
            let y = area.top + ROW * (index as f64 + 0.5);
            let at = (area.left - 10.0, y);
            canvas.text(name, at, NAME_SIZE, Anchor::End, Ink::Text);
            draw_bar(canvas, &area, bars, row, y);
        }
        let edge = [(area.left, area.top), (area.left, area.bottom)];
        canvas.line(&edge, solid(Ink::Soft, 1.0));
        area.draw_bottom(canvas, &bars.axis);
        if bars.rows.is_empty() {
            area.draw_nothing(canvas, &bars.nothing);
        }
    })
}

/// A bar with its middle at `y`.
fn draw_bar(canvas: &mut Canvas<'_>, area: &Area, bars: &Bars, row: &Bar, y: f64) {
    let x = |value: f64| area.x(&bars.axis, value);
    let half = ROW * 0.3;
    let (top, bottom) = match row.below {
        Some(_) => (y - half - 1.0, y + half - 6.0),
        None => (y - half, y + half),
    };
    let mut sum = 0.0;
    for (ink, length) in &row.parts {
        let (from, to) = ((x(sum), top), (x(sum + length), bottom));
        canvas.rectangle(from, to, *ink);
        sum += length;
    }
    if row.hatched {
        let light = solid(Ink::Faint, 2.0);
        canvas.hatch((x(0.0), top), (x(sum), bottom), light);
    }
    if let Some(length) = row.below {
        let (from, to) = ((x(0.0), bottom + 1.5), (x(length), bottom + 6.5));
        canvas.rectangle(from, to, Ink::Grey);
    }
    let mut right = x(sum);
    if let Some((low, high)) = row.interval {
        let stroke = solid(Ink::Text, 1.5);
        let middle = (top + bottom) / 2.0;
        canvas.line(&[(x(low.max(0.0)), middle), (x(high), middle)], stroke);
        for end in [low, high].into_iter().filter(|end| *end >= 0.0) {
            canvas.line(&[(x(end), middle - 5.0), (x(end), middle + 5.0)], stroke);
        }
        right = right.max(x(high));
    }
    let at = (right + 8.0, y);
    canvas.text(&row.value, at, VALUE_SIZE, Anchor::Start, Ink::Text);
}

fn draw_panels(heading: &Heading, panels: &Panels) -> String {
    let (areas, bottom) = heading.panels(panels.panels.iter().map(|panel| panel.height));
    draw(WIDTH, bottom + 56.0, |canvas| {
        heading.draw(canvas);
        for (panel, area) in panels.panels.iter().zip(&areas) {
            draw_panel(canvas, area, panels, panel);
        }
        if let Some(last) = areas.last() {
            last.draw_bottom(canvas, &panels.axis);
        }
    })
}

fn draw_panel(canvas: &mut Canvas<'_>, area: &Area, panels: &Panels, panel: &Panel) {
    let title = fit_text(&panel.title, VALUE_SIZE, area.width());
    area.draw_levels(canvas, &title, &panel.axis);
    for layer in &panel.areas {
        canvas.polygon(&outline(area, panels, panel, layer), layer.ink);
    }
    for line in &panel.lines {
        let path = path(area, panels, panel, line);
        if path.len() > 1 {
            canvas.line(&path, line.stroke);
        }
    }
    draw_spans(canvas, area, panels, panel);
    draw_marks(canvas, area, panels, panel);
    if let Some(text) = &panel.nothing {
        area.draw_nothing(canvas, text);
    }
    let floor = [(area.left, area.bottom), (area.right, area.bottom)];
    canvas.line(&floor, solid(Ink::Soft, 1.0));
}

/// Bars above the panel, at least 1.5 points wide so that they can be seen, and dotted lines at
/// their ends.
fn draw_spans(canvas: &mut Canvas<'_>, area: &Area, panels: &Panels, panel: &Panel) {
    let edge = Stroke {
        ink: Ink::Red,
        width: 1.0,
        dashes: Dashes::Dotted,
    };
    for (from, to) in &panel.spans {
        let from = area.x(&panels.axis, *from);
        let to = area.x(&panels.axis, *to).max(from + 1.5).min(area.right);
        canvas.rectangle((from, area.top - 6.0), (to, area.top - 1.0), Ink::Red);
        for x in [from, to] {
            canvas.line(&[(x, area.top), (x, area.bottom)], edge);
        }
    }
}

/// Marks along the top of the panel; those of one kind that would overlap are drawn as one.
fn draw_marks(canvas: &mut Canvas<'_>, area: &Area, panels: &Panels, panel: &Panel) {
    use super::chart::MarkKind::{Interruption, ScaleIn, ScaleOut};
    for (kind, below) in [(ScaleOut, 2.0), (ScaleIn, 14.0), (Interruption, 2.0)] {
        let mut last = f64::NEG_INFINITY;
        for one in panel.marks.iter().filter(|mark| mark.kind == kind) {
            let x = area.x(&panels.axis, one.at);
            if x - last >= NEAR {
                last = x;
                mark(canvas, kind, (x, area.top + below));
            }
        }
    }
}

/// The corners of a line in steps.
fn path(area: &Area, panels: &Panels, panel: &Panel, line: &Line) -> Vec<(f64, f64)> {
    let ends = line.points.iter().skip(1).map(|(at, _)| *at);
    let ends = ends.chain([line.end]);
    let corners = line
        .points
        .iter()
        .zip(ends)
        .flat_map(|((from, value), to)| {
            let y = area.y(&panel.axis, *value);
            [*from, to].map(|at| (area.x(&panels.axis, at), y))
        });
    corners.collect()
}

/// The corners of an area in steps: along its upper edge, and back along its lower one.
fn outline(area: &Area, panels: &Panels, panel: &Panel, layer: &Layer) -> Vec<(f64, f64)> {
    let edge = |value: fn(&(f64, f64, f64)) -> f64| -> Vec<(f64, f64)> {
        let points = layer.points.iter().map(|point| (point.0, value(point)));
        let line = Line {
            stroke: solid(layer.ink, 1.0),
            points: points.collect(),
            end: layer.end,
        };
        path(area, panels, panel, &line)
    };
    let mut corners = edge(|point| point.2);
    corners.extend(edge(|point| point.1).into_iter().rev());
    corners
}

//! What all sheets share: title, caption and legend above the data, and the box with its axes.

use super::canvas::{Anchor, Canvas, fit_text, text_width, wrap_text};
use super::chart::{Axis, Key, MarkKind, Sign};
use super::ink::{Ink, solid};

/// Width of every sheet in points.
pub(super) const WIDTH: f64 = 900.0;
/// The margin of a sheet, in points.
const MARGIN: f64 = 24.0;
/// Font size of values, in points.
pub(super) const VALUE_SIZE: f64 = 12.0;
/// From the bottom of a panel to the top of the next, in points.
const GAP: f64 = 46.0;
/// Font size of legend and axes, in points.
const SMALL: f64 = 12.0;

/// Title, caption and legend with their places.
pub(super) struct Heading {
    title: String,
    subtitle: Vec<String>,
    legend: Vec<(f64, f64, Key)>,
    /// The y coordinate below the last line, in points.
    pub bottom: f64,
}

/// The box that data is drawn in, in points of the sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Heading {
    /// Lays out title, caption and legend over the width of the sheet.
    pub(super) fn new(title: &str, subtitle: &str, legend: &[Key]) -> Self {
        let room = WIDTH - 2.0 * MARGIN;
        let subtitle = wrap_text(subtitle, 13.0, room);
        let mut y = 62.0 + 18.0 * (subtitle.len() as f64 - 1.0).max(0.0);
        let mut placed = Vec::new();
        let mut x = MARGIN;
        if !legend.is_empty() {
            y += 24.0;
        }
        let widths: Vec<f64> = legend
            .iter()
            .map(|entry| 44.0 + text_width(&entry.label, SMALL).min(room - 40.0))
            .collect();
        let widest = widths.iter().copied().fold(0.0, f64::max);
        let is_one_row = widths.iter().sum::<f64>() <= room + 18.0;
        let is_one_column = 2.0 * widest > room + 18.0;
        for entry in legend {
            let label = fit_text(&entry.label, SMALL, room - 40.0);
            // Several rows are aligned in columns, unless one long label leaves room for only one
            // column.
            let width = if is_one_row || is_one_column {
                44.0 + text_width(&label, SMALL)
            } else {
                widest
            };
            if x > MARGIN && x + width > WIDTH - MARGIN + 18.0 {
                x = MARGIN;
                y += 20.0;
            }
            placed.push((x, y, Key::new(label, entry.sign)));
            x += width;
        }
        Self {
            // Bold type is wider than the estimate for regular type.
            title: fit_text(title, 19.0, room * 0.87),
            subtitle,
            legend: placed,
            bottom: y + 12.0,
        }
    }

    /// The boxes of panels of these heights below the heading, and the bottom of the last one.
    pub(super) fn panels(&self, heights: impl Iterator<Item = f64>) -> (Vec<Area>, f64) {
        let mut top = self.bottom + 30.0;
        let mut bottom = top;
        let areas = heights.map(|height| {
            bottom = top + height;
            let area = Area {
                left: 80.0,
                right: WIDTH - 30.0,
                top,
                bottom,
            };
            top = bottom + GAP;
            area
        });
        (areas.collect(), bottom)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.title(&self.title, (MARGIN, 34.0), 19.0);
        for (index, line) in self.subtitle.iter().enumerate() {
            let y = 60.0 + 18.0 * index as f64;
            canvas.text(line, (MARGIN, y), 13.0, Anchor::Start, Ink::Soft);
        }
        for (x, y, entry) in &self.legend {
            let (from, to) = ((*x, y - 6.0), (x + 18.0, y + 6.0));
            match entry.sign {
                Sign::Area(ink) => canvas.rectangle(from, to, ink),
                Sign::Hatch(ink) => canvas.hatch(from, to, solid(ink, 1.0)),
                Sign::Line(stroke) => canvas.line(&[(*x, *y), (x + 20.0, *y)], stroke),
                Sign::Dot(ink, shape) => {
                    canvas.polygon(&shape.corners((x + 9.0, *y), 5.0), ink);
                }
                Sign::Mark(kind) => mark(canvas, kind, (x + 9.0, y - 5.0)),
            }
            let at = (x + 26.0, *y);
            canvas.text(&entry.label, at, SMALL, Anchor::Start, Ink::Text);
        }
    }
}

/// A triangle ten points high whose upper side or tip is at this point.
pub(super) fn mark(canvas: &mut Canvas<'_>, kind: MarkKind, (x, y): (f64, f64)) {
    let (tip, base, ink) = match kind {
        MarkKind::ScaleOut => (y, y + 9.0, Ink::Vermilion),
        MarkKind::ScaleIn => (y + 9.0, y, Ink::Blue),
        MarkKind::Interruption => (y + 9.0, y, Ink::Red),
    };
    canvas.polygon(&[(x, tip), (x + 4.5, base), (x - 4.5, base)], ink);
}

impl Area {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// A level axis on the left: grid lines, labels, and the unit above.
    pub(super) fn draw_levels(&self, canvas: &mut Canvas<'_>, unit: &str, axis: &Axis) {
        for (value, label) in &axis.ticks {
            let y = self.y(axis, *value);
            let line = [(self.left, y), (self.right, y)];
            canvas.line(&line, solid(Ink::Faint, 1.0));
            canvas.text(label, (self.left - 8.0, y), SMALL, Anchor::End, Ink::Soft);
        }
        let at = (self.left, self.top - 16.0);
        canvas.text(unit, at, SMALL, Anchor::Start, Ink::Soft);
    }

    /// An axis below: ticks, labels, and what it shows.
    pub(super) fn draw_bottom(&self, canvas: &mut Canvas<'_>, axis: &Axis) {
        let corners = [(self.left, self.bottom), (self.right, self.bottom)];
        canvas.line(&corners, solid(Ink::Soft, 1.0));
        for (value, label) in &axis.ticks {
            let x = self.x(axis, *value);
            let line = [(x, self.bottom), (x, self.bottom + 5.0)];
            canvas.line(&line, solid(Ink::Soft, 1.0));
            let at = (x, self.bottom + 16.0);
            canvas.text(label, at, SMALL, Anchor::Middle, Ink::Soft);
        }
        let at = (self.left + self.width() / 2.0, self.bottom + 38.0);
        canvas.text(&axis.name, at, SMALL, Anchor::Middle, Ink::Soft);
    }

    /// The x coordinate of a value of the axis below.
    pub(super) fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.place(value) * self.width()
    }

    /// The y coordinate of a value of the axis on the left.
    pub(super) fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.place(value) * self.height()
    }

    /// A text in the middle of the box, where there is no data.
    pub(super) fn draw_nothing(&self, canvas: &mut Canvas<'_>, text: &str) {
        let at = (
            self.left + self.width() / 2.0,
            self.top + self.height() / 2.0,
        );
        canvas.text(text, at, 15.0, Anchor::Middle, Ink::Soft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(labels: &[&str]) -> (Vec<(f64, f64)>, f64) {
        let entry = |label: &&str| Key::new(*label, Sign::Area(Ink::Blue));
        let entries: Vec<Key> = labels.iter().map(entry).collect();
        let heading = Heading::new("title", "subtitle", &entries);
        for (x, y, entry) in &heading.legend {
            let right = x + 26.0 + text_width(&entry.label, SMALL);
            assert!(right <= WIDTH - MARGIN + 18.0, "{}", entry.label);
            assert!(y + 8.0 < heading.bottom + SMALL, "{}", entry.label);
        }
        let places = heading.legend.iter().map(|(x, y, _)| (*x, *y));
        (places.collect(), heading.bottom)
    }

    #[test]
    fn a_legend_wraps_into_columns_and_the_heading_grows() {
        let (few, low) = places(&["one", "two", "three"]);
        assert!(few.iter().all(|(_, y)| *y == few[0].1));
        let many: Vec<String> = (0..20)
            .map(|n| format!("a variant by the number {n}"))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (places, high) = places(&many);
        let columns = places.iter().filter(|(_, y)| *y == places[0].1).count();
        assert!((3..=5).contains(&columns), "{columns}");
        for (index, (x, _)) in places.iter().enumerate() {
            assert_eq!(*x, places[index % columns].0);
        }
        assert_eq!(high - low, 20.0 * (20_usize.div_ceil(columns) - 1) as f64);
    }

    #[test]
    fn one_long_label_leaves_the_short_ones_their_row() {
        let long = "a label that goes on and on ".repeat(5);
        let (places, _) = places(&["one", "two", &long, "three"]);
        let rows: Vec<f64> = places.iter().map(|(_, y)| *y - places[0].1).collect();
        assert_eq!(rows, [0.0, 0.0, 20.0, 40.0]);
    }
}

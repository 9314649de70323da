//! A sheet to draw on, in points. The SVG backend has whole pixels only; so everything is drawn at
//! twice the size and shown at half of it, and curves stay smooth. No font is read: the viewer
//! chooses one, and the width of text is estimated.

use super::super::text::clean;
use super::ink::{Ink, Stroke};
use plotters::backend::DrawingBackend;
use plotters::prelude::{IntoFont, SVGBackend, ShapeStyle, TextStyle, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontFamily, FontStyle};

/// Pixels of the SVG backend per point of the sheet.
const FINENESS: f64 = 2.0;
/// The horizontal distance of the lines of a hatch, in points.
const HATCH: f64 = 6.0;

/// Which part of a text is at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A sheet being drawn on.
pub(super) struct Canvas<'a> {
    pen: SVGBackend<'a>,
}

/// Why drawing cannot fail: the SVG is written into a string.
const FITS: &str = "a string takes all";

/// Draws a sheet of this size in points and gives the SVG.
pub(super) fn draw(width: f64, height: f64, content: impl FnOnce(&mut Canvas<'_>)) -> String {
    let size = (pixels(width).unsigned_abs(), pixels(height).unsigned_abs());
    let mut svg = String::new();
    {
        let pen = SVGBackend::with_string(&mut svg, size);
        let mut canvas = Canvas { pen };
        let (from, to) = (place((0.0, 0.0)), place((width, height)));
        canvas.pen.draw_rect(from, to, &WHITE, true).expect(FITS);
        content(&mut canvas);
        canvas.pen.present().expect(FITS);
    }
    let drawn = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
    let shown = format!("width=\"{width:.0}\" height=\"{height:.0}\"");
    svg.replacen(&drawn, &shown, 1)
}

/// The estimated width of a text in points: a little more than common fonts need.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let ems = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '·' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '/' | '-' | 'I' | '"' => 0.43,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '±' | '×' => 0.95,
        'A'..='Z' => 0.72,
        c if c.is_ascii() => 0.62,
        _ => 1.0,
    };
    text.chars().map(ems).sum::<f64>() * size
}

/// A text cut so that it fits, with `…` in its middle.
pub(super) fn fit_text(text: &str, size: f64, width: f64) -> String {
    let text = clean(text);
    let mut room = super::super::text::columns(&text);
    let mut cut = text.clone();
    while room > 1 && text_width(&cut, size) > width {
        room -= 1;
        cut = super::super::text::shorten(&text, room);
    }
    cut
}

/// Names cut so that each fits, and those that differ still do where that is possible.
pub(super) fn fit_names(names: &[String], size: f64, width: f64) -> Vec<String> {
    use super::super::text::{columns, shorten_apart};
    let names: Vec<String> = names.iter().map(|name| clean(name)).collect();
    let fits = |names: &[String]| names.iter().all(|name| text_width(name, size) <= width);
    let longest = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    let mut cut = names.clone();
    for room in (1..longest).rev() {
        if fits(&cut) {
            break;
        }
        cut = shorten_apart(&names, room);
    }
    cut
}

/// A text broken at spaces into lines that fit.
pub(super) fn wrap_text(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in clean(text).split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit_text(word, size, width)),
        }
    }
    lines
}

/// Points of the sheet in pixels of the backend, rounded.
fn pixels(points: f64) -> i32 {
    // `as` saturates at the limits of `i32`, which lie far outside of the sheet.
    (points * FINENESS).round() as i32
}

/// A point of the sheet in pixels of the backend.
fn place((x, y): (f64, f64)) -> (i32, i32) {
    (pixels(x), pixels(y))
}

impl Canvas<'_> {
    /// A filled rectangle between two corners.
    pub(super) fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        let style = ShapeStyle::from(ink.rgb()).filled();
        self.pen
            .draw_rect(place(from), place(to), &style, true)
            .expect(FITS);
    }

    /// Slanted lines within a rectangle: from its upper left to its lower right corner.
    pub(super) fn hatch(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let (width, height) = (to.0 - from.0, to.1 - from.1);
        let mut shift = HATCH;
        while shift < width + height {
            // The line x + y = shift, cut at the edges.
            let low = ((shift - height).max(0.0), shift.min(height));
            let high = (shift.min(width), (shift - width).max(0.0));
            let at = |(x, y): (f64, f64)| (from.0 + x, from.1 + y);
            self.line(&[at(low), at(high)], stroke);
            shift += HATCH;
        }
    }

    /// A filled shape.
    pub(super) fn polygon(&mut self, corners: &[(f64, f64)], ink: Ink) {
        let style = ShapeStyle::from(ink.rgb()).filled();
        let corners = without_repetition(corners);
        self.pen.fill_polygon(corners, &style).expect(FITS);
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let width = pixels(stroke.width).max(1).unsigned_abs();
        let style = ShapeStyle::from(stroke.ink.rgb()).stroke_width(width);
        let dashes = stroke.dashes.lengths();
        if !dashes.is_empty() {
            for dash in cut(points, dashes) {
                let dash = without_repetition(&dash);
                self.pen.draw_path(dash, &style).expect(FITS);
            }
        } else {
            let points = without_repetition(points);
            self.pen.draw_path(points, &style).expect(FITS);
        }
    }

    /// Text, centred vertically at `y`. `size` is the font size in points.
    pub(super) fn text(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: f64,
        anchor: Anchor,
        ink: Ink,
    ) {
        self.styled_text(text, (x, y), size, anchor, ink, FontStyle::Normal);
    }

    /// Bold text. `at` is its left end and vertical centre in points of the sheet; `size` is the font
    /// size in points.
    pub(super) fn title(&mut self, text: &str, at: (f64, f64), size: f64) {
        self.styled_text(text, at, size, Anchor::Start, Ink::Text, FontStyle::Bold);
    }

    fn styled_text(
        &mut self,
        text: &str,
        at: (f64, f64),
        size: f64,
        anchor: Anchor,
        ink: Ink,
        font_style: FontStyle,
    ) {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The SVG backend divides font sizes by 1.24, its ratio of line height to font size.
        let font = (FontFamily::SansSerif, size * FINENESS * 1.24).into_font();
        let color = ink.rgb();
        let style = TextStyle::from(font.style(font_style))
            .color(&color)
            .pos(Pos::new(horizontal, VPos::Center));
        self.pen
            .draw_text(&clean(text), &style, place(at))
            .expect(FITS);
    }
}

/// The pixels of a path, without consecutive repetitions and without points in the middle of a
/// horizontal or vertical line.
fn without_repetition(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let mut pixels: Vec<(i32, i32)> = Vec::with_capacity(points.len());
    for point in points.iter().copied().map(place) {
        match pixels.as_slice() {
            [.., last] if *last == point => {}
            // The middle one of three points on a horizontal or vertical line is redundant.
            [.., before, last] if is_between(*before, *last, point) => {
                *pixels.last_mut().expect("there are two") = point;
            }
            _ => pixels.push(point),
        }
    }
    pixels
}

/// True when `middle` lies on the horizontal or vertical segment between the others.
fn is_between(before: (i32, i32), middle: (i32, i32), after: (i32, i32)) -> bool {
    let between = |a: i32, b: i32, c: i32| (a <= b && b <= c) || (a >= b && b >= c);
    (before.1 == middle.1 && middle.1 == after.1 && between(before.0, middle.0, after.0))
        || (before.0 == middle.0 && middle.0 == after.0 && between(before.1, middle.1, after.1))
}

/// Cuts a line into dashes.
fn cut(points: &[(f64, f64)], dashes: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let mut found = Vec::new();
    let mut part = 0;
    let mut is_down = true;
    let mut left = dashes[part];
    let mut current: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length <= left {
                left -= length;
                if is_down {
                    current.push(to);
                }
                break;
            }
            let share = left / length;
            from = (from.0 + dx * share, from.1 + dy * share);
            if is_down {
                current.push(from);
                found.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            is_down = !is_down;
            part = (part + 1) % dashes.len();
            left = dashes[part];
        }
    }
    if current.len() > 1 {
        found.push(current);
    }
    found
}

//! A plot as data, without sizes and colours of a sheet: what is drawn as SVG (`svg.rs`) and, by a
//! script, in the page of a run (`report.html`).

use super::ink::{Ink, Stroke};
use serde::{Deserialize, Serialize};

/// A plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The name of its file without folder and ending: `cpu-ec2`.
    pub name: String,
    /// The variant that it shows; `None` for a plot of all variants.
    pub variant: Option<String>,
    /// What it shows, for lists: `CPU over time`.
    pub subject: String,
    /// The scenario and, in a plot of one variant, its name: `quickstart, ec2`.
    pub of: String,
    /// The sentences under the title.
    pub caption: String,
    /// The meaning of every colour and line.
    pub legend: Vec<Key>,
    /// The data.
    pub drawing: Drawing,
}

/// An entry of a legend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// Its text.
    pub label: String,
    /// What stands before it.
    pub sign: Sign,
}

/// What a legend explains.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sign {
    /// A filled area.
    Area(Ink),
    /// A hatched area.
    Hatch(Ink),
    /// A line.
    Line(Stroke),
    /// A mark.
    Mark(MarkKind),
    /// A dot.
    Dot(Ink, Shape),
}

/// The data of a plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Drawing {
    /// Horizontal bars.
    Bars(Bars),
    /// Panels above each other with one axis below.
    Panels(Panels),
    /// Dots at two values each.
    Scatter(Scatter),
}

/// Horizontal bars over one axis that begins at zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bars {
    /// The axis.
    pub axis: Axis,
    /// The bars from the top down.
    pub rows: Vec<Bar>,
    /// The text where there are no bars.
    pub nothing: String,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// Its name, on the left.
    pub name: String,
    /// Its parts from the left: colour and length.
    pub parts: Vec<(Ink, f64)>,
    /// The length of a thin bar below it.
    pub below: Option<f64>,
    /// The ends of an interval of its whole length.
    pub interval: Option<(f64, f64)>,
    /// True where its length must not be compared with that of the others: it is hatched.
    pub hatched: bool,
    /// The text on the right.
    pub value: String,
}

/// Panels above each other with one axis below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Panels {
    /// The axis below.
    pub axis: Axis,
    /// The panels from the top down.
    pub panels: Vec<Panel>,
}

/// A box with data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// The quantity and unit of its vertical axis, above it.
    pub title: String,
    /// Its height in points.
    pub height: f64,
    /// The vertical axis.
    pub axis: Axis,
    /// Areas, the hindmost first.
    pub areas: Vec<Layer>,
    /// Lines over the areas.
    pub lines: Vec<Line>,
    /// Bars above the panel: the times of faults.
    pub spans: Vec<(f64, f64)>,
    /// Marks along its top.
    pub marks: Vec<Mark>,
    /// The text where there is no data.
    pub nothing: Option<String>,
}

/// Panels of dots above each other with one axis below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scatter {
    /// The axis below.
    pub axis: Axis,
    /// The panels from the top down.
    pub panels: Vec<DotPanel>,
}

/// A box with dots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DotPanel {
    /// The quantity and unit of its vertical axis, above it.
    pub title: String,
    /// Its height in points.
    pub height: f64,
    /// The vertical axis.
    pub axis: Axis,
    /// The dots, the hindmost first.
    pub dots: Vec<Dots>,
}

/// The dots of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dots {
    /// The name of the variant.
    pub name: String,
    /// Their colour.
    pub ink: Ink,
    /// Their shape.
    pub shape: Shape,
    /// A small dot per run: the values on the axis below and on the one of the panel.
    pub runs: Vec<(f64, f64)>,
    /// A large dot with an edge: the means.
    pub mean: (f64, f64),
}

/// The shape of a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// A circle.
    Circle,
    /// A square.
    Square,
    /// A triangle.
    Triangle,
    /// A square on its corner.
    Diamond,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Axis {
    /// What it shows; may be empty.
    pub name: String,
    /// The value at its beginning.
    pub from: f64,
    /// The value at its end.
    pub to: f64,
    /// True for a logarithmic one.
    pub logarithmic: bool,
    /// Values with their labels.
    pub ticks: Vec<(f64, String)>,
}

/// An area in steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// Its colour.
    pub ink: Ink,
    /// Where it begins, with its lower and upper edge from there to the next.
    pub points: Vec<(f64, f64, f64)>,
    /// Where the last step ends.
    pub end: f64,
}

/// A line in steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// How it is drawn.
    pub stroke: Stroke,
    /// Where a step begins, with its value up to the next.
    pub points: Vec<(f64, f64)>,
    /// Where the last step ends.
    pub end: f64,
}

/// A mark at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// Where.
    pub at: f64,
    /// What happened there.
    pub kind: MarkKind,
    /// Why, in words, which the page shows over the mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MarkKind {
    /// The desired capacity of a group rose.
    ScaleOut,
    /// The desired capacity of a group fell.
    ScaleIn,
    /// AWS interrupted Spot capacity.
    Interruption,
}

impl Shape {
    /// Every shape.
    pub(super) const ALL: [Self; 4] = [Self::Circle, Self::Square, Self::Triangle, Self::Diamond];

    /// Its corners around a point; `size` is the radius of a circle of about the same area.
    pub(super) fn corners(self, (x, y): (f64, f64), size: f64) -> Vec<(f64, f64)> {
        let (square, diamond) = (size * 0.89, size * 1.25);
        match self {
            Self::Circle => (0..24)
                .map(|corner| f64::from(corner) * std::f64::consts::TAU / 24.0)
                .map(|angle| (x + size * libm::cos(angle), y + size * libm::sin(angle)))
                .collect(),
            Self::Square => [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(dx, dy)| (x + dx * square, y + dy * square))
                .into(),
            Self::Triangle => [(0.0, -1.4), (1.2, 0.8), (-1.2, 0.8)]
                .map(|(dx, dy)| (x + dx * size, y + dy * size))
                .into(),
            Self::Diamond => [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
                .map(|(dx, dy)| (x + dx * diamond, y + dy * diamond))
                .into(),
        }
    }
}

impl Axis {
    /// Where a value lies on the axis: 0 at its beginning, 1 at its end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.from, self.to);
        match self.logarithmic {
            true => libm::log10(value / self.from) / libm::log10(self.to / self.from),
            false => (value - self.from) / (self.to - self.from),
        }
    }
}

impl Key {
    /// An entry with a text.
    pub(super) fn new(label: impl Into<String>, sign: Sign) -> Self {
        Self {
            label: label.into(),
            sign,
        }
    }
}

impl Layer {
    /// A layer from its points; those that repeat the edges of the one before are left out.
    pub(super) fn new(ink: Ink, points: impl Iterator<Item = (f64, f64, f64)>, end: f64) -> Self {
        let mut kept: Vec<(f64, f64, f64)> = Vec::new();
        for (at, low, high) in points {
            let (at, low, high) = (short(at), short(low), short(high));
            if kept
                .last()
                .is_none_or(|last| (last.1, last.2) != (low, high))
            {
                kept.push((at, low, high));
            }
        }
        Self {
            ink,
            points: kept,
            end,
        }
    }
}

impl Line {
    /// A line from its points; those that repeat the value of the one before are left out.
    pub(super) fn new(stroke: Stroke, points: impl Iterator<Item = (f64, f64)>, end: f64) -> Self {
        let mut kept: Vec<(f64, f64)> = Vec::new();
        for (at, value) in points {
            let (at, value) = (short(at), short(value));
            if kept.last().is_none_or(|last| last.1 != value) {
                kept.push((at, value));
            }
        }
        Self {
            stroke,
            points: kept,
            end,
        }
    }
}

/// A number with seven significant digits, which is finer than any screen and shorter in a file.
fn short(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    // A power of ten that a float holds exactly, so that the quotient is the nearest float.
    let scale = 10u64.pow((6 - magnitude).clamp(0, 15).unsigned_abs()) as f64;
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_to_seven_digits() {
        for (value, cut) in [
            (0.1 + 0.2, 0.3),
            (123_456_789.4, 123_456_789.0),
            (1.0 / 3.0, 0.333_333_3),
            (-2.5, -2.5),
            (f64::NAN, 0.0),
        ] {
            assert_eq!(short(value), cut);
        }
    }
}

//! Colours and lines of plots, by name: on paper and, in the page of a run, on a dark screen.

use plotters::prelude::RGBColor;
use serde::{Deserialize, Serialize};

/// A colour. Those of data can be told apart by the colour-blind (Okabe and Ito, "Color Universal
/// Design", 2008), without the yellow, which is lost on white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ink {
    /// Lines and text that matter.
    Text,
    /// Text that explains.
    Soft,
    /// Lines behind the data.
    Faint,
    /// What is there and is not used.
    Pale,
    /// Blue.
    Blue,
    /// A light blue, beside [`Blue`](Self::Blue).
    LightBlue,
    /// The blue of the sky.
    Sky,
    /// Vermilion.
    Vermilion,
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Pink.
    Pink,
    /// Violet.
    Violet,
    /// Grey.
    Grey,
    /// What is dead and is still shown by AWS.
    Dead,
    /// Faults.
    Red,
}

impl Ink {
    /// Every colour.
    pub const ALL: [Self; 15] = [
        Self::Text,
        Self::Soft,
        Self::Faint,
        Self::Pale,
        Self::Blue,
        Self::LightBlue,
        Self::Sky,
        Self::Vermilion,
        Self::Green,
        Self::Amber,
        Self::Pink,
        Self::Violet,
        Self::Grey,
        Self::Dead,
        Self::Red,
    ];

    /// The colours of variants, one after the other.
    pub(super) const SERIES: [Self; 7] = [
        Self::Blue,
        Self::Vermilion,
        Self::Green,
        Self::Amber,
        Self::Pink,
        Self::Sky,
        Self::Grey,
    ];

    /// Its name in the style sheet of the page, which is that in its data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Soft => "soft",
            Self::Faint => "faint",
            Self::Pale => "pale",
            Self::Blue => "blue",
            Self::LightBlue => "lightBlue",
            Self::Sky => "sky",
            Self::Vermilion => "vermilion",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Pink => "pink",
            Self::Violet => "violet",
            Self::Grey => "grey",
            Self::Dead => "dead",
            Self::Red => "red",
        }
    }

    /// The colour on white, and the colour on a dark screen, as red, green and blue.
    pub const fn on(self, dark: bool) -> (u8, u8, u8) {
        let (light, night) = match self {
            Self::Text => ((0x22, 0x22, 0x22), (0xec, 0xec, 0xec)),
            Self::Soft => ((0x5a, 0x5a, 0x5a), (0xb0, 0xb5, 0xbd)),
            Self::Faint => ((0xe4, 0xe4, 0xe4), (0x33, 0x38, 0x40)),
            Self::Pale => ((0xd4, 0xd6, 0xd9), (0x4a, 0x50, 0x5a)),
            Self::Blue => ((0x00, 0x72, 0xb2), (0x3a, 0x96, 0xdc)),
            Self::LightBlue => ((0x9c, 0xc9, 0xe6), (0x2b, 0x5b, 0x82)),
            Self::Sky => ((0x56, 0xb4, 0xe9), (0x8a, 0xd0, 0xf8)),
            Self::Vermilion => ((0xd5, 0x5e, 0x00), (0xf0, 0x80, 0x3a)),
            Self::Green => ((0x00, 0x9e, 0x73), (0x24, 0xb3, 0x87)),
            Self::Amber => ((0xe6, 0x9f, 0x00), (0xf0, 0xb6, 0x40)),
            Self::Pink => ((0xcc, 0x79, 0xa7), (0xdc, 0x93, 0xbc)),
            Self::Violet => ((0x7b, 0x61, 0xa8), (0xa8, 0x91, 0xd6)),
            Self::Grey => ((0x7a, 0x7a, 0x7a), (0x9c, 0xa1, 0xa9)),
            Self::Dead => ((0x2b, 0x2b, 0x2b), (0xf2, 0xf2, 0xf2)),
            Self::Red => ((0xb0, 0x1e, 0x1e), (0xff, 0x6b, 0x6b)),
        };
        if dark { night } else { light }
    }

    /// The colour on paper.
    pub(super) fn rgb(self) -> RGBColor {
        let (red, green, blue) = self.on(false);
        RGBColor(red, green, blue)
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width in points.
    pub width: f64,
    /// Its dashes.
    pub dashes: Dashes,
}

/// The dashes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dashes {
    /// None: a solid line.
    Whole,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots.
    DashDotted,
}

impl Dashes {
    /// Every kind.
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Dashed, Self::Dotted, Self::DashDotted];

    /// Lengths of dashes and gaps in points, alternating; empty for a solid line.
    pub const fn lengths(self) -> &'static [f64] {
        match self {
            Self::Whole => &[],
            Self::Dashed => &[7.0, 4.0],
            Self::Dotted => &[2.0, 3.0],
            Self::DashDotted => &[11.0, 3.0, 2.0, 3.0],
        }
    }
}

/// A solid line.
pub(super) const fn solid(ink: Ink, width: f64) -> Stroke {
    Stroke {
        ink,
        width,
        dashes: Dashes::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_data() {
        for ink in Ink::ALL {
            let written = serde_json::to_value(ink).expect("it is written");
            assert_eq!(written.as_str(), Some(ink.name()));
        }
    }
}

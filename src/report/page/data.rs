//! The data of the page.

use super::super::plots::Chart;
use super::super::text::clean;
use serde::{Deserialize, Serialize};

/// What the page shows. Texts are ready to be read; plots are data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageData {
    /// The version of this form.
    pub version: u64,
    /// The scenario's name.
    pub scenario: String,
    /// Its description; may be empty.
    pub description: String,
    /// What was played: `3 variants × 32 seeds, 7 d reported`.
    pub played: String,
    /// What is not as it should be, the worst first; then what needs to be known.
    pub deviations: Vec<Deviation>,
    /// The tables in their order.
    pub tables: Vec<Table>,
    /// The plots in their order.
    pub charts: Vec<Chart>,
    /// Which plots are left out; `None` where all are there.
    pub left_out: Option<String>,
    /// The names of the variants.
    pub variants: Vec<String>,
    /// Every figure.
    pub figures: Vec<FigureRow>,
}

/// How a text is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// Something failed or is missing.
    Bad,
    /// It needs attention.
    Warning,
    /// It needs to be known.
    Note,
    /// All is well.
    Good,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deviation {
    /// How bad it is.
    pub tone: Tone,
    /// A sentence.
    pub text: String,
    /// The section that shows more.
    pub section: Option<String>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// The name of its section.
    pub section: String,
    /// Its title.
    pub title: String,
    /// A sentence on how to read it; may be empty.
    pub note: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// The number of rows at the end that are sums.
    pub sums: usize,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Its head.
    pub head: String,
    /// True for a column of numbers.
    pub numeric: bool,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// How it is to be taken, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
}

/// A figure of all variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FigureRow {
    /// Its path.
    pub path: String,
    /// Its value by variant, with its unit; empty where a variant has no such figure.
    pub values: Vec<String>,
}

impl Cell {
    /// A cell with a text.
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self {
            text: clean(text.as_ref()),
            tone: None,
        }
    }

    /// The same with a tone.
    pub(super) fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

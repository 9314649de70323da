//! A listing: rows that print as a table, as JSON or as CSV.

use super::output::{Failure, Output};
use super::values::Format;
use crate::units::{Memory, Usd};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use serde::{Serialize, Serializer};

/// A table with a line under its header and no other lines.
const UNDERLINED_HEADER: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Rows under named columns.
pub(super) struct Listing {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column.
pub(super) struct Column {
    /// Its key in JSON and CSV.
    key: &'static str,
    /// Its title in a table; `None`: the table leaves the column out.
    title: Option<&'static str>,
}

/// A value in a listing.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Cell {
    /// Text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with decimals, such as vCPUs.
    Number(f64),
    /// A size; written in MiB in JSON and CSV.
    #[serde(serialize_with = "as_mib")]
    Mib(Memory),
    /// A price, with all its digits.
    #[serde(serialize_with = "as_dollars")]
    Price(Usd),
    /// Yes or no.
    Flag(bool),
    /// No value.
    Empty,
}

impl Listing {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row, a cell for each column.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// True when there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it to stdout.
    pub(super) fn print(&self, format: Format, output: &mut Output) -> Result<(), Failure> {
        let text = match format {
            Format::Table if self.is_empty() => String::new(),
            Format::Table => {
                let (text, left_out) = self.fitted(output.width().map(usize::from));
                if !left_out.is_empty() {
                    output.talk(&format!(
                        "left out, as the terminal is narrow: {}; `--format csv` has every column",
                        left_out.join(", ")
                    ));
                }
                text
            }
            Format::Json => self.json(),
            Format::Csv => self.csv(),
        };
        output.data(&text)
    }

    /// The table for a terminal of this width, without the last columns where it would be too wide,
    /// and the titles of these; the whole table where there is no terminal.
    fn fitted(&self, width: Option<usize>) -> (String, Vec<&'static str>) {
        let columns = self.columns.iter().enumerate();
        let mut shown: Vec<(usize, &'static str)> = columns
            .filter_map(|(index, column)| Some((index, column.title?)))
            .collect();
        let mut left_out = Vec::new();
        loop {
            let text = self.table(&shown);
            let widest = text.lines().map(|line| line.chars().count()).max();
            if shown.len() < 2 || width.is_none_or(|width| widest.unwrap_or(0) <= width) {
                left_out.reverse();
                return (text, left_out);
            }
            left_out.extend(shown.pop().map(|(_, title)| title));
        }
    }

    /// A table with one line per row, so that `grep` finds whole rows.
    fn table(&self, shown: &[(usize, &'static str)]) -> String {
        let mut table = Table::new();
        table.load_style(UNDERLINED_HEADER);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(shown.iter().map(|(_, title)| *title));
        for row in &self.rows {
            table.add_row(shown.iter().map(|(index, _)| row[*index].table_text()));
        }
        for (column, (index, _)) in table.column_iter_mut().zip(shown) {
            column.set_padding((0, 1));
            if self.rows.iter().any(|row| row[*index].is_number()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt() + "\n"
    }

    /// A JSON list with an object per row.
    fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("plain values always serialize");
        text + "\n"
    }

    /// CSV with a header of keys.
    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let in_memory = "memory can be written";
        let keys = self.columns.iter().map(|column| column.key);
        writer.write_record(keys).expect(in_memory);
        for row in &self.rows {
            let cells = row.iter().map(Cell::csv_text);
            writer.write_record(cells).expect(in_memory);
        }
        let bytes = writer.into_inner().expect(in_memory);
        String::from_utf8(bytes).expect("the cells are UTF-8")
    }
}

/// A list with an object per row.
impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = &self.columns;
        serializer.collect_seq(self.rows.iter().map(|cells| Row { columns, cells }))
    }
}

/// A row under its columns.
struct Row<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

/// An object with a key per column.
impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = self.columns.iter().map(|column| column.key);
        serializer.collect_map(keys.zip(self.cells))
    }
}

impl Column {
    /// A column that tables show under `title`.
    pub(super) fn shown(key: &'static str, title: &'static str) -> Self {
        Self {
            key,
            title: Some(title),
        }
    }

    /// A column of JSON and CSV only.
    pub(super) fn hidden(key: &'static str) -> Self {
        Self { key, title: None }
    }
}

impl Cell {
    /// A cell of text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A value, or an empty cell.
    pub(super) fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    /// True for cells whose columns are aligned right.
    fn is_number(&self) -> bool {
        match self {
            Self::Text(_) | Self::Flag(_) | Self::Empty => false,
            Self::Count(_) | Self::Number(_) | Self::Mib(_) | Self::Price(_) => true,
        }
    }

    /// The cell in a table: sizes with their unit, prices with `$`, `yes` and `no`.
    fn table_text(&self) -> String {
        match self {
            Self::Mib(size) => size.to_string(),
            Self::Price(price) => price.to_string(),
            Self::Flag(true) => "yes".into(),
            Self::Flag(false) => "no".into(),
            _ => self.csv_text(),
        }
    }

    /// The cell in CSV: sizes in MiB, prices in dollars without `$`.
    fn csv_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Mib(size) => size.ceil_mib().to_string(),
            Self::Price(price) => price.to_string().replace('$', ""),
            Self::Flag(flag) => flag.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// A size in JSON: MiB, rounded up.
fn as_mib<S: Serializer>(size: &Memory, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(size.ceil_mib())
}

/// A price in JSON: dollars.
fn as_dollars<S: Serializer>(price: &Usd, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(price.as_dollars_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_gets_fewer_columns_and_whole_words() {
        let mut listing = Listing::new(vec![
            Column::shown("item", "item"),
            Column::shown("unit", "unit"),
            Column::shown("date", "as of"),
            Column::shown("source", "source"),
        ]);
        let cells = ["Fargate vCPU", "vCPU-hour", "2026-09", "AWS Fargate page"];
        listing.row(cells.map(Cell::text).into());
        let (whole, left_out) = listing.fitted(None);
        assert!(left_out.is_empty());
        let widest = whole.lines().map(|line| line.chars().count()).max();
        let widest = widest.expect("it has lines");
        assert_eq!(listing.fitted(Some(widest)), (whole, Vec::new()));
        let (narrow, left_out) = listing.fitted(Some(widest - 1));
        assert_eq!(left_out, ["source"]);
        assert!(
            narrow.contains("vCPU-hour") && !narrow.contains("page"),
            "{narrow}"
        );
        assert_eq!(listing.fitted(Some(3)).1, ["unit", "as of", "source"]);
    }
}

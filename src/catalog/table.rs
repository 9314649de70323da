//! Reading the embedded tables: plain CSV without quotes, sorted by its first column. A
//! row is found by binary search, and only the rows that are needed are parsed.

/// An embedded table, its rows ascending by the bytes of the first column.
#[derive(Clone, Copy)]
pub(super) struct Table {
    header: &'static str,
    rows: &'static str,
}

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row {
    line: &'static str,
}

impl Table {
    /// Splits the header from the rows.
    pub(super) fn new(text: &'static str) -> Self {
        let (header, rows) = text
            .split_once('\n')
            .expect("an embedded table has a header");
        Self { header, rows }
    }

    /// The names of the columns.
    pub(super) fn columns(self) -> impl Iterator<Item = &'static str> {
        self.header.split(',')
    }

    /// All rows, in order.
    pub(super) fn rows(self) -> impl Iterator<Item = Row> + Clone {
        self.rows.lines().map(|line| Row { line })
    }

    /// The first row whose first column is `key`.
    pub(super) fn find(self, key: &str) -> Option<Row> {
        self.from(key).next().filter(|row| row.key() == key)
    }

    /// The rows whose first column is `key`.
    pub(super) fn find_all(self, key: &str) -> impl Iterator<Item = Row> {
        self.from(key).take_while(move |row| row.key() == key)
    }

    /// The cell in the row `key` under the column `name`; `None` where there is no such row or
    /// column, or where the cell is empty. The first column is the key and holds no cells.
    pub(super) fn cell_of(self, key: &str, name: &str) -> Option<&'static str> {
        let column = 1 + self.columns().skip(1).position(|column| column == name)?;
        let cell = self.find(key)?.cell(column);
        (!cell.is_empty()).then_some(cell)
    }

    /// The rows from the first whose key is not below `key`.
    fn from(self, key: &str) -> impl Iterator<Item = Row> + use<> {
        // Binary search over byte offsets: `low` and `high` are always starts of lines.
        let bytes = self.rows.as_bytes();
        let line_start = |offset: usize| {
            bytes[..offset]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |newline| newline + 1)
        };
        let line_end = |offset: usize| {
            bytes[offset..]
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |length| offset + length + 1)
        };
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let start = line_start(low + (high - low) / 2);
            let end = line_end(start);
            let row = Row {
                line: &self.rows[start..end],
            };
            if row.key() < key {
                low = end;
            } else {
                high = start;
            }
        }
        self.rows[low..].lines().map(|line| Row { line })
    }
}

impl Row {
    /// The first column.
    pub(super) fn key(self) -> &'static str {
        self.line.split(',').next().unwrap_or_default()
    }

    /// The columns in order.
    pub(super) fn cells(self) -> std::str::Split<'static, char> {
        self.line.trim_end().split(',')
    }

    /// The column at `index`, counted from 0.
    pub(super) fn cell(self, index: usize) -> &'static str {
        self.cells()
            .nth(index)
            .expect("every row of an embedded table has every column")
    }
}

/// A cell that holds a whole number, or nothing.
pub(super) fn number(cell: &'static str) -> Option<u64> {
    if cell.is_empty() {
        return None;
    }
    Some(
        cell.parse()
            .expect("numbers in embedded tables are whole, a test reads them all"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_and_nothing_else() {
        let table = Table::new("name,value\na,1\nb,2\nb,3\nd,4\nf,\n");
        for (key, value) in [("a", "1"), ("b", "2"), ("d", "4")] {
            assert_eq!(table.find(key).expect("the row is there").cell(1), value);
        }
        for key in ["", "A", "aa", "c", "e"] {
            assert!(table.find(key).is_none(), "{key}");
        }
        let values: Vec<_> = table.find_all("b").map(|row| row.cell(1)).collect();
        assert_eq!(values, ["2", "3"]);
        assert_eq!(table.cell_of("d", "value"), Some("4"));
        for (key, name) in [
            ("d", "name"),
            ("d", "other"),
            ("c", "value"),
            ("f", "value"),
        ] {
            assert_eq!(table.cell_of(key, name), None, "{key}, {name}");
        }
        assert_eq!(table.rows().count(), 5);
    }
}

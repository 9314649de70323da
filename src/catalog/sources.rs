//! The sources of the catalog's figures, with their dates.

use super::table::Table;

/// The origin of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The publication, or what the figure was derived from.
    pub name: &'static str,
    /// The day of the figure, `2026-02-07` (a month where the day is unknown); `None` where
    /// the source has no date.
    pub date: Option<&'static str>,
}

impl Source {
    /// The source with this key in `data/sources.csv`.
    pub(super) fn of_key(key: &str) -> Self {
        let row = Table::new(include_str!("data/sources.csv"))
            .find(key)
            .expect("every key in the data is in sources.csv, a test reads them all");
        Self::new(row.cell(1), row.cell(2))
    }

    /// A source from two cells; an empty date is none.
    pub(super) fn new(name: &'static str, date: &'static str) -> Self {
        Self {
            name,
            date: (!date.is_empty()).then_some(date),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        match self.date {
            Some(date) => write!(f, ", {date}"),
            None => f.write_str(", undated"),
        }
    }
}

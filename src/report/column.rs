//! The columns of files: their names, in order, each with its meaning. Writers take their header
//! from here, and `docs/outputs.md` its tables.

use std::io;

/// A column of a CSV file, or a key of a JSON file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name in the file.
    pub(super) name: &'static str,
    /// What its values are; a sentence without its full stop.
    pub(super) doc: &'static str,
}

/// A column with its meaning.
pub(super) const fn column(name: &'static str, doc: &'static str) -> Column {
    Column { name, doc }
}

/// Writes the header of a file.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn header<W: io::Write>(file: &mut csv::Writer<W>, of: &[Column]) -> io::Result<()> {
    file.write_record(of.iter().map(|column| column.name))?;
    Ok(())
}

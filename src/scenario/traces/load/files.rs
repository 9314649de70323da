//! Folds the rows of files into counts or a series, row by row.

use super::counts::Counts;
use super::keys::Keys;
use super::row::{Outcome, Row, row};
use super::series::Series;
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::rows::{Format, Rows};
use crate::scenario::reading::tables::Tables;
use crate::scenario::traces::left_out::{Repairs, Wrong};
use crate::scenario::traces::rows::layout;
use crate::scenario::traces::spec::Spec;
use std::path::{Path, PathBuf};

/// The load of the rows so far.
pub enum Fold {
    /// Requests at single times.
    Counts(Counts),
    /// Rows that each are the load of an interval.
    Series(Series),
}

/// The result of reading the files.
pub struct Found {
    pub fold: Fold,
    /// True when the times are calendar times; `None` before the first row.
    pub is_calendar: Option<bool>,
    /// Rows that are counted.
    pub rows: u64,
    /// Rows that cannot be read.
    pub wrong: Wrong,
    /// Rows that `repair` leaves out or changes.
    pub repairs: Repairs,
    /// Paths of the files for places. A file of an archive has the path of the archive and its name.
    pub paths: Vec<String>,
    /// The same as the scenario writes them.
    pub written: Vec<String>,
    /// For each of these the place where the scenario names it, by its number in `files`.
    pub named: Vec<usize>,
}

/// The most files, those of archives included.
const MOST_FILES: usize = u16::MAX as usize;

impl Found {
    pub fn new(keys: &Keys) -> Self {
        let fold = match keys.interval {
            Some(interval) => {
                let least = keys.resolution as f64 * keys.speed;
                Fold::Series(Series::new(interval, least, keys.is_rate, keys.rules))
            }
            // `as` saturates; the speed is at least 0.001 and the resolution a second.
            None => Fold::Counts(Counts::new(
                (keys.resolution as f64 * keys.speed + 0.5) as u64,
            )),
        };
        Self {
            fold,
            is_calendar: None,
            rows: 0,
            wrong: Wrong::default(),
            repairs: Repairs::default(),
            paths: Vec::new(),
            written: Vec::new(),
            named: Vec::new(),
        }
    }

    /// Reads the files. `None` when one cannot be read to its end, which is reported.
    pub fn read(
        &mut self,
        spec: &Spec<'_>,
        files: &[(Cursor<'_>, PathBuf)],
        format: Format,
    ) -> Option<()> {
        let mut is_whole = true;
        for (number, (at, path)) in files.iter().enumerate() {
            is_whole &= self.tables(spec, (number, at, path), format).is_some();
        }
        let sorted = match &mut self.fold {
            Fold::Series(series) => series.sort(),
            Fold::Counts(_) => Ok(()),
        };
        if let Err(why) = sorted {
            spec.at.problem(why.message()).report();
            return None;
        }
        is_whole.then_some(())
    }

    /// Reads a file, or all files of an archive.
    fn tables(
        &mut self,
        spec: &Spec<'_>,
        (number, at, path): (usize, &Cursor<'_>, &Path),
        format: Format,
    ) -> Option<()> {
        let unreadable = |why: String| at.problem(why).report();
        let mut tables = Tables::open(path, format).map_err(unreadable).ok()?;
        while let Some((within, rows)) = tables.next().map_err(unreadable).ok()? {
            let within = within.map_or(String::new(), |name| format!("/{name}"));
            let index = self.paths.len();
            if index >= MOST_FILES {
                at.problem(format!("more than {MOST_FILES} files")).report();
                return None;
            }
            self.paths.push(format!("{}{within}", path.display()));
            let written = at.node.as_text().unwrap_or_default();
            self.written.push(format!("{written}{within}"));
            self.named.push(number);
            self.table(spec, at, index as u16, rows)?;
        }
        Some(())
    }

    /// Reads the rows of one file.
    fn table(
        &mut self,
        spec: &Spec<'_>,
        at: &Cursor<'_>,
        index: u16,
        mut rows: Rows,
    ) -> Option<()> {
        let name = self.paths[usize::from(index)].clone();
        let layout = layout(spec, &rows, &name)?;
        loop {
            match rows.next() {
                Ok(true) => {}
                Ok(false) => return Some(()),
                Err(why) => {
                    let line = rows.line;
                    at.problem(format!("cannot read `{name}` after line {line}: {why}"))
                        .report();
                    return None;
                }
            }
            let line = rows.line.min(u64::from(u32::MAX)) as u32;
            match row(spec, &layout, &rows, self.is_calendar) {
                Outcome::Keep(row) => {
                    if let Err(why) = self.keep(&row, (index, line)) {
                        spec.at.problem(why).report();
                        return None;
                    }
                }
                Outcome::Skip => {}
                Outcome::LeftOut(repair) => self.repairs.add(repair, false, (index, line)),
                Outcome::Bad {
                    column,
                    why,
                    advice,
                    cell,
                } => {
                    let place = || rows.place(&name, cell);
                    self.wrong.add(column, (why, advice), (index, line), place);
                }
            }
        }
    }

    /// Adds a row to the load.
    fn keep(&mut self, row: &Row, place: (u16, u32)) -> Result<(), String> {
        if row.time.is_some() {
            self.is_calendar = Some(row.is_calendar);
        }
        self.rows += 1;
        if let Some(repair) = row.repaired {
            self.repairs.add(repair, true, place);
        }
        match &mut self.fold {
            Fold::Series(series) => {
                let added = series.add(row.time, row.amount, place);
                added.map_err(super::series::TooMany::message)
            }
            Fold::Counts(counts) => match counts.add(row.time.unwrap_or(0), row.amount) {
                true => Ok(()),
                false => Err(super::series::TooMany::Buckets.message()),
            },
        }
    }
}

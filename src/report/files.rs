//! The files of a report.

use super::{Folder, ReportError, cost, page, plots, runs, scaling, summary, utilization};
use crate::runner::Results;
use std::io::Write;

/// Writes `summary.json`, `runs.csv`, `cost.csv` and `utilization.csv`.
///
/// # Errors
/// When the file system reports an error.
pub fn write_files(folder: &Folder, results: &Results) -> Result<(), ReportError> {
    folder.write("summary.json", |file| summary(results, file))?;
    folder.write("runs.csv", |file| runs(results, file))?;
    folder.write("cost.csv", |file| cost(results, file))?;
    folder.write("utilization.csv", |file| utilization(results, file))
}

/// Writes `plots/*.svg` and `report.html`.
///
/// # Errors
/// When the file system reports an error.
pub fn write_plots(folder: &Folder, results: &Results) -> Result<(), ReportError> {
    plots(results, |plot| {
        folder.write(&plot.name, |file| file.write_all(plot.svg.as_bytes()))
    })?;
    folder.write("report.html", |file| page(results, file))
}

/// Writes `scaling.csv`, from the stories of single runs.
///
/// # Errors
/// When the file system reports an error.
pub fn write_stories(folder: &Folder, results: &Results) -> Result<(), ReportError> {
    folder.write("scaling.csv", |file| scaling(results, file))
}

//! Which folders may be replaced: an empty one, or a report of ecsim without foreign files. A file
//! that ecsim does not write belongs to the user and is never deleted.

use super::super::error::ReportError;
use super::super::summary::SCHEMA_VERSION;
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::Path;

/// The files of a report, besides `plots/*.svg`.
const FILES: [&str; 11] = [
    "report.html",
    "summary.json",
    "runs.csv",
    "cost.csv",
    "usage.csv",
    "utilization.csv",
    "scaling.csv",
    "tasks.csv",
    "events.jsonl",
    "eventbridge.jsonl",
    "metrics.jsonl",
];

/// The file in a hidden folder on which a run holds a lock.
pub(super) const LOCK: &str = ".lock";

/// Files that file managers create in folders that they display.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// What is at the place of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Nothing.
    Nothing,
    /// An empty folder.
    Empty,
    /// A report.
    Report,
    /// Files with the names of a report's, without its summary.
    Remains,
}

/// What is at `path`.
///
/// # Errors
/// When it is not a folder, or when a file in it is not one of a report.
pub(super) fn content(path: &Path) -> Result<Content, ReportError> {
    let disk = |error| ReportError::disk(path, error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Content::Nothing),
        Err(error) => return Err(disk(error)),
        Ok(found) if !found.is_dir() => {
            return Err(ReportError::foreign(path, "it is not a folder"));
        }
        Ok(_) => {}
    }
    let mut is_empty = true;
    for entry in fs::read_dir(path).map_err(disk)? {
        let entry = entry.map_err(disk)?;
        is_empty = false;
        check_entry(path, &entry)?;
    }
    Ok(match is_empty {
        true => Content::Empty,
        false if has_ecsim_summary(&path.join("summary.json")) => Content::Report,
        false => Content::Remains,
    })
}

/// True when `path` is a folder that may be replaced, false when there is nothing at `path`.
///
/// # Errors
/// When something else is there.
pub(super) fn is_replaceable(path: &Path) -> Result<bool, ReportError> {
    match content(path)? {
        Content::Nothing => Ok(false),
        Content::Empty | Content::Report => Ok(true),
        Content::Remains => Err(ReportError::foreign(path, "it is not a report of ecsim")),
    }
}

/// Checks that an entry of a report folder is a file that ecsim or a file manager writes.
fn check_entry(folder: &Path, entry: &fs::DirEntry) -> Result<(), ReportError> {
    let disk = |error| ReportError::disk(folder, error);
    let name = entry.file_name().to_string_lossy().into_owned();
    let is_file = entry.file_type().map_err(disk)?.is_file();
    let is_known = FILES.contains(&&*name) || LITTER.contains(&&*name) || name == LOCK;
    if is_file && is_known {
        return Ok(());
    }
    if !is_file && name == "plots" && only_plots(&entry.path()) {
        return Ok(());
    }
    let what = format!("`{name}` in it was not written by ecsim");
    Err(ReportError::foreign(folder, what))
}

/// True when a folder contains only SVG files.
fn only_plots(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.all(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            is_file && (name.ends_with(".svg") || LITTER.contains(&&*name))
        })
    })
}

/// The keys by which a `summary.json` of ecsim is recognized.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SummaryHead {
    schema_version: u64,
    scenario: String,
}

/// True for a `summary.json` of this schema version or an older one.
fn has_ecsim_summary(path: &Path) -> bool {
    let Ok(text) = fs::read(path) else {
        return false;
    };
    serde_json::from_slice::<SummaryHead>(&text).is_ok_and(|summary| {
        (1..=SCHEMA_VERSION).contains(&summary.schema_version) && !summary.scenario.is_empty()
    })
}

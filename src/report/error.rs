//! What can go wrong between a report and the disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A report that could not be written. Nothing is left behind and an old report stays as it
/// was.
#[derive(Debug)]
pub struct ReportError {
    /// What was to be written or replaced.
    pub path: PathBuf,
    /// Why it could not be.
    pub problem: ReportProblem,
}

/// Why a report could not be written.
#[derive(Debug)]
pub enum ReportProblem {
    /// The disk says no.
    Disk(io::Error),
    /// Something stands at the report's place that is not a report of ours; this is what.
    Foreign(String),
    /// A file was begun and not ended, which is a mistake of the program.
    Unfinished,
}

impl ReportError {
    pub(super) fn disk(path: &Path, error: io::Error) -> Self {
        Self {
            path: path.to_path_buf(),
            problem: ReportProblem::Disk(error),
        }
    }

    pub(super) fn foreign(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_path_buf(),
            problem: ReportProblem::Foreign(what.into()),
        }
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            ReportProblem::Disk(error) => write!(f, "cannot write `{path}`: {error}"),
            ReportProblem::Foreign(what) => write!(
                f,
                "will not replace `{path}`: {what}; move it away, or choose another folder with `--out`"
            ),
            ReportProblem::Unfinished => write!(f, "`{path}` was begun and not ended"),
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            ReportProblem::Disk(error) => Some(error),
            ReportProblem::Foreign(_) | ReportProblem::Unfinished => None,
        }
    }
}

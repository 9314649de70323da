//! Why a report could not be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A report that could not be written. No file of it is left behind, and an earlier report of the
/// scenario is unchanged.
#[derive(Debug)]
pub struct ReportError {
    /// The file or folder that was to be written or replaced.
    pub path: PathBuf,
    /// The reason.
    pub problem: ReportProblem,
}

/// Why a report could not be written.
#[derive(Debug)]
pub enum ReportProblem {
    /// The file system reported an error.
    Disk(io::Error),
    /// The report's place holds something that is not a report of ecsim; the text describes it.
    Foreign(String),
    /// A file of the report was not finished: an error in the program.
    Unfinished,
}

impl ReportError {
    /// An error of the file system at a path.
    pub(super) fn disk(path: &Path, error: io::Error) -> Self {
        Self {
            path: path.to_path_buf(),
            problem: ReportProblem::Disk(error),
        }
    }

    /// A path that holds something that is not a report of ecsim.
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
                "cannot replace `{path}`: {what}; move it, or choose another folder with `--out`"
            ),
            ReportProblem::Unfinished => write!(f, "`{path}` was not finished"),
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

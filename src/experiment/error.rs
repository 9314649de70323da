//! The errors of the façade.

use crate::runner::RunError;
use crate::scenario::{Problem, Problems, ticked};
use std::fmt;

/// Why a scenario, its results or one of their figures is not available.
///
/// It prints like the messages of the program. `Debug` prints the same text as `Display`, so that
/// `unwrap` and a `main` that returns the error show it.
#[non_exhaustive]
pub enum Error {
    /// The scenario, a setting or a plug-in is wrong; each problem with its place or the path of
    /// its key.
    Problems(Problems),
    /// There is no variant, figure or seed of this name; the problem names the nearest one.
    Unknown(Box<Problem>),
    /// The runs ended without results.
    Run(RunError),
}

impl Error {
    /// One problem without a place.
    pub(super) fn problem(message: String, hint: &str) -> Self {
        let hint = Some(hint.to_string());
        Self::Problems(Problems(vec![Problem {
            hint,
            ..Problem::error("", message)
        }]))
    }

    /// A question without an answer.
    pub(super) fn question(message: &str) -> Self {
        Self::Unknown(Box::new(Problem::error("", message.to_string())))
    }

    /// A name that is not among the known ones.
    pub(super) fn unknown<'a>(
        message: String,
        name: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let nearest = crate::scenario::table::nearest(name, known.clone());
        let hint = || {
            // Names whose first part of the path is the same, if there are any; else all.
            let kind = |path: &str| path.split('.').next().map(String::from);
            let same_kind: Vec<&str> = known
                .clone()
                .filter(|path| kind(path) == kind(name))
                .collect();
            let shown = if same_kind.is_empty() {
                known.collect()
            } else {
                same_kind
            };
            format!("known: {}", ticked(shown))
        };
        Self::Unknown(Box::new(Problem {
            hint: nearest.is_none().then(hint),
            nearest,
            ..Problem::error("", message)
        }))
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems) => write!(f, "{problems}"),
            Self::Unknown(problem) => write!(f, "{problem}"),
            Self::Run(error) => write!(f, "error: {error}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

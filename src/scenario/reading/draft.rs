//! What all readers share: the texts, the catalog, and the problems found so far.

use super::lookup::Catalog;
use super::sources::Sources;
use crate::plan::problem::{Place, Problem, Severity};
use crate::scenario::keys::table::nearest;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// What all cursors of one reading share.
pub struct Context<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// The catalog.
    pub catalog: &'a dyn Catalog,
    /// Errors and warnings found so far.
    pub problems: RefCell<Vec<Problem>>,
    /// Paths of AWS keys without effect.
    pub ignored: RefCell<BTreeSet<String>>,
}

/// A problem in the making; [`Draft::report`] files it.
#[must_use]
pub struct Draft<'a> {
    pub context: &'a Context<'a>,
    pub problem: Problem,
}

impl<'a> Context<'a> {
    /// A context without findings.
    pub fn new(sources: &'a Sources, catalog: &'a dyn Catalog) -> Self {
        Self {
            sources,
            catalog,
            problems: RefCell::default(),
            ignored: RefCell::default(),
        }
    }

    /// True when nothing worse than a warning was found since `mark`.
    pub fn is_clean_since(&self, mark: usize) -> bool {
        let problems = self.problems.borrow();
        problems
            .iter()
            .skip(mark)
            .all(|p| p.severity == Severity::Warning)
    }

    /// True when so much was found that more would help nobody.
    pub fn is_full(&self) -> bool {
        self.mark() >= MOST_PROBLEMS
    }

    /// How many findings there are.
    pub fn mark(&self) -> usize {
        self.problems.borrow().len()
    }
}

impl<'a> Draft<'a> {
    /// What would be right.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.problem.expected = Some(expected.into());
        self
    }
    /// The nearest valid name among these, if any is near; else all of them.
    pub fn among<'n>(mut self, typed: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        if self.context.is_full() {
            return self;
        }
        let names: Vec<&str> = names.into_iter().collect();
        self.problem.nearest = nearest(typed, names.iter().copied());
        if self.problem.nearest.is_none() && self.problem.hint.is_none() {
            self.problem.hint = Some(match names.len() {
                0 => "there are none yet".to_string(),
                _ => format!("known: {}", ticked(names.iter().copied())),
            });
        }
        self
    }
    /// The nearest valid name, when it was found elsewhere.
    pub fn nearest(mut self, name: Option<String>) -> Self {
        self.problem.nearest = name;
        self
    }
    /// Other advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.problem.hint = Some(hint.into());
        self
    }
    /// Elsewhere: in a file that is not part of the tree.
    pub fn at(mut self, place: Place) -> Self {
        self.problem.place = Some(place);
        self
    }
    /// Only a warning.
    pub fn warning(mut self) -> Self {
        self.problem.severity = Severity::Warning;
        self
    }
    /// Files it, unless there are too many already.
    pub fn report(mut self) {
        if self.context.mark() > MOST_PROBLEMS {
            return;
        }
        if self.context.is_full() {
            self.problem = Problem::error("", "there are more problems than are listed here");
        }
        self.context.problems.borrow_mut().push(self.problem);
    }
}

/// So many problems are listed; a hostile file has hundreds of thousands.
const MOST_PROBLEMS: usize = 1_000;

/// Names in backticks, with commas; long lists are cut.
pub fn ticked<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let all: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if all.len() > 24 {
        return format!("{}, …", all[..24].join(", "));
    }
    all.join(", ")
}

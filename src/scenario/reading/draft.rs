//! The context of one reading: its texts, its catalog and the problems found so far; and the
//! builder of a problem.

use super::lookup::Catalog;
use super::sources::Sources;
use crate::plan::problem::{Place, Problem, Severity};
use crate::scenario::keys::table::nearest;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The state that all cursors of one reading share.
pub struct Context<'a> {
    /// The texts that the nodes come from.
    pub sources: &'a Sources,
    /// Instance types, Fargate sizes and prices.
    pub catalog: &'a dyn Catalog,
    /// Errors and warnings in the order in which they were found.
    pub problems: RefCell<Vec<Problem>>,
    /// Paths of the AWS keys that were written and have no effect.
    pub ignored: RefCell<BTreeSet<String>>,
    /// What is left out or changed as the scenario asks: sentences, each with its variants.
    pub notes: RefCell<Vec<(String, Vec<String>)>>,
    /// The names of containers that load balancers check in the variant that is being read.
    balanced: RefCell<BTreeSet<String>>,
    /// The variant that is being read; `None` while what is read belongs to all.
    variant: RefCell<Option<String>>,
}

/// A problem that is being described; [`Draft::report`] adds it to the context.
#[must_use]
pub struct Draft<'a> {
    /// The context that the problem is added to.
    pub context: &'a Context<'a>,
    /// The problem as described so far.
    pub problem: Problem,
}

impl<'a> Context<'a> {
    /// A context without problems.
    pub fn new(sources: &'a Sources, catalog: &'a dyn Catalog) -> Self {
        Self {
            sources,
            catalog,
            problems: RefCell::default(),
            ignored: RefCell::default(),
            notes: RefCell::default(),
            balanced: RefCell::default(),
            variant: RefCell::default(),
        }
    }

    /// Adds a sentence on what is left out or changed in the variant that is being read.
    pub fn note(&self, sentence: String) {
        let variant = self.variant.borrow().clone();
        let mut notes = self.notes.borrow_mut();
        match notes.iter_mut().find(|(known, _)| *known == sentence) {
            Some((_, variants)) => variants.extend(variant),
            None => notes.push((sentence, variant.into_iter().collect())),
        }
    }

    /// Notes the containers that load balancers check in the variant that is read next.
    pub fn set_balanced(&self, containers: BTreeSet<String>) {
        self.balanced.replace(containers);
    }

    /// True for the name of a container that a load balancer checks.
    pub fn is_balanced(&self, container: &str) -> bool {
        self.balanced.borrow().contains(container)
    }

    /// Problems that are reported from now on are those of this variant; with `None` of all
    /// variants. Returns what was set before.
    pub fn enter(&self, variant: Option<String>) -> Option<String> {
        self.variant.replace(variant)
    }

    /// Adds problems that were found without a cursor.
    pub fn add(&'a self, problems: Vec<Problem>) {
        for problem in problems {
            let draft = Draft {
                context: self,
                problem,
            };
            draft.report();
        }
    }

    /// True when no error was found since [`mark`](Self::mark) returned `mark`.
    pub fn is_clean_since(&self, mark: usize) -> bool {
        let problems = self.problems.borrow();
        problems
            .iter()
            .skip(mark)
            .all(|p| p.severity != Severity::Error)
    }

    /// True when the largest number of problems is reached; further problems are not kept.
    pub fn is_full(&self) -> bool {
        self.mark() >= MOST_PROBLEMS
    }

    /// The number of problems found so far, for [`is_clean_since`](Self::is_clean_since).
    pub fn mark(&self) -> usize {
        self.problems.borrow().len()
    }
}

impl<'a> Draft<'a> {
    /// Sets what a valid value is; printed as `expected`.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.problem.expected = Some(expected.into());
        self
    }
    /// Suggests the valid name that is nearest to `typed`; if none is similar and there is no
    /// hint yet, the hint lists the valid names.
    pub fn among<'n>(mut self, typed: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        if self.context.is_full() {
            return self;
        }
        let names: Vec<&str> = names.into_iter().collect();
        self.problem.nearest = nearest(typed, names.iter().copied());
        if self.problem.nearest.is_none() && self.problem.hint.is_none() {
            self.problem.hint = Some(match names.len() {
                0 => "none is defined".to_string(),
                _ => format!("known: {}", ticked(names.iter().copied())),
            });
        }
        self
    }
    /// Suggests this name.
    pub fn nearest(mut self, name: Option<String>) -> Self {
        self.problem.nearest = name;
        self
    }
    /// Sets advice on how to correct the problem.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.problem.hint = Some(hint.into());
        self
    }
    /// Sets another place, such as a row of a data file.
    pub fn at(mut self, place: Place) -> Self {
        self.problem.place = Some(place);
        self
    }
    /// Makes it a warning instead of an error.
    pub fn warning(mut self) -> Self {
        self.problem.severity = Severity::Warning;
        self
    }
    /// Makes it a note instead of an error.
    pub fn note(mut self) -> Self {
        self.problem.severity = Severity::Note;
        self
    }
    /// Adds it to the context. The problem after the last one that is kept says that there are
    /// more; all further ones are dropped.
    pub fn report(mut self) {
        if self.context.mark() > MOST_PROBLEMS {
            return;
        }
        self.problem
            .variants
            .extend(self.context.variant.borrow().clone());
        if self.context.is_full() {
            self.problem = Problem::error(
                "",
                "there are more problems; only the first 1000 are listed",
            );
        }
        self.context.problems.borrow_mut().push(self.problem);
    }
}

/// The most problems that are kept. A hostile file can have hundreds of thousands.
pub const MOST_PROBLEMS: usize = 1_000;

/// Names in backticks, separated by commas; after 24 names the list ends with `…`.
pub fn ticked<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let all: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if all.len() > 24 {
        return format!("{}, …", all[..24].join(", "));
    }
    all.join(", ")
}

//! A place in a plan, and the reporting of problems there.

use super::rules::Flaw;
use crate::plan::problem::Problem;
use std::cell::RefCell;

/// A place in a plan, by the path of its key, where problems are reported.
#[derive(Clone)]
pub(super) struct At<'f> {
    path: String,
    pub(super) found: &'f RefCell<Vec<Problem>>,
}

impl<'f> At<'f> {
    pub(super) fn root(found: &'f RefCell<Vec<Problem>>) -> Self {
        Self {
            path: String::new(),
            found,
        }
    }

    /// A key or the name of an entity below this one.
    pub(super) fn key(&self, key: &str) -> Self {
        let path = match self.path.as_str() {
            "" => key.to_string(),
            path => format!("{path}.{key}"),
        };
        Self { path, ..*self }
    }

    /// An item of a list.
    pub(super) fn item(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    pub(super) fn problem(&self, message: impl Into<String>) {
        self.report(Problem::error(self.path.clone(), message));
    }

    pub(super) fn expected(&self, message: impl Into<String>, expected: &str) {
        self.report(Problem {
            expected: Some(expected.into()),
            ..Problem::error(self.path.clone(), message)
        });
    }

    pub(super) fn hint(&self, message: impl Into<String>, hint: &str) {
        self.report(Problem {
            hint: Some(hint.into()),
            ..Problem::error(self.path.clone(), message)
        });
    }

    /// A flaw that a rule has found below this place.
    pub(super) fn flaw(&self, flaw: Flaw) {
        let mut at = self.key(flaw.key);
        if let Some(index) = flaw.item {
            at = at.item(index);
        }
        self.report(Problem {
            expected: flaw.expected,
            hint: flaw.hint.map(String::from),
            ..Problem::error(at.path, flaw.message)
        });
    }

    fn report(&self, problem: Problem) {
        self.found.borrow_mut().push(problem);
    }

    /// Whether an index is within a list of this length; reports when not.
    pub(super) fn index(&self, index: usize, length: usize, what: &str) -> bool {
        if index < length {
            return true;
        }
        let message = format!("there is no {what} {index}");
        match length {
            0 => self.hint(message, &format!("the plan has no {what} yet")),
            _ => self.expected(message, &format!("an index from 0 to {}", length - 1)),
        }
        false
    }
}

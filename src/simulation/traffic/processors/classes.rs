//! Numbers of the kinds of tasks that want the same CPU: revisions, and of those whose targets get different shares
//! of the requests, each class of targets.

use crate::cluster::RevisionId;
use crate::simulation::life::TargetClass;
use std::collections::BTreeMap;

/// Numbers of revisions and classes, in the order in which they were asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::simulation) struct Classes {
    /// The number of the plain class, by revision.
    plain: Vec<usize>,
    /// The numbers of other classes.
    others: BTreeMap<(RevisionId, TargetClass), usize>,
    /// By number.
    all: Vec<(RevisionId, TargetClass)>,
}

impl Classes {
    /// The number of a class of a revision.
    pub(in crate::simulation) fn number(&mut self, of: (RevisionId, TargetClass)) -> usize {
        let (revision, class) = of;
        while self.plain.len() <= revision.index() {
            let next = RevisionId::new(self.plain.len());
            self.plain.push(self.all.len());
            self.all.push((next, TargetClass::default()));
        }
        if class == TargetClass::default() {
            return self.plain[revision.index()];
        }
        *self.others.entry(of).or_insert_with(|| {
            self.all.push(of);
            self.all.len() - 1
        })
    }

    /// The class of a revision that has a number; `None` beyond the last.
    pub(in crate::simulation) fn get(&self, number: usize) -> Option<(RevisionId, TargetClass)> {
        self.all.get(number).copied()
    }
}

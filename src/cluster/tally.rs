//! A pool's instances by how many tasks they have, of one group or of all: a search for the
//! fewest tasks does not look at the other instances.

use super::bitset::Bitset;

/// Instances by count.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Positions of the instances by their number of tasks.
    by_count: Vec<Bitset>,
}

impl Tally {
    /// An instance with a number of tasks joins.
    pub(super) fn add(&mut self, slot: usize, count: u32) {
        self.at(count).insert(slot);
    }

    /// The count of an instance changes.
    #[inline]
    pub(super) fn change(&mut self, slot: usize, from: u32, to: u32) {
        self.at(from).remove(slot);
        self.at(to).insert(slot);
    }

    fn at(&mut self, count: u32) -> &mut Bitset {
        let count = count as usize;
        if count >= self.by_count.len() {
            self.by_count.resize_with(count + 1, Bitset::default);
        }
        &mut self.by_count[count]
    }

    /// Visits instances, the fewest tasks first, and in order of registration among equals;
    /// `visit` says whether the instance fits. After a count with a fit the search is over;
    /// with `first_is_best` after the first fit.
    pub(super) fn search(&self, first_is_best: bool, mut visit: impl FnMut(usize) -> bool) {
        for instances in &self.by_count {
            let mut found = false;
            let mut at = instances.first();
            while let Some(slot) = at {
                found |= visit(slot);
                if found && first_is_best {
                    return;
                }
                at = instances.next(slot + 1);
            }
            if found {
                return;
            }
        }
    }
}

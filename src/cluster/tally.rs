//! A pool's instances by their number of tasks, of one group or of all groups. With it a search
//! for the fewest tasks reads no instance with more.

use super::bitset::Bitset;

/// Positions of instances, by number of tasks.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Index: the number of tasks.
    by_count: Vec<Bitset>,
}

/// What a search has seen at a position.
pub(super) enum Seen {
    /// The instance fits.
    Fits,
    /// The instance does not fit.
    DoesNotFit,
    /// Neither this instance nor any up to this later position fits.
    NoneFitsBefore(usize),
}

impl Tally {
    /// Adds the instance at position `slot` with `count` tasks.
    pub(super) fn add(&mut self, slot: usize, count: u32) {
        self.at(count).insert(slot);
    }

    /// Changes the number of tasks of the instance at position `slot`.
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

    /// Visits positions by number of tasks, ascending, then by position. The search ends after the
    /// first number of tasks with a fit; with `first_is_best` it ends after the first fit.
    pub(super) fn search(&self, first_is_best: bool, mut visit: impl FnMut(usize) -> Seen) {
        for instances in &self.by_count {
            let mut found = false;
            let mut at = instances.first();
            while let Some(slot) = at {
                let from = match visit(slot) {
                    Seen::Fits if first_is_best => return,
                    Seen::Fits => {
                        found = true;
                        slot + 1
                    }
                    Seen::DoesNotFit => slot + 1,
                    Seen::NoneFitsBefore(next) => next,
                };
                at = instances.next(from);
            }
            if found {
                return;
            }
        }
    }
}

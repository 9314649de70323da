//! Numbers distinct values.

use std::collections::BTreeMap;

/// Distinct values, numbered in the order in which they come.
pub(super) struct Distinct<T>(BTreeMap<T, u32>);

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord> Distinct<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of a value.
    pub(super) fn index(&mut self, value: T) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(value).or_insert(next)
    }

    /// The values by their numbers.
    pub(super) fn in_order(self) -> impl Iterator<Item = T> {
        let mut values: Vec<(u32, T)> = self.0.into_iter().map(|(v, n)| (n, v)).collect();
        values.sort_unstable_by_key(|(number, _)| *number);
        values.into_iter().map(|(_, value)| value)
    }
}

//! A set of small whole numbers. Finding its least member takes one step per level.

/// A set of numbers. Level 0 has one bit per number; each level above has one bit per word of the
/// level below, which is 1 when that word is not zero.
#[derive(Clone, Debug, Default)]
pub(super) struct Bitset {
    levels: Vec<Vec<u64>>,
}

impl Bitset {
    /// Extends the levels to numbers below `len`.
    fn grow(&mut self, len: usize) {
        let mut words = len.div_ceil(64).max(1);
        let mut level = 0;
        loop {
            if level == self.levels.len() {
                // A new top level has one bit per word of the old one.
                let below: Option<Vec<bool>> = level
                    .checked_sub(1)
                    .map(|l| self.levels[l].iter().map(|word| *word != 0).collect());
                let mut top = vec![0; words];
                for (index, set) in below.into_iter().flatten().enumerate() {
                    top[index / 64] |= u64::from(set) << (index % 64);
                }
                self.levels.push(top);
            } else if self.levels[level].len() < words {
                self.levels[level].resize(words, 0);
            }
            level += 1;
            if words == 1 {
                break;
            }
            words = words.div_ceil(64);
        }
    }

    /// Adds a number; nothing when it is a member.
    pub(super) fn insert(&mut self, number: usize) {
        if self
            .levels
            .first()
            .is_none_or(|words| number / 64 >= words.len())
        {
            self.grow((number + 1).next_power_of_two().max(64));
        }
        let mut at = number;
        for words in &mut self.levels {
            let word = &mut words[at / 64];
            let was_empty = *word == 0;
            *word |= 1 << (at % 64);
            if !was_empty {
                return;
            }
            at /= 64;
        }
    }

    /// Removes a number; nothing when it is not a member.
    pub(super) fn remove(&mut self, number: usize) {
        let mut at = number;
        for words in &mut self.levels {
            let word = &mut words[at / 64];
            *word &= !(1 << (at % 64));
            if *word != 0 {
                return;
            }
            at /= 64;
        }
    }

    /// The least member that is at least `from`; `None` when there is none.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        // Go up until a level has a bit at or after the position; then go down along the lowest
        // bits.
        let mut at = from;
        for (level, words) in self.levels.iter().enumerate() {
            let word = words.get(at / 64)?;
            let right = word & (!0u64).checked_shl((at % 64) as u32).unwrap_or(0);
            if right != 0 {
                at = at / 64 * 64 + right.trailing_zeros() as usize;
                for words in self.levels[..level].iter().rev() {
                    at = at * 64 + words[at].trailing_zeros() as usize;
                }
                return Some(at);
            }
            at = at / 64 + 1;
        }
        None
    }

    /// The least member; `None` when the set is empty.
    pub(super) fn first(&self) -> Option<usize> {
        let top = self.levels.last()?.first()?;
        if *top == 0 {
            return None;
        }
        let mut at = 0;
        for words in self.levels.iter().rev() {
            at = at * 64 + words[at].trailing_zeros() as usize;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::Bitset;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_agrees_with_an_ordered_set(script in prop::collection::vec((0usize..9000, any::<bool>()), 0..300)) {
            let mut fast = Bitset::default();
            let mut plain = BTreeSet::new();
            for (number, add) in script {
                if add {
                    fast.insert(number);
                    plain.insert(number);
                } else if plain.remove(&number) {
                    fast.remove(number);
                }
                prop_assert_eq!(fast.first(), plain.first().copied());
                let from = number / 2;
                prop_assert_eq!(fast.next(from), plain.range(from..).next().copied());
            }
        }
    }
}

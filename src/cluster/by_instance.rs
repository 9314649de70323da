//! The tasks on each instance: a doubly linked list per instance through the slots of the
//! tasks. Adding and removing a task takes constant time.

use super::InstanceId;
use super::instance::NONE;

/// The lists. The order within a list has no meaning.
#[derive(Clone, Debug, Default)]
pub(super) struct ByInstance {
    /// The slot of the first task of each instance, or `NONE`.
    heads: Vec<u32>,
    /// Links by slot; the link of a task that is on no instance has no meaning.
    links: Vec<Link>,
}

/// The neighbours of a task in its list: slots, or `NONE`.
#[derive(Clone, Copy, Debug)]
struct Link {
    next: u32,
    previous: u32,
}

impl Link {
    const ALONE: Self = Self {
        next: NONE,
        previous: NONE,
    };
}

impl ByInstance {
    /// Adds the task in a slot to the list of an instance.
    #[inline(never)]
    pub(super) fn join(&mut self, slot: u32, instance: InstanceId) {
        extend_to(&mut self.heads, instance.index(), NONE);
        extend_to(&mut self.links, slot as usize, Link::ALONE);
        let next = std::mem::replace(&mut self.heads[instance.index()], slot);
        self.links[slot as usize] = Link {
            next,
            previous: NONE,
        };
        if next != NONE {
            self.links[next as usize].previous = slot;
        }
    }

    /// Removes the task in a slot from the list of its instance.
    #[inline(never)]
    pub(super) fn leave(&mut self, slot: u32, instance: InstanceId) {
        let Link { next, previous } = self.links[slot as usize];
        if next != NONE {
            self.links[next as usize].previous = previous;
        }
        if previous == NONE {
            self.heads[instance.index()] = next;
        } else {
            self.links[previous as usize].next = next;
        }
    }

    /// The slots of the tasks on an instance.
    pub(super) fn slots(&self, instance: InstanceId) -> impl Iterator<Item = u32> {
        let head = self.heads.get(instance.index()).copied();
        let next = |slot: u32| Some(slot).filter(|slot| *slot != NONE);
        std::iter::successors(head.and_then(next), move |slot| {
            next(self.links[*slot as usize].next)
        })
    }
}

/// Lengthens a vector so that it has an element at `index`.
fn extend_to<T: Clone>(vector: &mut Vec<T>, index: usize, value: T) {
    if index >= vector.len() {
        vector.resize(index + 1, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(index: &ByInstance, instance: usize) -> Vec<u32> {
        let mut slots: Vec<u32> = index.slots(InstanceId::new(instance)).collect();
        slots.sort_unstable();
        slots
    }

    #[test]
    fn an_instance_that_never_had_a_task_has_none() {
        let mut index = ByInstance::default();
        assert!(sorted(&index, 3).is_empty());
        index.join(7, InstanceId::new(1));
        index.leave(7, InstanceId::new(1));
        assert!(sorted(&index, 1).is_empty());
    }

    proptest! {
        /// Each step moves the task of one slot to an instance, or takes it off.
        #[test]
        fn lists_have_the_tasks_that_a_plain_table_has(
            steps in proptest::collection::vec((0..12usize, proptest::option::of(0..4usize)), 0..200)
        ) {
            let mut index = ByInstance::default();
            let mut table: [Option<usize>; 12] = [None; 12];
            for (slot, to) in steps {
                if let Some(from) = std::mem::replace(&mut table[slot], to) {
                    index.leave(slot as u32, InstanceId::new(from));
                }
                if let Some(to) = to {
                    index.join(slot as u32, InstanceId::new(to));
                }
                for instance in 0..4 {
                    let there = (0u32..).zip(&table).filter(|(_, at)| **at == Some(instance));
                    let wanted: Vec<u32> = there.map(|(slot, _)| slot).collect();
                    prop_assert_eq!(sorted(&index, instance), wanted);
                }
            }
        }
    }
}

//! Typed ids, and a slab whose reused slots are told apart by a generation.

/// Declares an index newtype with `index()` and `new()`.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub struct $name(u32);

        impl $name {
            /// The id of the item at a position.
            ///
            /// # Panics
            /// When the position does not fit in 32 bits.
            #[inline(always)]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("at most 2^32 of one kind"))
            }
            /// The position of the item, from 0.
            #[inline(always)]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use typed_id;

/// A vector of values whose slots are reused. An id is a slot and its generation. A removal
/// raises the generation of the slot, so that an event that was scheduled for a removed value
/// does not reach the next value in its slot.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    live: usize,
}

// Begins at a line of the processor's cache, so that a task is in two of them and not in three.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            live: 0,
        }
    }
}

impl<T> Slab<T> {
    /// Adds a value and returns its slot and generation.
    #[inline]
    pub fn insert(&mut self, value: T) -> (u32, u32) {
        self.live += 1;
        if let Some(slot) = self.free.pop() {
            let entry = &mut self.slots[slot as usize];
            entry.value = Some(value);
            return (slot, entry.generation);
        }
        let slot = u32::try_from(self.slots.len()).expect("at most 2^32 alive at once");
        self.slots.push(Slot {
            generation: 0,
            value: Some(value),
        });
        (slot, 0)
    }

    /// The value with this id; `None` after its removal.
    #[inline]
    pub fn get(&self, slot: u32, generation: u32) -> Option<&T> {
        let entry = self.slots.get(slot as usize)?;
        if entry.generation == generation {
            entry.value.as_ref()
        } else {
            None
        }
    }

    /// Reads a slot, so that it is in the processor's cache when it is needed soon. The reads of
    /// several slots overlap; each by itself would have to be waited for.
    #[inline]
    pub fn touch(&self, slot: u32) {
        let entry = self.slots.get(slot as usize);
        std::hint::black_box(entry.map(|entry| (entry.generation, entry.value.is_some())));
    }

    /// The value with this id, to be changed; `None` after its removal.
    #[inline]
    pub fn get_mut(&mut self, slot: u32, generation: u32) -> Option<&mut T> {
        let entry = self.slots.get_mut(slot as usize)?;
        if entry.generation == generation {
            entry.value.as_mut()
        } else {
            None
        }
    }

    /// Removes a value and returns it; `None` when it was removed before.
    #[inline]
    pub fn remove(&mut self, slot: u32, generation: u32) -> Option<T> {
        let entry = self.slots.get_mut(slot as usize)?;
        if entry.generation != generation {
            return None;
        }
        let value = entry.value.take()?;
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(slot);
        self.live -= 1;
        Some(value)
    }

    /// The value in a slot with its generation; `None` when the slot is empty.
    #[inline]
    pub fn at(&self, slot: u32) -> Option<(u32, &T)> {
        let entry = self.slots.get(slot as usize)?;
        Some((entry.generation, entry.value.as_ref()?))
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.live
    }

    /// True when there is no value.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// All values in ascending order of slot, each as (slot, generation, value).
    pub fn with_ids(&self) -> impl Iterator<Item = (u32, u32, &T)> {
        let slots = (0u32..).zip(&self.slots);
        slots.filter_map(|(number, slot)| Some((number, slot.generation, slot.value.as_ref()?)))
    }

    /// All values in ascending order of slot.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| slot.value.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::Slab;

    #[test]
    fn an_old_id_does_not_reach_a_new_value() {
        let mut slab = Slab::default();
        let (slot, generation) = slab.insert("old");
        assert_eq!(slab.remove(slot, generation), Some("old"));
        assert_eq!(slab.at(slot), None);
        let (again, newer) = slab.insert("new");
        assert_eq!(again, slot);
        assert_ne!(newer, generation);
        assert_eq!(slab.get(slot, generation), None);
        assert_eq!(slab.get(slot, newer), Some(&"new"));
        assert_eq!(slab.at(slot), Some((newer, &"new")));
        assert_eq!(slab.len(), 1);
    }
}

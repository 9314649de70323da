//! A four-ary heap of scheduled events: it holds the events of the agenda that are pushed for the
//! time of the bucket that was reached last, and is the agenda's oracle in tests.

/// A scheduled event. Its place in the order is in two words: time, then `order`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<E> {
    /// When it is due, in µs.
    pub(super) time: u64,
    /// The phase in the upper three bits, the insertion number below.
    pub(super) order: u64,
    pub(super) event: E,
}

impl<E> Entry<E> {
    /// Its place in the order: the least key is due first.
    #[inline(always)]
    pub(super) fn key(&self) -> u128 {
        (u128::from(self.time) << 64) | u128::from(self.order)
    }
}

// Four children fit one or two cache lines, and the heap is half as deep as a binary one.
const ARITY: usize = 4;

/// A heap of entries, the least first.
#[derive(Clone, Debug)]
pub(super) struct Heap<E> {
    entries: Vec<Entry<E>>,
}

impl<E: Copy> Heap<E> {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[inline]
    pub(super) fn first(&self) -> Option<&Entry<E>> {
        self.entries.first()
    }

    /// Removes all entries and returns them in no particular order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Entry<E>> + '_ {
        self.entries.drain(..)
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry<E>) {
        self.entries.push(entry);
        self.rise(self.entries.len() - 1, entry);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Entry<E>> {
        let last = self.entries.pop()?;
        let Some(first) = self.entries.first().copied() else {
            return Some(last);
        };
        // The hole at the top sinks to the bottom along the least children, and the last
        // entry, which nearly always belongs near the bottom, rises from there.
        let len = self.entries.len();
        let mut hole = 0;
        loop {
            let child = hole * ARITY + 1;
            if child >= len {
                break;
            }
            let mut least = child;
            let mut least_key = self.entries[child].key();
            for other in child + 1..(child + ARITY).min(len) {
                let key = self.entries[other].key();
                if key < least_key {
                    least = other;
                    least_key = key;
                }
            }
            self.entries[hole] = self.entries[least];
            hole = least;
        }
        self.rise(hole, last);
        Some(first)
    }

    /// Moves a hole up from its place until `entry` fits there, and puts it there.
    #[inline]
    fn rise(&mut self, mut hole: usize, entry: Entry<E>) {
        let key = entry.key();
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.entries[parent].key() <= key {
                break;
            }
            self.entries[hole] = self.entries[parent];
            hole = parent;
        }
        self.entries[hole] = entry;
    }
}

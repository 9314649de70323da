//! A ring of time buckets with the later events of the agenda, unsorted. A bucket's place in the ring
//! is its number's low bits.

use super::heap::Entry;

/// End of a list.
const NIL: u32 = u32::MAX;

/// The ring. One list of nodes for all buckets takes less of the processor's cache than a list per
/// bucket: a node is used again soon.
#[derive(Clone, Debug)]
pub(super) struct Ring<E> {
    /// The entries, each linked to the next one of its bucket.
    nodes: Vec<Node<E>>,
    /// The first unused node.
    free: u32,
    /// The first node of each bucket.
    heads: Vec<u32>,
    /// A bit for each bucket: set when it has entries.
    occupied: Vec<u64>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node<E> {
    entry: Entry<E>,
    next: u32,
}

impl<E: Copy> Ring<E> {
    /// An empty ring. The number of buckets is a power of two, at least 64.
    pub(super) fn new(buckets: usize) -> Self {
        Self {
            nodes: Vec::new(),
            free: NIL,
            heads: vec![NIL; buckets],
            occupied: vec![0; buckets / 64],
            len: 0,
        }
    }

    #[inline]
    pub(super) fn buckets(&self) -> usize {
        self.heads.len()
    }

    /// The number of entries.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn place(&self, bucket: u64) -> usize {
        bucket as usize & (self.heads.len() - 1)
    }

    #[inline]
    pub(super) fn push(&mut self, bucket: u64, entry: Entry<E>) {
        let place = self.place(bucket);
        let next = std::mem::replace(&mut self.heads[place], NIL);
        let node = Node { entry, next };
        self.heads[place] = if self.free == NIL {
            self.nodes.push(node);
            u32::try_from(self.nodes.len() - 1).expect("at most 2^32 events are pending")
        } else {
            let index = self.free;
            self.free = self.nodes[index as usize].next;
            self.nodes[index as usize] = node;
            index
        };
        self.occupied[place / 64] |= 1 << (place % 64);
        self.len += 1;
    }

    /// The distance from a bucket to the next one with entries, in buckets.
    ///
    /// # Panics
    /// When the ring is empty.
    pub(super) fn next_occupied(&self, bucket: u64) -> u64 {
        let buckets = self.heads.len();
        let from = self.place(bucket + 1);
        let words = self.occupied.len();
        let mut word = from / 64;
        let mut bits = self.occupied[word] & (!0 << (from % 64));
        // One more word than the ring has: the bits of the first word below `from` come last.
        for _ in 0..=words {
            if bits != 0 {
                let place = word * 64 + bits.trailing_zeros() as usize;
                return (place.wrapping_sub(from) & (buckets - 1)) as u64 + 1;
            }
            word = (word + 1) % words;
            bits = self.occupied[word];
        }
        unreachable!("the ring holds something")
    }

    /// Moves the entries of a bucket to a list.
    pub(super) fn take(&mut self, bucket: u64, to: &mut Vec<Entry<E>>) {
        let place = self.place(bucket);
        let mut at = std::mem::replace(&mut self.heads[place], NIL);
        while at != NIL {
            let node = &mut self.nodes[at as usize];
            let next = std::mem::replace(&mut node.next, self.free);
            to.push(node.entry);
            self.free = at;
            self.len -= 1;
            at = next;
        }
        self.occupied[place / 64] &= !(1 << (place % 64));
    }

    /// Moves all entries to a list.
    pub(super) fn drain(&mut self, to: &mut Vec<Entry<E>>) {
        for head in &mut self.heads {
            let mut at = std::mem::replace(head, NIL);
            while at != NIL {
                let node = &self.nodes[at as usize];
                to.push(node.entry);
                at = node.next;
            }
        }
        self.nodes.clear();
        self.free = NIL;
        self.occupied.fill(0);
        self.len = 0;
    }
}

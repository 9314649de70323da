//! The event queue: what comes due, by time, phase and insertion.
//!
//! The events that are due next are in a small heap. Later events are in a ring of time buckets,
//! unsorted, and are moved to the heap when their bucket is reached. Events beyond the ring are
//! in an unsorted list, and are moved to the ring when it has advanced. So a push is an
//! insertion into a list, and a pop is one of a heap with a few entries, for any number of
//! pending events. This is a calendar queue whose buckets are sorted late.
//!
//! The width of a bucket and the number of buckets are fitted to the pending events. They change
//! the speed only: the order is in the entries themselves (time, phase, insertion number), so
//! that two events of one time and phase are popped in the order in which they were pushed, on
//! every machine.

use super::heap::{Entry, Heap};
use super::{Phase, Scheduled};
use crate::units::SimTime;

/// Bits of the order word below the phase: room for 2^61 insertions.
const PHASE_SHIFT: u32 = 61;
/// End of a list.
const NIL: u32 = u32::MAX;
/// The smallest number of buckets in the ring, and the largest. Both are powers of two, so that
/// a bucket's place in the ring is its number's low bits.
const LEAST_BUCKETS: usize = 256;
const MOST_BUCKETS: usize = 1 << 20;
/// The mean number of entries per reached bucket is kept between these: with fewer, empty
/// buckets are passed; with more, the heap is deep.
const SPARSE: u64 = 2;
const DENSE: u64 = 8;
/// The number of reached buckets after which their width is fitted again.
const REVIEW_EVERY: u64 = 4_096;

/// A priority queue of events, ordered by time, [`Phase`], and insertion.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    /// Everything due up to the end of the bucket `cursor`.
    near: Heap<E>,
    /// Entries of the ring, each linked to the next one of its bucket.
    nodes: Vec<Node<E>>,
    /// The first unused node.
    free: u32,
    /// The first node of each bucket.
    heads: Vec<u32>,
    /// A bit for each bucket: set when it has entries.
    occupied: Vec<u64>,
    in_ring: usize,
    /// Entries that are due beyond the ring, unsorted.
    far: Vec<Entry<E>>,
    /// The bucket that was reached last, counted from time zero.
    cursor: u64,
    /// The bucket at which `far` is searched for entries that the ring covers by then.
    review_far_at: u64,
    /// A bucket is 2^shift µs wide.
    shift: u32,
    /// Pushes so far.
    inserted: u64,
    /// Since the last review: buckets that were moved to the heap.
    reached: u64,
    /// Since the last review: entries of those buckets.
    brought: u64,
    /// Since the last review: buckets that the cursor has passed, empty ones included.
    passed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Node<E> {
    entry: Entry<E>,
    next: u32,
}

impl<E: Scheduled> Default for Agenda<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Scheduled> Agenda<E> {
    /// An empty agenda.
    pub fn new() -> Self {
        Self {
            near: Heap::new(),
            nodes: Vec::new(),
            free: NIL,
            heads: vec![NIL; LEAST_BUCKETS],
            occupied: vec![0; LEAST_BUCKETS / 64],
            in_ring: 0,
            far: Vec::new(),
            cursor: 0,
            review_far_at: LEAST_BUCKETS as u64 / 2,
            // 2^20 µs: about a second.
            shift: 20,
            inserted: 0,
            reached: 0,
            brought: 0,
            passed: 0,
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.near.len() + self.in_ring + self.far.len()
    }

    /// True when no event is pending.
    // `near` is never empty while the ring or `far` holds an entry: see `advance`.
    pub fn is_empty(&self) -> bool {
        self.near.is_empty()
    }

    /// Adds an event that is due at `time`. It is popped after all events of the same time and
    /// phase that were pushed before.
    #[inline]
    pub fn push(&mut self, time: SimTime, event: E) {
        let order = (event.phase() as u64) << PHASE_SHIFT | self.inserted;
        self.inserted += 1;
        let time = time.as_micros();
        if self.near.is_empty() {
            // No event is pending: the ring begins at the bucket of this one.
            self.cursor = time >> self.shift;
            self.review_far_at = self.cursor + self.heads.len() as u64 / 2;
        }
        self.file(Entry { time, order, event });
    }

    /// The time and the phase of the next event; `None` when no event is pending.
    #[inline]
    pub fn peek(&self) -> Option<(SimTime, Phase)> {
        let first = self.near.first()?;
        let phase = Phase::ALL[(first.order >> PHASE_SHIFT) as usize];
        Some((SimTime::micros(first.time), phase))
    }

    /// Removes the next event and returns it with its time.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let first = self.near.pop()?;
        if self.near.is_empty() {
            self.advance();
        }
        Some((SimTime::micros(first.time), first.event))
    }

    /// Puts an entry into the heap, the ring or `far`, by its time.
    #[inline]
    fn file(&mut self, entry: Entry<E>) {
        let bucket = entry.time >> self.shift;
        if bucket <= self.cursor {
            self.near.push(entry);
        } else if bucket - self.cursor < self.heads.len() as u64 {
            let place = bucket as usize & (self.heads.len() - 1);
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
            self.in_ring += 1;
        } else {
            self.far.push(entry);
        }
    }

    /// Advances the cursor to the next bucket with entries and moves these to the heap. Without
    /// one, the agenda is empty.
    fn advance(&mut self) {
        while self.near.is_empty() {
            if self.in_ring == 0 {
                let Some(first) = self.far.iter().map(|entry| entry.time).min() else {
                    return;
                };
                self.cursor = first >> self.shift;
                self.bring_nearer();
                continue;
            }
            let ahead = self.next_occupied();
            self.cursor += ahead;
            self.passed += ahead;
            if self.cursor >= self.review_far_at {
                self.bring_nearer();
            }
            self.reach();
        }
        if self.reached >= REVIEW_EVERY || self.len() > 2 * self.heads.len() {
            self.review();
        }
    }

    /// The distance from the cursor to the next bucket with entries, in buckets.
    fn next_occupied(&self) -> u64 {
        let buckets = self.heads.len();
        let from = (self.cursor as usize + 1) & (buckets - 1);
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

    /// Moves the entries of the cursor's bucket to the heap.
    fn reach(&mut self) {
        let place = self.cursor as usize & (self.heads.len() - 1);
        let mut at = std::mem::replace(&mut self.heads[place], NIL);
        self.occupied[place / 64] &= !(1 << (place % 64));
        self.reached += 1;
        while at != NIL {
            let node = &mut self.nodes[at as usize];
            let next = std::mem::replace(&mut node.next, self.free);
            self.near.push(node.entry);
            self.free = at;
            self.in_ring -= 1;
            self.brought += 1;
            at = next;
        }
    }

    /// Moves the entries of `far` that the ring covers by now.
    fn bring_nearer(&mut self) {
        self.review_far_at = self.cursor + self.heads.len() as u64 / 2;
        let end = self.cursor + self.heads.len() as u64;
        let mut index = 0;
        while index < self.far.len() {
            if self.far[index].time >> self.shift < end {
                let entry = self.far.swap_remove(index);
                self.file(entry);
            } else {
                index += 1;
            }
        }
    }

    /// Fits the width of a bucket to the entries per reached bucket, and the number of buckets to
    /// the number of pending events. All entries are filed again if either changes.
    fn review(&mut self) {
        let mut shift = self.shift;
        let per_bucket = self.brought.checked_div(self.reached);
        let gap = self.passed.checked_div(self.reached);
        if let (Some(per_bucket), Some(gap)) = (per_bucket, gap) {
            if per_bucket >= DENSE {
                shift = shift.saturating_sub((per_bucket / DENSE).ilog2() + 1);
            } else if per_bucket < SPARSE && gap >= SPARSE {
                shift = (shift + gap.ilog2()).min(40);
            }
        }
        (self.reached, self.brought, self.passed) = (0, 0, 0);
        let pending = self.len();
        let buckets = self.heads.len();
        let wanted = pending
            .next_power_of_two()
            .clamp(LEAST_BUCKETS, MOST_BUCKETS);
        let resize = wanted > buckets || wanted * 8 < buckets;
        if !resize && shift == self.shift {
            return;
        }
        let mut all: Vec<Entry<E>> = Vec::with_capacity(pending);
        all.extend(self.near.drain());
        for head in &mut self.heads {
            let mut at = std::mem::replace(head, NIL);
            while at != NIL {
                let node = &self.nodes[at as usize];
                all.push(node.entry);
                at = node.next;
            }
        }
        all.append(&mut self.far);
        self.nodes.clear();
        self.free = NIL;
        self.in_ring = 0;
        if resize {
            self.heads = vec![NIL; wanted];
            self.occupied = vec![0; wanted / 64];
        } else {
            self.occupied.fill(0);
        }
        self.shift = shift;
        let first = all.iter().map(|entry| entry.time).min().unwrap_or(0);
        self.cursor = first >> shift;
        self.review_far_at = self.cursor + self.heads.len() as u64 / 2;
        for entry in all {
            self.file(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Due(u8, u32);
    impl Scheduled for Due {
        fn phase(&self) -> Phase {
            Phase::ALL[self.0 as usize]
        }
    }

    #[test]
    fn one_instant_is_ordered_by_phase_then_insertion() {
        let mut agenda = Agenda::new();
        for (number, phase) in [7u8, 0, 4, 0, 2].into_iter().enumerate() {
            agenda.push(SimTime::micros(5), Due(phase, number as u32));
        }
        let order: Vec<u32> = std::iter::from_fn(|| agenda.pop())
            .map(|(_, e)| e.1)
            .collect();
        assert_eq!(order, [1, 3, 4, 2, 0]);
    }

    /// Plays a script of pushes and pops on the agenda and on a plain heap: both give the same
    /// events in the same order. A push is up to 2^`spread` µs ahead.
    fn agree(script: Vec<(u64, u8, bool)>, spread: u32) {
        let mut agenda = Agenda::new();
        let mut plain = Heap::new();
        let mut now = 0;
        for (number, (ahead, phase, pop)) in script.into_iter().enumerate() {
            let time = now + (ahead >> (63 - ahead % u64::from(spread)));
            let event = Due(phase, number as u32);
            agenda.push(SimTime::micros(time), event);
            let order = (u64::from(phase) << PHASE_SHIFT) | number as u64;
            plain.push(Entry { time, order, event });
            if pop {
                let wanted = plain.pop().unwrap();
                now = wanted.time;
                let phase = Phase::ALL[(wanted.order >> PHASE_SHIFT) as usize];
                assert_eq!(agenda.peek(), Some((SimTime::micros(now), phase)));
                assert_eq!(agenda.pop(), Some((SimTime::micros(now), wanted.event)));
            }
            assert_eq!(agenda.len(), plain.len());
        }
        while let Some(wanted) = plain.pop() {
            assert_eq!(
                agenda.pop(),
                Some((SimTime::micros(wanted.time), wanted.event))
            );
        }
        assert!(agenda.is_empty() && agenda.pop().is_none());
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_plain_heap(
            script in prop::collection::vec((any::<u64>(), 0u8..8, any::<bool>()), 0..600),
            spread in 1u32..50,
        ) {
            agree(script, spread);
        }
    }

    #[test]
    fn it_agrees_with_a_plain_heap_while_it_grows_and_shrinks() {
        let mut random = crate::engine::random::SplitMix64(1);
        for spread in [3, 25, 40] {
            let mut script = Vec::new();
            for step in 0..60_000u32 {
                // Twice as many pushes as pops, then one pop for each push.
                let pop = step > 30_000 || step.is_multiple_of(2);
                let bits = random.next_u64();
                script.push((random.next_u64(), (bits % 8) as u8, pop));
            }
            agree(script, spread);
        }
    }
}

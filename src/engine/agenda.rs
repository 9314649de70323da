//! The event queue: what comes due, by time, phase and insertion.
//!
//! Later events are in a ring of time buckets, unsorted. When a bucket is reached its events are
//! sorted. Events that are pushed for the time of that bucket are in a small heap beside them.
//! Events beyond the ring are in an unsorted list, and are moved to the ring when it has advanced.
//! So a push is an insertion into a list, and a pop is one from the end of a short sorted list, for
//! any number of pending events. This is a calendar queue whose buckets are sorted late.
//!
//! The width of a bucket and the number of buckets are fitted to the pending events. They change
//! the speed only: the order is in the entries themselves (time, phase, insertion number), so
//! that two events of one time and phase are popped in the order in which they were pushed, on
//! every machine.

use super::heap::{Entry, Heap};
use super::ring::Ring;
use super::{Phase, Scheduled};
use crate::units::SimTime;

/// Bits of the order word below the phase: room for 2^61 insertions.
const PHASE_SHIFT: u32 = 61;
/// The smallest number of buckets in the ring, and the largest. Both are powers of two, so that
/// a bucket's place in the ring is its number's low bits.
const LEAST_BUCKETS: usize = 64;
const MOST_BUCKETS: usize = 1 << 18;
/// The number of buckets is about the number of pending events divided by this.
const PENDING_PER_BUCKET: usize = 4;
/// The mean number of events that are popped per reached bucket is kept between these: with fewer,
/// many buckets are reached; with more, sorting takes long.
const SPARSE: u64 = 8;
const DENSE: u64 = 24;
/// The number of pushes after which the width of buckets is fitted again.
const REVIEW_EVERY: u64 = 1 << 14;

/// A priority queue of events, ordered by time, [`Phase`], and insertion.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    /// The entries of the bucket that was reached last, the next one at the end.
    reached: Vec<Entry<E>>,
    /// True when [`newly_reached`](Self::newly_reached) was not called since.
    is_newly_reached: bool,
    /// Entries that were pushed for the time up to the end of that bucket.
    late: Heap<E>,
    /// True when the next entry is in `late`.
    late_is_next: bool,
    /// Entries of later buckets, unsorted.
    ring: Ring<E>,
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
    /// Pushes and pops up to the last review.
    pushed_before: u64,
    popped_before: u64,
    /// Since the last review: buckets that were reached.
    buckets_reached: u64,
    /// Since the last review: buckets that the cursor has passed, empty ones included.
    passed: u64,
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
            reached: Vec::new(),
            is_newly_reached: false,
            late: Heap::new(),
            late_is_next: false,
            ring: Ring::new(LEAST_BUCKETS),
            far: Vec::new(),
            cursor: 0,
            review_far_at: LEAST_BUCKETS as u64 / 2,
            // 2^20 µs: about a second.
            shift: 20,
            inserted: 0,
            pushed_before: 0,
            popped_before: 0,
            buckets_reached: 0,
            passed: 0,
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.reached.len() + self.late.len() + self.ring.len() + self.far.len()
    }

    /// True when no event is pending.
    // `reached` and `late` are never both empty while the ring or `far` holds an entry: see
    // `advance`.
    pub fn is_empty(&self) -> bool {
        self.reached.is_empty() && self.late.is_empty()
    }

    /// Adds an event that is due at `time`. It is popped after all events of the same time and
    /// phase that were pushed before.
    #[inline]
    pub fn push(&mut self, time: SimTime, event: E) {
        let order = (event.phase() as u64) << PHASE_SHIFT | self.inserted;
        self.inserted += 1;
        let time = time.as_micros();
        if self.is_empty() {
            // No event is pending: the ring begins at the bucket of this one.
            self.cursor = time >> self.shift;
            self.review_far_at = self.cursor + self.ring.buckets() as u64 / 2;
        }
        self.file(Entry { time, order, event });
    }

    /// Compares the first of the reached and the first of the late entries.
    #[inline(always)]
    fn choose(&mut self) {
        self.late_is_next = match (self.reached.last(), self.late.first()) {
            (Some(reached), Some(late)) => late.key() < reached.key(),
            (reached, _) => reached.is_none(),
        };
    }

    /// The time and the phase of the next event; `None` when no event is pending.
    #[inline(always)]
    pub fn peek(&self) -> Option<(SimTime, Phase)> {
        let first = if self.late_is_next {
            self.late.first()?
        } else {
            self.reached.last()?
        };
        let phase = Phase::ALL[(first.order >> PHASE_SHIFT) as usize];
        Some((SimTime::micros(first.time), phase))
    }

    /// The events of the bucket that was reached last and are not popped, in no useful order, if
    /// this was not asked since it was reached. They are popped next, but for later pushes.
    #[inline(always)]
    pub(super) fn newly_reached(&mut self) -> Option<impl Iterator<Item = &E>> {
        let is_new = std::mem::replace(&mut self.is_newly_reached, false);
        is_new.then(|| self.reached.iter().map(|entry| &entry.event))
    }

    /// Removes the next event and returns it with its time.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let first = if self.late_is_next {
            self.late.pop()?
        } else {
            self.reached.pop()?
        };
        if self.is_empty() {
            self.advance();
        }
        self.choose();
        Some((SimTime::micros(first.time), first.event))
    }

    /// Puts an entry into the heap, the ring or `far`, by its time.
    #[inline]
    fn file(&mut self, entry: Entry<E>) {
        let bucket = entry.time >> self.shift;
        if bucket <= self.cursor {
            self.late.push(entry);
            self.choose();
        } else if bucket - self.cursor < self.ring.buckets() as u64 {
            self.ring.push(bucket, entry);
        } else {
            self.far.push(entry);
        }
    }

    /// Advances the cursor to the next bucket with entries and sorts these. Without one, the
    /// agenda is empty.
    #[inline(never)]
    fn advance(&mut self) {
        while self.is_empty() {
            if self.ring.len() == 0 {
                let Some(first) = self.far.iter().map(|entry| entry.time).min() else {
                    return;
                };
                self.cursor = first >> self.shift;
                self.bring_nearer();
                continue;
            }
            let ahead = self.ring.next_occupied(self.cursor);
            self.cursor += ahead;
            self.passed += ahead;
            if self.cursor >= self.review_far_at {
                self.bring_nearer();
            }
            self.reach();
        }
        let is_crowded = self.len() > 2 * PENDING_PER_BUCKET * self.ring.buckets();
        if self.inserted - self.pushed_before >= REVIEW_EVERY || is_crowded {
            self.review();
        }
    }

    /// Takes the entries of the cursor's bucket and sorts them.
    fn reach(&mut self) {
        self.ring.take(self.cursor, &mut self.reached);
        self.is_newly_reached = true;
        self.buckets_reached += 1;
        self.reached
            .sort_unstable_by_key(|entry| std::cmp::Reverse(entry.key()));
    }

    /// Moves the entries of `far` that the ring covers by now.
    fn bring_nearer(&mut self) {
        self.review_far_at = self.cursor + self.ring.buckets() as u64 / 2;
        let end = self.cursor + self.ring.buckets() as u64;
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

    /// Fits the width of a bucket to the events per reached bucket, and the number of buckets to
    /// the number of pending events. All entries are filed again if either changes.
    fn review(&mut self) {
        let mut shift = self.shift;
        let pending = self.len();
        let popped = self.inserted - pending as u64;
        let per_bucket = (popped - self.popped_before).checked_div(self.buckets_reached);
        let gap = self.passed.checked_div(self.buckets_reached);
        if let (Some(per_bucket), Some(gap)) = (per_bucket, gap) {
            if per_bucket >= DENSE {
                shift = shift.saturating_sub((per_bucket / DENSE).ilog2() + 1);
            } else if per_bucket < SPARSE {
                shift = (shift + gap.max(2).ilog2()).min(40);
            }
        }
        (self.pushed_before, self.popped_before) = (self.inserted, popped);
        (self.buckets_reached, self.passed) = (0, 0);
        let buckets = self.ring.buckets();
        let wanted = pending
            .div_ceil(PENDING_PER_BUCKET)
            .next_power_of_two()
            .clamp(LEAST_BUCKETS, MOST_BUCKETS);
        let resize = wanted > buckets || wanted * 8 < buckets;
        if !resize && shift == self.shift {
            return;
        }
        let mut all: Vec<Entry<E>> = Vec::with_capacity(pending);
        all.append(&mut self.reached);
        all.extend(self.late.drain());
        self.ring.drain(&mut all);
        all.append(&mut self.far);
        if resize {
            self.ring = Ring::new(wanted);
        }
        self.shift = shift;
        let first = all.iter().map(|entry| entry.time).min().unwrap_or(0);
        self.cursor = first >> shift;
        self.review_far_at = self.cursor + self.ring.buckets() as u64 / 2;
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

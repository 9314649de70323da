//! The event queue: what comes due, by time, phase and insertion.
//!
//! A four-ary heap with the order packed into one word beside the time. Ties are broken by
//! insertion, so that two events of one phase come in the order in which they were
//! scheduled, on every machine.

use super::{Phase, Scheduled};
use crate::units::SimTime;

/// Bits of the order word below the phase: room for 2^61 insertions.
const PHASE_SHIFT: u32 = 61;
const ARITY: usize = 4;

/// The agenda.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    heap: Vec<Entry<E>>,
    inserted: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    /// Phase, then insertion number.
    order: u64,
    event: E,
}

impl<E> Entry<E> {
    #[inline(always)]
    fn key(&self) -> u128 {
        (u128::from(self.time) << 64) | u128::from(self.order)
    }
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self {
            heap: Vec::new(),
            inserted: 0,
        }
    }
}

const PHASES: [Phase; 8] = [
    Phase::Release,
    Phase::Recover,
    Phase::Fail,
    Phase::Retire,
    Phase::Arrive,
    Phase::Decide,
    Phase::Scale,
    Phase::Sample,
];

impl<E: Scheduled> Agenda<E> {
    /// An empty agenda.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True when nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, time: SimTime, event: E) {
        let order = (event.phase() as u64) << PHASE_SHIFT | self.inserted;
        self.inserted += 1;
        let entry = Entry {
            time: time.as_micros(),
            order,
            event,
        };
        let mut hole = self.heap.len();
        self.heap.push(entry);
        let key = entry.key();
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.heap[parent].key() <= key {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    /// When and in which phase the next event is due.
    #[inline]
    pub fn peek(&self) -> Option<(SimTime, Phase)> {
        let first = self.heap.first()?;
        Some((
            SimTime::micros(first.time),
            PHASES[(first.order >> PHASE_SHIFT) as usize],
        ))
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first().copied() else {
            return Some((SimTime::micros(last.time), last.event));
        };
        // The hole at the top sinks to the bottom along the least children, and the last
        // entry, which nearly always belongs near the bottom, rises from there.
        let len = self.heap.len();
        let mut hole = 0;
        loop {
            let child = hole * ARITY + 1;
            if child >= len {
                break;
            }
            let end = (child + ARITY).min(len);
            let mut least = child;
            let mut least_key = self.heap[child].key();
            for other in child + 1..end {
                let key = self.heap[other].key();
                if key < least_key {
                    least = other;
                    least_key = key;
                }
            }
            self.heap[hole] = self.heap[least];
            hole = least;
        }
        let key = last.key();
        while hole > 0 {
            let parent = (hole - 1) / ARITY;
            if self.heap[parent].key() <= key {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = last;
        Some((SimTime::micros(first.time), first.event))
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
            PHASES[self.0 as usize]
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

    proptest! {
        #[test]
        fn it_agrees_with_a_stable_sort(script in prop::collection::vec((0u64..50, 0u8..8, any::<bool>()), 0..400)) {
            let mut agenda = Agenda::new();
            let mut plain: Vec<(u64, u8, u32)> = Vec::new();
            for (number, (time, phase, pop)) in script.into_iter().enumerate() {
                agenda.push(SimTime::micros(time), Due(phase, number as u32));
                plain.push((time, phase, number as u32));
                if pop {
                    plain.sort_unstable();
                    let wanted = plain.remove(0);
                    prop_assert_eq!(agenda.peek(), Some((SimTime::micros(wanted.0), PHASES[wanted.1 as usize])));
                    let (time, event) = agenda.pop().unwrap();
                    prop_assert_eq!((time.as_micros(), event.0, event.1), wanted);
                }
            }
            plain.sort_unstable();
            for wanted in plain {
                let (time, event) = agenda.pop().unwrap();
                prop_assert_eq!((time.as_micros(), event.0, event.1), wanted);
            }
            prop_assert!(agenda.is_empty());
        }
    }
}

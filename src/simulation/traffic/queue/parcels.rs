//! Messages in parcels: amounts that were sent in one time.

use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// Visible messages that were never received, sent evenly over a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fresh {
    pub(super) amount: u128,
    /// The time at which the first of them was sent.
    pub(super) from: SimTime,
    /// The time at which the last of them was sent.
    pub(super) to: SimTime,
}

impl Fresh {
    /// Takes the oldest of it, at most `amount`.
    pub(super) fn split(&mut self, amount: u128) -> Self {
        let part = amount.min(self.amount);
        let share = part as f64 / self.amount as f64;
        let span = self.to.since(self.from).as_micros();
        let middle = match part == self.amount {
            true => self.to,
            // `as` truncates toward zero: it does not pass the last.
            false => self.from + Span::micros((span as f64 * share) as u64),
        };
        let taken = Self {
            amount: part,
            from: self.from,
            to: middle,
        };
        self.amount -= part;
        self.from = middle;
        taken
    }
}

/// Messages that have been received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Received {
    pub(super) amount: u128,
    /// The mean time at which they were sent, in µs.
    pub(super) sent: f64,
    /// The number of times that each of them was received.
    pub(super) receives: u32,
    /// Second deliveries of messages that a task still works on: they are no messages of their own.
    pub(super) is_copy: bool,
}

/// Received messages of all kinds: one entry for each number of receives.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    pub(super) kinds: Vec<Received>,
}

impl Pool {
    /// Adds messages to those of the same kind.
    pub(super) fn add(&mut self, more: Received) {
        if more.amount == 0 {
            return;
        }
        let is_like =
            |of: &&mut Received| of.receives == more.receives && of.is_copy == more.is_copy;
        let Some(kind) = self.kinds.iter_mut().find(is_like) else {
            self.kinds.push(more);
            return;
        };
        let (old, new) = (kind.amount as f64, more.amount as f64);
        kind.sent = (kind.sent * old + more.sent * new) / (old + new);
        kind.amount += more.amount;
    }

    /// The amount of all kinds, second deliveries included.
    pub(super) fn total(&self) -> u128 {
        self.kinds.iter().map(|kind| kind.amount).sum()
    }

    /// The amount of messages, without second deliveries.
    pub(super) fn messages(&self) -> u128 {
        let messages = self.kinds.iter().filter(|kind| !kind.is_copy);
        messages.map(|kind| kind.amount).sum()
    }

    /// Takes `amount` of all, of each kind in proportion.
    pub(super) fn take(&mut self, amount: u128) -> Vec<Received> {
        let total = self.total();
        let mut left = amount.min(total);
        let share = match total {
            0 => 0.0,
            _ => left as f64 / total as f64,
        };
        let last = self.kinds.len().saturating_sub(1);
        let mut taken = Vec::with_capacity(self.kinds.len());
        for (number, kind) in self.kinds.iter_mut().enumerate() {
            let part = match number == last {
                true => left,
                false => (kind.amount as f64 * share) as u128,
            };
            let part = part.min(kind.amount).min(left);
            kind.amount -= part;
            left -= part;
            taken.push(Received {
                amount: part,
                ..*kind
            });
        }
        // What rounding has left is of any kind that has enough.
        for (kind, taken) in self.kinds.iter_mut().zip(&mut taken) {
            let part = left.min(kind.amount);
            kind.amount -= part;
            taken.amount += part;
            left -= part;
        }
        self.kinds.retain(|kind| kind.amount > 0);
        taken
    }
}

/// Messages that are not visible and that no task works on, by the time at which they are visible again.
#[derive(Clone, Debug, Default)]
pub(super) struct Away {
    due: BTreeMap<SimTime, Pool>,
}

impl Away {
    /// Adds messages that are visible again at `at`.
    pub(super) fn add(&mut self, at: SimTime, more: Received) {
        if more.amount > 0 {
            self.due.entry(at).or_default().add(more);
        }
    }

    /// The next time at which messages are visible again.
    pub(super) fn next(&self) -> Option<SimTime> {
        self.due.keys().next().copied()
    }

    /// Takes the messages of the first time, where it is not after `now`.
    pub(super) fn take_due(&mut self, now: SimTime) -> Option<Pool> {
        let first = self.due.first_entry().filter(|of| *of.key() <= now)?;
        Some(first.remove())
    }

    /// All kinds of messages.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &Received> {
        self.due.values().flat_map(|pool| &pool.kinds)
    }

    /// The amount of messages, without second deliveries.
    pub(super) fn messages(&self) -> u128 {
        self.due.values().map(Pool::messages).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(amount: u128, receives: u32, is_copy: bool) -> Received {
        Received {
            amount,
            sent: 5.0,
            receives,
            is_copy,
        }
    }

    #[test]
    fn a_pool_gives_each_kind_in_proportion_and_loses_nothing() {
        let mut pool = Pool::default();
        for (amount, receives) in [(100, 1), (50, 2), (7, 3), (50, 2)] {
            pool.add(kind(amount, receives, false));
        }
        pool.add(kind(10, 1, true));
        assert_eq!(
            (pool.total(), pool.messages(), pool.kinds.len()),
            (217, 207, 4)
        );
        let taken = pool.take(111);
        assert_eq!(taken.iter().map(|of| of.amount).sum::<u128>(), 111);
        assert_eq!((taken[0].amount, taken[1].amount), (51, 51));
        assert_eq!(pool.total(), 106);
        assert_eq!(
            pool.take(1_000).iter().map(|of| of.amount).sum::<u128>(),
            106
        );
        assert!(pool.kinds.is_empty() && pool.take(1).is_empty());
    }

    #[test]
    fn the_oldest_of_a_parcel_are_taken_first() {
        let at = |seconds| SimTime::ZERO + Span::seconds(seconds);
        let mut parcel = Fresh {
            amount: 60,
            from: at(0),
            to: at(60),
        };
        let taken = parcel.split(15);
        assert_eq!((taken.amount, taken.from, taken.to), (15, at(0), at(15)));
        assert_eq!(
            (parcel.amount, parcel.from, parcel.to),
            (45, at(15), at(60))
        );
        assert_eq!(parcel.split(99).amount, 45);
        assert_eq!(parcel.amount, 0);
    }
}

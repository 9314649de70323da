//! Messages in parcels: amounts that were sent in one time.

use crate::simulation::messages::Messages;
use crate::units::{SimTime, Span};
use std::collections::{BTreeMap, VecDeque};

/// Units of a message, as a number.
pub(super) const UNIT: f64 = Messages::PER_MESSAGE as f64;

/// From this number of receives on a message does not count for the age of the oldest
/// (facts/platform.md 12.8).
pub(super) const TOO_OFTEN: u32 = 3;

/// Parcels that were sent at the same rate are joined within this time.
const JOINED: Span = Span::seconds(60);

/// Two rates of sending that differ by less than this part are the same.
const SAME: f64 = 1e-6;

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

    /// The rate at which they were sent, in units per µs; infinite for those that came at once.
    fn rate(&self) -> f64 {
        self.amount as f64 / self.to.since(self.from).as_micros() as f64
    }

    /// True when `next` was sent after it at the same rate, and both within [`JOINED`].
    fn goes_on_with(&self, next: &Self) -> bool {
        self.to == next.from
            && next.to.since(self.from) <= JOINED
            && (self.rate() / next.rate() - 1.0).abs() < SAME
    }
}

/// Visible messages that were never received, in the order of sending.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    parcels: VecDeque<Fresh>,
    total: u128,
}

impl Line {
    /// Adds messages that were sent after all others.
    pub(super) fn push(&mut self, more: Fresh) {
        if more.amount == 0 {
            return;
        }
        self.total += more.amount;
        match self.parcels.back_mut() {
            Some(last) if last.goes_on_with(&more) => {
                last.amount += more.amount;
                last.to = more.to;
            }
            _ => self.parcels.push_back(more),
        }
    }

    /// The amount of all.
    pub(super) const fn total(&self) -> u128 {
        self.total
    }

    /// The oldest parcel.
    pub(super) fn first(&self) -> Option<&Fresh> {
        self.parcels.front()
    }

    /// Takes the oldest messages, at most `amount`: of the oldest parcel alone.
    pub(super) fn take(&mut self, amount: u128) -> Option<Fresh> {
        let first = self.parcels.front_mut()?;
        let taken = first.split(amount);
        self.total -= taken.amount;
        if first.amount == 0 {
            self.parcels.pop_front();
        }
        Some(taken)
    }

    /// The number of parcels.
    #[cfg(test)]
    pub(super) fn parcels(&self) -> usize {
        self.parcels.len()
    }

    /// The first parcel with which this amount is reached.
    pub(super) fn reaches(&self, amount: u128) -> Option<&Fresh> {
        let mut sum = 0;
        let mut parcels = self.parcels.iter();
        parcels.find(|parcel| {
            sum += parcel.amount;
            sum >= amount
        })
    }
}

/// Messages that have been received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Received {
    pub(super) amount: u128,
    /// The mean time at which they were sent, in µs.
    pub(super) sent: f64,
    /// The number of times that each of them was received; no more than the larger of `maxReceiveCount` and
    /// [`TOO_OFTEN`], as more makes no difference.
    pub(super) receives: u32,
    /// Second deliveries of messages that a task still works on: they are no messages of their own.
    pub(super) is_copy: bool,
}

impl Received {
    const fn kind(&self) -> (u32, bool) {
        (self.receives, self.is_copy)
    }
}

/// Received messages of all kinds: one entry for each number of receives, in ascending order.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    kinds: Vec<Received>,
    total: u128,
    copies: u128,
}

impl Pool {
    /// Adds messages to those of the same kind.
    pub(super) fn add(&mut self, more: Received) {
        if more.amount == 0 {
            return;
        }
        self.total += more.amount;
        if more.is_copy {
            self.copies += more.amount;
        }
        match self
            .kinds
            .binary_search_by_key(&more.kind(), Received::kind)
        {
            Ok(place) => {
                let kind = &mut self.kinds[place];
                let (old, new) = (kind.amount as f64, more.amount as f64);
                kind.sent = (kind.sent * old + more.sent * new) / (old + new);
                kind.amount += more.amount;
            }
            Err(place) => self.kinds.insert(place, more),
        }
    }

    /// Adds all messages of another pool.
    pub(super) fn merge(&mut self, other: Self) {
        match self.total {
            0 => *self = other,
            _ => other.kinds.into_iter().for_each(|kind| self.add(kind)),
        }
    }

    /// All kinds.
    pub(super) fn kinds(&self) -> &[Received] {
        &self.kinds
    }

    /// The amount of all kinds, second deliveries included.
    pub(super) const fn total(&self) -> u128 {
        self.total
    }

    /// The amount of messages, without second deliveries.
    pub(super) const fn messages(&self) -> u128 {
        self.total - self.copies
    }

    /// Takes all.
    pub(super) fn take_all(&mut self) -> Vec<Received> {
        (self.total, self.copies) = (0, 0);
        std::mem::take(&mut self.kinds)
    }

    /// Takes `amount` of all, of each kind in proportion.
    pub(super) fn take(&mut self, amount: u128) -> Vec<Received> {
        if amount >= self.total {
            return self.take_all();
        }
        let share = amount as f64 / self.total as f64;
        let mut left = amount;
        let mut taken = Vec::with_capacity(self.kinds.len());
        for kind in &mut self.kinds {
            let part = (kind.amount as f64 * share) as u128;
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
        let copies = taken.iter().filter(|kind| kind.is_copy);
        self.copies -= copies.map(|kind| kind.amount).sum::<u128>();
        self.total -= amount;
        taken
    }
}

/// Messages that are visible again at a constant rate until a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Returning {
    pub(super) pool: Pool,
    pub(super) until: SimTime,
}

/// Messages that are not visible and that no task works on, by the beginning of the slot of time in which they
/// are visible again.
#[derive(Clone, Debug, Default)]
pub(super) struct Away {
    due: BTreeMap<SimTime, Pool>,
    messages: u128,
}

impl Away {
    /// Adds messages that are visible again in the slot that begins at `at`.
    pub(super) fn add(&mut self, at: SimTime, more: Received) {
        if more.amount == 0 {
            return;
        }
        if !more.is_copy {
            self.messages += more.amount;
        }
        self.due.entry(at).or_default().add(more);
    }

    /// The beginning of the next slot in which messages are visible again.
    pub(super) fn next(&self) -> Option<SimTime> {
        self.due.keys().next().copied()
    }

    /// Takes the messages of the slots that have begun.
    pub(super) fn take_due(&mut self, now: SimTime) -> Pool {
        let mut all = Pool::default();
        while let Some(first) = self.due.first_entry().filter(|of| *of.key() <= now) {
            let pool = first.remove();
            self.messages -= pool.messages();
            all.merge(pool);
        }
        all
    }

    /// All kinds of messages.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &Received> {
        self.due.values().flat_map(|pool| &pool.kinds)
    }

    /// The amount of messages, without second deliveries.
    pub(super) const fn messages(&self) -> u128 {
        self.messages
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
        assert_eq!(
            (taken[0].amount, taken[1].amount, taken[2].amount),
            (52, 5, 51)
        );
        assert_eq!(pool.total(), 106);
        assert_eq!(
            pool.take(1_000).iter().map(|of| of.amount).sum::<u128>(),
            106
        );
        assert!(pool.kinds.is_empty() && pool.take(1).is_empty());
    }

    #[test]
    fn what_is_sent_at_one_rate_within_a_minute_is_one_parcel() {
        let at = |seconds| SimTime::ZERO + Span::seconds(seconds);
        let mut line = Line::default();
        for second in 0..150 {
            let rate = if second < 120 { 10 } else { 20 };
            line.push(Fresh {
                amount: rate,
                from: at(second),
                to: at(second + 1),
            });
        }
        assert_eq!((line.parcels.len(), line.total()), (3, 1_800));
        assert_eq!(line.reaches(601).unwrap().from, at(60));
        assert_eq!(line.take(700).unwrap().amount, 600);
        let second = line.take(300).unwrap();
        assert_eq!((second.from, second.to), (at(60), at(90)));
        assert_eq!(line.total(), 900);
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

//! Messages that are received, completed, and visible again.
//!
//! Messages that are visible again in one slot of time are so at a constant rate within the slot.

use super::books::MessageQueue;
use super::parcels::{Received, Returning, TOO_OFTEN, UNIT};
use super::waits::micros;
use crate::units::{SimTime, Span};

impl MessageQueue<'_> {
    /// The length of a slot.
    pub(super) fn slot(&self) -> Span {
        let half = self.plan.visibility_timeout.as_micros() / 2;
        Span::micros(half.clamp(1_000_000, 60_000_000))
    }

    /// The end of the slot that holds the present time.
    pub(super) fn slot_end(&self) -> SimTime {
        let slot = self.slot().as_micros();
        SimTime::micros((self.now.as_micros() / slot + 1) * slot)
    }

    /// The beginning of the slot which holds the time `rest` after `at`; no earlier than that of the slot after
    /// the present one.
    pub(super) fn slot_after(&self, at: SimTime, rest: Span) -> SimTime {
        let slot = self.slot().as_micros();
        let number = (at.as_micros() + rest.as_micros()) / slot;
        SimTime::micros(number * slot).max(self.slot_end())
    }

    /// What is left of the visibility timeout when a message was received some seconds ago.
    pub(super) fn rest_of_timeout(&self, seconds: f64) -> Span {
        let timeout = self.plan.visibility_timeout;
        match self.extends_visibility() {
            true => timeout,
            false => timeout.saturating_sub(Span::from_seconds_f64(seconds)),
        }
    }

    pub(super) fn extends_visibility(&self) -> bool {
        let consumer = self.consumer.as_ref();
        consumer.is_some_and(|of| of.worker.extends_visibility)
    }

    /// A slot has begun: its messages are visible again from now on, until its end.
    pub(super) fn begin_slot(&mut self) {
        if self.away.next().is_none_or(|next| next > self.now) {
            return;
        }
        let due = self.away.take_due(self.now);
        self.returning.pool.merge(due);
        self.returning.until = self.slot_end();
    }

    /// The rate at which messages are visible again now that tasks receive, in messages per second.
    pub(super) fn return_rate(&self) -> f64 {
        let Returning { pool, until } = &self.returning;
        if pool.total() == 0 || *until <= self.now {
            return 0.0;
        }
        let dead = pool.kinds().iter().filter(|kind| self.is_dead(kind));
        let dead: u128 = dead.map(|kind| kind.amount).sum();
        (pool.total() - dead) as f64 / UNIT / until.since(self.now).as_seconds_f64()
    }

    /// Takes the messages that are visible again from now until a time. Those that are too old are deleted, and
    /// dead letters move.
    pub(super) fn come_back(&mut self, until: SimTime) -> Vec<Received> {
        let total = self.returning.pool.total();
        if total == 0 {
            return Vec::new();
        }
        let left = self.returning.until.since(self.now).as_micros();
        let span = until.since(self.now).as_micros();
        let amount = match span >= left {
            true => total,
            false => (total as f64 * (span as f64 / left as f64)) as u128,
        };
        let back = self.returning.pool.take(amount);
        let oldest = self.oldest_kept();
        back.into_iter()
            .filter(|kind| self.stays(kind, oldest))
            .collect()
    }

    /// True for messages that are received again; what is too old is deleted, and a dead letter moves.
    fn stays(&mut self, kind: &Received, oldest: f64) -> bool {
        if kind.sent < oldest {
            if !kind.is_copy {
                self.passed.expired += kind.amount;
            }
            return false;
        }
        let is_dead = self.is_dead(kind);
        if is_dead {
            self.passed.dead_lettered += kind.amount;
        }
        !is_dead
    }

    /// True for messages that were received too often: they move to the dead-letter queue when a task would
    /// receive them again.
    fn is_dead(&self, kind: &Received) -> bool {
        match (self.plan.redrive, &self.pace) {
            (Some(redrive), Some(_)) => !kind.is_copy && kind.receives >= redrive.max_receive_count,
            _ => false,
        }
    }

    /// Visible messages that are too old are deleted, and dead letters move.
    pub(super) fn expire(&mut self) {
        let oldest = self.oldest_kept();
        let leave = |queue: &Self, kind: &Received| kind.sent < oldest || queue.is_dead(kind);
        let mut returned = self.returned.kinds().iter();
        if returned.any(|kind| leave(self, kind)) {
            for kind in self.returned.take_all() {
                if self.stays(&kind, oldest) {
                    self.returned.add(kind);
                }
            }
        }
        while let Some(parcel) = self.fresh.first() {
            let (from, to) = (micros(parcel.from), micros(parcel.to));
            if from >= oldest {
                return;
            }
            let share = match to > oldest {
                true => (oldest - from) / (to - from),
                false => 1.0,
            };
            let amount = part(parcel.amount, share);
            let expired = self.fresh.take(amount);
            self.passed.expired += expired.map_or(0, |of| of.amount);
            if share < 1.0 {
                return;
            }
        }
    }

    /// The time of sending of the oldest message that is kept, in µs; below zero where all are.
    pub(super) fn oldest_kept(&self) -> f64 {
        micros(self.now) - self.plan.retention.as_micros() as f64
    }

    /// A task receives messages again.
    pub(super) fn deliver_again(&mut self, kind: Received, at: SimTime) {
        self.passed.redelivered += kind.amount;
        let most = self.plan.redrive.map(|of| of.max_receive_count);
        let receives = (kind.receives + 1).min(most.map_or(TOO_OFTEN, |most| most.max(TOO_OFTEN)));
        self.deliver(Received { receives, ..kind }, at);
    }

    /// A task works on messages from now on. What it works on for longer than the visibility timeout is
    /// visible again meanwhile.
    pub(super) fn deliver(&mut self, of: Received, at: SimTime) {
        self.passed.received += of.amount;
        self.working.add(of);
        let Some(pace) = self.pace.as_ref().filter(|_| !of.is_copy) else {
            return;
        };
        let most = self
            .plan
            .redrive
            .map_or(u32::MAX, |of| of.max_receive_count);
        for (number, share) in (1_u32..).zip(&pace.longer) {
            if of.receives.saturating_add(number) > most {
                return;
            }
            let after = self.plan.visibility_timeout.as_micros() * u64::from(number);
            let due = self.slot_after(at, Span::micros(after));
            let copy = Received {
                amount: part(of.amount, *share),
                is_copy: true,
                ..of
            };
            self.away.add(due, copy);
        }
    }

    /// The work on an amount of messages ends. Some fail: they are visible again when their visibility timeout
    /// is over. Those whose work took too many timeouts have become dead letters meanwhile.
    pub(super) fn complete(&mut self, amount: u128, at: SimTime) {
        let (Some(pace), Some(consumer)) = (&self.pace, &self.consumer) else {
            return;
        };
        let fails = consumer.worker.failure_probability;
        let due = self.slot_after(at, self.rest_of_timeout(pace.seconds));
        let most = self.plan.redrive.map(|redrive| redrive.max_receive_count);
        self.passed.cpu_used += consumer.cpu_of(amount);
        for kind in self.working.take(amount) {
            if kind.is_copy {
                // It is deleted by a call too.
                self.passed.calls += kind.amount - part(kind.amount, fails);
                continue;
            }
            // Deliveries are left for this number of timeouts.
            let timeouts = most.map(|most| most.saturating_sub(kind.receives) as usize);
            let dead = timeouts.and_then(|number| pace.longer.get(number));
            let dead = part(kind.amount, dead.copied().unwrap_or(0.0));
            let failed = part(kind.amount - dead, fails);
            self.passed.dead_lettered += dead;
            self.passed.failed += failed;
            self.passed.processed += kind.amount - dead - failed;
            let amount = failed;
            self.away.add(due, Received { amount, ..kind });
        }
    }
}

/// A share of an amount.
pub(super) fn part(amount: u128, share: f64) -> u128 {
    match share >= 1.0 {
        true => amount,
        false => ((amount as f64 * share) as u128).min(amount),
    }
}

//! Amounts of messages that facts report.

use crate::units::Span;
use serde::{Deserialize, Serialize};

/// The messages of a queue in some time. The unit of messages is 10⁻¹² of one, so that all amounts are
/// whole: sent + moved in = processed + expired + dead-lettered + the change of visible + the change of in
/// flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    /// The length of the time.
    pub span: Span,
    /// Messages that producers sent.
    pub sent: u128,
    /// Dead letters that came from other queues.
    pub moved_in: u128,
    /// Deliveries to tasks: a message counts each time that it is received.
    pub received: u128,
    /// Of the deliveries, those of messages that had been received before.
    pub redelivered: u128,
    /// Messages that tasks processed and deleted.
    pub processed: u128,
    /// Deliveries whose processing failed.
    pub failed: u128,
    /// Deliveries whose task stopped while it worked on the message.
    pub interrupted: u128,
    /// Messages that were deleted because they were too old.
    pub expired: u128,
    /// Messages that moved to the dead-letter queue.
    pub dead_lettered: u128,
    /// Messages that are visible at the end of the time.
    pub visible: u128,
    /// Messages in flight at the end of the time: received, and neither deleted nor visible again.
    pub in_flight: u128,
    /// Messages that are visible at the end of the time because they come at random; in the books they are in
    /// flight or processed.
    pub by_chance: u128,
    /// Visible messages × µs.
    pub visible_time: u128,
    /// Messages in flight × µs.
    pub in_flight_time: u128,
    /// The age of the oldest message at the end of the time, in µs; 0 without messages.
    pub oldest: u64,
    /// Calls of SQS, in the same unit as messages.
    pub calls: u128,
    /// CPU that the RUNNING tasks used, in 1/128,000 vCPU × µs.
    pub cpu_used: u128,
    /// CPU that the RUNNING tasks have reserved, in 1/128,000 vCPU × µs.
    pub cpu_reserved: u128,
}

impl Messages {
    /// The units in one message.
    pub const PER_MESSAGE: u64 = 1_000_000_000_000;

    /// An amount in whole messages, rounded.
    pub const fn whole(amount: u128) -> u128 {
        let unit = Self::PER_MESSAGE as u128;
        (amount + unit / 2) / unit
    }

    /// Adds what passed in the time that follows.
    pub fn add(&mut self, next: &Self) {
        self.span = self.span.saturating_add(next.span);
        self.sent += next.sent;
        self.moved_in += next.moved_in;
        self.received += next.received;
        self.redelivered += next.redelivered;
        self.processed += next.processed;
        self.failed += next.failed;
        self.interrupted += next.interrupted;
        self.expired += next.expired;
        self.dead_lettered += next.dead_lettered;
        (self.visible, self.in_flight) = (next.visible, next.in_flight);
        self.by_chance = next.by_chance;
        self.visible_time += next.visible_time;
        self.in_flight_time += next.in_flight_time;
        self.oldest = next.oldest;
        self.calls += next.calls;
        self.cpu_used += next.cpu_used;
        self.cpu_reserved += next.cpu_reserved;
    }

    /// CPU used ÷ reserved, in millionths of a per cent; `None` without a RUNNING task.
    pub fn utilization(&self) -> Option<u64> {
        let part = (self.cpu_used * 100_000_000).checked_div(self.cpu_reserved)?;
        u64::try_from(part).ok()
    }

    /// True when every message is accounted for, given the visible messages and those in flight before.
    pub const fn adds_up(&self, before: (u128, u128)) -> bool {
        self.sent + self.moved_in + before.0 + before.1
            == self.processed + self.expired + self.dead_lettered + self.visible + self.in_flight
    }
}

//! The state of a queue: where its messages are.

use super::consumer::{Consumer, Pace, WorkerTasks};
use super::parcels::{Away, Fresh, Pool, Received};
use super::waits::Waits;
use crate::plan::{Queue, Worker};
use crate::simulation::messages::Messages;
use crate::simulation::response_times::ResponseTimes;
use crate::simulation::traffic::congestion::Congestion;
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// From this number of receives on a message does not count for the age of the oldest
/// (facts/platform.md 12.8).
const TOO_OFTEN: u32 = 3;

/// Less than half a message counts as none.
const HALF: u128 = Messages::PER_MESSAGE as u128 / 2;

/// A queue with its messages.
pub(in crate::simulation) struct MessageQueue<'p> {
    pub(super) plan: &'p Queue,
    /// The service that works on it; `None` for a dead-letter queue without one.
    pub(super) consumer: Option<Consumer<'p>>,
    /// Messages that are sent, in millionths per second.
    pub(super) offered: u64,
    /// The time up to which all is counted.
    pub(super) now: SimTime,
    /// Visible messages that were never received, the oldest first.
    pub(super) fresh: VecDeque<Fresh>,
    /// Visible messages that have been received: they are received first.
    pub(super) returned: Pool,
    /// Messages that tasks work on.
    pub(super) working: Pool,
    /// Messages that no task works on, until their visibility timeout is over.
    pub(super) away: Away,
    /// What has happened since the last report.
    pub(super) passed: Messages,
    pub(super) waits: Waits,
    pub(super) congestion: Congestion,
    /// Messages that wait because they come at random, beside those of the fluid.
    pub(super) by_chance: f64,
    /// How messages are worked on now; `None` where no task works.
    pub(super) pace: Option<Pace>,
}

impl<'p> MessageQueue<'p> {
    pub(in crate::simulation) fn new(plan: &'p Queue, worker: Option<&'p Worker>) -> Self {
        Self {
            plan,
            consumer: worker.map(Consumer::new),
            offered: 0,
            now: SimTime::ZERO,
            fresh: VecDeque::new(),
            returned: Pool::default(),
            working: Pool::default(),
            away: Away::default(),
            passed: Messages::default(),
            waits: Waits::default(),
            congestion: Congestion::new(),
            by_chance: 0.0,
            pace: None,
        }
    }

    /// Sets the rate at which messages are sent from now on, in millionths per second.
    pub(in crate::simulation) fn set_rate(&mut self, offered: u64) {
        self.offered = offered;
    }

    /// The tasks that work on it change, up to which all is counted. What those that leave work on is visible
    /// again when its visibility timeout is over.
    pub(in crate::simulation) fn set_tasks(&mut self, workers: WorkerTasks) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        let before = std::mem::replace(&mut consumer.workers, workers);
        if workers.tasks >= before.tasks {
            return;
        }
        let gone = f64::from(before.tasks - workers.tasks) / f64::from(before.tasks);
        let amount = match workers.tasks {
            0 => self.working.total(),
            _ => (self.working.total() as f64 * gone) as u128,
        };
        // On average half of the work is done.
        let half = self.pace.as_ref().map_or(0.0, |pace| pace.seconds / 2.0);
        let at = self.slot_after(self.now, self.rest_of_timeout(half));
        for part in self.working.take(amount) {
            if !part.is_copy {
                self.passed.interrupted += part.amount;
                self.away.add(at, part);
            }
        }
    }

    /// What is left of the visibility timeout when a message was received some seconds ago.
    pub(super) fn rest_of_timeout(&self, seconds: f64) -> Span {
        let timeout = self.plan.visibility_timeout;
        let extends = self
            .consumer
            .as_ref()
            .is_some_and(|of| of.worker.extends_visibility);
        match extends {
            true => timeout,
            false => timeout.saturating_sub(Span::from_seconds_f64(seconds)),
        }
    }

    /// The slot that is the nearest to a time after `at`, and later than `at`.
    pub(super) fn slot_after(&self, at: SimTime, rest: Span) -> SimTime {
        let slot = self.slot().as_micros();
        let due = (at.as_micros() + rest.as_micros() + slot / 2) / slot;
        SimTime::micros(due.max(at.as_micros() / slot + 1) * slot)
    }

    /// Messages that come back are taken together within this time.
    pub(super) fn slot(&self) -> Span {
        let half = self.plan.visibility_timeout.as_micros() / 2;
        Span::micros(half.clamp(1_000_000, 60_000_000))
    }

    /// The queue to which its dead letters move.
    pub(in crate::simulation) fn dead_letter_queue(&self) -> Option<usize> {
        self.plan.redrive.map(|redrive| redrive.target)
    }

    /// Dead letters of another queue come in, up to which all is counted.
    pub(in crate::simulation) fn move_in(&mut self, amount: u128) {
        if amount == 0 {
            return;
        }
        self.passed.moved_in += amount;
        let (from, to) = (self.now, self.now);
        self.fresh.push_back(Fresh { amount, from, to });
    }

    /// Visible messages of the fluid, second deliveries included.
    pub(super) fn waiting(&self) -> u128 {
        self.fresh_amount() + self.returned.total()
    }

    pub(super) fn fresh_amount(&self) -> u128 {
        self.fresh.iter().map(|parcel| parcel.amount).sum()
    }

    /// Visible messages.
    fn visible(&self) -> u128 {
        self.fresh_amount() + self.returned.messages()
    }

    fn in_flight(&self) -> u128 {
        self.working.messages() + self.away.messages()
    }

    /// Messages that are visible as a metric counts them, with those that wait by chance; those that are in
    /// flight; and the age of the oldest.
    pub(in crate::simulation) fn levels(&self) -> Levels {
        let unit = Messages::PER_MESSAGE as f64;
        let visible = self.visible() as f64 / unit + self.by_chance;
        let in_flight = self.in_flight() as f64 / unit;
        Levels {
            visible: (visible + 0.5) as u64,
            in_flight: (in_flight + 0.5) as u64,
            oldest: Span::micros(self.oldest()),
        }
    }

    /// The age of the oldest message in µs; 0 without one.
    fn oldest(&self) -> u64 {
        let now = self.now.as_micros();
        let fresh = self.oldest_fresh();
        let is_counted =
            |of: &&Received| !of.is_copy && of.receives < TOO_OFTEN && of.amount >= HALF;
        let received = self.returned.kinds.iter().chain(self.away.kinds());
        let received = received.filter(is_counted).map(|of| of.sent as u64);
        // What is worked on has been received for the time of its work, where nothing waits.
        let works = self.working.messages() >= HALF;
        let seconds = self.pace.as_ref().map_or(0.0, |pace| pace.seconds);
        let worked_on = works.then(|| now.saturating_sub((seconds * 1e6) as u64));
        let sent = received.chain(fresh).chain(worked_on).min();
        sent.map_or(0, |sent| now.saturating_sub(sent))
    }

    /// The time at which the oldest visible message was sent that was never received: the one with which half
    /// a message has been sent.
    fn oldest_fresh(&self) -> Option<u64> {
        let mut sum = 0;
        let mut parcels = self.fresh.iter();
        let parcel = parcels.find(|parcel| {
            sum += parcel.amount;
            sum >= HALF
        });
        parcel.map(|parcel| parcel.from.as_micros())
    }

    /// What has happened up to `now`; `None` where no time has passed since the last report.
    pub(in crate::simulation) fn pass(&mut self, now: SimTime) -> Option<Messages> {
        let before = self.now;
        if now <= before && self.passed.moved_in == 0 {
            return None;
        }
        self.advance(now);
        let mut passed = std::mem::take(&mut self.passed);
        passed.span = now.since(before);
        (passed.visible, passed.in_flight) = (self.visible(), self.in_flight());
        passed.oldest = self.oldest();
        passed.by_chance = (self.by_chance * Messages::PER_MESSAGE as f64) as u128;
        if let Some(consumer) = &self.consumer {
            let span = u128::from(passed.span.as_micros());
            passed.cpu_used += u128::from(consumer.workers.idle) * span;
            passed.cpu_reserved = u128::from(consumer.workers.reserved) * span;
        }
        Some(passed)
    }

    /// Forgets the waits that have been counted.
    pub(in crate::simulation) fn clear(&mut self) {
        self.waits.clear();
    }

    /// The waits of messages in the reported time.
    pub(in crate::simulation) fn wait_times(&self) -> ResponseTimes {
        self.waits.times.clone()
    }
}

/// The state of a queue as its metrics show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct Levels {
    /// Visible messages.
    pub(in crate::simulation) visible: u64,
    /// Messages in flight.
    pub(in crate::simulation) in_flight: u64,
    /// The age of the oldest message.
    pub(in crate::simulation) oldest: Span,
}

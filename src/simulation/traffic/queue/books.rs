//! The state of a queue: where its messages are.

use super::consumer::{Consumer, Pace, WorkerTasks};
use super::letters::Letters;
use super::parcels::{Away, Fresh, Line, Pool, Received, Returning, TOO_OFTEN, UNIT};
use super::waits::Waits;
use crate::plan::{Queue, Worker};
use crate::simulation::messages::Messages;
use crate::simulation::response_times::ResponseTimes;
use crate::simulation::traffic::congestion::Congestion;
use crate::units::{SimTime, Span};

/// Less than half a message counts as none.
const HALF: u128 = Messages::PER_MESSAGE as u128 / 2;

/// A queue with its messages.
pub(in crate::simulation) struct MessageQueue<'p> {
    pub(super) plan: &'p Queue,
    /// The service that works on it; `None` for a dead-letter queue without one.
    pub(super) consumer: Option<Consumer<'p>>,
    /// Messages that are sent, in 10⁻¹² per second.
    pub(super) offered: u64,
    /// What is sent of a unit of messages, in 10⁻⁶ of it.
    pub(super) rest: u128,
    /// The time up to which all is counted.
    pub(super) now: SimTime,
    /// Dead letters of other queues that come in.
    pub(super) letters: Letters,
    /// Visible messages that were never received, the oldest first.
    pub(super) fresh: Line,
    /// Visible messages that have been received: they are received first.
    pub(super) returned: Pool,
    /// Messages that tasks work on.
    pub(super) working: Pool,
    /// Messages that no task works on, until their visibility timeout is over.
    pub(super) away: Away,
    /// Of these, those that are visible again in the present slot of time.
    pub(super) returning: Returning,
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
            rest: 0,
            now: SimTime::ZERO,
            letters: Letters::default(),
            fresh: Line::default(),
            returned: Pool::default(),
            working: Pool::default(),
            away: Away::default(),
            returning: Returning::default(),
            passed: Messages::default(),
            waits: Waits::default(),
            congestion: Congestion::new(),
            by_chance: 0.0,
            pace: None,
        }
    }

    /// Sets the rate per second at which messages are sent from now on.
    pub(in crate::simulation) fn set_rate(&mut self, per_second: f64) {
        // `as` truncates toward zero and saturates.
        self.offered = (per_second * UNIT + 0.5) as u64;
    }

    /// The tasks that work on it change, up to which all is counted. What those that leave work on is visible
    /// again when its visibility timeout is over.
    pub(in crate::simulation) fn set_tasks(&mut self, workers: WorkerTasks) {
        let Some(consumer) = &mut self.consumer else {
            return;
        };
        let before = consumer.set_workers(workers);
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

    /// The RUNNING tasks that work on it.
    pub(in crate::simulation) fn tasks(&self) -> u32 {
        self.consumer.as_ref().map_or(0, |of| of.workers.tasks)
    }

    /// One message is sent now, up to which all is counted.
    pub(in crate::simulation) fn send_one(&mut self) {
        let amount = u128::from(Messages::PER_MESSAGE);
        self.passed.sent += amount;
        self.passed.calls += amount;
        let (from, to) = (self.now, self.now);
        self.fresh.push(Fresh { amount, from, to });
    }

    /// The queue to which its dead letters move.
    pub(in crate::simulation) fn dead_letter_queue(&self) -> Option<usize> {
        self.plan.redrive.map(|redrive| redrive.target)
    }

    /// Dead letters of another queue come in until the time at which this queue is looked at next.
    pub(in crate::simulation) const fn move_in(&mut self, amount: u128) {
        self.letters.amount += amount;
    }

    /// Visible messages of the fluid, second deliveries included.
    pub(super) const fn waiting(&self) -> u128 {
        self.fresh.total() + self.returned.total()
    }

    /// Visible messages.
    const fn visible(&self) -> u128 {
        self.fresh.total() + self.returned.messages()
    }

    pub(super) const fn in_flight(&self) -> u128 {
        self.working.messages() + self.away.messages() + self.returning.pool.messages()
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
        let is_counted =
            |of: &&Received| !of.is_copy && of.receives < TOO_OFTEN && of.amount >= HALF;
        // The one with which half a message has been sent.
        let fresh = self.fresh.reaches(HALF);
        let fresh = fresh.map(|parcel| parcel.from.as_micros());
        // Of those in work a step of time knows the mean: none is in work for longer than its work takes.
        let seconds = self.pace.as_ref().map_or(0.0, |pace| pace.seconds);
        let earliest = fresh.unwrap_or(now).saturating_sub((seconds * 1e6) as u64);
        let working = self.working.kinds().iter().filter(is_counted);
        let working = working.map(|of| (of.sent as u64).max(earliest));
        let pools = [&self.returned, &self.returning.pool];
        let received = pools.into_iter().flat_map(Pool::kinds);
        let received = received.chain(self.away.kinds()).filter(is_counted);
        // The fluid does not have the waits by chance: what is received has waited for them.
        let waited = (self.waits_by_chance() * 1e6) as u64;
        let received = received.map(|of| of.sent as u64).chain(working);
        let received = received.map(|sent| sent.saturating_sub(waited));
        let sent = received.chain(fresh).min();
        sent.map_or(0, |sent| now.saturating_sub(sent))
    }

    /// The mean time in seconds that messages wait by chance where half a message does.
    fn waits_by_chance(&self) -> f64 {
        let rate = self.offered as f64 / UNIT + self.return_rate();
        match self.by_chance >= 0.5 && rate > 0.0 {
            true => self.by_chance / rate,
            false => 0.0,
        }
    }

    /// What has happened up to `now`; `None` where no time has passed since the last report.
    pub(in crate::simulation) fn pass(&mut self, now: SimTime) -> Option<Messages> {
        let before = self.now;
        if now <= before {
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

//! The state of queues: their messages, the rates at which these are sent, and what is not told yet.

use super::queue::MessageQueue;
use super::rate::RateOverTime;
use crate::plan::{Plan, Worker};
use crate::simulation::messages::Messages;
use crate::simulation::response_times::ResponseTimes;
use crate::units::SimTime;

/// The queues of a run.
pub(super) struct Queues<'p> {
    pub(super) queues: Vec<WatchedQueue<'p>>,
    /// The queue of each service; `None`: it has none.
    pub(super) of_services: Vec<Option<usize>>,
    /// The beginning of the reported time.
    pub(super) origin: SimTime,
}

/// A queue with the rate of its messages.
pub(super) struct WatchedQueue<'p> {
    pub(super) queue: MessageQueue<'p>,
    pub(super) rate: RateOverTime<'p>,
    /// The next time at which the rate changes.
    pub(super) next_rate: Option<SimTime>,
    /// The next time at which it is looked at.
    pub(super) next: SimTime,
    /// What has passed since the metrics were measured last.
    pub(super) since_measured: Messages,
    /// What had passed then.
    pub(super) measured: Messages,
    /// Calls, in 10⁻¹² calls, that are not billed yet.
    pub(super) unbilled: u128,
}

impl<'p> Queues<'p> {
    pub(super) fn new(plan: &'p Plan, seed: u64) -> Self {
        let worker_of = |number: usize| -> Option<&'p Worker> {
            let mut workers = plan.services.iter().filter_map(|of| of.worker.as_ref());
            workers.find(|worker| worker.queue == number)
        };
        let queues = plan.queues.iter().enumerate().map(|(number, queue)| {
            let key = format!("queue {}", queue.name);
            let rates = (queue.rates.as_slice(), queue.noise);
            WatchedQueue {
                queue: MessageQueue::new(queue, worker_of(number)),
                rate: RateOverTime::new(rates, plan.start_unix_seconds, (seed, &key)),
                next_rate: Some(SimTime::ZERO),
                next: SimTime::ZERO,
                since_measured: Messages::default(),
                measured: Messages::default(),
                unbilled: 0,
            }
        });
        let services = plan.services.iter();
        let of_services = services.map(|of| of.worker.as_ref().map(|worker| worker.queue));
        Self {
            queues: queues.collect(),
            of_services: of_services.collect(),
            origin: SimTime::ZERO + plan.warm_up,
        }
    }

    /// The waits of messages in the reported time, by queue.
    pub(super) fn wait_times(&self) -> Vec<ResponseTimes> {
        let queues = self.queues.iter();
        queues.map(|of| of.queue.wait_times()).collect()
    }

    /// Counts what has passed in a queue, and before in the queues whose dead letters move to it: so these
    /// come in over the time in which they have moved.
    pub(super) fn advance(
        &mut self,
        number: usize,
        now: SimTime,
        told: &mut dyn FnMut(usize, Messages),
    ) {
        for source in 0..self.queues.len() {
            if self.queues[source].queue.dead_letter_queue() == Some(number) {
                self.advance(source, now, told);
            }
        }
        let watched = &mut self.queues[number];
        let target = watched.queue.dead_letter_queue();
        let Some(passed) = watched.queue.pass(now) else {
            return;
        };
        watched.since_measured.add(&passed);
        watched.unbilled += passed.calls;
        if now <= self.origin {
            watched.queue.clear();
        }
        told(number, passed);
        if let Some(target) = target {
            self.queues[target].queue.move_in(passed.dead_lettered);
        }
    }
}

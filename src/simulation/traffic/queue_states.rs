//! The state of queues: their messages, the rates at which these are sent, and what is not told yet.

use super::few_messages::FewMessages;
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
    rate: RateOverTime<'p>,
    /// The present rate in messages per second.
    per_second: f64,
    /// Messages that come one by one; `None` where the service never goes to zero tasks.
    pub(super) few: Option<FewMessages>,
    /// The next time at which the rate changes.
    next_rate: Option<SimTime>,
    /// The next time at which it is looked at.
    pub(super) next: SimTime,
    /// What has passed since the metrics were measured last.
    pub(super) since_measured: Messages,
    /// What had passed then.
    pub(super) measured: Messages,
    /// Calls, in 10⁻¹² calls, that are not billed yet.
    pub(super) unbilled: u128,
}

impl WatchedQueue<'_> {
    /// The rate of the messages, or whether tasks run, has changed, up to which all is counted.
    pub(super) fn set_rate(&mut self, now: SimTime) {
        if self.next_rate.is_some_and(|next| next <= now) {
            (self.per_second, self.next_rate) = self.rate.per_second_from(now);
        }
        let is_few = self.queue.tasks() == 0 && FewMessages::is_few(self.per_second);
        let one_by_one = self.few.as_mut().map(|few| {
            let rate = if is_few { self.per_second } else { 0.0 };
            few.set_rate(rate, now);
            if few.comes(now) {
                self.queue.send_one();
            }
            is_few
        });
        let fluid = match one_by_one {
            Some(true) => 0.0,
            _ => self.per_second,
        };
        self.queue.set_rate(fluid);
    }

    /// The next time at which messages come in another way.
    pub(super) fn next_change(&self) -> Option<SimTime> {
        let one = self.few.as_ref().and_then(FewMessages::next);
        self.next_rate.into_iter().chain(one).min()
    }
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
                per_second: 0.0,
                few: plan
                    .goes_to_zero(number)
                    .then(|| FewMessages::new(seed, &queue.name)),
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

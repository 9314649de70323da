//! What happens to the messages of a queue while its rates are constant.
//!
//! While messages wait, the tasks work on as many as they may: the queue changes in a straight line. While
//! none waits, each message is received at once, and the number that is worked on approaches rate × time per
//! message exponentially (the fluid limit of M/M/c).

use super::books::MessageQueue;
use super::calls::calls;
use super::consumer::Pace;
use super::parcels::{Fresh, Received};
use super::waits::micros;
use crate::simulation::messages::Messages;
use crate::units::{SimTime, Span};

/// Messages are taken as equally old within this time.
const STEP: Span = Span::seconds(60);

/// Units of a message, as a number.
const UNIT: f64 = Messages::PER_MESSAGE as f64;

/// The part of a message that counts as none.
const NOTHING: f64 = 1e-6;

impl MessageQueue<'_> {
    /// Does all that happens until `to`.
    pub(super) fn advance(&mut self, to: SimTime) {
        while self.now < to {
            self.come_back();
            self.expire();
            self.pace = self.present_pace();
            self.bury();
            let from = self.now;
            let before = (self.passed, self.waiting());
            self.take_at_once();
            self.pace = self.present_pace();
            let until = self.until(to);
            let busy = self.step(until);
            self.count(before, from, busy);
        }
    }

    /// Counts calls and integrals of what happened since `from`.
    fn count(&mut self, (before, waited): (Messages, u128), from: SimTime, busy: f64) {
        let micros = self.now.since(from).as_micros();
        let span = u128::from(micros);
        let waits = self.waiting();
        self.passed.visible_time += (waited + waits) / 2 * span;
        let in_flight = self.working.messages() + self.away.messages();
        self.passed.in_flight_time += in_flight * span;
        let sent = self.passed.sent - before.sent;
        self.passed.calls += sent;
        let Some(consumer) = &self.consumer else {
            return;
        };
        let passed = Messages {
            received: self.passed.received - before.received,
            processed: self.passed.processed - before.processed,
            ..Messages::default()
        };
        let seconds = micros as f64 / 1e6;
        self.passed.calls += calls(consumer, &passed, (busy, waited + waits > 0), seconds);
        if let Some(pace) = self
            .pace
            .as_ref()
            .filter(|_| consumer.worker.extends_visibility)
        {
            // One call for each visibility timeout of the work.
            let each = pace.seconds / self.plan.visibility_timeout.as_seconds_f64();
            self.passed.calls += (passed.received as f64 * each) as u128;
        }
    }

    /// Messages whose visibility timeout is over are visible again.
    fn come_back(&mut self) {
        let oldest = self.oldest_kept();
        while let Some(due) = self.away.take_due(self.now) {
            for kind in due.kinds {
                self.back(kind, oldest);
            }
        }
    }

    fn back(&mut self, kind: Received, oldest: f64) {
        if kind.sent >= oldest {
            self.returned.add(kind);
        } else if !kind.is_copy {
            self.passed.expired += kind.amount;
        }
    }

    /// Visible messages that are too old are deleted.
    fn expire(&mut self) {
        let oldest = self.oldest_kept();
        if oldest <= 0.0 {
            return;
        }
        for kind in std::mem::take(&mut self.returned.kinds) {
            self.back(kind, oldest);
        }
        while let Some(parcel) = self.fresh.front_mut() {
            let (from, to) = (micros(parcel.from), micros(parcel.to));
            if from >= oldest {
                return;
            }
            let share = match to > oldest {
                true => (oldest - from) / (to - from),
                false => 1.0,
            };
            let amount = match share < 1.0 {
                true => (parcel.amount as f64 * share) as u128,
                false => parcel.amount,
            };
            self.passed.expired += parcel.split(amount).amount;
            match share < 1.0 {
                true => return,
                false => drop(self.fresh.pop_front()),
            }
        }
    }

    /// Messages that were received too often move to the dead-letter queue when a task would receive them
    /// again.
    fn bury(&mut self) {
        let (Some(redrive), Some(_)) = (self.plan.redrive, &self.pace) else {
            return;
        };
        let most = redrive.max_receive_count;
        self.returned.kinds.retain(|kind| {
            let is_dead = !kind.is_copy && kind.receives >= most;
            if is_dead {
                self.passed.dead_lettered += kind.amount;
            }
            !is_dead
        });
    }

    /// The time of sending of the oldest message that is kept, in µs; below zero where all are.
    fn oldest_kept(&self) -> f64 {
        micros(self.now) - self.plan.retention.as_micros() as f64
    }

    /// How tasks work at the present rate.
    fn present_pace(&self) -> Option<Pace> {
        let consumer = self.consumer.as_ref()?;
        let rate = match self.waiting() {
            0 => self.offered as f64 / 1e6,
            _ => f64::MAX,
        };
        consumer.pace(rate, self.plan.visibility_timeout)
    }

    /// The end of the next step.
    fn until(&self, to: SimTime) -> SimTime {
        let mut step = STEP;
        let returns = self.consumer.as_ref().is_some_and(|consumer| {
            consumer.worker.failure_probability > 0.0
                || self
                    .pace
                    .as_ref()
                    .is_some_and(|pace| !pace.longer.is_empty())
        });
        let is_idle = self.offered == 0 && self.working.kinds.is_empty() && self.waiting() == 0;
        if returns && !is_idle {
            step = self.slot();
        }
        // Where messages become too old, they do so in small steps.
        if let Some(parcel) = self.fresh.front()
            && micros(parcel.from) < self.oldest_kept() + step.as_micros() as f64
        {
            let part = self.plan.retention.as_micros() / 120;
            step = step.min(Span::micros(part.clamp(1_000_000, STEP.as_micros())));
        }
        let next = self.away.next().filter(|next| *next > self.now);
        let until = to.min(self.now + step);
        next.map_or(until, |next| until.min(next))
    }

    /// Tasks with room receive messages that wait.
    fn take_at_once(&mut self) {
        let room = self.room();
        if room > 0 && self.waiting() > 0 {
            let now = micros(self.now);
            self.receive(room, (now, now));
        }
    }

    /// The messages that tasks may receive.
    fn room(&self) -> u128 {
        let slots = match (&self.consumer, &self.pace) {
            (Some(consumer), Some(_)) => (consumer.slots() * UNIT) as u128,
            _ => 0,
        };
        slots.saturating_sub(self.working.total())
    }

    /// Time passes until `until` at the latest: to the next change of how the queue behaves. Returns the part
    /// of the messages that tasks may work on which they worked on.
    fn step(&mut self, until: SimTime) -> f64 {
        let (Some(consumer), Some(pace)) = (&self.consumer, self.pace.clone()) else {
            self.by_chance = 0.0;
            self.send_until(until);
            self.now = until;
            return 0.0;
        };
        let (slots, rate) = (consumer.slots(), consumer.workers.rate);
        let offered = self.offered as f64 / 1e6;
        let is_full = self.room() as f64 / UNIT < NOTHING * slots.max(1.0);
        if self.waiting() > 0 || is_full && offered >= rate {
            self.drain(until, rate);
            return 1.0;
        }
        self.follow(until, &pace, (slots, rate));
        self.working.total() as f64 / UNIT / slots
    }

    /// Messages wait, and tasks complete as many as they can.
    fn drain(&mut self, until: SimTime, rate: f64) {
        let offered = self.offered as f64 / 1e6;
        let waits = self.waiting() as f64 / UNIT;
        let mut seconds = until.since(self.now).as_seconds_f64();
        if rate > offered {
            seconds = seconds.min(waits / (rate - offered));
        }
        let micros_on = ((seconds * 1e6 + 0.5) as u64).max(1);
        let (from, until) = (self.now, until.min(self.now + Span::micros(micros_on)));
        self.send_until(until);
        self.by_chance = 0.0;
        let most = rate * until.since(from).as_micros() as f64 * 1e6;
        // Each message that ends makes room for one that waits.
        let taken = self.receive(most as u128, (micros(from), micros(until)));
        self.complete(taken, until);
        self.now = until;
    }

    /// No message waits: each is received when it is sent.
    fn follow(&mut self, until: SimTime, pace: &Pace, (slots, rate): (f64, f64)) {
        let offered = self.offered as f64 / 1e6;
        let works = self.working.total() as f64 / UNIT;
        let goal = offered * pace.seconds;
        let mut seconds = until.since(self.now).as_seconds_f64();
        if goal > slots && works < slots {
            let reaches = pace.seconds * libm::log((goal - works) / (goal - slots));
            seconds = seconds.min(reaches);
        }
        let micros_on = ((seconds * 1e6 + 0.5) as u64).max(1);
        let until = until.min(self.now + Span::micros(micros_on));
        let span = until.since(self.now);
        let sent = u128::from(self.offered) * u128::from(span.as_micros());
        let after = goal + (works - goal) * libm::exp(-span.as_seconds_f64() / pace.seconds);
        let all = self.working.total() + sent;
        let after = ((after.clamp(0.0, slots) * UNIT) as u128).min(all);
        self.passed.sent += sent;
        self.wait_by_chance(sent, rate);
        let at_once = Received {
            amount: sent,
            sent: f64::midpoint(micros(self.now), micros(until)),
            receives: 1,
            is_copy: false,
        };
        self.deliver(at_once, until);
        self.complete(all - after, until);
        self.now = until;
    }

    /// The waits of messages that come at random to tasks that are fast enough.
    fn wait_by_chance(&mut self, sent: u128, rate: f64) {
        self.by_chance = 0.0;
        let Some(consumer) = self.consumer.as_ref().filter(|_| sent > 0) else {
            return;
        };
        let messages = sent as f64 / UNIT;
        let offered = self.offered as f64 / 1e6;
        for part in self.congestion.pass(offered / rate, messages) {
            let utilization = 1.0 - 1.0 / part.congestion.max(1.0);
            let wait = consumer.wait(utilization);
            let amount = (sent as f64 * part.share.clamp(0.0, 1.0)) as u128;
            self.waits.at_random(amount, wait);
            // Little's law.
            self.by_chance += part.share * offered * wait.0 * wait.1;
        }
    }

    /// Messages are sent until a time and wait.
    fn send_until(&mut self, until: SimTime) {
        let micros = until.since(self.now).as_micros();
        let amount = u128::from(self.offered) * u128::from(micros);
        if amount > 0 {
            self.passed.sent += amount;
            let (from, to) = (self.now, until);
            self.fresh.push_back(Fresh { amount, from, to });
        }
    }

    /// Tasks receive up to `amount` of the messages that wait, evenly from one time to another (in µs).
    /// Returns what was received.
    fn receive(&mut self, amount: u128, (from, to): (f64, f64)) -> u128 {
        let mut left = amount;
        let end = SimTime::micros(to as u64);
        for kind in std::mem::take(&mut self.returned.kinds) {
            let part = left.min(kind.amount);
            left -= part;
            self.passed.redelivered += part;
            let (receives, rest) = (kind.receives + 1, kind.amount - part);
            let again = Received {
                amount: part,
                receives,
                ..kind
            };
            self.deliver(again, end);
            let rest = Received {
                amount: rest,
                ..kind
            };
            self.returned.add(rest);
        }
        while left > 0
            && let Some(parcel) = self.fresh.front_mut()
        {
            let taken = parcel.split(left);
            if parcel.amount == 0 {
                self.fresh.pop_front();
            }
            let at = |done: u128| from + (to - from) * (done as f64 / amount as f64);
            let done = amount - left;
            let times = (at(done), at(done + taken.amount));
            self.waits.received(&taken, times);
            left -= taken.amount;
            let first = Received {
                amount: taken.amount,
                sent: f64::midpoint(micros(taken.from), micros(taken.to)),
                receives: 1,
                is_copy: false,
            };
            self.deliver(first, end);
        }
        amount - left
    }

    /// A task works on messages from now on. What it works on for longer than the visibility timeout is
    /// visible again meanwhile.
    fn deliver(&mut self, of: Received, at: SimTime) {
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
                amount: (of.amount as f64 * share) as u128,
                is_copy: true,
                ..of
            };
            self.away.add(due, copy);
        }
    }

    /// The work on an amount of messages ends. Some fail: they are visible again when their visibility timeout
    /// is over. Those whose work took too many timeouts have become dead letters meanwhile.
    fn complete(&mut self, amount: u128, at: SimTime) {
        let Some(pace) = self.pace.clone() else {
            return;
        };
        let fails = self
            .consumer
            .as_ref()
            .map_or(0.0, |of| of.worker.failure_probability);
        let due = self.slot_after(at, self.rest_of_timeout(pace.seconds));
        let most = self.plan.redrive.map(|redrive| redrive.max_receive_count);
        for kind in self.working.take(amount) {
            if let Some(consumer) = &self.consumer {
                self.passed.cpu_used += consumer.cpu_of(kind.amount);
            }
            if kind.is_copy {
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
fn part(amount: u128, share: f64) -> u128 {
    match share >= 1.0 {
        true => amount,
        false => ((amount as f64 * share) as u128).min(amount),
    }
}

#[cfg(test)]
mod tests {
    use super::super::consumer::WorkerTasks;
    use super::*;
    use crate::plan::{Queue, Redrive, Worker};
    use crate::units::Cpu;

    const ONE: u128 = Messages::PER_MESSAGE as u128;

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::seconds(seconds)
    }

    fn workers(worker: &Worker, tasks: u32) -> WorkerTasks {
        let cpu = Cpu::vcpus(1);
        WorkerTasks {
            tasks,
            rate: worker.most_per_task(cpu) * f64::from(tasks),
            cores: f64::from(tasks),
            reserved: Cpu::BASE_PER_VCPU * u64::from(tasks),
            idle: 0,
        }
    }

    /// A queue at a rate per second, with tasks of one vCPU.
    fn queue<'p>(plan: &'p Queue, worker: &'p Worker, rate: u64, tasks: u32) -> MessageQueue<'p> {
        let mut queue = MessageQueue::new(plan, Some(worker));
        queue.set_rate(rate * 1_000_000);
        queue.set_tasks(workers(worker, tasks));
        queue
    }

    /// Messages, up to thousandths.
    fn rounded(amount: u128) -> f64 {
        (amount as f64 / UNIT * 1e3).round() / 1e3
    }

    #[test]
    fn below_the_capacity_as_many_are_in_flight_as_littles_law_says() {
        let (plan, worker) = (Queue::new("jobs"), Worker::new(0));
        let mut queue = queue(&plan, &worker, 5, 10);
        let first = queue.pass(at(1)).unwrap();
        // 5 × (1 − e⁻¹).
        assert_eq!((rounded(first.in_flight), first.visible), (3.161, 0));
        let passed = queue.pass(at(101)).unwrap();
        assert_eq!((rounded(passed.in_flight), passed.sent), (5.0, 500 * ONE));
        assert_eq!(queue.levels().in_flight, 5);
        assert!((passed.utilization().unwrap() as f64 / 1e6 - 50.0).abs() < 0.2);
        assert!(passed.adds_up((first.visible, first.in_flight)));
    }

    #[test]
    fn above_the_capacity_the_backlog_grows_and_is_worked_off() {
        let (plan, worker) = (Queue::new("jobs"), Worker::new(0));
        let mut queue = queue(&plan, &worker, 15, 10);
        let first = queue.pass(at(100)).unwrap();
        // The tasks were full after ln 3 seconds, with 15 × 1.0986 − 10 processed until then.
        assert!((rounded(first.visible) - 494.5).abs() < 0.2, "{first:?}");
        assert_eq!(rounded(first.in_flight), 10.0);
        queue.set_rate(0);
        let second = queue.pass(at(140)).unwrap();
        assert_eq!(rounded(second.processed), 400.0);
        // 1,405.5 were received, the last of them sent at 93.7 s.
        assert_eq!(second.oldest / 1_000_000, 46);
        let third = queue.pass(at(200)).unwrap();
        assert_eq!((third.visible, rounded(third.in_flight)), (0, 0.0));
        let times = queue.wait_times();
        assert_eq!(rounded(times.requests()), 1_500.0);
        // The last one waited from 100 s to 149.45 s.
        assert!((times.quantile(1.0).unwrap() - 49.45).abs() < 1.0);
    }

    #[test]
    fn without_tasks_messages_wait_and_become_too_old() {
        let plan = Queue {
            retention: Span::seconds(600),
            ..Queue::new("jobs")
        };
        let worker = Worker::new(0);
        let mut queue = queue(&plan, &worker, 1, 0);
        let passed = queue.pass(at(500)).unwrap();
        assert_eq!((rounded(passed.visible), passed.expired), (500.0, 0));
        assert_eq!(queue.levels().oldest, Span::seconds(500));
        let passed = queue.pass(at(1_000)).unwrap();
        assert!((rounded(passed.expired) - 400.0).abs() < 6.0, "{passed:?}");
        assert!((rounded(passed.visible) - 600.0).abs() < 6.0);
    }

    #[test]
    fn a_message_that_fails_comes_back_until_it_is_a_dead_letter() {
        let plan = Queue {
            redrive: Some(Redrive {
                max_receive_count: 3,
                target: 0,
            }),
            ..Queue::new("jobs")
        };
        let worker = Worker {
            failure_probability: 0.5,
            ..Worker::new(0)
        };
        let mut queue = queue(&plan, &worker, 10, 100);
        let first = queue.pass(at(600)).unwrap();
        queue.set_rate(0);
        let rest = queue.pass(at(2_000)).unwrap();
        assert!(rest.adds_up((first.visible, first.in_flight)));
        assert_eq!((rest.visible, rounded(rest.in_flight)), (0, 0.0));
        let dead = rounded(first.dead_lettered + rest.dead_lettered);
        assert!((dead - 6_000.0 / 8.0).abs() < 1.0, "{dead}");
        // 1 + ½ + ¼ deliveries of each.
        let received = rounded(first.received + rest.received);
        assert!((received - 10_500.0).abs() < 1.0, "{received}");
    }

    #[test]
    fn what_a_task_that_stops_works_on_comes_back_after_the_visibility_timeout() {
        let plan = Queue {
            visibility_timeout: Span::seconds(300),
            ..Queue::new("jobs")
        };
        let worker = Worker {
            cpu_per_message: Span::seconds(200),
            ..Worker::new(0)
        };
        let mut queue = queue(&plan, &worker, 1, 0);
        queue.pass(at(10)).unwrap();
        queue.set_rate(0);
        queue.set_tasks(workers(&worker, 10));
        let passed = queue.pass(at(11)).unwrap();
        assert_eq!(passed.visible, 0);
        queue.set_tasks(workers(&worker, 5));
        let passed = queue.pass(at(12)).unwrap();
        assert!((rounded(passed.interrupted) - 5.0).abs() < 0.1);
        // After half of 200 s 200 s of the timeout are left, in slots of 60 s.
        let passed = queue.pass(at(179)).unwrap();
        assert_eq!(passed.redelivered, 0);
        let passed = queue.pass(at(300)).unwrap();
        assert!(passed.redelivered > 4 * ONE, "{passed:?}");
    }

    #[test]
    fn work_beyond_the_visibility_timeout_is_done_twice() {
        let (plan, worker) = (
            Queue::new("jobs"),
            Worker {
                cpu_per_message: Span::seconds(45),
                ..Worker::new(0)
            },
        );
        let mut twice = queue(&plan, &worker, 1, 1_000);
        let passed = twice.pass(at(3_600)).unwrap();
        let ratio = passed.received as f64 / passed.sent as f64;
        assert!((ratio - 2.0).abs() < 0.02, "{ratio}");
        let extends = Worker {
            extends_visibility: true,
            ..worker.clone()
        };
        let mut once = queue(&plan, &extends, 1, 1_000);
        let passed = once.pass(at(3_600)).unwrap();
        assert_eq!(passed.received, passed.sent);
        // Sending, receiving, deleting, 1.5 extensions, and 1,000 tasks that poll each 20 s.
        assert!(passed.calls > passed.sent * 4 + 150_000 * ONE);
    }

    #[test]
    fn looking_more_often_changes_little_and_no_message_is_lost() {
        let plan = Queue {
            retention: Span::seconds(400),
            redrive: Some(Redrive {
                max_receive_count: 2,
                target: 0,
            }),
            ..Queue::new("jobs")
        };
        let worker = Worker {
            failure_probability: 0.2,
            concurrency: 3,
            ..Worker::new(0)
        };
        let mut queue = queue(&plan, &worker, 5, 10);
        let mut levels = (0, 0);
        let mut number: u64 = 1;
        let mut all = Messages::default();
        for step in 1_u64..2_000 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            if step.is_multiple_of(5) {
                queue.set_rate((number >> 33) % 30_000_000);
            }
            if step.is_multiple_of(3) {
                queue.set_tasks(workers(
                    &worker,
                    ((number >> 13) % 30) as u32 * u32::from(!number.is_multiple_of(5)),
                ));
            }
            let passed = queue.pass(SimTime::micros(step * 17_999_993)).unwrap();
            assert!(passed.adds_up(levels), "{step}");
            levels = (passed.visible, passed.in_flight);
            all.add(&passed);
        }
        assert!(all.expired > 0 && all.dead_lettered > 0 && all.interrupted > 0);
        assert!(all.adds_up((0, 0)));
    }
}

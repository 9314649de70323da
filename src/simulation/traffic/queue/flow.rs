//! What happens to the messages of a queue while its rates are constant.
//!
//! While messages wait, the tasks work on as many as they may: the queue changes in a straight line. While
//! none waits, each message is received at once, and the number that is worked on approaches rate × time per
//! message (the fluid limit of M/M/c).

use super::books::MessageQueue;
use super::calls::calls;
use super::consumer::Pace;
use super::in_work;
use super::parcels::{Fresh, Received, UNIT};
use super::returns::part;
use super::waits::micros;
use crate::simulation::messages::Messages;
use crate::units::{SimTime, Span};

/// Messages are taken as equally old within this time.
const STEP: Span = Span::seconds(60);

/// The part of a message that counts as none.
const NOTHING: f64 = 1e-6;

/// The messages per second that can be received from now on.
#[derive(Clone, Copy, Debug)]
struct Arrivals {
    /// Those that were never received.
    fresh: f64,
    /// Those that are visible again.
    returning: f64,
}

impl Arrivals {
    fn all(&self) -> f64 {
        self.fresh + self.returning
    }
}

impl MessageQueue<'_> {
    /// Does all that happens until `to`.
    pub(super) fn advance(&mut self, to: SimTime) {
        self.letters.until = to;
        while self.now < to {
            self.pace = self.present_pace();
            self.begin_slot();
            self.expire();
            self.take_at_once();
            self.pace = self.present_pace();
            let from = self.now;
            let before = (self.passed, self.waiting());
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
        self.passed.in_flight_time += self.in_flight() * span;
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
        if let Some(pace) = self.pace.as_ref().filter(|_| self.extends_visibility()) {
            // One call for each visibility timeout that is over while a task works on the message.
            let each = consumer.timeouts(pace.seconds, self.plan.visibility_timeout);
            self.passed.calls += (passed.received as f64 * each) as u128;
        }
    }

    /// How tasks work with what they work on now.
    fn present_pace(&self) -> Option<Pace> {
        let consumer = self.consumer.as_ref()?;
        let number = self.working.total() as f64 / UNIT;
        consumer.pace(number, self.plan.visibility_timeout)
    }

    /// The end of the next step.
    fn until(&self, to: SimTime) -> SimTime {
        let mut until = to.min(self.now + STEP);
        let arrivals = self.offered > 0 || self.letters.amount > 0 || self.waiting() > 0;
        let works = self.pace.is_some() && (arrivals || self.working.total() > 0);
        // What is received in a slot of time is visible again in one slot.
        if works && self.may_return() || self.returning.pool.total() > 0 {
            until = until.min(self.slot_end());
        }
        // Where messages become too old, they do so in small steps.
        if let Some(parcel) = self.fresh.first()
            && micros(parcel.from) < self.oldest_kept() + STEP.as_micros() as f64
        {
            let part = self.plan.retention.as_micros() / 120;
            let step = Span::micros(part.clamp(1_000_000, STEP.as_micros()));
            until = until.min(self.now + step);
        }
        self.away.next().map_or(until, |next| until.min(next))
    }

    /// True where messages that are received can be visible again though their task goes on.
    fn may_return(&self) -> bool {
        let longer = self.pace.as_ref().map(|pace| !pace.longer.is_empty());
        let consumer = self.consumer.as_ref();
        consumer.is_some_and(|of| of.worker.failure_probability > 0.0) || longer == Some(true)
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
        let (Some(consumer), Some(_)) = (&self.consumer, &self.pace) else {
            self.by_chance = 0.0;
            self.wait_until(until);
            self.now = until;
            return 0.0;
        };
        let (slots, rate) = (consumer.slots(), consumer.workers.rate);
        let arrivals = self.arrivals();
        let is_full = self.room() as f64 / UNIT < NOTHING * slots.max(1.0);
        if self.waiting() > 0 || is_full && arrivals.all() >= rate {
            self.drain(until, (rate, arrivals));
            return 1.0;
        }
        self.follow(until, (rate, arrivals));
        (self.working.total() as f64 / UNIT / slots).min(1.0)
    }

    /// What comes now, in messages per second.
    fn arrivals(&self) -> Arrivals {
        let letters = self.letters.rate(self.now);
        Arrivals {
            fresh: self.offered as f64 / UNIT + letters,
            returning: self.return_rate(),
        }
    }

    /// Messages wait, and tasks complete as many as they can.
    fn drain(&mut self, until: SimTime, (rate, arrivals): (f64, Arrivals)) {
        let waits = self.waiting() as f64 / UNIT;
        let mut seconds = until.since(self.now).as_seconds_f64();
        if rate > arrivals.all() {
            seconds = seconds.min(waits / (rate - arrivals.all()));
        }
        let micros_on = ((seconds * 1e6 + 0.5) as u64).max(1);
        let (from, until) = (self.now, until.min(self.now + Span::micros(micros_on)));
        self.wait_until(until);
        self.by_chance = 0.0;
        let most = rate * until.since(from).as_micros() as f64 * 1e6;
        // Each message that ends makes room for one that waits.
        let taken = self.receive(most as u128, (micros(from), micros(until)));
        self.complete(taken, middle(from, until));
        self.now = until;
    }

    /// No message waits: each is received when it is sent, or visible again.
    fn follow(&mut self, until: SimTime, (rate, arrivals): (f64, Arrivals)) {
        let Some(consumer) = &self.consumer else {
            return;
        };
        let works = self.working.total() as f64 / UNIT;
        let seconds = until.since(self.now).as_seconds_f64();
        let after = in_work::after(consumer, works, arrivals.all(), seconds);
        let micros_on = ((after.seconds * 1e6 + 0.5) as u64).max(1);
        let (from, until) = (self.now, until.min(self.now + Span::micros(micros_on)));
        let back = self.come_back(until);
        let fresh = self.fresh_until(until);
        let again: u128 = back.iter().map(|kind| kind.amount).sum();
        self.wait_by_chance((fresh, again), (rate, arrivals));
        let at = middle(from, until);
        for kind in back {
            self.deliver_again(kind, at);
        }
        let at_once = Received {
            amount: fresh,
            sent: micros(at),
            receives: 1,
            is_copy: false,
        };
        self.deliver(at_once, at);
        let most = rate * until.since(from).as_micros() as f64 * 1e6;
        let after = (after.number.max(0.0) * UNIT) as u128;
        let ends = self.working.total().saturating_sub(after);
        self.complete(ends.min(most as u128), at);
        self.now = until;
    }

    /// The waits of messages that come at random to tasks that are fast enough. Those that are visible again
    /// are received first: with two priorities the others wait longer by 1 ÷ (1 − utilization by the first).
    fn wait_by_chance(&mut self, (fresh, again): (u128, u128), (rate, arrivals): (f64, Arrivals)) {
        self.by_chance = 0.0;
        let Some(consumer) = self.consumer.as_ref().filter(|_| fresh + again > 0) else {
            return;
        };
        let messages = (fresh + again) as f64 / UNIT;
        let all = arrivals.all();
        for share in self.congestion.pass(all / rate, messages) {
            let utilization = 1.0 - 1.0 / share.congestion.max(1.0);
            let (probability, mean) = consumer.wait(utilization);
            let first = (arrivals.returning / rate).min(utilization);
            let amount = part(fresh, share.share.clamp(0.0, 1.0));
            self.waits
                .at_random(amount, (probability, mean / (1.0 - first)));
            // Little's law: over both kinds the mean is that without priorities.
            self.by_chance += share.share * all * probability * mean;
        }
    }

    /// Messages that come until a time wait.
    fn wait_until(&mut self, until: SimTime) {
        for kind in self.come_back(until) {
            self.returned.add(kind);
        }
        let amount = self.fresh_until(until);
        let (from, to) = (self.now, until);
        self.fresh.push(Fresh { amount, from, to });
    }

    /// Counts the messages that are sent or move in until a time.
    fn fresh_until(&mut self, until: SimTime) -> u128 {
        let micros = until.since(self.now).as_micros();
        // 10⁻¹² messages per second × µs are millionths of a unit.
        let millionths = u128::from(self.offered) * u128::from(micros) + self.rest;
        let sent = millionths / 1_000_000;
        self.rest = millionths % 1_000_000;
        self.passed.sent += sent;
        let moved = self.letters.take(self.now, until);
        self.passed.moved_in += moved;
        sent + moved
    }

    /// Tasks receive up to `amount` of the messages that wait, evenly from one time to another (in µs).
    /// Returns what was received.
    fn receive(&mut self, amount: u128, (from, to): (f64, f64)) -> u128 {
        let mut left = amount;
        let at = SimTime::micros(f64::midpoint(from, to) as u64);
        let again = self.returned.take(left);
        for kind in again {
            left -= kind.amount;
            self.deliver_again(kind, at);
        }
        while left > 0
            && let Some(taken) = self.fresh.take(left)
        {
            let time = |done: u128| from + (to - from) * (done as f64 / amount as f64);
            let done = amount - left;
            let times = (time(done), time(done + taken.amount));
            self.waits.received(&taken, times);
            left -= taken.amount;
            let first = Received {
                amount: taken.amount,
                sent: f64::midpoint(micros(taken.from), micros(taken.to)),
                receives: 1,
                is_copy: false,
            };
            self.deliver(first, at);
        }
        amount - left
    }
}

/// The middle of a time.
fn middle(from: SimTime, until: SimTime) -> SimTime {
    from + Span::micros(until.since(from).as_micros() / 2)
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
        queue.set_rate(rate as f64);
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
        queue.set_rate(0.0);
        let second = queue.pass(at(140)).unwrap();
        assert_eq!(rounded(second.processed), 400.0);
        // 1,405.5 were received, the last of them sent at 93.7 s; one in work was received a second ago.
        assert_eq!(second.oldest / 1_000_000, 47);
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
        queue.set_rate(0.0);
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
        queue.set_rate(0.0);
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
                queue.set_rate(((number >> 33) % 30_000_000) as f64 / 1e6);
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

    /// The cost of a run does not grow faster than its length.
    #[test]
    fn kinds_and_parcels_do_not_grow_in_number() {
        let worker = Worker {
            failure_probability: 1.0,
            cpu_per_message: Span::millis(1),
            ..Worker::new(0)
        };
        let plan = Queue::new("jobs");
        let mut poisoned = queue(&plan, &worker, 1, 1);
        for minute in 1..=600 {
            poisoned.pass(at(60 * minute)).unwrap();
        }
        assert!(poisoned.working.kinds().len() <= 3 && poisoned.away.kinds().count() <= 30);
        let worker = Worker {
            failure_probability: 0.01,
            ..Worker::new(0)
        };
        let plan = Queue {
            visibility_timeout: Span::seconds(2),
            ..Queue::new("jobs")
        };
        for tasks in [0, 1] {
            let mut full = queue(&plan, &worker, 2, tasks);
            for minute in 1..=600 {
                full.pass(at(60 * minute)).unwrap();
            }
            assert!(full.waiting() > 30_000 * ONE && full.fresh.parcels() <= 600);
        }
    }

    /// 0.03 messages a day, looked at each minute.
    #[test]
    fn a_message_in_a_month_is_sent() {
        let (plan, worker) = (Queue::new("jobs"), Worker::new(0));
        let mut queue = queue(&plan, &worker, 0, 1);
        queue.set_rate(0.03 / 86_400.0);
        let mut sent = 0;
        for minute in 1..=10_000 {
            sent += queue.pass(at(60 * minute)).unwrap().sent;
        }
        let wanted = 0.03 / 86_400.0 * 600_000.0;
        assert!((sent as f64 / UNIT / wanted - 1.0).abs() < 1e-5, "{sent}");
    }
}

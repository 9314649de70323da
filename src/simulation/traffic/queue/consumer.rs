//! How fast the tasks of a service work on the messages of a queue.

use super::super::sizes::Sizes;
use super::erlang;
use crate::plan::Worker;
use crate::units::{Cpu, Span};

/// The halvings of a range of rates in which one is looked for: it is found to 10⁻¹² of the range.
const HALVINGS: u32 = 40;

/// The tasks that work on a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::simulation) struct WorkerTasks {
    /// RUNNING tasks.
    pub(in crate::simulation) tasks: u32,
    /// The messages per second that they complete when they work on as many as they may.
    pub(in crate::simulation) rate: f64,
    /// The CPU that all of them have for messages, in vCPUs.
    pub(in crate::simulation) cores: f64,
    /// The CPU that they have reserved, in base units.
    pub(in crate::simulation) reserved: u64,
    /// The CPU that they use without messages, in base units.
    pub(in crate::simulation) idle: u64,
}

/// The service that works on a queue.
pub(super) struct Consumer<'p> {
    pub(super) worker: &'p Worker,
    pub(super) workers: WorkerTasks,
    /// The CPU times of messages.
    sizes: Sizes,
    /// The mean time of the work on a message when all slots are in use, in seconds.
    full: f64,
}

/// How messages are worked on at one time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pace {
    /// The mean time of the work on a message, in seconds.
    pub(super) seconds: f64,
    /// The share of the messages whose work takes longer than one, two, … visibility timeouts.
    pub(super) longer: Vec<f64>,
}

impl<'p> Consumer<'p> {
    pub(super) fn new(worker: &'p Worker) -> Self {
        let mean = worker.cpu_per_message.as_seconds_f64();
        Self {
            worker,
            workers: WorkerTasks::default(),
            sizes: Sizes::new(worker.cpu_law.as_ref(), mean),
            full: 0.0,
        }
    }

    /// The tasks change. Returns those before.
    pub(super) fn set_workers(&mut self, workers: WorkerTasks) -> WorkerTasks {
        let before = std::mem::replace(&mut self.workers, workers);
        self.full = match workers.rate > 0.0 {
            true => self.slots() / workers.rate,
            false => 0.0,
        };
        before
    }

    /// The number of tasks.
    pub(super) fn tasks(&self) -> f64 {
        f64::from(self.workers.tasks)
    }

    /// The messages that all tasks work on at once.
    pub(super) fn slots(&self) -> f64 {
        f64::from(self.workers.tasks) * f64::from(self.worker.concurrency)
    }

    /// The CPU of a task in vCPUs.
    fn cores_of_task(&self) -> f64 {
        self.workers.cores / f64::from(self.workers.tasks.max(1))
    }

    /// The time that a message takes in a task that works on no other, in seconds.
    fn alone(&self) -> f64 {
        let worker = self.worker;
        let cpu = worker.cpu_per_message.as_seconds_f64();
        cpu / self.cores_of_task().clamp(1e-9, 1.0) + worker.latency.as_seconds_f64()
    }

    /// The mean time of the work on a message in seconds when this rate is received per second. Messages of
    /// a task share its CPU: as in a queue before its vCPUs, and towards the time with as many as it may have.
    fn seconds_at(&self, rate: f64) -> f64 {
        let full = self.full;
        let utilization = rate / self.workers.rate;
        if utilization >= 1.0 {
            return full;
        }
        let cores = self.cores_of_task().max(1.0);
        let cpu = self.alone() - self.worker.latency.as_seconds_f64();
        let used = rate / f64::from(self.workers.tasks) * cpu / cores;
        if used >= 1.0 {
            return full;
        }
        let power = (2.0 * (cores + 1.0)).sqrt() - 1.0;
        let shared = cpu * libm::pow(used, power) / (cores * (1.0 - used));
        // Neither more than alone in front of all vCPUs, nor more than with all slots in use.
        let most = full - self.alone();
        match most > 0.0 {
            true => self.alone() + shared * most / (shared + most),
            false => full,
        }
    }

    /// True where the time of the work does not depend on the number of messages in work.
    pub(super) fn is_linear(&self) -> bool {
        self.full - self.alone() <= 1e-9 * self.full
    }

    /// The number of messages in work at which this rate is completed per second (Little's law); `None` where
    /// the tasks are too slow.
    pub(super) fn number_at(&self, rate: f64) -> Option<f64> {
        (rate < self.workers.rate).then(|| rate * self.seconds_at(rate))
    }

    /// The messages per second that are completed while this number is in work: never more than the tasks
    /// complete when they work on as many as they may.
    pub(super) fn completes(&self, number: f64) -> f64 {
        let most = self.workers.rate;
        if number >= self.slots() {
            return most;
        }
        if self.is_linear() {
            return (number / self.full).min(most);
        }
        // The time of the work grows with the rate: their product has one rate for each number.
        let (mut low, mut high) = (0.0, (number / self.alone()).min(most));
        for _ in 0..HALVINGS {
            let rate = f64::midpoint(low, high);
            match rate * self.seconds_at(rate) < number {
                true => low = rate,
                false => high = rate,
            }
        }
        high
    }

    /// How messages are worked on while this number is in work; `None` where no task works.
    pub(super) fn pace(&self, number: f64, timeout: Span) -> Option<Pace> {
        if self.workers.rate <= 0.0 {
            return None;
        }
        let seconds = match number / self.completes(number) {
            seconds if seconds.is_finite() => seconds.max(self.alone()).min(self.full),
            _ => self.alone(),
        };
        let mut longer = Vec::new();
        if !self.worker.extends_visibility {
            longer = self.longer(seconds, timeout.as_seconds_f64());
        }
        Some(Pace { seconds, longer })
    }

    /// The mean number of whole timeouts that pass in the work on a message, when its mean time is `seconds`.
    pub(super) fn timeouts(&self, seconds: f64, timeout: Span) -> f64 {
        let latency = self.worker.latency.as_seconds_f64();
        let stretch = (seconds - latency) / self.worker.cpu_per_message.as_seconds_f64();
        let of = |size: f64| libm::floor((latency + size * stretch) / timeout.as_seconds_f64());
        let groups = self.sizes.groups.iter();
        groups.map(|(size, share)| share * of(*size)).sum()
    }

    /// The shares of messages whose work takes longer than one, two, … timeouts, when the mean is `seconds`.
    fn longer(&self, seconds: f64, timeout: f64) -> Vec<f64> {
        let latency = self.worker.latency.as_seconds_f64();
        let mean = self.worker.cpu_per_message.as_seconds_f64();
        let stretch = (seconds - latency) / mean;
        let mut shares = Vec::new();
        loop {
            let limit = timeout * (shares.len() + 1) as f64;
            // Up to the rounding of the sum.
            let is_longer = |size: &f64| latency + size * stretch > limit * (1.0 + 1e-9);
            let of = self.sizes.groups.iter();
            let share: f64 = of
                .filter(|(size, _)| is_longer(size))
                .map(|(_, share)| share)
                .sum();
            if share <= 0.0 || shares.len() as f64 >= Worker::MOST_TIMEOUTS {
                return shares;
            }
            shares.push(share.min(1.0));
        }
    }

    /// The probability that a message waits, and the mean wait of those that do in seconds, when this rate is
    /// received at a utilization (of the rate with all slots in use).
    pub(super) fn wait(&self, utilization: f64) -> (f64, f64) {
        let (alone, slots) = (self.alone(), self.slots());
        let servers = (self.workers.rate * alone).min(slots).max(1.0);
        let probability = erlang::waits((servers + 0.5) as u32, utilization)
            * libm::pow(utilization, (slots - servers).max(0.0));
        let cpu = alone - self.worker.latency.as_seconds_f64();
        let variation = self.sizes.squared_variation * cpu * cpu / (alone * alone);
        let free = self.workers.rate * (1.0 - utilization);
        (probability, (1.0 + variation) / 2.0 / free.max(1e-9))
    }

    /// The CPU of `messages` in base units × µs.
    pub(super) fn cpu_of(&self, messages: u128) -> u128 {
        let micros = u128::from(self.worker.cpu_per_message.as_micros());
        let unit = crate::simulation::messages::Messages::PER_MESSAGE / Cpu::BASE_PER_VCPU;
        messages / u128::from(unit) * micros
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Distribution;

    fn workers(worker: &Worker, tasks: u32, cpu: Cpu) -> WorkerTasks {
        WorkerTasks {
            tasks,
            rate: worker.most_per_task(cpu) * f64::from(tasks),
            cores: worker.cpu_for_messages(cpu).as_vcpus_f64() * f64::from(tasks),
            reserved: 0,
            idle: 0,
        }
    }

    #[test]
    fn messages_share_the_cpu_of_their_task() {
        let worker = Worker {
            concurrency: 4,
            ..Worker::new(0)
        };
        let mut consumer = Consumer::new(&worker);
        assert_eq!(consumer.pace(1.0, Span::seconds(30)), None);
        consumer.set_workers(workers(&worker, 10, Cpu::vcpus(1)));
        let seconds = |rate: f64| consumer.seconds_at(rate);
        // One second alone, four with four messages at once. With tasks that get messages at random, one by one
        // simulated, it is 1.76 at half of the CPU, 2.56 at four fifths, and 3.41 at 95 %.
        assert_eq!([0.0, 5.0, 10.0, 50.0].map(seconds), [1.0, 1.75, 4.0, 4.0]);
        assert!((seconds(8.0) - 2.714).abs() < 1e-3 && (seconds(9.5) - 3.59).abs() < 0.01);
        // The number in work gives the rate again, and the time.
        for rate in [0.5, 5.0, 9.5] {
            let number = consumer.number_at(rate).unwrap();
            assert!((consumer.completes(number) / rate - 1.0).abs() < 1e-9);
            let pace = consumer.pace(number, Span::seconds(30)).unwrap();
            assert!((pace.seconds / seconds(rate) - 1.0).abs() < 1e-9);
        }
        assert_eq!(
            (consumer.completes(40.0), consumer.completes(0.0)),
            (10.0, 0.0)
        );
    }

    #[test]
    fn work_beyond_the_visibility_timeout_is_known_by_its_share() {
        let worker = Worker {
            cpu_per_message: Span::seconds(70),
            ..Worker::new(0)
        };
        let mut consumer = Consumer::new(&worker);
        consumer.set_workers(workers(&worker, 1, Cpu::vcpus(1)));
        assert_eq!(consumer.timeouts(70.0, Span::seconds(30)), 2.0);
        let pace = consumer.pace(0.0, Span::seconds(30)).unwrap();
        assert_eq!(pace.longer, [1.0, 1.0]);
        let drawn = Worker {
            cpu_per_message: Span::seconds(30),
            cpu_law: Some(Distribution::Exponential { mean: 30.0 }),
            ..Worker::new(0)
        };
        let mut consumer = Consumer::new(&drawn);
        consumer.set_workers(workers(&drawn, 1, Cpu::vcpus(1)));
        let pace = consumer.pace(0.0, Span::seconds(30)).unwrap();
        // e⁻¹, e⁻², …
        assert!((pace.longer[0] - 0.368).abs() < 0.04, "{pace:?}");
        assert!((pace.longer[1] - 0.135).abs() < 0.03, "{pace:?}");
    }
}

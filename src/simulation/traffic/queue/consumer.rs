//! How fast the tasks of a service work on the messages of a queue.

use super::super::sizes::Sizes;
use super::erlang;
use crate::plan::Worker;
use crate::units::{Cpu, Span};

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
        }
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
        let full = self.slots() / self.workers.rate;
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

    /// How messages are worked on when this rate is received per second; `None` where no task works.
    pub(super) fn pace(&self, rate: f64, timeout: Span) -> Option<Pace> {
        if self.workers.rate <= 0.0 {
            return None;
        }
        let seconds = self.seconds_at(rate);
        let mut longer = Vec::new();
        if !self.worker.extends_visibility {
            longer = self.longer(seconds, timeout.as_seconds_f64());
        }
        Some(Pace { seconds, longer })
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
        consumer.workers = workers(&worker, 10, Cpu::vcpus(1));
        let seconds = |rate: f64| consumer.pace(rate, Span::seconds(30)).unwrap().seconds;
        // One second alone, four with four messages at once. With tasks that get messages at random, one by one
        // simulated, it is 1.76 at half of the CPU, 2.56 at four fifths, and 3.41 at 95 %.
        assert_eq!([0.0, 5.0, 10.0, 50.0].map(seconds), [1.0, 1.75, 4.0, 4.0]);
        assert!((seconds(8.0) - 2.714).abs() < 1e-3 && (seconds(9.5) - 3.59).abs() < 0.01);
    }

    #[test]
    fn work_beyond_the_visibility_timeout_is_known_by_its_share() {
        let worker = Worker {
            cpu_per_message: Span::seconds(70),
            ..Worker::new(0)
        };
        let mut consumer = Consumer::new(&worker);
        consumer.workers = workers(&worker, 1, Cpu::vcpus(1));
        let pace = consumer.pace(0.0, Span::seconds(30)).unwrap();
        assert_eq!(pace.longer, [1.0, 1.0]);
        let drawn = Worker {
            cpu_per_message: Span::seconds(30),
            cpu_law: Some(Distribution::Exponential { mean: 30.0 }),
            ..Worker::new(0)
        };
        let mut consumer = Consumer::new(&drawn);
        consumer.workers = workers(&drawn, 1, Cpu::vcpus(1));
        let pace = consumer.pace(0.0, Span::seconds(30)).unwrap();
        // e⁻¹, e⁻², …
        assert!((pace.longer[0] - 0.368).abs() < 0.04, "{pace:?}");
        assert!((pace.longer[1] - 0.135).abs() < 0.03, "{pace:?}");
    }
}

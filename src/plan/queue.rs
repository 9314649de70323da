//! Queues of SQS, and the services whose tasks take messages from them.

use super::arrivals::RateShape;
use super::rates::{LoadShape, random_shapes};
use super::task_rates::TaskRates;
use crate::engine::random::Distribution;
use crate::units::{Cpu, Rate, Span};

/// A standard queue of Amazon SQS (facts/platform.md 12.1).
#[derive(Clone, Debug)]
pub struct Queue {
    /// `queueName`; it selects the streams of random numbers and names the figures.
    pub name: String,
    /// The rates at which messages are sent, which are added; empty for a queue that gets dead letters only.
    pub rates: Vec<LoadShape>,
    /// The standard deviation of a factor with mean 1 by which the rate of each minute is multiplied; it
    /// has a lognormal distribution. 0: no noise.
    pub noise: f64,
    /// `VisibilityTimeout`: a message that was received and not deleted is visible again after this time
    /// (facts/platform.md 12.3); above zero.
    pub visibility_timeout: Span,
    /// `MessageRetentionPeriod`: an older message is deleted (facts/platform.md 12.2).
    pub retention: Span,
    /// `RedrivePolicy`; `None`: a message is received until it is deleted or too old.
    pub redrive: Option<Redrive>,
}

/// `RedrivePolicy`: where a message goes that was received too often (facts/platform.md 12.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// `maxReceiveCount`: a message that was received this often moves when it would be received again;
    /// at least 1.
    pub max_receive_count: u32,
    /// The dead-letter queue: an index into the plan's queues.
    pub target: usize,
}

/// How the tasks of a service work on the messages of a queue.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The queue: an index into the plan's queues. No two services have the same one.
    pub queue: usize,
    /// The mean time of one vCPU that a message needs; above zero.
    pub cpu_per_message: Span,
    /// The law of this time, in seconds, with that mean. `None`: every message needs the mean.
    pub cpu_law: Option<Distribution>,
    /// The time that a message takes beside its CPU time, in which it uses no CPU.
    pub latency: Span,
    /// The messages that a task works on at once; at least 1.
    pub concurrency: u32,
    /// The CPU that a RUNNING task uses without messages.
    pub idle_cpu: Cpu,
    /// The most CPU that a task can use; `None`: the CPU of the task.
    pub cpu_limit: Option<Cpu>,
    /// `WaitTimeSeconds` of ReceiveMessage: a call waits this long for a message (facts/platform.md
    /// 12.7); above zero.
    pub wait_time: Span,
    /// `MaxNumberOfMessages` of ReceiveMessage: 1 to 10 messages for each call (facts/platform.md 12.7).
    pub batch: u32,
    /// The probability that the processing of a message fails: the message is not deleted.
    pub failure_probability: f64,
    /// True when tasks extend the visibility timeout of the messages that they work on
    /// (`ChangeMessageVisibility`), so that none is delivered twice while it is worked on.
    pub extends_visibility: bool,
}

impl Queue {
    /// A queue without messages, with AWS's defaults (facts/platform.md 12.2, 12.3).
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rates: Vec::new(),
            noise: 0.0,
            visibility_timeout: Span::seconds(30),
            retention: Span::hours(4 * 24),
            redrive: None,
        }
    }

    /// Below this rate per second, one message a minute, messages come one by one while no task runs, at times
    /// that are drawn.
    pub const FEW: f64 = 1.0 / 60.0;

    /// The most messages that are sent to a queue per second. With more, sums over a run can be too large.
    pub const MOST_PER_SECOND: f64 = 1e6;

    /// True when no random numbers are drawn, of a queue whose service may go to zero tasks or not.
    pub fn is_certain(&self, goes_to_zero: bool) -> bool {
        self.noise == 0.0
            && random_shapes(&self.rates).is_empty()
            && !(goes_to_zero && self.may_have_few())
    }

    /// False where the rate is at no time above zero and below [`FEW`](Self::FEW); true also for a rate that
    /// changes without steps.
    fn may_have_few(&self) -> bool {
        let is_few = |rate: &Rate| rate.as_per_second() > 0.0 && rate.as_per_second() < Self::FEW;
        self.rates.iter().any(|shape| match shape {
            LoadShape::Rate(RateShape::Constant(rate)) => is_few(rate),
            LoadShape::Rate(RateShape::Piecewise { steps, .. }) => {
                steps.iter().any(|(_, rate)| is_few(rate))
            }
            _ => true,
        })
    }
}

impl Worker {
    /// The most visibility timeouts that the work on a message may take. With more, one message would be
    /// delivered so often that the queue is of no use.
    pub const MOST_TIMEOUTS: f64 = 100.0;

    /// A worker on a queue with the defaults of a scenario file; each message needs 1 s of a vCPU.
    pub const fn new(queue: usize) -> Self {
        Self {
            queue,
            cpu_per_message: Span::seconds(1),
            cpu_law: None,
            latency: Span::ZERO,
            concurrency: 1,
            idle_cpu: Cpu::ZERO,
            cpu_limit: None,
            wait_time: Span::seconds(20),
            batch: 1,
            failure_probability: 0.0,
            extends_visibility: false,
        }
    }

    /// The CPU that a task with this CPU has for messages.
    pub fn cpu_for_messages(&self, cpu: Cpu) -> Cpu {
        let limit = self.cpu_limit.unwrap_or(cpu);
        limit.saturating_sub(self.idle_cpu)
    }

    /// The messages per second that a task with this CPU completes when it works on as many as it may.
    pub fn most_per_task(&self, cpu: Cpu) -> f64 {
        let cores = self.cpu_for_messages(cpu).as_vcpus_f64();
        if cores <= 0.0 {
            return 0.0;
        }
        TaskRates::new(
            cores,
            self.cpu_per_message.as_seconds_f64(),
            self.latency.as_seconds_f64(),
            Some(self.concurrency),
        )
        .rate(self.concurrency as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_completes_what_its_cpu_and_its_concurrency_allow() {
        let worker = Worker {
            cpu_per_message: Span::millis(500),
            latency: Span::millis(1_500),
            concurrency: 4,
            idle_cpu: Cpu::units(102),
            ..Worker::new(0)
        };
        // A message takes 2 s on a vCPU of its own: four at once on many vCPUs are 2 a second.
        let many = worker.most_per_task(Cpu::vcpus(8));
        assert!((many - 2.0).abs() < 1e-9, "{many}");
        let few = worker.most_per_task(Cpu::vcpus(1));
        assert!((1.2..1.8).contains(&few), "{few}");
        assert_eq!(worker.most_per_task(Cpu::units(64)), 0.0);
    }
}

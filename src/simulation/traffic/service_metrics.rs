//! The metrics of a service with a load in a minute, in millionths of their units.

use super::queue::Levels;
use crate::plan::ServiceMetric;
use crate::simulation::amounts::Requests;
use crate::simulation::messages::Messages;

/// Millionths in one.
const MILLION: u128 = 1_000_000;

/// The metrics of a service in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct ServiceMetrics {
    /// `CPUUtilization`: the CPU that its RUNNING tasks used of what they have reserved, in per cent;
    /// `None` without a RUNNING task (facts/ecs.md 248, 251).
    pub cpu_utilization: Option<u64>,
    /// `CPUUtilization` of the RUNNING tasks with the least and with the most.
    pub least_and_most: Option<[u64; 2]>,
    /// `TargetResponseTime`: the mean and the percentiles 50, 95 and 99, in millionths of a second; `None`
    /// without an answer.
    pub response_times: Option<[u64; 4]>,
    /// `MemoryUtilization`: the same of memory; `None` also where the load says nothing of memory.
    pub memory_utilization: Option<u64>,
    /// `RequestCount`.
    pub requests: u64,
    /// `RequestCountPerTarget`; `None` without a target that gets requests.
    pub requests_per_target: Option<u64>,
    /// `HTTPCode_ELB_5XX_Count`: requests without a target (503), without an answer (502), and that timed
    /// out (504).
    pub errors: u64,
    /// `HTTPCode_Target_5XX_Count`: requests that targets answered with an error.
    pub target_errors: u64,
    /// The metrics of its queue; `None` without one.
    pub queue: Option<QueueMetrics>,
}

/// The metrics of a queue in one minute, in whole messages (facts/platform.md 12.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct QueueMetrics {
    /// `ApproximateNumberOfMessagesVisible`.
    visible: u64,
    /// `ApproximateNumberOfMessagesNotVisible`.
    not_visible: u64,
    /// `ApproximateAgeOfOldestMessage` in whole seconds.
    oldest: u64,
    /// `NumberOfMessagesSent`.
    sent: u64,
    /// `NumberOfMessagesReceived`.
    received: u64,
    /// `NumberOfMessagesDeleted`.
    deleted: u64,
}

impl ServiceMetrics {
    /// The value of a metric; `None`: it has none.
    pub(in crate::simulation) fn value(&self, metric: ServiceMetric) -> Option<u64> {
        match metric {
            ServiceMetric::CpuUtilization => self.cpu_utilization,
            ServiceMetric::CpuUtilizationMinimum => Some(self.least_and_most?[0]),
            ServiceMetric::CpuUtilizationMaximum => Some(self.least_and_most?[1]),
            ServiceMetric::Elb5xxCount => self.with_requests(self.errors),
            ServiceMetric::Target5xxCount => self.with_requests(self.target_errors),
            ServiceMetric::TargetResponseTime => Some(self.response_times?[0]),
            ServiceMetric::TargetResponseTimeP50 => Some(self.response_times?[1]),
            ServiceMetric::TargetResponseTimeP95 => Some(self.response_times?[2]),
            ServiceMetric::TargetResponseTimeP99 => Some(self.response_times?[3]),
            ServiceMetric::MemoryUtilization => self.memory_utilization,
            ServiceMetric::RequestCount => self.with_requests(self.requests),
            ServiceMetric::RequestCountPerTarget => self.with_requests(self.requests_per_target?),
            ServiceMetric::Customized => None,
            metric => Some(self.queue?.value(metric)?.saturating_mul(MILLION as u64)),
        }
    }

    /// A count of requests: a load balancer reports none for a period without requests.
    fn with_requests(&self, count: u64) -> Option<u64> {
        (self.requests > 0).then_some(count)
    }

    /// The metrics of a service whose tasks work on the messages of a queue, in a minute, and what had passed
    /// before. The messages of a minute are whole, and those of all minutes add up to the messages of the
    /// run.
    pub(super) fn of_queue((passed, before): (&Messages, &Messages), levels: Levels) -> Self {
        let count = |of: fn(&Messages) -> u128| {
            let all = Messages::whole(of(before) + of(passed));
            u64::try_from(all - Messages::whole(of(before))).unwrap_or(u64::MAX)
        };
        Self {
            cpu_utilization: passed.utilization(),
            // The tasks of a queue share the work evenly.
            least_and_most: passed.utilization().map(|all| [all; 2]),
            queue: Some(QueueMetrics {
                visible: levels.visible,
                not_visible: levels.in_flight,
                oldest: levels.oldest.as_micros() / 1_000_000,
                sent: count(|of| of.sent),
                received: count(|of| of.received),
                deleted: count(|of| of.processed),
            }),
            ..Self::default()
        }
    }

    /// The metrics of what passed in a period, at the end of which this number of tasks get requests.
    pub(super) fn of(passed: &Requests, targets: u32) -> Self {
        let count = |amount: u128| {
            let millionths = amount / (u128::from(Requests::PER_REQUEST) / MILLION);
            u64::try_from(millionths).unwrap_or(u64::MAX)
        };
        let requests = count(passed.offered);
        Self {
            cpu_utilization: passed.utilization(),
            memory_utilization: passed.memory_utilization(),
            least_and_most: passed.least_and_most(),
            response_times: passed.response_times(),
            requests,
            requests_per_target: requests.checked_div(targets.into()),
            errors: count(passed.lost()),
            target_errors: count(passed.errors),
            queue: None,
        }
    }
}

impl QueueMetrics {
    /// The value of a metric of queues in its unit; `None` for any other metric.
    const fn value(&self, metric: ServiceMetric) -> Option<u64> {
        match metric {
            ServiceMetric::MessagesVisible => Some(self.visible),
            ServiceMetric::MessagesNotVisible => Some(self.not_visible),
            ServiceMetric::AgeOfOldestMessage => Some(self.oldest),
            ServiceMetric::MessagesSent => Some(self.sent),
            ServiceMetric::MessagesReceived => Some(self.received),
            ServiceMetric::MessagesDeleted => Some(self.deleted),
            _ => None,
        }
    }
}

//! The response times of the tasks of a service by kind of task and congestion. They are computed once for all
//! target groups of the service and all classes of their targets.

use super::congestion;
use super::sizes::Sizes;
use super::task_queue::TaskQueue;
use crate::plan::Load;
use crate::simulation::response_times::ResponseTimes;
use crate::units::{Cpu, Decimal};
use std::collections::BTreeMap;

/// The CPU that a task has for requests, and the speed of its processor.
pub(super) type TaskKind = (Cpu, Decimal);

/// Response times in µs at one congestion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Typical {
    pub(super) p50: u64,
    pub(super) p95: u64,
    pub(super) p99: u64,
    pub(super) mean: u64,
}

/// The response times of the tasks of a service.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskTimes {
    /// The CPU times of requests on the reference; made with the first queue.
    sizes: Option<Sizes>,
    queues: BTreeMap<TaskKind, TaskQueue>,
    typical: BTreeMap<(TaskKind, u16), Typical>,
}

impl TaskTimes {
    /// Tasks of this kind serve from now on.
    pub(super) fn know(&mut self, load: &Load, kind: TaskKind) {
        let known = &mut self.sizes;
        self.queues.entry(kind).or_insert_with(|| {
            let sizes = known.get_or_insert_with(|| {
                let mean = load.cpu_per_request.as_seconds_f64();
                Sizes::new(load.cpu_law.as_ref(), mean)
            });
            let (cpu, speed) = kind;
            TaskQueue::new(load.rates_of_task(cpu, speed), sizes.at_speed(speed))
        });
    }

    /// The typical response times of tasks of a kind that is known, at a step of the congestion.
    pub(super) fn typical(&mut self, kind: TaskKind, step: u16) -> Typical {
        let queue = &self.queues[&kind];
        *self.typical.entry((kind, step)).or_insert_with(|| {
            let (mut times, mut mean) = (ResponseTimes::default(), 0.0);
            queue.responses(congestion::utilization_at(step), |seconds, share| {
                times.add(micros(seconds), (share * 1e12) as u128);
                mean += seconds * share;
            });
            let of = |q| times.quantile(q).map_or(0, micros);
            Typical {
                p50: of(0.5),
                p95: of(0.95),
                p99: of(0.99),
                mean: micros(mean),
            }
        })
    }

    /// All response times of tasks of a kind that is known, in seconds with their shares, at a step of the congestion.
    pub(super) fn all(&self, kind: TaskKind, step: u16) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        let utilization = congestion::utilization_at(step);
        self.queues[&kind].responses(utilization, |seconds, share| points.push((seconds, share)));
        points
    }
}

/// Whole µs, half up.
pub(super) fn micros(seconds: f64) -> u64 {
    (seconds * 1e6 + 0.5) as u64
}

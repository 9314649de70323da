//! The parts of start-up times, by kind of start. Whole start-up times are in `services.rs`.

use crate::cluster::Task;
use crate::figures::StartKind;
use crate::simulation::{Fact, StartUp};
use crate::units::SimTime;

/// The starts of one kind: how many, and the sums of their parts in µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartParts {
    /// Number of starts.
    pub count: u64,
    /// From submission to placement, in µs; zero for a task that is placed again.
    pub wait: u128,
    /// PROVISIONING, in µs: the microVM or the network interface.
    pub provisioning: u128,
    /// PENDING until the agent begins with the task, in µs.
    pub pending: u128,
    /// Downloading and unpacking images, in µs.
    pub pull: u128,
    /// Starting containers, with their waits for each other, in µs.
    pub containers: u128,
    /// From the start of the containers until the control plane shows RUNNING, in µs.
    pub polling: u128,
}

impl StartParts {
    #[inline(always)]
    fn add(&mut self, task: &Task, start: &StartUp) {
        self.count += 1;
        if task.attempts == 1 {
            self.wait += u128::from((task.placed - task.arrived).as_micros());
        }
        self.provisioning += u128::from(start.provisioning.as_micros());
        self.pending += u128::from(start.pending.as_micros());
        self.pull += u128::from(start.pull.as_micros());
        self.containers += u128::from(start.start.as_micros());
        self.polling += u128::from(start.polling.as_micros());
    }

    /// The mean of one of the sums over the starts, in seconds; `None` without starts.
    pub fn mean(&self, sum: u128) -> Option<f64> {
        (self.count > 0).then(|| sum as f64 / self.count as f64 / 1e6)
    }
}

/// The starts of all tasks, of services and standalone, that were submitted in the reported time
/// and whose life cycle is simulated step by step.
#[derive(Clone, Debug)]
pub struct Starts {
    origin: SimTime,
    kinds: [StartParts; 3],
}

impl Starts {
    /// No starts yet; `origin` is the beginning of the reported time.
    pub fn new(origin: SimTime) -> Self {
        Self {
            origin,
            kinds: Default::default(),
        }
    }

    /// The starts of one kind.
    pub fn kind(&self, kind: StartKind) -> &StartParts {
        &self.kinds[kind as usize]
    }

    #[inline(always)]
    pub(super) fn read(&mut self, fact: &Fact) {
        let Fact::StartBrokenDown(of, start) = fact else {
            return;
        };
        if of.task.arrived < self.origin {
            return;
        }
        let kind = match (start.fargate, start.cached) {
            (true, _) => StartKind::Fargate,
            (false, true) => StartKind::Ec2Cached,
            (false, false) => StartKind::Ec2Cold,
        };
        self.kinds[kind as usize].add(&of.task, start);
    }
}

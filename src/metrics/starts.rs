//! Where the seconds of starts went, by kind of start. How long whole starts took is in
//! `services.rs`.

use crate::figures::StartKind;
use crate::simulation::{Fact, StartUp};
use crate::units::SimTime;

/// The starts of one kind: how many, and the sums of their parts in µs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartParts {
    /// How many.
    pub count: u64,
    /// PROVISIONING: the microVM or the interface.
    pub provisioning: u128,
    /// PENDING until the agent begins.
    pub pending: u128,
    /// Pulling and unpacking images.
    pub pull: u128,
    /// Starting containers and waiting for one another.
    pub containers: u128,
    /// Until the control plane shows RUNNING.
    pub polling: u128,
}

impl StartParts {
    fn add(&mut self, start: &StartUp) {
        self.count += 1;
        self.provisioning += u128::from(start.provisioning.as_micros());
        self.pending += u128::from(start.pending.as_micros());
        self.pull += u128::from(start.pull.as_micros());
        self.containers += u128::from(start.start.as_micros());
        self.polling += u128::from(start.polling.as_micros());
    }

    /// The mean of one of the sums, in seconds; `None` of no start.
    pub fn mean(&self, sum: u128) -> Option<f64> {
        (self.count > 0).then(|| sum as f64 / self.count as f64 / 1e6)
    }
}

/// The starts of all tasks, services' and standalone, that were submitted in the reported
/// time and have a life in detail.
#[derive(Clone, Debug)]
pub struct Starts {
    origin: SimTime,
    kinds: [StartParts; 3],
}

impl Starts {
    /// Counting from `origin` on.
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
        self.kinds[kind as usize].add(start);
    }
}

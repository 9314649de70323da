//! What the tasks of a revision want of the CPU of their instances.

use crate::cluster::ServiceId;
use crate::simulation::life::ServingTasks;
use crate::units::Decimal;

/// What each task of a revision, or of a class of its targets, wants. CPU is in 1/128,000 vCPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulation) struct Want {
    /// The service with a load and the place of its side; `None`: there is no load.
    pub(in crate::simulation) place: Option<(ServiceId, usize)>,
    /// The CPU that a RUNNING task uses without requests.
    pub(in crate::simulation) base: u64,
    /// The CPU for the requests that come to a task that serves, on a processor of the reference.
    pub(in crate::simulation) requests: u64,
    /// These requests per second, in millionths.
    pub(in crate::simulation) rate: u64,
    /// The most CPU that a task can use; `u64::MAX`: all of its instance.
    pub(in crate::simulation) limit: u64,
    /// No target is healthy, so that the others get the requests.
    pub(in crate::simulation) fails_open: bool,
    /// Requests wait, although the tasks serve more than arrive: each task works as fast as it can.
    pub(in crate::simulation) drains: bool,
}

impl Want {
    /// The number of these tasks that serve requests.
    pub(in crate::simulation) const fn serving(&self, tasks: &ServingTasks) -> u32 {
        match (self.place.is_some(), self.fails_open) {
            (false, _) => 0,
            (true, false) => tasks.healthy.answering,
            (true, true) => tasks.unhealthy.answering,
        }
    }

    /// The CPU that a task wants which serves, at this speed of the processor; `most` is what it can use.
    pub(in crate::simulation) fn of_serving(&self, speed: Decimal, most: u64) -> u64 {
        if self.drains {
            return most;
        }
        let reference = u128::from(self.requests) * u128::from(Decimal::MILLIONTHS);
        let requests = reference.div_ceil(u128::from(speed.as_millionths()));
        let all = u128::from(self.base) + requests;
        u64::try_from(all).unwrap_or(u64::MAX).min(most)
    }
}

//! The numbers of tasks of services with a load: those that run, and those that get requests.
//!
//! Tasks of a target group that get different shares of its requests are in different classes: by zone where
//! cross-zone load balancing is off, and by how far their slow start is.

/// Tasks of a target group that get equal shares of its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulation) struct TargetClass {
    /// Where cross-zone load balancing is off: the number of their zone, from 1; else 0.
    pub zone: u8,
    /// In slow start: which of its ten steps, from 1; else 0.
    pub step: u8,
}

impl TargetClass {
    /// The number of steps of a slow start, in each of which the share of a target is constant.
    pub(in crate::simulation) const STEPS: u8 = 10;

    /// The share of a target in the requests of its zone beside others: that of the middle of its step, in
    /// twentieths of the share of a target without slow start.
    pub(in crate::simulation) const fn weight(self) -> u64 {
        match self.step {
            0 => 2 * Self::STEPS as u64,
            step => 2 * step as u64 - 1,
        }
    }
}

/// How a task is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// It is RUNNING.
    pub running: bool,
    /// Where requests to it end; `None`: it gets none.
    pub route: Option<Route>,
    /// Its class among the targets of its target group.
    pub class: TargetClass,
}

/// A task that requests may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// It counts as healthy: it gets requests. An unhealthy one gets some only when no task is healthy.
    pub is_healthy: bool,
    /// It answers requests.
    pub answers: bool,
}

/// The tasks of a revision of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulation) struct ServingTasks {
    /// Tasks that run.
    pub running: u32,
    /// Tasks that count as healthy.
    pub healthy: Routed,
    /// Targets of a load balancer that are unhealthy.
    pub unhealthy: Routed,
}

/// Tasks that requests may be sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::simulation) struct Routed {
    /// Those that answer requests.
    pub answering: u32,
    /// Those on which requests fail.
    pub failing: u32,
}

impl Routed {
    /// All of them.
    pub(in crate::simulation) const fn total(self) -> u32 {
        self.answering + self.failing
    }

    /// Adds those of another revision.
    pub(in crate::simulation) const fn add(&mut self, other: Self) {
        self.answering += other.answering;
        self.failing += other.failing;
    }
}

impl ServingTasks {
    /// Moves a task from one count to another.
    pub(super) const fn change(&mut self, (from, to): (Counted, Counted)) {
        self.running -= from.running as u32;
        self.running += to.running as u32;
        if let Some(route) = from.route {
            *self.count(route) -= 1;
        }
        if let Some(route) = to.route {
            *self.count(route) += 1;
        }
    }

    /// The count that a task is part of.
    const fn count(&mut self, route: Route) -> &mut u32 {
        let routed = match route.is_healthy {
            true => &mut self.healthy,
            false => &mut self.unhealthy,
        };
        match route.answers {
            true => &mut routed.answering,
            false => &mut routed.failing,
        }
    }
}

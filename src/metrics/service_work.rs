//! The measurements of one service, or of several together. `services.rs` fills them from facts.

use super::{Level, Losses, Shortfall, Spread, Stops, Waiting};
use crate::units::SimTime;

/// The measurements of one service, or of several services together.
#[derive(Clone, Debug, Default)]
pub struct ServiceWork {
    /// The desired count. Zero for a daemon, whose number of tasks follows from the instances.
    pub desired: Level,
    /// Tasks that are RUNNING and whose desired status is RUNNING.
    pub running: Level,
    /// Tasks that count as healthy and whose desired status is RUNNING.
    pub healthy: Level,
    /// Tasks whose desired status is RUNNING and that are not yet RUNNING.
    pub pending: Level,
    /// Desired tasks that have no capacity; zero for a daemon.
    pub waiting: Level,
    /// These by what they lack.
    pub waiting_for: Waiting,
    /// Times from submission to RUNNING, of the tasks submitted in the reported time.
    pub starts: Spread,
    /// Times from submission until the task first counts as healthy, of the same tasks.
    pub healthy_starts: Spread,
    /// Tasks that became RUNNING in the reported time.
    pub started: u64,
    /// Tasks that failed before they were RUNNING: an image could not be pulled, a dependency was
    /// not met, an essential container exited, or PROVISIONING timed out (facts/ecs.md 70).
    pub failed_starts: u64,
    /// Failed attempts to place tasks in the reported time (facts/ecs.md 110 to 112).
    pub placement_failures: u64,
    /// Restarts of containers within their tasks in the reported time.
    pub restarts: u64,
    /// Tasks that stopped, by reason.
    pub stopped: Stops,
    /// Missing healthy tasks; empty for a daemon.
    pub shortfall: Shortfall,
    /// Healthy tasks that were lost.
    pub losses: Losses,
}

impl ServiceWork {
    pub(super) fn new(origin: SimTime) -> Self {
        Self {
            desired: Level::new(origin),
            running: Level::new(origin),
            healthy: Level::new(origin),
            pending: Level::new(origin),
            waiting: Level::new(origin),
            shortfall: Shortfall::new(origin),
            losses: Losses::new(origin),
            ..Self::default()
        }
    }

    /// Adds the measurements of another service. Of levels only the integrals are added, and those
    /// of daemons are left out, because a daemon has no desired count.
    pub(super) fn add(&mut self, other: &Self, is_daemon: bool) {
        if !is_daemon {
            self.desired.integral += other.desired.integral;
            self.running.integral += other.running.integral;
            self.healthy.integral += other.healthy.integral;
            self.pending.integral += other.pending.integral;
            self.waiting.integral += other.waiting.integral;
            self.waiting_for.add(&other.waiting_for);
            self.shortfall.add(&other.shortfall);
        }
        self.starts.merge(&other.starts);
        self.healthy_starts.merge(&other.healthy_starts);
        self.started += other.started;
        self.failed_starts += other.failed_starts;
        self.placement_failures += other.placement_failures;
        self.restarts += other.restarts;
        self.stopped.add(&other.stopped);
        self.losses.add(&other.losses);
    }
}

//! What a round of the service scheduler saw and decided.

use crate::units::SimTime;
use serde::{Deserialize, Serialize};

/// A round of the service scheduler (facts/ecs.md 69, 119): the numbers of tasks that it saw, the
/// limits, and its decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// The desired count; of a daemon service the number of instances for it.
    pub desired: u32,
    /// Tasks that are RUNNING and healthy.
    pub healthy: u32,
    /// Tasks that wait for capacity, start, or are RUNNING with a health that is not known yet.
    pub pending: u32,
    /// Tasks that a health check has found unhealthy.
    pub unhealthy: u32,
    /// Tasks that are to be replaced, whatever their health.
    pub old: u32,
    /// Tasks that stop.
    pub stopping: u32,
    /// RUNNING tasks that the service may not stop: their scale-in protection is on (facts/ecs.md 227).
    pub protected: u32,
    /// The least number of healthy tasks, by `minimumHealthyPercent`; of each revision with `side_by_side`.
    pub minimum_healthy: u32,
    /// The largest number of RUNNING and PENDING tasks, by `maximumPercent`; of each revision with
    /// `side_by_side`.
    pub maximum_total: u32,
    /// Tasks to stop.
    pub stop: u32,
    /// Tasks to start.
    pub start: u32,
    /// Tasks to start in the place of lost ones of the revision that served before the deployment in
    /// progress, which have that revision (facts/ecs.md 202).
    pub start_kept: u32,
    /// The tasks of two revisions run side by side while a deployment shifts requests: each has the desired
    /// count and the limits of it (facts/ecs.md 217).
    pub side_by_side: bool,
    /// The limits allow neither a stop nor a start (facts/ecs.md 201).
    pub is_blocked: bool,
    /// No task is started before this time: tasks failed before they were RUNNING
    /// (facts/ecs.md 70).
    pub throttled_until: Option<SimTime>,
    /// The same for the tasks of `start_kept`.
    pub kept_throttled_until: Option<SimTime>,
    /// No task is started before this time: a placement found no capacity (facts/ecs.md 117).
    pub retry_at: Option<SimTime>,
}

impl Round {
    /// True when another round saw and decided the same. The times before which nothing is started may
    /// differ, as each failure moves them.
    pub fn is_like(&self, other: &Self) -> bool {
        let without_times = |round: &Self| Self {
            throttled_until: round.throttled_until.map(|_| SimTime::ZERO),
            kept_throttled_until: round.kept_throttled_until.map(|_| SimTime::ZERO),
            retry_at: round.retry_at.map(|_| SimTime::ZERO),
            ..*round
        };
        without_times(self) == without_times(other)
    }
}

//! A stage of a deployment: rounds of the scheduler in a row that decided the same, and what came of
//! them.

use crate::cluster::Lacks;
use crate::simulation::{Obstacle, Round};
use crate::units::SimTime;
use serde::Serialize;

/// Tasks of a service that are not stopping, by whether they have the revision of the deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskCounts {
    /// Healthy tasks of its revision.
    pub new_healthy: u32,
    /// Other tasks of its revision: waiting, starting or unhealthy.
    pub new_other: u32,
    /// Healthy tasks of other revisions.
    pub old_healthy: u32,
    /// Other tasks of other revisions.
    pub old_other: u32,
}

impl TaskCounts {
    /// One of the counts.
    pub(super) fn count(&mut self, is_new: bool, healthy: bool) -> &mut u32 {
        match (is_new, healthy) {
            (true, true) => &mut self.new_healthy,
            (true, false) => &mut self.new_other,
            (false, true) => &mut self.old_healthy,
            (false, false) => &mut self.old_other,
        }
    }
}

/// Rounds of the scheduler in a row that saw and decided the same, with what happened from the first of
/// them until the next stage.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The time of the first round.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the last of them, or of the last thing that happened.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// The number of rounds.
    pub rounds: u64,
    /// What the last of them saw and decided.
    #[serde(flatten)]
    pub round: Round,
    /// Tasks of its revision that were created.
    pub created: u32,
    /// Tasks of other revisions that were created: in the place of lost ones, or as the
    /// desired count rose.
    pub created_old: u32,
    /// Tasks of its revision that had no capacity and were refused.
    pub refused: u32,
    /// Tasks of its revision that became RUNNING.
    pub started: u32,
    /// Tasks of its revision that became healthy.
    pub became_healthy: u32,
    /// Tasks of its revision that stopped for another reason than the service.
    pub failed: u32,
    /// Tasks of other revisions of which the desired status became STOPPED.
    pub stopped_old: u32,
    /// `failedTasks` at its end, where it has changed.
    pub failed_tasks: Option<u32>,
    /// What instances lacked for the latest task without room.
    #[serde(serialize_with = "super::super::look::some_by_code")]
    pub lacks: Option<Lacks>,
    /// What else kept its tasks from capacity.
    pub obstacle: Option<Obstacle>,
    /// The tasks at its end.
    pub tasks: TaskCounts,
}

impl Stage {
    pub(super) fn new(at: SimTime, round: Round, tasks: TaskCounts) -> Self {
        Self {
            at,
            until: at,
            rounds: 1,
            round,
            created: 0,
            created_old: 0,
            refused: 0,
            started: 0,
            became_healthy: 0,
            failed: 0,
            stopped_old: 0,
            failed_tasks: None,
            lacks: None,
            obstacle: None,
            tasks,
        }
    }

    /// True when another round continues this stage: nothing has changed, and it decides the same.
    pub(super) fn goes_on(&self, round: &Round) -> bool {
        let happened = [
            self.started,
            self.became_healthy,
            self.stopped_old,
            self.created_old,
        ];
        happened.iter().all(|count| *count == 0) && self.round.is_like(round)
    }
}

//! Why a run ends without a result: an error of a policy, or more tasks than memory allows.

pub use super::clients::Endless;

use super::life::Lives;
use crate::cluster::{EntryId, WorkId};
use crate::policy::placement::PolicyFailed;
use crate::units::SimTime;

/// Limits of a run that are not part of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most tasks that may exist at one time. A run that would have more ends with
    /// [`RunFailed::TooManyTasks`]. By default there is no limit.
    pub most_tasks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most_tasks: usize::MAX,
        }
    }
}

/// Why a run has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunFailed {
    /// A policy that the user provides reported an error.
    Policy(PolicyFailed),
    /// More tasks exist than [`Limits::most_tasks`].
    TooManyTasks(Backlog),
    /// Tasks that are submitted again without end never find room, in a run until all work is done.
    Endless(Endless),
}

/// The tasks of a run that has too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The time of the run at which the limit was reached.
    pub at: SimTime,
    /// The entry of the plan's `tasks` with the most tasks that wait for capacity.
    pub entry: EntryId,
    /// The number of its tasks that wait for capacity.
    pub waiting: u64,
    /// The number of all tasks that exist.
    pub tasks: u64,
}

impl Backlog {
    /// Counts the tasks that wait now.
    pub(super) fn new(lives: &Lives<'_>, at: SimTime) -> Self {
        let mut waiting = vec![0; lives.platform.plan().tasks.len()];
        for task in lives.tasks().iter().filter(|task| task.attempts == 0) {
            if let WorkId::Entry(entry) = lives.revision(task).work {
                waiting[entry.index()] += 1;
            }
        }
        // Of entries with equally many, the first.
        let most = (0..waiting.len()).rev().max_by_key(|entry| waiting[*entry]);
        let most = most.expect("tasks arrive for an entry");
        Self {
            at,
            entry: EntryId::new(most),
            waiting: waiting[most],
            tasks: lives.tasks().len() as u64,
        }
    }
}

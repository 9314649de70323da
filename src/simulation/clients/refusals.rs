//! Refusals without end: in a run until all work is done, tasks that are submitted again for ever and
//! never find room would let the run go on for a hundred years.

use crate::cluster::{EntryId, Task, WorkId};
use crate::simulation::fact::Rejection;
use crate::simulation::life::Lives;
use crate::units::{SimTime, Span};

/// After this time without a standalone task that has capacity the run ends with an error: what changes
/// once a month has changed by then, too.
const LONGEST: Span = Span::hours(31 * 24);
/// After this number of refusals [`SHORTEST`] is used instead of [`LONGEST`].
const MOST: u64 = 10_000_000;
/// The run ends with an error after this time without such a task, if there were [`MOST`] refusals.
const SHORTEST: Span = Span::hours(24);
/// The tasks are looked at once in this number of refusals, and the error needs at least this number.
const EVERY: u64 = 1_000;

/// Tasks that are refused for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endless {
    /// The entry of the plan's `tasks`.
    pub entry: EntryId,
    /// No standalone task has had capacity since this time of the run.
    pub since: SimTime,
    /// The number of standalone tasks that exist.
    pub jobs: u64,
    /// Why the last attempt was refused.
    pub why: Rejection,
}

/// Counts refusals since a standalone task last had capacity.
#[derive(Default)]
pub(super) struct Refusals {
    /// The refusals since then.
    number: u64,
    /// The time of the first of them.
    since: SimTime,
    /// The number of standalone tasks that existed then.
    jobs: u64,
    endless: Option<Endless>,
}

impl Refusals {
    /// Counts the refusal of a task that is submitted again whatever happens.
    pub(super) fn count(
        &mut self,
        lives: &Lives<'_>,
        now: SimTime,
        (entry, why): (EntryId, Rejection),
    ) {
        self.number += 1;
        if self.number == 1 {
            self.since = now;
            self.jobs = lives.jobs();
        }
        if !self.number.is_multiple_of(EVERY) {
            return;
        }
        let span = now.since(self.since);
        if self.has_hope(lives) {
            self.number = 0;
        } else if span >= LONGEST || span >= SHORTEST && self.number >= MOST {
            self.endless = Some(Endless {
                entry,
                since: self.since,
                jobs: self.jobs,
                why,
            });
        }
    }

    /// True when a standalone task has had capacity since the first refusal, has left or has come.
    fn has_hope(&self, lives: &Lives<'_>) -> bool {
        let has_run = |task: &Task| {
            let is_job = matches!(lives.revision(task).work, WorkId::Entry(_));
            let has_capacity = task.promised || task.held || task.placed >= self.since;
            is_job && task.attempts > 0 && has_capacity
        };
        lives.jobs() != self.jobs || lives.tasks().iter().any(has_run)
    }

    pub(super) fn endless(&self) -> Option<Endless> {
        self.endless
    }
}

//! A task that waits for capacity, as a scheduler or a placement policy sees it.

use crate::cluster::{EntryId, Request, Requirement, Shape, TaskId, Tasks, WorkId};
use crate::engine::random::{Stream, StreamKey};
use crate::units::SimTime;

/// A task that waits for capacity.
///
/// What needs a look at the task's record ([`ordinal`](Self::ordinal),
/// [`arrived`](Self::arrived), [`stream`](Self::stream)) is a method, so that a policy that
/// does not ask for it does not pay for it.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The task.
    pub task: TaskId,
    /// What it belongs to; [`Plan::work_name`](crate::plan::Plan::work_name) names it.
    pub work: WorkId,
    /// Its amounts.
    pub shape: Shape,
    /// What else it demands.
    pub requirement: &'a Requirement,
    /// The time of the pass.
    pub now: SimTime,
    pub(super) record: Record<'a>,
    pub(super) key: StreamKey,
}

impl<'a> Work<'a> {
    /// A task outside of a run, as a test of a placement policy needs it: of the first entry,
    /// submitted at time zero. `key` is the key of the entry's draws.
    pub fn outside_of_a_run(request: Request<'a>, key: StreamKey, ordinal: u64) -> Self {
        Self {
            task: TaskId::NONE,
            work: WorkId::Entry(EntryId::new(0)),
            shape: request.shape,
            requirement: request.requirement,
            now: SimTime::ZERO,
            record: Record::Given(ordinal),
            key,
        }
    }

    /// What it asks of the cluster.
    #[inline]
    pub fn request(&self) -> Request<'a> {
        Request {
            shape: self.shape,
            requirement: self.requirement,
        }
    }

    /// Its position among the tasks of its entry or service, in order of birth, from 0.
    pub fn ordinal(&self) -> u64 {
        match self.record {
            Record::Alive(tasks) => tasks.get(self.task).map_or(0, |task| task.ordinal),
            Record::Given(ordinal) => ordinal,
        }
    }

    /// When it was submitted.
    pub fn arrived(&self) -> SimTime {
        match self.record {
            Record::Alive(tasks) => tasks.get(self.task).map_or(self.now, |task| task.arrived),
            Record::Given(_) => SimTime::ZERO,
        }
    }

    /// The random numbers of the task's placement. They depend on the seed, the name of the
    /// entry and the task's [`ordinal`](Self::ordinal), not on what happened before.
    pub fn stream(&self) -> Stream {
        self.key.stream(self.ordinal())
    }
}

/// Where what is known about a task is found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Record<'a> {
    /// Among the tasks that are alive.
    Alive(&'a Tasks),
    /// Outside of a run: its ordinal.
    Given(u64),
}

//! The view of a waiting task that schedulers and placement policies get.

use crate::cluster::{EntryId, Request, Requirement, Shape, TaskId, Tasks, WorkId};
use crate::engine::random::{Stream, StreamKey};
use crate::units::SimTime;

/// A task that waits for capacity.
///
/// Values that need a look-up of the task ([`ordinal`](Self::ordinal), [`arrived`](Self::arrived),
/// [`stream`](Self::stream)) are methods. A policy that does not call them does not spend the time.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The task.
    pub task: TaskId,
    /// Its entry or service; [`Plan::work_name`](crate::plan::Plan::work_name) returns the name.
    pub work: WorkId,
    /// The resources that it needs.
    pub shape: Shape,
    /// The conditions that it puts on an instance.
    pub requirement: &'a Requirement,
    /// The simulated time of the pass.
    pub now: SimTime,
    pub(super) record: Record<'a>,
    pub(super) key: StreamKey,
}

impl<'a> Work<'a> {
    /// A task of the first entry, submitted at time zero, for tests of a placement policy outside
    /// of a run. `key` is the key of the entry's random numbers.
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

    /// A task that is looked at outside of a pass: it may have left. `whose` is the key of the random
    /// numbers of its entry or service, and its ordinal.
    pub(crate) fn looked_at(
        work: WorkId,
        request: Request<'a>,
        now: SimTime,
        whose: (StreamKey, u64),
    ) -> Self {
        let (key, ordinal) = whose;
        Self {
            work,
            now,
            ..Self::outside_of_a_run(request, key, ordinal)
        }
    }

    /// Its resources and conditions, as the cluster's searches take them.
    #[inline]
    pub fn request(&self) -> Request<'a> {
        Request {
            shape: self.shape,
            requirement: self.requirement,
        }
    }

    /// The same task with another request, to try what a policy would do with it.
    #[must_use]
    pub fn with_request(self, request: Request<'a>) -> Self {
        Self {
            shape: request.shape,
            requirement: request.requirement,
            ..self
        }
    }

    /// Its number among the tasks of its entry or service in order of creation, from 0.
    pub fn ordinal(&self) -> u64 {
        match self.record {
            Record::Alive(tasks) => tasks.get(self.task).map_or(0, |task| task.ordinal),
            Record::Given(ordinal) => ordinal,
        }
    }

    /// Time of its submission.
    pub fn arrived(&self) -> SimTime {
        match self.record {
            Record::Alive(tasks) => tasks.get(self.task).map_or(self.now, |task| task.arrived),
            Record::Given(_) => SimTime::ZERO,
        }
    }

    /// A stream of random numbers for the placement of this task. It depends only on the seed, the
    /// name of the entry or service and the task's [`ordinal`](Self::ordinal).
    pub fn stream(&self) -> Stream {
        self.key.stream(self.ordinal())
    }
}

/// Where the record of a task is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Record<'a> {
    /// Among the living tasks.
    Alive(&'a Tasks),
    /// Outside of a run: the task's ordinal.
    Given(u64),
}

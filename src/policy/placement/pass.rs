//! One placement pass: what a scheduler can read and do in it.

use super::work::Record;
use super::{QueueOrder, Work};
use crate::cluster::{
    Cluster, InstanceId, Lack, Pending, PendingQueue, PerWork, Request, Requirement, TaskId, Tasks,
};
use crate::engine::random::StreamKey;
use crate::units::SimTime;
use std::fmt;

/// The error of a policy that cannot decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFailed {
    /// The policy's message.
    pub message: String,
}

impl fmt::Display for PolicyFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the placement policy failed: {}", self.message)
    }
}

impl std::error::Error for PolicyFailed {}

/// Why a decision of a scheduler was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The task does not wait: it never did, or it was placed or refused before in this pass.
    NotWaiting,
    /// The task does not fit the instance.
    NoRoom(Lack),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWaiting => f.write_str("the task is not waiting"),
            Self::NoRoom(lack) => write!(f, "the instance has no room: {lack:?}"),
        }
    }
}

impl From<Refusal> for PolicyFailed {
    fn from(refusal: Refusal) -> Self {
        Self {
            message: refusal.to_string(),
        }
    }
}

/// The state that a pass works on; the simulation owns it.
pub struct Pass<'a> {
    pub(crate) now: SimTime,
    pub(crate) cluster: &'a mut Cluster,
    pub(crate) tasks: &'a mut Tasks,
    pub(crate) waiting: &'a mut PendingQueue,
    /// Tasks that arrived since the last pass, oldest first; they are not in `waiting`.
    pub(crate) fresh: &'a mut Vec<Pending>,
    /// The order that ECS prescribes for this queue; `None` where the scheduler's own applies.
    pub(crate) order: Option<QueueOrder>,
    /// True when a task in `waiting` has not been offered to the scheduler in this queue yet, such
    /// as a retried task.
    pub(crate) is_new: bool,
    /// Instances where capacity was freed since the last pass.
    pub(crate) freed: &'a [InstanceId],
    /// By [`LaneId`](crate::cluster::LaneId): the conditions of its tasks on an instance in addition to
    /// amounts: eligible pools, free host ports, `distinctInstance`. A lane is a revision with one of
    /// its capacity providers.
    pub(crate) requirements: &'a [Requirement],
    /// Keys of the random numbers for placement.
    pub(crate) streams: &'a PerWork<StreamKey>,
    /// The tasks placed in this pass, in order.
    pub(crate) placed: &'a mut Vec<(TaskId, InstanceId)>,
    /// The tasks refused in this pass, in order.
    pub(crate) refused: &'a mut Vec<TaskId>,
}

impl<'a> Pass<'a> {
    /// The simulated time of the pass.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The capacity now, with the placements of this pass.
    pub fn cluster(&self) -> &Cluster {
        self.cluster
    }

    /// The order in which tasks must be tried. Set in passes over tasks that ECS itself queues
    /// (services and PROVISIONING); `None` in passes over the client's job queue, whose order is
    /// the scheduler's.
    pub fn order(&self) -> Option<QueueOrder> {
        self.order
    }

    /// Number of waiting tasks.
    pub fn waiting_len(&self) -> usize {
        self.waiting.len() + self.fresh.len()
    }

    /// All waiting tasks, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = Work<'_>> {
        let queued = self.waiting.iter().map(|(_, pending)| pending);
        queued
            .chain(self.fresh.iter())
            .map(|pending| self.work(pending))
    }

    /// Instances where capacity was freed since the last pass.
    pub fn freed(&self) -> &[InstanceId] {
        self.freed
    }

    /// Places a waiting task on an instance, whose capacity is promised at once.
    ///
    /// # Errors
    /// When the task does not wait or does not fit the instance. Then nothing has changed.
    pub fn place(&mut self, task: TaskId, instance: InstanceId) -> Result<(), Refusal> {
        let record = self.tasks.get(task).ok_or(Refusal::NotWaiting)?;
        let position = self.find(task)?;
        let request = Request {
            shape: record.shape,
            requirement: &self.requirements[record.lane.index()],
        };
        if let Some(lack) = self.cluster.lack(instance, &request) {
            return Err(Refusal::NoRoom(lack));
        }
        self.take(position);
        self.commit(task, instance);
        Ok(())
    }

    /// Refuses a waiting task: it leaves the system, as a failed `RunTask` call does.
    ///
    /// # Errors
    /// When the task does not wait.
    pub fn refuse(&mut self, task: TaskId) -> Result<(), Refusal> {
        let position = self.find(task)?;
        self.take(position);
        self.refused.push(task);
        Ok(())
    }

    /// Promises capacity to a task that has been removed from its queue.
    pub(super) fn commit(&mut self, task: TaskId, instance: InstanceId) {
        let pool = self.cluster.instance(instance).pool();
        let zone = self.cluster.pool(pool).spec.zone;
        let record = self.tasks.promise(task, instance, zone);
        let record = record.expect("only living tasks are placed");
        let requirement = &self.requirements[record.lane.index()];
        self.cluster.promise(
            instance,
            &Request {
                shape: record.shape,
                requirement,
            },
        );
        self.placed.push((task, instance));
    }

    /// Where the task waits.
    fn find(&self, task: TaskId) -> Result<Position, Refusal> {
        if let Some(at) = self.fresh.iter().position(|pending| pending.task == task) {
            return Ok(Position::Fresh(at));
        }
        let queued = self
            .waiting
            .iter()
            .find(|(_, pending)| pending.task == task);
        queued
            .map(|(at, _)| Position::Queued(at))
            .ok_or(Refusal::NotWaiting)
    }

    /// Removes the task at a position from its queue.
    fn take(&mut self, position: Position) {
        match position {
            Position::Fresh(at) => {
                self.fresh.remove(at);
            }
            Position::Queued(at) => {
                self.waiting.remove(at);
            }
        }
    }

    /// The view of a waiting task that policies get.
    #[inline]
    pub(super) fn work<'b>(&'b self, pending: &Pending) -> Work<'b> {
        Work {
            task: pending.task,
            work: pending.work,
            shape: pending.shape,
            requirement: &self.requirements[pending.lane.index()],
            now: self.now,
            record: Record::Alive(self.tasks),
            key: self.streams[pending.work],
        }
    }
}

/// Where a task waits.
enum Position {
    /// Index in `fresh`.
    Fresh(usize),
    /// Position in `waiting`, as [`PendingQueue`] gives it: earlier positions may be empty.
    Queued(usize),
}

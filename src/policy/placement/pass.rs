//! One placement pass: what a scheduler sees and may do.

use super::work::Record;
use super::{QueueOrder, Work};
use crate::cluster::{
    Cluster, InstanceId, Lack, Pending, PendingQueue, PerWork, Request, Requirement, TaskId, Tasks,
};
use crate::engine::random::StreamKey;
use crate::units::SimTime;
use std::fmt;

/// A policy that could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFailed {
    /// What it said.
    pub message: String,
}

impl fmt::Display for PolicyFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the placement policy failed: {}", self.message)
    }
}

impl std::error::Error for PolicyFailed {}

/// Why a decision was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The task is not waiting: never was, or has been decided about in this pass.
    NotWaiting,
    /// The instance has no room.
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
    /// Arrived since the last pass, oldest first; not yet among the waiting.
    pub(crate) fresh: &'a mut Vec<Pending>,
    /// The order that this queue must have, whatever the scheduler's own is.
    pub(crate) order: Option<QueueOrder>,
    /// Somebody waits who has not been tried where he waits now.
    pub(crate) is_new: bool,
    /// Instances where capacity was freed since the last pass.
    pub(crate) freed: &'a [InstanceId],
    /// By lane.
    pub(crate) requirements: &'a [Requirement],
    /// Keys of the placement draws.
    pub(crate) streams: &'a PerWork<StreamKey>,
    /// Decided in this pass, in order.
    pub(crate) placed: &'a mut Vec<(TaskId, InstanceId)>,
    pub(crate) refused: &'a mut Vec<TaskId>,
}

impl<'a> Pass<'a> {
    /// The time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The capacity as it is now, what this pass has placed included.
    pub fn cluster(&self) -> &Cluster {
        self.cluster
    }

    /// The order that ECS's own tasks are tried in; `None` for the client's job queue,
    /// whose order is the scheduler's.
    pub fn order(&self) -> Option<QueueOrder> {
        self.order
    }

    /// How many wait.
    pub fn waiting_len(&self) -> usize {
        self.waiting.len() + self.fresh.len()
    }

    /// All who wait, oldest first.
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

    /// Places a waiting task on an instance. It counts from now on.
    ///
    /// # Errors
    /// When the task does not wait or the instance has no room; nothing has changed then.
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

    /// Refuses a waiting task: its client is told that there is no room.
    ///
    /// # Errors
    /// When the task does not wait.
    pub fn refuse(&mut self, task: TaskId) -> Result<(), Refusal> {
        let position = self.find(task)?;
        self.take(position);
        self.refused.push(task);
        Ok(())
    }

    /// The promise itself, for a task that is in no queue any more.
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

    /// A task that waits, as policies see it.
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

enum Position {
    Fresh(usize),
    Queued(usize),
}

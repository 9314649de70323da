//! Tasks that are alive: waiting, on capacity or stopping. Finished tasks leave.

use super::{EntryId, InstanceId, LaneId, Shape, TaskId, ZoneId};
use crate::engine::Slab;
use crate::units::{SimTime, Span};
use serde::{Deserialize, Serialize};

/// One task.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The entry or service it came from.
    pub entry: EntryId,
    /// Where it may go: its entry and the capacity provider chosen for it.
    pub lane: LaneId,
    /// Its birth ordinal within the entry, from 0.
    pub ordinal: u64,
    /// When the client submitted it.
    pub arrived: SimTime,
    /// How long it has to run, at this attempt.
    pub duration: Span,
    /// What it takes: on Fargate the billed size.
    pub shape: Shape,
    /// What it asked for, in thousandths of a GPU where it takes whole devices.
    pub asked: Asked,
    /// Where it is: `None` while it waits, and on Fargate.
    pub instance: Option<InstanceId>,
    /// Its zone, once placed.
    pub zone: ZoneId,
    /// When it got its capacity.
    pub placed: SimTime,
    /// When its containers began to run; its placement until then.
    pub started: SimTime,
    /// How often it was placed.
    pub attempts: u32,
    /// The control plane has promised it capacity of an instance (facts/ecs.md 68).
    pub promised: bool,
    /// Its containers occupy their instance (facts/ecs.md 66).
    pub held: bool,
    /// Its containers run: its last status is RUNNING.
    pub running: bool,
    /// Its desired status is STOPPED.
    pub stopping: bool,
}

/// What a task asked for before rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// CPU, in 1/128,000 vCPU.
    pub cpu: u64,
    /// Memory, in bytes.
    pub memory: u64,
    /// Thousandths of a GPU.
    pub gpu_millis: u32,
}

/// The tasks that are alive.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    slab: Slab<Task>,
}

impl TaskId {
    /// Its slot among the tasks that are alive: others have it before and after.
    #[inline]
    pub(crate) const fn slot(self) -> usize {
        self.slot as usize
    }
}

impl Tasks {
    /// A task is born.
    #[inline]
    pub fn add(&mut self, task: Task) -> TaskId {
        let (slot, generation) = self.slab.insert(task);
        TaskId { slot, generation }
    }
    /// A task, while it is alive.
    #[inline]
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.slab.get(id.slot, id.generation)
    }
    /// A task, while it is alive.
    #[inline]
    pub fn get_mut(&mut self, id: TaskId) -> Option<&mut Task> {
        self.slab.get_mut(id.slot, id.generation)
    }
    /// A task leaves.
    #[inline]
    pub fn remove(&mut self, id: TaskId) -> Option<Task> {
        self.slab.remove(id.slot, id.generation)
    }
    /// How many are alive.
    pub fn len(&self) -> usize {
        self.slab.len()
    }
    /// True when none is alive.
    pub fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }
    /// All that are alive.
    pub fn iter(&self) -> impl Iterator<Item = &Task> {
        self.slab.iter()
    }
    /// All that are alive, with their ids.
    pub fn with_ids(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        let ids = self.slab.with_ids();
        ids.map(|(slot, generation, task)| (TaskId { slot, generation }, task))
    }
}

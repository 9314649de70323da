//! Tasks that are alive: waiting, on capacity or stopping. Finished tasks leave.

use super::by_instance::ByInstance;
use super::{InstanceId, LaneId, RevisionId, Shape, TaskId, ZoneId};
use crate::engine::Slab;
use crate::units::{SimTime, Span};
use serde::{Deserialize, Serialize};

/// One task.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The revision that it was born from.
    pub revision: RevisionId,
    /// Where it may go: its revision and the capacity provider chosen for it.
    pub lane: LaneId,
    /// Its birth ordinal within the entry or service, from 0.
    pub ordinal: u64,
    /// When the client submitted it.
    pub arrived: SimTime,
    /// How long it has to run, at this attempt.
    pub duration: Span,
    /// What it takes: on Fargate the billed size.
    pub shape: Shape,
    /// What it asked for, in thousandths of a GPU where it takes whole devices.
    pub asked: Asked,
    /// Where it is: `None` while it waits, and on Fargate. Of a living task it is set by
    /// [`Tasks::promise`] alone.
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
    /// Kept from the first time that the tasks of an instance are asked for: where that never
    /// happens, tasks do not pay for it.
    by_instance: Option<Box<ByInstance>>,
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
    /// The control plane promises capacity of an instance in a zone to a task. Gives the task,
    /// while it is alive.
    ///
    /// # Panics
    /// When the task is on an instance already.
    #[inline]
    pub fn promise(&mut self, id: TaskId, instance: InstanceId, zone: ZoneId) -> Option<&Task> {
        let task = self.slab.get_mut(id.slot, id.generation)?;
        assert!(task.instance.is_none(), "{id:?} is on an instance already");
        task.instance = Some(instance);
        task.zone = zone;
        task.promised = true;
        if let Some(index) = &mut self.by_instance {
            index.join(id.slot, instance);
        }
        Some(task)
    }
    /// A task leaves.
    #[inline]
    pub fn remove(&mut self, id: TaskId) -> Option<Task> {
        let task = self.slab.remove(id.slot, id.generation)?;
        if let (Some(index), Some(instance)) = (&mut self.by_instance, task.instance) {
            index.leave(id.slot, instance);
        }
        Some(task)
    }
    /// The living tasks on an instance, oldest first: by arrival, entry and ordinal.
    pub fn on_instance(&mut self, instance: InstanceId) -> Vec<TaskId> {
        let slab = &self.slab;
        let index = self
            .by_instance
            .get_or_insert_with(|| Box::new(index_of(slab)));
        let slots = index.slots(instance);
        let there = slots.filter_map(|slot| {
            let (generation, task) = slab.at(slot)?;
            Some((TaskId { slot, generation }, task))
        });
        let tasks = oldest_first(there);
        debug_assert_eq!(tasks, self.scan(instance), "the index misses no task");
        tasks
    }
    /// As [`on_instance`](Self::on_instance), by looking at every living task.
    fn scan(&self, instance: InstanceId) -> Vec<TaskId> {
        let there = |(_, task): &(TaskId, &Task)| task.instance == Some(instance);
        oldest_first(self.with_ids().filter(there))
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

/// The index of the tasks that are alive now.
fn index_of(slab: &Slab<Task>) -> ByInstance {
    let mut index = ByInstance::default();
    for (slot, _, task) in slab.with_ids() {
        if let Some(instance) = task.instance {
            index.join(slot, instance);
        }
    }
    index
}

/// Tasks by arrival, entry and ordinal.
fn oldest_first<'a>(tasks: impl Iterator<Item = (TaskId, &'a Task)>) -> Vec<TaskId> {
    let age = |task: &Task| (task.arrived, task.revision, task.ordinal);
    let mut tasks: Vec<_> = tasks.map(|(id, task)| (age(task), id)).collect();
    tasks.sort_unstable();
    tasks.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(ordinal: u64, arrived: u64) -> Task {
        Task {
            revision: RevisionId::new(0),
            lane: LaneId::new(0),
            ordinal,
            arrived: SimTime::micros(arrived),
            duration: Span::ZERO,
            shape: Shape::default(),
            asked: Asked::default(),
            instance: None,
            zone: ZoneId::new(0),
            placed: SimTime::ZERO,
            started: SimTime::ZERO,
            attempts: 0,
            promised: false,
            held: false,
            running: false,
            stopping: false,
        }
    }

    #[test]
    fn tasks_of_an_instance_are_listed_oldest_first_before_and_after_the_first_question() {
        let mut tasks = Tasks::default();
        let (here, there) = (InstanceId::new(2), InstanceId::new(0));
        let zone = ZoneId::new(1);
        let young = tasks.add(task(0, 9));
        let old = tasks.add(task(1, 4));
        let other = tasks.add(task(2, 5));
        tasks.promise(young, here, zone);
        tasks.promise(old, here, zone);
        assert_eq!(tasks.on_instance(here), [old, young]);
        tasks.promise(other, there, zone);
        let middle = tasks.add(task(3, 4));
        tasks.promise(middle, here, zone);
        assert_eq!(tasks.on_instance(here), [old, middle, young]);
        assert_eq!(tasks.on_instance(there), [other]);
        tasks.remove(middle);
        tasks.remove(old);
        assert_eq!(tasks.on_instance(here), [young]);
        // Its slot is used again, by a task that waits.
        tasks.add(task(4, 1));
        assert_eq!(tasks.on_instance(here), [young]);
        assert_eq!(tasks.get(young).map(|task| task.zone), Some(zone));
    }
}

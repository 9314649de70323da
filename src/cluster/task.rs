//! Living tasks: those that wait for capacity, have capacity or are stopping. A task that has
//! finished is removed.

use super::by_instance::ByInstance;
use super::{InstanceId, LaneId, RevisionId, Shape, TaskId, ZoneId};
use crate::engine::Slab;
use crate::units::{SimTime, Span};
use serde::{Deserialize, Serialize};

/// One task.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The revision that the task was created from.
    pub revision: RevisionId,
    /// Its revision with the capacity provider chosen for it.
    pub lane: LaneId,
    /// Its number among the tasks of its entry or service in order of creation, from 0.
    pub ordinal: u64,
    /// Time at which a client submitted it or its service created it. A resubmission does not change it.
    pub arrived: SimTime,
    /// Run time of this attempt.
    pub duration: Span,
    /// The resources that it reserves; on Fargate the billed size.
    pub shape: Shape,
    /// The resources that it requested, before rounding to what it reserves.
    pub asked: Asked,
    /// Its instance; `None` while it waits, and on Fargate. Of a living task only
    /// [`Tasks::promise`] sets it.
    pub instance: Option<InstanceId>,
    /// Its zone; without meaning before it is placed.
    pub zone: ZoneId,
    /// Time of its latest placement.
    pub placed: SimTime,
    /// Time at which its containers started; the time of placement before that.
    pub started: SimTime,
    /// Number of times that it was placed.
    pub attempts: u32,
    /// Number of times that it was refused and then submitted again.
    pub refusals: u32,
    /// True while capacity of an instance is promised to it (facts/ecs.md 68).
    pub promised: bool,
    /// True while its containers occupy their instance (facts/ecs.md 66).
    pub held: bool,
    /// True while its last status is RUNNING.
    pub running: bool,
    /// True once its desired status is STOPPED.
    pub stopping: bool,
}

/// The resources that a task requested, before rounding to what it reserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// CPU, in 1/128,000 vCPU.
    pub cpu: u64,
    /// Requested memory, in bytes; on Fargate before it is raised to a size that Fargate offers
    /// (facts/ecs.md 25).
    pub memory: u64,
    /// GPUs, in thousandths; a task reserves whole devices.
    pub gpu_millis: u32,
}

/// The living tasks of a run.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    slab: Slab<Task>,
    /// Made at the first call of [`on_instance`](Self::on_instance). A run that never calls it
    /// does not spend time on the lists.
    by_instance: Option<Box<ByInstance>>,
}

impl TaskId {
    /// Its slot among the living tasks. Other tasks may have the slot before and after it.
    #[inline]
    pub(crate) const fn slot(self) -> usize {
        self.slot as usize
    }
}

impl Tasks {
    /// Adds a task.
    #[inline]
    pub fn add(&mut self, task: Task) -> TaskId {
        let (slot, generation) = self.slab.insert(task);
        TaskId { slot, generation }
    }
    /// The task with this id; `None` once it was removed.
    #[inline]
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.slab.get(id.slot, id.generation)
    }
    /// The task with this id, to be changed; `None` once it was removed.
    #[inline]
    pub fn get_mut(&mut self, id: TaskId) -> Option<&mut Task> {
        self.slab.get_mut(id.slot, id.generation)
    }
    /// Reads the memory of a task that is needed soon; see [`Slab::touch`].
    #[inline]
    pub(crate) fn touch(&self, id: TaskId) {
        self.slab.touch(id.slot);
    }
    /// Records that capacity of an instance in a zone is promised to a task. Returns the task;
    /// `None` when it was removed before.
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
    /// Removes a task and returns it; `None` when it was removed before.
    #[inline]
    pub fn remove(&mut self, id: TaskId) -> Option<Task> {
        let task = self.slab.remove(id.slot, id.generation)?;
        if let (Some(index), Some(instance)) = (&mut self.by_instance, task.instance) {
            index.leave(id.slot, instance);
        }
        Some(task)
    }
    /// The living tasks on an instance by time of submission, revision and ordinal.
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
        debug_assert_eq!(tasks, self.scan(instance), "the index agrees with a scan");
        tasks
    }
    /// The result of [`on_instance`](Self::on_instance), by a scan of all living tasks.
    fn scan(&self, instance: InstanceId) -> Vec<TaskId> {
        let there = |(_, task): &(TaskId, &Task)| task.instance == Some(instance);
        oldest_first(self.with_ids().filter(there))
    }
    /// Number of living tasks.
    pub fn len(&self) -> usize {
        self.slab.len()
    }
    /// True when there is no living task.
    pub fn is_empty(&self) -> bool {
        self.slab.is_empty()
    }
    /// All living tasks, in order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = &Task> {
        self.slab.iter()
    }
    /// All living tasks with their ids, in order of their slots.
    pub fn with_ids(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        let ids = self.slab.with_ids();
        ids.map(|(slot, generation, task)| (TaskId { slot, generation }, task))
    }
}

/// The lists of the tasks that are alive now.
fn index_of(slab: &Slab<Task>) -> ByInstance {
    let mut index = ByInstance::default();
    for (slot, _, task) in slab.with_ids() {
        if let Some(instance) = task.instance {
            index.join(slot, instance);
        }
    }
    index
}

/// Ids by time of submission, revision and ordinal.
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
            refusals: 0,
            promised: false,
            held: false,
            running: false,
            stopping: false,
        }
    }

    #[test]
    fn tasks_of_an_instance_are_listed_oldest_first_before_and_after_the_index_is_made() {
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

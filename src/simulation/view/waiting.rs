//! What a watcher may read about a task without capacity: what keeps it from a placement pass, and the
//! request that it makes of an instance.

use super::super::fact::Obstacle;
use super::super::world::World;
use crate::cluster::{
    LaneId, Pending, PendingQueue, ProviderId, Request, Requirement, Shape, Task, TaskId, Tasks,
    WorkId,
};
use crate::policy::placement::Work;
use crate::units::SimTime;

impl World<'_> {
    /// The living tasks.
    pub fn tasks(&self) -> &Tasks {
        self.lives.tasks()
    }

    /// By lane: what its tasks require of an instance.
    pub fn requirements(&self) -> &[Requirement] {
        self.lives.requirements()
    }

    /// The living task with this ordinal. All tasks are looked at.
    pub fn task_of(&self, work: WorkId, ordinal: u64) -> Option<TaskId> {
        let mut tasks = self.tasks().with_ids();
        let found = tasks.find(|(_, task)| {
            task.ordinal == ordinal && !task.stopping && self.lives.revision(task).work == work
        });
        found.map(|(id, _)| id)
    }

    /// The task as placement policies see it, also where it is no longer there.
    pub fn work_of(&self, work: WorkId, task: &Task, now: SimTime) -> Work<'_> {
        self.work_with(work, (task.lane, task.shape), task.ordinal, now)
    }

    /// A task with this lane and shape as placement policies see it.
    pub fn work_with(
        &self,
        work: WorkId,
        (lane, shape): (LaneId, Shape),
        ordinal: u64,
        now: SimTime,
    ) -> Work<'_> {
        let requirement = &self.requirements()[lane.index()];
        let request = Request { shape, requirement };
        Work::looked_at(work, request, now, (self.placing.key(work), ordinal))
    }

    /// The tasks before this one in the queue in which it waits for an instance, in order; all of it
    /// where it has left the queue.
    pub fn before(&self, id: Option<TaskId>, work: WorkId, now: SimTime) -> Vec<Work<'_>> {
        let is_it = |pending: &Pending| Some(pending.task) == id;
        let before = |queue: &PendingQueue| {
            let waiting = queue.iter().map(|(_, pending)| *pending);
            waiting
                .take_while(|pending| !is_it(pending))
                .collect::<Vec<_>>()
        };
        let queues = [self.ecs.provisioning(), self.clients.waiting()];
        let is_there = |queue: &&PendingQueue| queue.iter().any(|(_, pending)| is_it(pending));
        let own = match work {
            WorkId::Service(_) => Some(queues[0]),
            WorkId::Entry(_) => queues.into_iter().find(is_there),
        };
        let pending = own.map(before).unwrap_or_default();
        let works = pending.iter().filter_map(|pending| {
            let task = self.tasks().get(pending.task)?;
            Some(self.work_of(pending.work, task, now))
        });
        works.collect()
    }

    /// What keeps a task from capacity, other than what instances lack; `None` where it waits for an
    /// instance, and between two submissions by its client.
    pub fn obstacle(&self, id: TaskId) -> Option<Obstacle> {
        let task = self.tasks().get(id)?;
        let revision = self.lives.revision(task);
        if let WorkId::Entry(entry) = revision.work {
            if self.clients.holds(entry, id) {
                return Some(Obstacle::EarlierTasks);
            }
            if self.clients.delays(id) {
                return Some(Obstacle::RunTaskRate);
            }
        }
        if self.control_plane_is_out() {
            return Some(Obstacle::ControlPlane);
        }
        if !revision.on_fargate {
            return None;
        }
        Some(match () {
            () if task.held => Obstacle::FargateRate,
            () if self.lives.waits_for_quota(id, task) => Obstacle::FargateQuota,
            () => Obstacle::NoFargate,
        })
    }

    /// The capacity provider of Fargate of a task on it.
    pub fn fargate_provider(&self, task: &Task) -> ProviderId {
        self.lives.fargate_provider(task)
    }

    /// True during an outage of the control plane, in which nothing is placed.
    pub fn control_plane_is_out(&self) -> bool {
        self.lives.platform.outages().control_plane_is_out()
    }
}

//! The capacity that tasks take on Fargate, and what they are billed for it.

use super::state::Lives;
use crate::cluster::{ProviderId, Task, TaskId, ZoneId};
use crate::simulation::notice::Notice;
use crate::simulation::platform::fargate::FargateSize;
use crate::units::SimTime;

/// A task takes its capacity.
pub(super) fn occupy(lives: &mut Lives<'_>, task: &Task) {
    let (provider, group) = (lives.fargate_provider(task), lives.revision(task).group);
    let state = lives.platform.fargate_mut(provider);
    state.occupy(task.zone, group, task.shape.cpu);
}

/// A task gives its capacity back.
pub(super) fn vacate(lives: &mut Lives<'_>, task: &Task) {
    let (provider, group) = (lives.fargate_provider(task), lives.revision(task).group);
    let state = lives.platform.fargate_mut(provider);
    state.vacate(task.zone, group, task.shape.cpu);
}

/// Fargate bills the task from now on.
pub(super) fn start_billing(lives: &mut Lives<'_>, now: SimTime, task: &Task) {
    let (place, size) = (lives.fargate_place(task), lives.fargate_size(task));
    lives.platform.start_fargate_meters(place, &size, now);
}

/// The task's capacity is free, and is billed no more.
pub(super) fn stop_billing(lives: &mut Lives<'_>, now: SimTime, task: &Task) {
    end_meters(lives, now, task, task.placed);
    leave(lives, task);
}

/// Billing of a task that began at `since` ends.
pub(super) fn end_meters(lives: &mut Lives<'_>, now: SimTime, task: &Task, since: SimTime) {
    let (place, size) = (lives.fargate_place(task), lives.fargate_size(task));
    lives.platform.stop_fargate_meters(place, &size, since, now);
}

/// The task counts no more; tasks that the quota held back may go.
pub(super) fn leave(lives: &mut Lives<'_>, task: &Task) {
    vacate(lives, task);
    let provider = lives.fargate_provider(task);
    lives.platform.notify(Notice::FargateRoomFreed(provider));
}

impl Lives<'_> {
    /// All tasks that Fargate runs now, with their ids.
    pub(in crate::simulation) fn on_fargate(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        let is_up = |task: &Task| task.promised || task.stopping;
        let tasks = self.tasks.with_ids();
        tasks.filter(move |(_, task)| self.revision(task).on_fargate && is_up(task))
    }

    pub(super) fn fargate_provider(&self, task: &Task) -> ProviderId {
        let provider = self.lanes[task.lane.index()].provider;
        provider.expect("a Fargate task has a provider")
    }

    fn fargate_place(&self, task: &Task) -> (ProviderId, ZoneId) {
        (self.fargate_provider(task), task.zone)
    }

    fn fargate_size(&self, task: &Task) -> FargateSize {
        let revision = self.revision(task);
        FargateSize {
            cpu: task.shape.cpu,
            memory: task.shape.memory,
            storage: revision.demand.ephemeral_storage,
            arm: revision.arm,
        }
    }
}

//! The Fargate capacity of tasks, and its billing.

use super::state::Lives;
use crate::cluster::{ProviderId, Task, TaskId, ZoneId};
use crate::simulation::notice::Deferred;
use crate::simulation::platform::fargate::FargateSize;
use crate::units::SimTime;

/// Counts a task in its zone and against the quota.
pub(super) fn occupy(lives: &mut Lives<'_>, task: &Task) {
    let (provider, group) = (lives.fargate_provider(task), lives.revision(task).group);
    let state = lives.platform.fargate_mut(provider);
    state.occupy(task.zone, group, task.shape.cpu);
}

/// Stops counting a task in its zone and against the quota.
pub(super) fn vacate(lives: &mut Lives<'_>, task: &Task) {
    let (provider, group) = (lives.fargate_provider(task), lives.revision(task).group);
    let state = lives.platform.fargate_mut(provider);
    state.vacate(task.zone, group, task.shape.cpu);
}

/// Begins to bill a task.
pub(super) fn start_billing(lives: &mut Lives<'_>, now: SimTime, task: &Task) {
    let (place, size) = (lives.fargate_place(task), lives.fargate_size(task));
    lives.platform.start_fargate_meters(place, &size, now);
}

/// Ends billing of a task without a detailed life, and frees its capacity.
pub(super) fn stop_billing(lives: &mut Lives<'_>, now: SimTime, task: &Task) {
    end_meters(lives, now, task, task.placed);
    leave(lives, task);
}

/// Ends billing of a task that was billed since `since`.
pub(super) fn end_meters(lives: &mut Lives<'_>, now: SimTime, task: &Task, since: SimTime) {
    let (place, size) = (lives.fargate_place(task), lives.fargate_size(task));
    lives.platform.stop_fargate_meters(place, &size, since, now);
}

/// Frees the capacity of a task, so that tasks that wait for the quota may be launched.
pub(super) fn leave(lives: &mut Lives<'_>, task: &Task) {
    vacate(lives, task);
    let provider = lives.fargate_provider(task);
    lives.platform.defer(Deferred::FargateRoomFreed(provider));
}

impl Lives<'_> {
    /// All tasks that have capacity on Fargate now, with their ids.
    pub(in crate::simulation) fn on_fargate(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        let is_up = |task: &Task| task.promised || task.stopping;
        let tasks = self.tasks.with_ids();
        tasks.filter(move |(_, task)| self.revision(task).on_fargate && is_up(task))
    }

    /// The Fargate provider of a task.
    ///
    /// # Panics
    /// When its lane has no provider.
    pub(in crate::simulation) fn fargate_provider(&self, task: &Task) -> ProviderId {
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

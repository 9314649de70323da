//! What a watcher of a run may read of its world.

mod coming;
mod daemons;
mod waiting;

pub use coming::GroupView;
pub use daemons::MissingDaemon;

use super::world::World;
use crate::cluster::{Cluster, InstanceId, Task, WorkId};
use crate::units::SimTime;
use serde::{Deserialize, Serialize};

/// The state of an instance, as ECS and EC2 show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HostState {
    /// EC2 launches it.
    Launching,
    /// It boots; its agent has not registered.
    Booting,
    /// ACTIVE, and its agent is connected.
    Active,
    /// DRAINING: it is given no tasks.
    Draining,
    /// ACTIVE, and its agent is disconnected: it is given no tasks.
    Disconnected,
    /// It has failed, by itself or with its zone.
    Failed,
    /// An action has deregistered it: ECS has it no more, and EC2 still runs it.
    Deregistered,
    /// Terminated.
    Terminated,
}

impl World<'_> {
    /// The capacity, as it is promised now.
    pub fn cluster(&self) -> &Cluster {
        self.lives.platform.cluster()
    }

    /// The living tasks with the entry or service of each, in no particular order.
    pub fn living(&self) -> impl Iterator<Item = (WorkId, &Task)> {
        let tasks = self.lives.tasks().iter();
        tasks.map(|task| (self.lives.revision(task).work, task))
    }

    /// The state of an instance.
    pub fn host_state(&self, id: InstanceId) -> HostState {
        use super::platform::State;
        let platform = &self.lives.platform;
        match platform.machine(id).state {
            State::Pending => HostState::Launching,
            State::Booting => HostState::Booting,
            State::Active if platform.is_disconnected(id) => HostState::Disconnected,
            State::Active => HostState::Active,
            State::Draining => HostState::Draining,
            State::Failed => HostState::Failed,
            State::Deregistered => HostState::Deregistered,
            State::Gone => HostState::Terminated,
        }
    }

    /// The time at which an instance was launched, and whether it is a Spot instance.
    pub fn launch_of(&self, id: InstanceId) -> (SimTime, bool) {
        let machine = self.lives.platform.machine(id);
        (machine.launched, machine.spot)
    }
}

//! What a watcher may read about capacity that is on its way, and about what limits it.

use super::super::platform::State;
use super::super::world::World;
use crate::cluster::{InstanceId, ProviderId};
use crate::plan::Capacity;
use crate::units::SimTime;
use serde::Serialize;

/// The Auto Scaling group of a capacity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// The desired capacity, in instances.
    pub desired: u32,
    /// `MinSize`.
    pub min_size: u32,
    /// `MaxSize`.
    pub max_size: u32,
    /// After a failed launch: the time of the next attempt.
    #[serde(rename = "launchRetryMicros")]
    pub launch_retry_at: Option<SimTime>,
}

impl World<'_> {
    /// The instances of a provider that were launched and have not registered, with the time at which
    /// each will, in order of that time.
    pub fn starting(&self, provider: ProviderId) -> Vec<(SimTime, InstanceId)> {
        let all = self.lives.platform.instances();
        let starts = |state: State| matches!(state, State::Pending | State::Booting);
        let starting = all.filter(|(_, of)| of.provider == provider && starts(of.state));
        let mut starting: Vec<_> = starting.map(|(id, of)| (of.registered, id)).collect();
        starting.sort_unstable();
        starting
    }

    /// The Auto Scaling group of a provider; `None` where it has none.
    pub fn group(&self, provider: ProviderId) -> Option<GroupView> {
        let platform = &self.lives.platform;
        let capacity = &platform.plan().cluster.providers[provider.index()].capacity;
        let Capacity::Group(plan) = capacity else {
            return None;
        };
        let group = platform.group(provider);
        Some(GroupView {
            desired: group.desired(),
            min_size: plan.min_size,
            max_size: plan.max_size,
            launch_retry_at: group.launch_retry_at(),
        })
    }
}

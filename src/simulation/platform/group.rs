//! The state of an Auto Scaling group.

use crate::cluster::{InstanceId, PoolId, ProviderId};
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{AutoScalingGroup, Plan};
use crate::policy::provisioning::group::LaunchRetry;
use crate::units::SimTime;

/// The state of an Auto Scaling group.
pub(in crate::simulation) struct GroupState<'p> {
    pub plan: &'p AutoScalingGroup,
    /// The pools: by type, then by zone of the group.
    pub(super) pools: Vec<Vec<PoolId>>,
    /// Its instances that are not gone, in order of launch.
    pub(super) members: Vec<InstanceId>,
    pub(super) desired: u32,
    /// Successful launches so far, by zone of the group.
    pub(super) launches: Vec<u64>,
    /// Attempted launches so far, successful or not.
    pub(super) tries: u64,
    /// Key of the boot times.
    pub(super) boots: StreamKey,
    /// Key of the random choice of the instance that is terminated.
    pub(super) terminations: StreamKey,
    pub(super) retry: LaunchRetry,
    /// After a failed launch: the time of the next attempt.
    pub(super) retry_at: Option<SimTime>,
    /// Instances that are gone and that ECS may not have missed yet (facts/ecs.md 237).
    pub(super) gone: Vec<InstanceId>,
}

impl<'p> GroupState<'p> {
    pub(in crate::simulation) fn new(
        plan: &Plan,
        seed: u64,
        provider: ProviderId,
        group: &'p AutoScalingGroup,
        pools: Vec<Vec<PoolId>>,
    ) -> Self {
        let name = &plan.cluster.providers[provider.index()].name;
        let (first, longest) = plan.assumptions.launch_retry;
        Self {
            plan: group,
            pools,
            members: Vec::new(),
            desired: group.desired_capacity.clamp(group.min_size, group.max_size),
            launches: vec![0; group.zones.len()],
            tries: 0,
            boots: StreamKey::new(seed, Purpose::InstanceBoot, name),
            terminations: StreamKey::new(seed, Purpose::TerminationChoice, name),
            retry: LaunchRetry::new(first, longest),
            retry_at: None,
            gone: Vec::new(),
        }
    }
}

impl GroupState<'_> {
    /// Its instances that are not gone, in order of launch.
    pub(in crate::simulation) fn members(&self) -> &[InstanceId] {
        &self.members
    }

    /// The pool of a type in a zone, by their numbers in the group.
    pub(in crate::simulation) fn pool(&self, kind: usize, zone: usize) -> PoolId {
        self.pools[kind][zone]
    }

    /// After a failed launch: the time of the next attempt.
    pub(in crate::simulation) fn launch_retry_at(&self) -> Option<SimTime> {
        self.retry_at
    }

    /// The desired capacity, in instances.
    pub(in crate::simulation) fn desired(&self) -> u32 {
        self.desired
    }
}

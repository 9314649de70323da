//! The desired count of a service as ECS tells it, to circuit breakers, alarms and readers.

use super::state::Ecs;
use crate::cluster::{InstanceId, ServiceId};
use crate::simulation::life::{Lives, creation};
use std::collections::BTreeSet;

/// The desired count of a service; of a daemon service the number of its instances (facts/ecs.md 106,
/// 209, 258).
pub(super) fn desired_count(ecs: &Ecs<'_>, lives: &Lives<'_>, service: ServiceId) -> u32 {
    match ecs.services[service.index()].is_daemon() {
        true => instances(ecs, lives, service),
        false => ecs.services[service.index()].desired,
    }
}

/// The number of ACTIVE instances that meet the requirements of a daemon service (facts/ecs.md 106).
fn instances(ecs: &Ecs<'_>, lives: &Lives<'_>, service: ServiceId) -> u32 {
    let rollout = &ecs.services[service.index()].rollout;
    let number = rollout.starts().unwrap_or(rollout.primary.number);
    let revision = lives.revision_at(rollout.revision(number));
    let shape = creation::fixed_shape(revision.demand);
    let cluster = lives.platform.cluster();
    let mut members: BTreeSet<InstanceId> = BTreeSet::new();
    for lane in revision.lanes() {
        let request = lives.request(lane, shape);
        for pool in &lives.requirement(lane).pools {
            let instances = cluster.pool(*pool).instances().iter();
            members.extend(instances.filter(|id| cluster.is_member(**id, &request)));
        }
    }
    u32::try_from(members.len()).expect("few instances")
}

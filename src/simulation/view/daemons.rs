//! What a watcher may read about the instances on which a daemon service has no task.

use super::super::ecs::daemons::unserved;
use super::super::world::World;
use crate::cluster::{InstanceId, LaneId, RevisionId, ServiceId, Shape};

/// A task that a daemon service would have on an instance.
#[derive(Clone, Copy, Debug)]
pub struct MissingDaemon {
    /// The instance.
    pub instance: InstanceId,
    /// The revision of the task.
    pub revision: RevisionId,
    /// Its lane.
    pub lane: LaneId,
    /// What it reserves.
    pub shape: Shape,
}

impl World<'_> {
    /// The instances that a daemon service has to serve, has no task on, and has no capacity reserved
    /// on, in order of launch (facts/ecs.md 106, 109).
    pub fn missing_daemons(&self, service: ServiceId) -> Vec<MissingDaemon> {
        let Some(unserved) = unserved(&self.ecs, &self.lives, service) else {
            return Vec::new();
        };
        let (revision, shape) = (unserved.revision, unserved.shape);
        let missing = unserved.places.into_iter().filter(|(instance, lane)| {
            let request = self.lives.request(*lane, shape);
            let is_kept = self.lives.kept_room((service, *instance)).is_some();
            !is_kept && self.cluster().is_member(*instance, &request)
        });
        let missing = missing.map(|(instance, lane)| MissingDaemon {
            instance,
            revision,
            lane,
            shape,
        });
        missing.collect()
    }
}

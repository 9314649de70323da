//! The tasks of a service that have scale-in protection, each until a time.

use crate::cluster::TaskId;
use crate::units::SimTime;
use std::collections::BTreeMap;

/// The protected tasks of a service, each with the time at which its protection ends.
#[derive(Default)]
pub(super) struct ProtectedTasks(BTreeMap<TaskId, SimTime>);

impl ProtectedTasks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, id: TaskId) -> bool {
        self.0.contains_key(&id)
    }

    /// Protects a task until a time, or ends its protection.
    pub(super) fn set(&mut self, id: TaskId, until: Option<SimTime>) {
        match until {
            Some(until) => self.0.insert(id, until),
            None => self.0.remove(&id),
        };
    }

    /// Forgets the tasks whose protection is over or that do not exist any more. Returns the time at
    /// which the next protection ends.
    pub(super) fn expire(
        &mut self,
        now: SimTime,
        exists: impl Fn(TaskId) -> bool,
    ) -> Option<SimTime> {
        self.0.retain(|id, until| *until > now && exists(*id));
        self.0.values().min().copied()
    }
}

//! Ids of nouns. Positions, never used again within a run; a task's also has a generation.

use crate::engine::typed_id;

typed_id! {
    /// An instance, in order of registration.
    InstanceId
}
typed_id! {
    /// Instances of one provider, type and zone.
    PoolId
}
typed_id! {
    /// A capacity provider of the plan.
    ProviderId
}
typed_id! {
    /// An Availability Zone of the plan.
    ZoneId
}
typed_id! {
    /// An entry of the plan's `tasks`.
    EntryId
}
typed_id! {
    /// A revision of an entry or service: what its tasks are made of.
    RevisionId
}
typed_id! {
    /// Where the tasks of a revision may go: the revision and one of its capacity providers.
    LaneId
}
typed_id! {
    /// A service of the plan.
    ServiceId
}
typed_id! {
    /// A task group, by which `spread` counts.
    GroupId
}

/// A task that is alive, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl TaskId {
    /// The id of no task.
    pub(crate) const NONE: Self = Self {
        slot: u32::MAX,
        generation: u32::MAX,
    };
}

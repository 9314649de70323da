//! Ids of what a plan and a run have. An id is a position, and is not used again within a run. The
//! id of a task is a slot with a generation, because slots are used again.

use crate::engine::typed_id;

typed_id! {
    /// An instance, in order of launch.
    InstanceId
}
typed_id! {
    /// A pool: the instances of one capacity provider, type and zone.
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
    /// A revision of an entry or service: the task definition that its tasks are created from.
    RevisionId
}
typed_id! {
    /// A lane: a revision with one of the capacity providers that its tasks may be placed on.
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

/// A task that exists or has existed in the run. The id of a task that has left finds no task,
/// even when its slot is in use again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl TaskId {
    /// The id that stands for no task.
    pub(crate) const NONE: Self = Self {
        slot: u32::MAX,
        generation: u32::MAX,
    };

    /// True for the same id: one comparison of both numbers together.
    #[inline(always)]
    pub(crate) const fn is(self, other: Self) -> bool {
        self.bits() == other.bits()
    }

    const fn bits(self) -> u64 {
        (self.generation as u64) << 32 | self.slot as u64
    }
}

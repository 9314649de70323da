//! The platform's data of an instance. Its capacity is in the cluster.

use super::registries::Disk;
use crate::cluster::{ProviderId, ZoneId};
use crate::units::{Memory, SimTime};
use crate::usage::MeterId;

/// The platform's data of an instance. Its capacity is in the cluster.
pub(in crate::simulation) struct Machine {
    pub provider: ProviderId,
    pub instance_type: usize,
    pub zone: ZoneId,
    pub spot: bool,
    pub state: State,
    pub launched: SimTime,
    /// It is there at the start of the run, as if it had run before.
    pub there_at_start: bool,
    /// When its agent registered, or will register.
    pub registered: SimTime,
    /// The number of its launch, from 0: within its group and zone, or among the instances of all
    /// fixed fleets. The key of its random numbers.
    pub ordinal: u64,
    /// It belongs to an Auto Scaling group.
    pub in_group: bool,
    /// Protected from scale-in of its group (facts/ecs.md 158).
    pub protected: bool,
    /// When the next step of its life is due. An event for another time is stale.
    pub due: SimTime,
    /// Its group scales it in: it no longer counts for the group's capacity, and is terminated
    /// once it has drained. A Spot instance that drains because of an interruption stays a member
    /// until its end (facts/ecs.md 232, 233).
    pub leaving: bool,
    /// The number of faults that keep it failed. It recovers when all are over.
    pub(super) down: u32,
    /// The number of faults that disconnect its agent from the control plane.
    pub(super) disconnections: u32,
    /// It has failed a health check of its group, which replaces it when its limit of simultaneous
    /// replacements allows (facts/ecs.md 165).
    pub(super) awaits_replacement: bool,
    /// When AWS terminates it, once it has its Spot interruption notice.
    pub interrupted_at: Option<SimTime>,
    /// The images on its root volume.
    pub(super) disk: Disk,
    /// Size of its root volume; `None`: its volume is not limited and not billed.
    pub(super) root_volume: Option<Memory>,
    /// Its meters, while they count.
    pub(super) billing: Option<Billing>,
    /// True while its capacity counts in the figures.
    pub(super) counted: bool,
}

/// The state of an instance in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum State {
    /// Launched but not running. It is not billed.
    Pending,
    /// Running and billed. Its agent has not registered.
    Booting,
    /// ACTIVE: its agent has registered, and it may be given tasks.
    Active,
    /// DRAINING: it is given no tasks and waits for those it has to end.
    Draining,
    /// Failed; it may recover.
    Failed,
    /// Deregistered from the cluster. EC2 runs and bills it until it is terminated.
    Deregistered,
    /// Terminated. ECS may not have noticed yet (facts/ecs.md 237).
    Gone,
}

/// The meters of an instance that is billed.
#[derive(Clone, Copy)]
pub(super) struct Billing {
    /// When billing began.
    pub(super) since: SimTime,
    pub(super) instance: MeterId,
    /// The meter of the fee, for a Managed Instance.
    pub(super) fee: Option<MeterId>,
    /// The meter of the root volume, and its size in bytes.
    pub(super) volume: Option<(MeterId, u64)>,
}

impl Machine {
    /// True when it counts for its group's capacity: it is pending, booting, active, failed, or
    /// drains for another reason than scale-in.
    pub(in crate::simulation) fn is_coming_or_there(&self) -> bool {
        self.state != State::Gone && !self.leaving
    }

    /// True when it is ACTIVE or DRAINING.
    pub(in crate::simulation) fn is_up(&self) -> bool {
        matches!(self.state, State::Active | State::Draining)
    }
}

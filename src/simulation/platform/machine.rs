//! What the platform keeps about an instance beside its capacity.

use super::registries::Disk;
use crate::cluster::{ProviderId, ZoneId};
use crate::units::{Memory, SimTime};
use crate::usage::MeterId;

/// What the platform keeps about an instance beside its capacity.
pub(in crate::simulation) struct Machine {
    pub provider: ProviderId,
    pub instance_type: usize,
    pub zone: ZoneId,
    pub spot: bool,
    pub state: State,
    pub launched: SimTime,
    /// When its agent registered; meaningless before.
    pub registered: SimTime,
    /// It was launched as the n-th of its group, or fleet, and zone.
    pub ordinal: u64,
    /// It belongs to an Auto Scaling group.
    pub in_group: bool,
    /// Its group does not scale it in (facts/ecs.md 158).
    pub protected: bool,
    /// The next step of its life; reminders for other times are stale.
    pub due: SimTime,
    /// Its group has taken it out: it counts no more for the group's capacity, and is
    /// terminated once it has drained. One that drains because AWS takes it back stays in
    /// its group to its end (facts/ecs.md 232, 233).
    pub leaving: bool,
    /// How many faults keep it down: it is back when all are over.
    pub(super) down: u32,
    /// For how many reasons its agent has no connection to the control plane.
    pub(super) disconnections: u32,
    /// It has failed, and its group replaces it once it may.
    pub(super) awaits_replacement: bool,
    /// AWS will take it back at this time.
    pub interrupted_at: Option<SimTime>,
    /// Its images.
    pub(super) disk: Disk,
    pub(super) root_volume: Option<Memory>,
    pub(super) billing: Option<Billing>,
    /// Its capacity counts in the figures.
    pub(super) counted: bool,
}

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum State {
    /// Launched, and not running yet.
    Pending,
    /// Running, and not registered yet.
    Booting,
    /// Registered; it may be given tasks.
    Active,
    /// Waiting for its tasks to end.
    Draining,
    /// Failed; it may come back.
    Failed,
    /// Terminated or dead, which ECS may not have noticed.
    Gone,
}

/// The running meters of an instance.
#[derive(Clone, Copy)]
pub(super) struct Billing {
    /// Since when it is billed.
    pub(super) since: SimTime,
    pub(super) instance: MeterId,
    pub(super) volume: Option<(MeterId, u64)>,
}

impl Machine {
    /// It is there, or will be.
    pub(in crate::simulation) fn is_coming_or_there(&self) -> bool {
        self.state != State::Gone && !self.leaving
    }

    /// Its agent is registered: it is ACTIVE or DRAINING.
    pub(in crate::simulation) fn is_up(&self) -> bool {
        matches!(self.state, State::Active | State::Draining)
    }
}

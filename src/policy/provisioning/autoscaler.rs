//! The contract of an autoscaler of one's own: it looks at the Auto Scaling groups and at
//! who waits, and launches, cancels and terminates instances as it likes. Its groups have
//! no managed scaling, and `minSize` and `maxSize` hold for it too.

use crate::cluster::{Cluster, InstanceId, Pending, PendingQueue, ProviderId};
use crate::units::SimTime;

/// Decides how many instances there are.
pub trait Autoscaler: Send {
    /// Called after every placement pass of an instant in which something changed, and at
    /// the times it asked for.
    fn decide(&mut self, view: &AutoscalerView<'_>) -> Vec<ScalingAction>;
}

/// What an autoscaler sees.
pub struct AutoscalerView<'a> {
    pub(crate) now: SimTime,
    pub(crate) after_pass: bool,
    pub(crate) cluster: &'a Cluster,
    pub(crate) queues: [&'a PendingQueue; 2],
    pub(crate) members: Vec<GroupMember>,
}

/// An instance of an Auto Scaling group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The instance; ids are in order of launch.
    pub instance: InstanceId,
    /// The group's provider.
    pub provider: ProviderId,
    /// False while it boots.
    pub registered: bool,
    /// When it was launched.
    pub launched: SimTime,
}

/// What an autoscaler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingAction {
    /// Launches so many instances in a group, up to its maximum.
    Launch {
        /// The group's provider.
        provider: ProviderId,
        /// How many.
        count: u32,
    },
    /// Terminates an instance, or cancels its boot, at once.
    Terminate {
        /// The instance.
        instance: InstanceId,
    },
    /// Asks to be called at a time, before work arrives at it.
    WakeAt(SimTime),
}

impl<'a> AutoscalerView<'a> {
    /// The time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// True when a placement pass has just ended; false at a time it asked for.
    pub fn is_after_pass(&self) -> bool {
        self.after_pass
    }

    /// The capacity as it is.
    pub fn cluster(&self) -> &'a Cluster {
        self.cluster
    }

    /// All who wait for capacity: in the client's job queue, then in PROVISIONING.
    pub fn waiting(&self) -> impl Iterator<Item = &'a Pending> {
        let queues = self.queues.into_iter();
        queues.flat_map(|queue| queue.iter().map(|(_, pending)| pending))
    }

    /// The instances of all groups that are there or coming, in order of launch.
    pub fn members(&self) -> &[GroupMember] {
        &self.members
    }
}

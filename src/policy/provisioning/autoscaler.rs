//! The interface of an autoscaler of your own. It reads the Auto Scaling groups and the waiting
//! tasks, and launches and terminates instances. Its groups have no managed scaling. A group's
//! `minSize` and `maxSize` limit it.

use crate::cluster::{Cluster, InstanceId, Pending, PendingQueue, ProviderId};
use crate::units::SimTime;

/// Decides the number of instances of Auto Scaling groups.
pub trait Autoscaler: Send {
    /// Returns the actions to carry out now, in order. It is called after the placement pass of
    /// every instant in which something changed, and at the times of its
    /// [`WakeAt`](ScalingAction::WakeAt).
    fn decide(&mut self, view: &AutoscalerView<'_>) -> Vec<ScalingAction>;
}

/// What an autoscaler can read.
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
    /// False while it is booting.
    pub registered: bool,
    /// Time of its launch.
    pub launched: SimTime,
}

/// An action of an autoscaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingAction {
    /// Launches instances in a group, as far as `maxSize` allows.
    Launch {
        /// The group's provider.
        provider: ProviderId,
        /// Number of instances.
        count: u32,
    },
    /// Terminates an instance at once, also while it is booting; not below `minSize`.
    Terminate {
        /// The instance.
        instance: InstanceId,
    },
    /// Calls the autoscaler at this time, before the arrivals of that instant.
    WakeAt(SimTime),
}

impl<'a> AutoscalerView<'a> {
    /// The simulated time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// True after a placement pass; false in a call at the time of a
    /// [`WakeAt`](ScalingAction::WakeAt).
    pub fn is_after_pass(&self) -> bool {
        self.after_pass
    }

    /// The capacity now.
    pub fn cluster(&self) -> &'a Cluster {
        self.cluster
    }

    /// All tasks that wait for capacity: those in the client's job queue, then those in
    /// PROVISIONING.
    pub fn waiting(&self) -> impl Iterator<Item = &'a Pending> {
        let queues = self.queues.into_iter();
        queues.flat_map(|queue| queue.iter().map(|(_, pending)| pending))
    }

    /// The instances of all groups that are registered or booting, in order of launch.
    pub fn members(&self) -> &[GroupMember] {
        &self.members
    }
}

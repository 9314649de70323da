//! The traits of placement policies: one for a task, one for a whole pass.

use super::{Pass, PolicyFailed, Work};
use crate::cluster::{Cluster, InstanceId};

/// Chooses an instance for one task.
pub trait Placement: Send {
    /// Returns the instance for the task; `None` to leave the task waiting. The instance must
    /// fit ([`Cluster::fits`]).
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId>;

    /// True when the policy places a task whenever some instance fits it. A task that was not
    /// placed is then offered again only after capacity was freed on an instance that fits it,
    /// which makes passes quick. A policy that sometimes leaves a fitting task waiting must
    /// return false, or the task may wait for ever.
    fn is_greedy(&self) -> bool {
        false
    }
}

/// Decides whole placement passes.
pub trait Scheduler: Send {
    /// Decides about the waiting tasks. A task that is neither placed nor refused stays in the
    /// queue.
    ///
    /// # Errors
    /// [`PolicyFailed`] when the policy cannot decide; the run then ends with this error.
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed>;
}

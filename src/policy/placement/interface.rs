//! The two traits that a policy of placement implements.

use super::{Pass, PolicyFailed, Work};
use crate::cluster::{Cluster, InstanceId};

/// Chooses an instance for one task.
pub trait Placement: Send {
    /// The instance that the task goes to; `None` when it is to go on waiting.
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId>;

    /// True when it places a task whenever some instance fits. Then work that found no room
    /// need not be offered again until capacity is freed where it would fit, and passes are
    /// quick. Only say so when it is so.
    fn is_greedy(&self) -> bool {
        false
    }
}

/// Answers a placement pass.
pub trait Scheduler: Send {
    /// Decides about what waits. What is neither placed nor refused goes on waiting.
    ///
    /// # Errors
    /// [`PolicyFailed`] when the policy itself cannot go on; the run ends with it.
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed>;
}

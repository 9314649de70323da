//! Everything that can have happened.

use crate::cluster::{ProviderId, Task, ZoneId};

/// Something that happened, at the time that its reader is told.
#[derive(Clone, Copy, Debug)]
pub enum Fact {
    /// An instance joined.
    InstanceRegistered {
        /// The provider.
        provider: ProviderId,
        /// Index of its type in the plan.
        instance_type: usize,
        /// Its zone.
        zone: ZoneId,
        /// Registered CPU in 1/128,000 vCPU.
        cpu: u64,
        /// Registered memory in bytes.
        memory: u64,
        /// GPUs.
        gpus: u32,
    },
    /// A client submitted a task.
    TaskArrived(TaskFact),
    /// A task got its capacity.
    TaskPlaced(TaskFact),
    /// A task's containers run.
    TaskStarted(TaskFact),
    /// A task's containers have ended and its capacity is free.
    TaskFinished(TaskFact),
    /// A task was refused.
    TaskRejected(TaskFact, Rejection),
    /// Rows of a trace were left out because no instance could ever hold them.
    TasksSkipped {
        /// Index of the entry.
        entry: usize,
        /// How many tasks.
        tasks: u64,
    },
}

/// A task as a fact tells of it.
#[derive(Clone, Copy, Debug)]
pub struct TaskFact {
    /// The task.
    pub task: Task,
    /// The provider whose capacity it has; `None` while it has none.
    pub provider: Option<ProviderId>,
}

/// Why a task was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// There was no room and it does not wait.
    NoRoom,
    /// The job queue was full.
    QueueFull,
    /// No instance could ever hold it.
    Unplaceable,
    /// The scheduler refused it.
    ByScheduler,
}

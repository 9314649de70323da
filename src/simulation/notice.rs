//! Notices: how a lower layer informs the layers above it. Notices are delivered in the order in
//! which they were sent, after the event or the placement pass that caused them, and before the
//! next event.
//!
//! ```text
//! platform ← life ← traffic ← ecs ← clients ← faults
//! ```
//!
//! A layer calls the layers before it and sends notices to those after it; some notices go to lower
//! layers as well, where files of one layer would otherwise call each other in a circle. A task
//! without a detailed life causes no notice on an instance of a fixed fleet, so that such a task
//! costs no delivery.

use super::fact::{Rejection, StopReason, TaskFact};
use crate::cluster::{EntryId, InstanceId, Lacks, ProviderId, RevisionId, ServiceId, TaskId};
use crate::units::SimTime;

/// A change that a layer above may act on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// An instance has registered.
    InstanceRegistered(InstanceId),
    /// An instance may be given tasks: it has registered, has recovered or is connected again.
    InstanceReady(InstanceId),
    /// An instance is DRAINING: it is given no more tasks and waits for those it has to end.
    InstanceDraining(InstanceId),
    /// An Auto Scaling group has removed an instance that was DRAINING already.
    InstanceLeaving(InstanceId),
    /// An instance has failed; it may recover.
    InstanceFailed(InstanceId),
    /// An instance is terminated.
    InstanceGone(InstanceId),
    /// The tasks on the instances of a provider, or the provider's desired capacity, have changed.
    CapacityChanged(ProviderId),
    /// The last outage of the control plane is over.
    ControlPlaneBack,
    /// A task of a service is placed.
    TaskPlaced(ServiceId),
    /// A task of a service is RUNNING.
    TaskRunning(ServiceId, RevisionId),
    /// The health status of a task of a service has changed: whether it is healthy now.
    TaskHealthChanged(ServiceId, RevisionId, bool),
    /// The tasks of a service with a load that run or serve requests have changed.
    ServingChanged(ServiceId),
    /// The tasks without a load that use CPU have changed.
    CpuUseChanged,
    /// A stopped task has left its instance, which belongs to an Auto Scaling group.
    TaskLeft(InstanceId),
    /// A task of a service is STOPPED; whether it was RUNNING before.
    TaskStopped(ServiceId, RevisionId, bool, StopReason),
    /// A task of a service was refused for want of capacity, and no longer exists; where no instance
    /// has room for it, what they lack.
    TaskRejected(ServiceId, RevisionId, Option<Lacks>, Rejection),
    /// The stops of a scheduling round are done: the round starts this number of tasks.
    StartsDue(ServiceId, u32),
    /// The same for tasks of the revision that served before the deployment in progress.
    KeptStartsDue(ServiceId, u32),
    /// A standalone task whose client retries was refused. It still exists, and waits nowhere.
    JobRefused(TaskId, Rejection),
    /// A task of an entry whose client counts them has left for good.
    JobLeft(EntryId),
    /// A standalone task has stopped and is not done, with the time at which its containers ended.
    JobStopped(TaskFact, StopReason, SimTime),
}

/// Work of the life of tasks that waits until the handler that caused it has ended, so that its
/// files do not call each other in a circle. All of it is done before the next notice is delivered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deferred {
    /// Containers have ended on an instance, or its agent is connected again: the agent may start
    /// the next task in its queue.
    HostRoomFreed(InstanceId),
    /// A task of this provider has left Fargate: tasks that wait for the quota may be launched.
    FargateRoomFreed(ProviderId),
    /// A step of a task's life that takes no time is over.
    StepOver(TaskId, Step),
}

/// The step that a task with a detailed life is in. The names follow the statuses of ECS
/// (facts/ecs.md 50 to 52).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// PROVISIONING: its interface or microVM is being prepared.
    Provisioning,
    /// PENDING: the agent has not picked it up yet.
    Pending,
    /// PENDING: it waits in the agent's queue until the host has room (facts/ecs.md 66).
    Queued,
    /// Its images are pulled and its containers start.
    Activating,
    /// Its containers run, which the control plane does not show yet.
    Polling,
    /// RUNNING.
    Running,
    /// DEACTIVATING: its target is deregistered; its containers run.
    Deactivating,
    /// STOPPING: its containers are being stopped.
    Stopping,
    /// ECS has decided to stop it, but its agent is disconnected: the stop begins when the agent
    /// is connected again.
    StopUndelivered,
    /// DEPROVISIONING: its interface is detached.
    Deprovisioning,
    /// Its host has died, which ECS has not noticed yet (facts/ecs.md 237).
    Dead,
}

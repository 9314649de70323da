//! What a lower layer tells the layers above. Notices are told in order, once the event or the
//! placement pass that caused them is handled, and before the next.
//!
//! ```text
//! platform ← life ← ecs ← clients ← faults
//! ```
//!
//! A layer calls those before it and tells those after it. Plain tasks cause no notice.

use super::fact::{Rejection, StopReason, TaskFact};
use crate::cluster::{InstanceId, ProviderId, ServiceId, Task, TaskId};
use crate::units::SimTime;

/// Something that a layer above may act on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notice {
    /// An instance has registered.
    InstanceRegistered(InstanceId),
    /// An instance takes tasks: it has registered, has recovered or is connected again.
    InstanceReady(InstanceId),
    /// An instance takes no more tasks and waits for those it has.
    InstanceDraining(InstanceId),
    /// The group of an instance has taken it out while it drained.
    InstanceLeaving(InstanceId),
    /// An instance has failed.
    InstanceFailed(InstanceId),
    /// An instance is gone for good.
    InstanceGone(InstanceId),
    /// The desired capacity, the tasks or the state of a provider's instances have changed.
    CapacityChanged(ProviderId),
    /// The control plane decides again.
    ControlPlaneBack,
    /// Containers on an instance have let go of its host: the agent may take up the next task.
    HostRoomFreed(InstanceId),
    /// A task has left Fargate: tasks that its quota held back may go.
    FargateRoomFreed(ProviderId),
    /// A step of a task's life had no length, and is over.
    StepOver(TaskId, Step),
    /// A task of a service has its capacity.
    TaskPlaced(ServiceId),
    /// A task of a service is RUNNING.
    TaskRunning(ServiceId),
    /// The health of a task of a service has changed.
    TaskHealthChanged(ServiceId),
    /// A daemon stops, and its instance keeps the room for the next one.
    DaemonRoomKept(ServiceId, InstanceId),
    /// A task that has stopped has left its instance.
    TaskLeft(InstanceId),
    /// A task of a service is STOPPED.
    TaskStopped(ServiceId, Task, StopReason),
    /// A task of a service found no capacity, and is gone.
    TaskRejected(ServiceId, Task, Rejection),
    /// A standalone task has stopped; its containers had ended at that time.
    JobStopped(TaskFact, StopReason, SimTime),
}

/// Where a task with a life in detail is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Provisioning,
    Pending,
    Queued,
    Activating,
    Polling,
    Running,
    Stopping,
    /// It is to stop, of which its agent hears when it is connected again.
    StopUndelivered,
    Deprovisioning,
    /// Its host is gone, which ECS has not noticed.
    Dead,
}

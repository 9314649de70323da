//! Actions: calls of AWS's APIs at given times, as an operator makes them.

use crate::cluster::WorkId;
use crate::units::{SimTime, Span};

/// The most actions of a plan.
pub const MOST_ACTIONS: usize = 10_000;

/// An entry of `actions`.
#[derive(Clone, Debug)]
pub struct Action {
    /// The time of the call. During an outage of the control plane it is made at its end.
    pub at: SimTime,
    /// The call.
    pub call: ApiCall,
}

/// A call of an AWS API.
#[derive(Clone, Debug)]
pub enum ApiCall {
    /// ECS `UpdateService` with a desired count, also outside of the bounds of its scaling.
    UpdateService {
        /// The service, by its index in the plan.
        service: usize,
        /// The new desired count.
        desired_count: u32,
    },
    /// ECS `StartTask`: one task of an entry on each of some instances, whatever its strategy is. It
    /// needs room there like any other; a task that finds none is refused (facts/ecs.md 114).
    StartTask {
        /// The entry of `tasks`, by its index in the plan.
        entry: usize,
        /// The instances, by number in order of launch, from 0; at most 10 (facts/ecs.md 43).
        instances: Vec<u32>,
    },
    /// ECS `StopTask`, for the tasks that were created first.
    StopTask {
        /// The service or the entry of `tasks`.
        work: WorkId,
        /// The number of tasks that have capacity and are not stopping.
        count: u32,
    },
    /// ECS `UpdateTaskProtection`, for the RUNNING tasks of a service that were created first
    /// (facts/ecs.md 227).
    UpdateTaskProtection {
        /// The service, by its index in the plan.
        service: usize,
        /// The number of tasks.
        count: u32,
        /// How long they are protected, from 1 to 2,880 minutes; `None`: the protection of protected
        /// tasks ends.
        expires_in: Option<Span>,
    },
    /// ECS `UpdateContainerInstancesState`.
    UpdateContainerInstancesState {
        /// Which instances.
        instances: InstanceSelection,
        /// Their new state.
        status: ContainerInstanceStatus,
    },
    /// ECS `RegisterContainerInstance`: new instances of a fixed fleet, which are launched and
    /// registered at once.
    RegisterContainerInstance {
        /// The capacity provider with the fleet, by its index in the plan.
        provider: usize,
        /// The member of the fleet that they are like, by its index.
        member: usize,
        /// Their zone.
        zone: usize,
        /// Their number.
        count: u32,
    },
    /// ECS `DeregisterContainerInstance`. The EC2 instances go on to run and to be billed.
    DeregisterContainerInstance {
        /// Which ACTIVE or DRAINING instances.
        instances: InstanceSelection,
        /// Stop the tasks on them. Without it the call fails for an instance with tasks
        /// (facts/ecs.md 238).
        force: bool,
    },
    /// EC2 `TerminateInstances`. An Auto Scaling group replaces them.
    TerminateInstances {
        /// Which instances.
        instances: InstanceSelection,
    },
    /// Auto Scaling `SetDesiredCapacity`, within the group's bounds.
    SetDesiredCapacity {
        /// The capacity provider of the group, by its index in the plan.
        provider: usize,
        /// The new desired capacity.
        desired_capacity: u32,
    },
}

/// The instances of a call: those for which all that is set is true, in order of launch.
#[derive(Clone, Debug, Default)]
pub struct InstanceSelection {
    /// Only instances of this capacity provider.
    pub provider: Option<usize>,
    /// Only instances in this zone.
    pub zone: Option<usize>,
    /// Only these instances, by number in order of launch, from 0.
    pub instances: Option<Vec<u32>>,
    /// At most this many of them.
    pub count: Option<u32>,
}

/// The state that `UpdateContainerInstancesState` gives an instance (facts/ecs.md 225).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerInstanceStatus {
    /// A DRAINING instance takes tasks again.
    Active,
    /// An ACTIVE instance takes no more tasks, and services replace those on it.
    Draining,
}

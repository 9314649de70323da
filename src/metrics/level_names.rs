//! The levels that are measured over time.

/// A level of a capacity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum CapacityLevel {
    /// Registered CPU, in 1/128,000 vCPU; on Fargate the billed size.
    CpuTotal,
    /// CPU that tasks have reserved, in 1/128,000 vCPU.
    CpuReserved,
    /// CPU that RUNNING tasks used, in 1/128,000 vCPU: those of services with a load or a queue; of others what
    /// they requested.
    CpuUsed,
    /// Registered memory in bytes; on Fargate the billed size.
    MemoryTotal,
    /// Memory that tasks have reserved, in bytes.
    MemoryReserved,
    /// Memory that RUNNING tasks used, in bytes: those of services whose load says it; of others what they
    /// requested.
    MemoryUsed,
    /// Registered GPUs.
    GpuTotal,
    /// GPUs that tasks have reserved.
    GpuReserved,
    /// GPUs that RUNNING tasks requested, in thousandths.
    GpuUsedMillis,
    /// Registered instances.
    Instances,
    /// Tasks that have capacity.
    Tasks,
    /// Fargate: CPU requested by the tasks that have capacity, before rounding to a billed size.
    CpuAsked,
    /// Fargate: memory requested by the tasks that have capacity, before rounding to a billed size.
    MemoryAsked,
}

/// Number of levels of a capacity provider.
pub const CAPACITY_LEVELS: usize = 13;

/// A level of the whole cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum TaskLevel {
    /// Tasks without capacity.
    Waiting,
    /// The sum of the desired counts of all services other than daemons.
    Desired,
    /// Their tasks that count as healthy.
    Healthy,
    /// Healthy tasks below the desired count, summed over the services that lack some. A task for
    /// which there is no room need not exist, so that it does not count as waiting.
    Missing,
}

/// Number of levels of the whole cluster.
pub const TASK_LEVELS: usize = 4;

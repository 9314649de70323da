//! The purposes of random draws. Their values are part of the contract that the same seed gives the
//! same run.

/// The purpose of a random draw. The values are part of the contract that the same seed gives the
/// same run: they are never renumbered or used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The gap before the n-th arrival of an entry.
    Arrival = 1,
    /// CPU of a task.
    TaskCpu = 2,
    /// Memory of a task.
    TaskMemory = 3,
    /// Run time of a task.
    TaskDuration = 4,
    /// The choice of an instance by the ECS strategy `random`, and the draws of a placement policy of
    /// the user (`Work::stream`).
    Placement = 5,
    /// How long a task is PROVISIONING: its interface or microVM.
    TaskProvisioning = 6,
    /// How long a task waits for its agent to begin.
    TaskPending = 7,
    /// How long the control plane takes to see a Fargate task run.
    TaskPolling = 8,
    /// How long a task's interface takes to be detached.
    InterfaceDetach = 9,
    /// How long a container takes to start.
    ContainerStart = 10,
    /// Whether a container exits as it starts.
    ContainerStartFailure = 11,
    /// How long a container runs by itself.
    ContainerRunTime = 12,
    /// When a container crashes.
    ContainerCrash = 13,
    /// How much memory a container comes to use.
    ContainerMemory = 14,
    /// How long a container takes to use it.
    ContainerMemoryGrowth = 15,
    /// How long a container takes to be healthy.
    ContainerHealthy = 16,
    /// When a container's health check begins to fail.
    ContainerHealthFailure = 17,
    /// How long a container takes to stop.
    ContainerStop = 18,
    /// How long an instance takes to boot.
    InstanceBoot = 19,
    /// The gap before the n-th event of a Spot pool.
    SpotEvent = 20,
    /// The share of a pool that an event takes.
    SpotShare = 21,
    /// Which instances or tasks a Spot event interrupts, and when.
    SpotSelection = 22,
    /// How long a pool has no capacity after a launch without capacity.
    CapacityShortage = 23,
    /// Whether a launch finds capacity.
    LaunchFailure = 24,
    /// Whether Fargate Spot has capacity.
    FargateLaunch = 25,
    /// When a fault occurs.
    FaultOccurrence = 26,
    /// How long a fault lasts.
    FaultLength = 27,
    /// Which instances, tasks or zone a fault affects.
    FaultChoice = 28,
    /// How long lost work waits before it is submitted again.
    RetryDelay = 29,
    /// The run time of a later attempt.
    Redraw = 30,
    /// Which task a scale-in stops, where the rules leave a choice.
    StopChoice = 31,
    /// Whether the API fails the launch of an instance.
    LaunchError = 32,
    /// Whether the API fails the launch of a Fargate task.
    FargateLaunchError = 33,
    /// How many tasks the n-th arrival of an entry brings.
    ArrivalCount = 34,
    /// The shares of an image's layers; the same in every seed.
    LayerShares = 35,
    /// Which instance an Auto Scaling group terminates, where its policy leaves a choice.
    TerminationChoice = 36,
    /// Whether the release of a deployment is bad.
    BadRelease = 37,
    /// How long the SDK waits after a throttled call.
    ThrottledRetry = 41,
    /// How long an arrival is delayed within its flexible time window.
    FlexibleWindow = 42,
    /// The noise of the load of a service in a minute.
    LoadNoise = 43,
    /// The gap before the n-th flash crowd of a service.
    FlashCrowd = 48,
    /// The step of a random walk of the load of a service in a minute.
    LoadWalk = 49,
    /// The n-th state of the bursts of the load of a service, and how long it stays.
    LoadBursts = 50,
    /// The time to the next message of a queue that gets few.
    MessageArrival = 51,
    /// The arrivals of single requests.
    RequestArrival = 60,
    /// The CPU time of single requests.
    RequestCpu = 61,
    /// Which task gets a request.
    RequestRouting = 62,
}

//! The kinds of events of a run, as `events.jsonl` names them, and what each says. Expectations
//! select events by them.

/// Makes the enum of kinds from its rows: name in code, name in files, subject, documentation.
macro_rules! kinds {
    ($($kind:ident, $name:literal, $subject:ident, $doc:literal;)+) => {
        /// A kind of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventKind {
            $(
                #[doc = concat!("`", $name, "`: ", $doc, ".")]
                $kind,
            )+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its name in `events.jsonl`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// What it says; a sentence without its full stop.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$kind => $doc,)+ }
            }

            /// What it is about.
            pub const fn subject(self) -> EventSubject {
                match self { $(Self::$kind => EventSubject::$subject,)+ }
            }
        }
    };
}

kinds! {
    InstanceLaunched, "InstanceLaunched", Instance, "An instance was launched";
    InstanceRegistered, "InstanceRegistered", Instance, "Its agent registered: it takes tasks";
    InstanceDraining, "InstanceDraining", Instance, "It is DRAINING: it takes no more tasks";
    InstanceActivated, "InstanceActivated", Instance,
        "A draining instance is ACTIVE again: it takes tasks";
    InstanceFailed, "InstanceFailed", Instance, "It has failed, by itself or with its zone";
    InstanceRecovered, "InstanceRecovered", Instance, "It has recovered, without tasks";
    AgentDisconnected, "AgentDisconnected", Instance,
        "ECS has noticed that its agent is disconnected";
    AgentReconnected, "AgentReconnected", Instance, "Its agent is connected again";
    InstanceDeregistered, "InstanceDeregistered", Instance,
        "An action has deregistered it: ECS no longer has it, and EC2 still runs it";
    InstanceDeregistrationFailed, "InstanceDeregistrationFailed", Instance,
        "An action could not deregister it without `force`, as it has tasks";
    InstanceGone, "InstanceGone", InstanceEnd, "It was terminated";
    LaunchFailed, "LaunchFailed", Launch, "A launch failed";
    TaskArrived, "TaskArrived", Task, "A client or a service submitted a task";
    TaskPlaced, "TaskPlaced", Task, "The task has capacity on an instance or on Fargate";
    TaskStarted, "TaskStarted", Task, "It is RUNNING";
    StartBrokenDown, "StartBrokenDown", Task, "The parts of the time from placement to RUNNING";
    TaskHealthy, "TaskHealthy", Task, "From now on it counts as healthy";
    TaskUnhealthy, "TaskUnhealthy", Task, "From now on it does not count as healthy";
    TaskDied, "TaskDied", Task,
        "Its containers have ended with their instance; ECS has not noticed it yet";
    WorkWaits, "WorkWaits", Wait,
        "Tasks of a service or an entry wait, and why; at most once a minute";
    LossNoticed, "LossNoticed", Task, "ECS notices that a task of a service is lost";
    ContainerPulling, "ContainerPulling", Container, "A container's image is being pulled";
    ContainerStarted, "ContainerStarted", Container, "A container runs";
    ContainerHealthy, "ContainerHealthy", Container, "From now on it counts as healthy";
    ContainerUnhealthy, "ContainerUnhealthy", Container, "From now on it does not count as healthy";
    ContainerExited, "ContainerExited", ContainerExit, "It has exited";
    ContainerRestarted, "ContainerRestarted", Task, "A container was restarted within its task";
    TaskPending, "TaskPending", Task, "Its last status is PENDING";
    TaskDeactivating, "TaskDeactivating", Task,
        "Its last status is DEACTIVATING: its target is deregistered";
    TaskDrained, "TaskDrained", Task,
        "Its last status is STOPPING: its deregistration delay is over, and its containers are stopped";
    TargetRegistered, "TargetRegistered", Task, "Its target is registered with its target group";
    TargetHealthy, "TargetHealthy", Task, "Its load balancer finds its target healthy";
    TargetUnhealthy, "TargetUnhealthy", Task, "Its load balancer finds its target unhealthy";
    TargetDeregistered, "TargetDeregistered", Task, "Its target is deregistered";
    TaskDeprovisioning, "TaskDeprovisioning", Task,
        "Its last status is DEPROVISIONING: its network interface is detached";
    TaskStopping, "TaskStopping", Stop, "Its desired status became STOPPED";
    TaskFinished, "TaskFinished", Task, "A standalone task is done";
    TaskStopped, "TaskStopped", Stop, "It has stopped; a standalone task has failed for good";
    TaskInterrupted, "TaskInterrupted", Stop,
        "A standalone task was lost and will be submitted again";
    SubmissionRefused, "SubmissionRefused", Refusal,
        "A submission was refused, and will be repeated";
    NoRoomFor, "NoRoomFor", Task,
        "A standalone task finds no room, with what the instances lack; the refusal follows";
    TaskRejected, "TaskRejected", Refusal, "It was refused";
    ArrivalSkipped, "ArrivalSkipped", Arrival,
        "An arrival of a schedule was left out, as tasks of an earlier one had not left";
    ArrivalReplaced, "ArrivalReplaced", Arrival,
        "An arrival of a schedule replaces tasks of earlier ones";
    RunTaskThrottled, "RunTaskThrottled", Arrival,
        "A call of `RunTask` was throttled; it is repeated, or its tasks are refused";
    TasksSkipped, "TasksSkipped", Skip, "Trace rows were left out, as no instance can hold them";
    CapacityMeasured, "CapacityMeasured", Measurement, "`CapacityProviderReservation` was measured";
    GroupScaled, "GroupScaled", Scaling, "The desired capacity of an Auto Scaling group changed";
    FaultBegan, "FaultBegan", Fault, "A fault occurred";
    FaultEnded, "FaultEnded", Fault, "It is over";
    ServiceDesiredCountUpdated, "SERVICE_DESIRED_COUNT_UPDATED", Service,
        "A service's desired count changed";
    ServiceScaled, "ServiceScaled", Service,
        "A scaling policy or a scheduled action sets the desired count of a service";
    PolicyEvaluated, "PolicyEvaluated", Service,
        "Not in this file: what a scaling policy saw and decided, which `ecsim explain --service` tells";
    ServiceRequests, "ServiceRequests", Service,
        "Not in this file: what has passed of the requests of a service";
    CpuCredits, "CpuCredits", Instance,
        "Not in this file: the CPU credits of a burstable instance, every five minutes";
    QueueMessages, "QueueMessages", Service,
        "Not in this file: what has passed of the messages of a queue";
    ServiceRebalancingStarted, "ServiceRebalancingStarted", Service,
        "A service that is not even over its zones starts tasks in the zone with the fewest";
    ServiceRebalancingFinished, "ServiceRebalancingFinished", Service,
        "Tasks of it in the zones with the most stop, as the others are healthy";
    ServiceDeploymentInProgress, "SERVICE_DEPLOYMENT_IN_PROGRESS", Deployment,
        "A deployment of a service began, or a rollback";
    ServiceDeploymentCompleted, "SERVICE_DEPLOYMENT_COMPLETED", Deployment, "It is COMPLETED";
    ServiceDeploymentFailed, "SERVICE_DEPLOYMENT_FAILED", Deployment,
        "It is FAILED: its circuit breaker or an alarm has ended it";
    DeploymentFailedTasks, "DeploymentFailedTasks", Deployment,
        "Its count of failed tasks has changed";
    DeploymentBakes, "DeploymentBakes", Deployment,
        "All its tasks are replaced and healthy; with alarms its bake time begins";
    DeploymentSuperseded, "DeploymentSuperseded", Deployment,
        "A newer deployment has replaced it before it was COMPLETED";
    DeploymentTrafficShifted, "DeploymentTrafficShifted", Deployment,
        "Another share of the requests goes to its tasks, as its strategy says, or none after a failure";
    DeploymentCleansUp, "DeploymentCleansUp", Deployment,
        "Its bake time is over: the tasks of the earlier revision stop";
    ReleaseTurnedBad, "ReleaseTurnedBad", Deployment, "Its release is bad from now on";
    ServiceRound, "ServiceRound", Service,
        "Not in this file: a round of the service scheduler, which `ecsim explain --service` tells";
    ServiceSteadyState, "SERVICE_STEADY_STATE", Service,
        "A service has as many healthy tasks as desired; repeated every 6 hours in this file";
    ServiceTaskPlacementFailure, "SERVICE_TASK_PLACEMENT_FAILURE", Placement,
        "A task of a service found no room; the same message is repeated in this file when a task was placed in between, or after 6 hours";
    ServiceTaskStartImpaired, "SERVICE_TASK_START_IMPAIRED", Service,
        "Tasks of a service repeatedly fail to start";
    ServiceBlocked, "ServiceBlocked", Service, "The service may neither stop nor start a task";
}

/// What a kind of event is about, which decides the keys of its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSubject {
    /// An instance.
    Instance,
    /// The end of an instance.
    InstanceEnd,
    /// A launch that failed.
    Launch,
    /// A task.
    Task,
    /// The stop of a task.
    Stop,
    /// The refusal of a task.
    Refusal,
    /// A container.
    Container,
    /// The exit of a container.
    ContainerExit,
    /// Work that waits.
    Wait,
    /// Rows of a trace that were left out.
    Skip,
    /// An arrival of a schedule, or a call of `RunTask`.
    Arrival,
    /// A measurement of managed scaling.
    Measurement,
    /// A change of a desired capacity.
    Scaling,
    /// A fault.
    Fault,
    /// A service.
    Service,
    /// A service that found no room.
    Placement,
    /// A deployment of a service.
    Deployment,
}

impl EventSubject {
    /// The keys of its lines by which events are selected.
    pub const fn fields(self) -> &'static [EventField] {
        use EventField as F;
        match self {
            Self::Instance => &[F::Instance, F::InstanceType, F::Zone, F::Purchase],
            Self::InstanceEnd => &[
                F::Instance,
                F::InstanceType,
                F::Zone,
                F::Purchase,
                F::Reason,
            ],
            Self::Launch => &[F::InstanceType, F::Zone, F::Purchase, F::Reason],
            Self::Task => &[F::Task, F::Instance],
            Self::Stop => &[F::Task, F::Instance, F::StopCode],
            Self::Refusal => &[F::Task, F::Reason],
            Self::Container => &[F::Task, F::Instance, F::Container],
            Self::ContainerExit => &[F::Task, F::Instance, F::Container, F::ExitCode, F::Reason],
            Self::Wait | Self::Placement => &[F::Reason],
            Self::Measurement => &[F::Needed, F::Running],
            Self::Scaling => &[F::Direction, F::From, F::To],
            Self::Fault => &[F::Fault, F::Occurrence],
            Self::Deployment => &[F::Revision, F::FailedTasks],
            Self::Skip | Self::Arrival | Self::Service => &[],
        }
    }

    /// True for events that have a capacity provider.
    pub const fn has_provider(self) -> bool {
        !matches!(
            self,
            Self::Wait
                | Self::Skip
                | Self::Arrival
                | Self::Fault
                | Self::Service
                | Self::Placement
                | Self::Deployment
        )
    }

    /// True for events of services.
    pub const fn has_service(self) -> bool {
        matches!(self, Self::Service | Self::Placement | Self::Deployment) || self.has_work()
    }

    /// True for events of entries of `tasks`.
    pub const fn has_entry(self) -> bool {
        matches!(self, Self::Skip | Self::Arrival) || self.has_work()
    }

    /// True for events of entries of `tasks` and of services alike.
    const fn has_work(self) -> bool {
        matches!(
            self,
            Self::Task
                | Self::Stop
                | Self::Refusal
                | Self::Container
                | Self::ContainerExit
                | Self::Wait
        )
    }

    /// The reasons that events of it can have, as `events.jsonl` names them.
    pub const fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::InstanceEnd => &[
                "scaledIn",
                "maximumAge",
                "interrupted",
                "failed",
                "terminated",
            ],
            Self::Launch => &["InsufficientInstanceCapacity", "InternalError"],
            Self::Refusal => &[
                "noRoom",
                "queueFull",
                "unplaceable",
                "byScheduler",
                "provisioningTimedOut",
                "provisioningFull",
                "noFargate",
                "fargateQuota",
                "throttled",
                "replaced",
            ],
            Self::ContainerExit => &["outOfMemory"],
            Self::Wait => &[
                "attribute",
                "memberOf",
                "cpu",
                "memory",
                "ports",
                "gpu",
                "interface",
                "constraint",
                "noInstance",
                "fargate",
                "limit",
                "queue",
            ],
            Self::Placement => &[
                "RESOURCE:CPU",
                "RESOURCE:MEMORY",
                "RESOURCE:PORTS",
                "RESOURCE:GPU",
                "RESOURCE:ENI",
                "RESOURCE:FARGATE",
                "ATTRIBUTE",
                "MemberOf placement constraint unsatisfied",
                "DistinctInstance placement constraint unsatisfied",
                "AGENT",
            ],
            _ => &[],
        }
    }
}

/// The stop codes of ECS that the model has (facts/ecs.md 57).
pub const STOP_CODES: &[&str] = &[
    "EssentialContainerExited",
    "TaskFailedToStart",
    "ServiceSchedulerInitiated",
    "TerminationNotice",
    "SpotInterruption",
    "InfrastructureHealth",
    "UserInitiated",
];

/// A key of a line of `events.jsonl` by which events are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventField {
    /// `instance`: its number in order of launch, from 0.
    Instance,
    /// `instanceType`.
    InstanceType,
    /// `zone`.
    Zone,
    /// `purchase`: `onDemand` or `spot`.
    Purchase,
    /// `reason`.
    Reason,
    /// `task`: its ordinal in its entry or service, from 0.
    Task,
    /// `stopCode`.
    StopCode,
    /// `container`.
    Container,
    /// `exitCode`.
    ExitCode,
    /// `needed`: instances needed.
    Needed,
    /// `running`: instances running.
    Running,
    /// `direction`: `out` where a desired capacity rises, `in` where it falls. No key of its own in
    /// the file, which has `from` and `to`.
    Direction,
    /// `from`: the desired capacity before.
    From,
    /// `to`: the desired capacity from then on.
    To,
    /// `fault`: its name.
    Fault,
    /// `occurrence`: its number, from 0.
    Occurrence,
    /// `revision`: the deployment, or `initial`.
    Revision,
    /// `failedTasks`: its count of failed tasks.
    FailedTasks,
}

impl EventField {
    /// Every field.
    pub const ALL: [Self; 18] = [
        Self::Instance,
        Self::InstanceType,
        Self::Zone,
        Self::Purchase,
        Self::Reason,
        Self::Task,
        Self::StopCode,
        Self::Container,
        Self::ExitCode,
        Self::Needed,
        Self::Running,
        Self::Direction,
        Self::From,
        Self::To,
        Self::Fault,
        Self::Occurrence,
        Self::Revision,
        Self::FailedTasks,
    ];

    /// Its name in `events.jsonl`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::InstanceType => "instanceType",
            Self::Zone => "zone",
            Self::Purchase => "purchase",
            Self::Reason => "reason",
            Self::Task => "task",
            Self::StopCode => "stopCode",
            Self::Container => "container",
            Self::ExitCode => "exitCode",
            Self::Needed => "needed",
            Self::Running => "running",
            Self::Direction => "direction",
            Self::From => "from",
            Self::To => "to",
            Self::Fault => "fault",
            Self::Occurrence => "occurrence",
            Self::Revision => "revision",
            Self::FailedTasks => "failedTasks",
        }
    }

    /// True for a field with a whole number.
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Instance
                | Self::Task
                | Self::ExitCode
                | Self::Needed
                | Self::Running
                | Self::From
                | Self::To
                | Self::Occurrence
                | Self::FailedTasks
        )
    }
}

//! Everything that can be scheduled. Events hold ids only, so that they are small and `Copy`.
//!
//! An event is not removed from the agenda when its reason has ended. Its handler compares the time
//! with the time that is stored for the entity (fields named `due` or `next`), and ignores a stale
//! event.

use crate::cluster::{EntryId, InstanceId, ProviderId, ServiceId, TaskId};
use crate::engine::{Context, Phase, Scheduled};
use crate::plan::MetricPeriod;

/// The context of a handler: the time, and the only way to schedule events and report facts.
pub(super) type Ctx<'a, R> = Context<'a, Event, R>;

/// Something that is due at a time.
// A tag of 32 bits: with a smaller one, some fields would share its word and copies would be
// slower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Event {
    /// The next work of an entry arrives.
    WorkArrives {
        /// The entry.
        entry: EntryId,
    },
    /// The start-up of fixed length of a task without a detailed life is over.
    TaskStarts {
        /// The task.
        task: TaskId,
    },
    /// The essential containers of a task without a detailed life end.
    TaskFinishes {
        /// The task.
        task: TaskId,
    },
    /// A step of a task's detailed life is over.
    TaskStepDue {
        /// The task.
        task: TaskId,
    },
    /// The next change of a container is due: the end of its pull or start, its exit, a verdict of
    /// its health check, or its start timeout.
    ContainerDue {
        /// The task.
        task: TaskId,
        /// The container's index in the task definition, from 0.
        container: u8,
    },
    /// The next change of a task's target is due: its container is ready or fails, or the checks of
    /// the load balancer give it another health status.
    TargetDue {
        /// The task.
        task: TaskId,
    },
    /// A standalone task is submitted again: it was lost, or Fargate had no capacity for it.
    WorkResubmitted {
        /// The task.
        task: TaskId,
    },
    /// Work of a schedule arrives, at a time within its flexible time window.
    ScheduledWorkArrives {
        /// The entry.
        entry: EntryId,
        /// The number of the arrival, from 0.
        arrival: u32,
    },
    /// A delayed call of `RunTask` is made (facts/ecs.md 47, 48).
    RunTaskDue {
        /// The number of the call.
        call: u32,
    },
    /// The longest time that a task may wait in PROVISIONING is over (facts/ecs.md 55).
    ProvisioningTimeoutDue {
        /// The task.
        task: TaskId,
    },
    /// The service scheduler compares a service with its desired count.
    ReconcileService {
        /// The service.
        service: ServiceId,
    },
    /// The zones of a service in steady state are compared.
    RebalanceDue {
        /// The service.
        service: ServiceId,
    },
    /// A scheduled action of a service is due.
    ServiceActionDue {
        /// The service.
        service: ServiceId,
        /// The index of the action in the service's list.
        action: u16,
    },
    /// The next step of an instance's life is due: it runs, registers, is terminated after
    /// draining, or is replaced after a failure.
    InstanceStepDue {
        /// The instance.
        instance: InstanceId,
    },
    /// ECS notices that an instance has died or was terminated (facts/ecs.md 237).
    InstanceLossNoticed {
        /// The instance.
        instance: InstanceId,
    },
    /// ECS notices that an instance's agent is disconnected (facts/ecs.md 236).
    AgentLossNoticed {
        /// The instance.
        instance: InstanceId,
    },
    /// A Spot instance gets its interruption notice, or is terminated after it.
    SpotInterruptionDue {
        /// The instance.
        instance: InstanceId,
    },
    /// The next interruption event of a Spot pool.
    SpotPoolEventDue {
        /// The index of the pool, in the order of the plan's providers.
        pool: u32,
    },
    /// The launch rate of Fargate admits a task (facts/ecs.md 45).
    FargateLaunchDue {
        /// The task.
        task: TaskId,
    },
    /// A task on Fargate Spot gets its interruption notice.
    FargateSpotInterruptionDue {
        /// The task.
        task: TaskId,
    },
    /// An Auto Scaling group compares its instances with its desired capacity.
    ReconcileGroup {
        /// The capacity provider of the group.
        provider: ProviderId,
    },
    /// The capacity metric of a provider is measured.
    CapacityMeasured {
        /// The provider.
        provider: ProviderId,
    },
    /// Managed scaling evaluates the oldest measurement that it has not evaluated.
    CapacityEvaluated {
        /// The provider.
        provider: ProviderId,
    },
    /// ECS looks at a provider of Managed Instances: at the tasks that wait for instances, and at
    /// instances that are idle, underused or old.
    ManagedInstancesDue {
        /// The provider.
        provider: ProviderId,
    },
    /// The user's autoscaler is called: it had requested this time, or an outage of the control
    /// plane is over.
    AutoscalerDue,
    /// An action of the plan is due.
    ActionDue {
        /// The index of the action in the plan.
        action: u16,
    },
    /// A deployment of the plan is due.
    DeploymentDue {
        /// The index of the deployment in the plan.
        deployment: u16,
    },
    /// A deployment looks at its alarms.
    AlarmsPolled {
        /// The service.
        service: ServiceId,
    },
    /// The metrics of the plan's alarms and of scaling policies are measured.
    AlarmsMeasured {
        /// The period of the metrics.
        period: MetricPeriod,
    },
    /// The alarms see the oldest measurement that they have not seen.
    AlarmsEvaluated {
        /// The period of the metrics.
        period: MetricPeriod,
    },
    /// A predictive scaling policy of a service acts for the next hour.
    PredictionDue {
        /// The service.
        service: ServiceId,
        /// The index of the policy in the service's list.
        policy: u16,
    },
    /// The rate of the requests of a service changes.
    LoadChanges {
        /// The service.
        service: ServiceId,
    },
    /// Something about the CPU of instances is due.
    Cpu(CpuEvent),
    /// Services that call or are called have changed.
    CallsChanged,
    /// The rate of the messages of a queue changes, or a minute is over.
    QueueDue {
        /// The index of the queue in the plan.
        queue: u32,
    },
    /// An hour is over: the capacity units of load balancers are billed.
    CapacityUnitsDue,
    /// A bad release fails from now on.
    ReleaseTurnsBad {
        /// The service.
        service: ServiceId,
        /// The number of the service's revision.
        revision: u16,
    },
    /// A fault of the plan begins.
    FaultBegins {
        /// The index of the fault in the plan.
        fault: u16,
    },
    /// An occurrence of a fault is over.
    FaultEnds {
        /// The index of the fault in the plan.
        fault: u16,
        /// The number of the occurrence, from 0.
        occurrence: u32,
    },
    /// A fault that is drawn for each instance separately occurs on an instance.
    InstanceFaultDue {
        /// The index of the fault in the plan.
        fault: u16,
        /// The instance.
        instance: InstanceId,
    },
    /// The host of a task on Fargate dies.
    FargateHostFaultDue {
        /// The task.
        task: TaskId,
    },
}

/// What comes due about the CPU of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuEvent {
    /// The end of an instant in which the use of CPU has changed: the CPU of instances is divided.
    Divided,
    /// The CPU credits of an instance may have run out.
    CreditsSpent {
        /// The instance.
        instance: InstanceId,
    },
    /// The requests of a service that wait may have been served.
    Drained {
        /// The service.
        service: ServiceId,
    },
    /// Five minutes are over: the CPU credits of all instances are measured.
    CreditsMeasured,
}

impl Scheduled for Event {
    #[inline]
    fn phase(&self) -> Phase {
        match self {
            Self::TaskFinishes { .. } => Phase::Release,
            Self::WorkArrives { .. }
            | Self::WorkResubmitted { .. }
            | Self::RunTaskDue { .. }
            | Self::ScheduledWorkArrives { .. }
            | Self::FargateLaunchDue { .. }
            | Self::LoadChanges { .. }
            | Self::Cpu(CpuEvent::CreditsSpent { .. } | CpuEvent::Drained { .. })
            | Self::QueueDue { .. }
            | Self::ReconcileService { .. } => Phase::Arrive,
            Self::TaskStarts { .. } | Self::InstanceStepDue { .. } => Phase::Recover,
            Self::TaskStepDue { .. } | Self::ContainerDue { .. } | Self::TargetDue { .. } => {
                Phase::Release
            }
            Self::FaultEnds { .. } => Phase::Recover,
            Self::FaultBegins { .. }
            | Self::InstanceFaultDue { .. }
            | Self::ReleaseTurnsBad { .. }
            | Self::FargateHostFaultDue { .. }
            | Self::FargateSpotInterruptionDue { .. }
            | Self::SpotPoolEventDue { .. }
            | Self::SpotInterruptionDue { .. }
            | Self::InstanceLossNoticed { .. }
            | Self::AgentLossNoticed { .. } => Phase::Fail,
            // An action comes before the rounds of its time, whichever was scheduled first.
            Self::ProvisioningTimeoutDue { .. }
            | Self::AutoscalerDue
            | Self::ServiceActionDue { .. }
            | Self::PredictionDue { .. }
            | Self::DeploymentDue { .. }
            | Self::RebalanceDue { .. }
            | Self::ActionDue { .. } => Phase::Retire,
            Self::ReconcileGroup { .. }
            | Self::CapacityEvaluated { .. }
            | Self::ManagedInstancesDue { .. }
            | Self::AlarmsEvaluated { .. }
            | Self::AlarmsPolled { .. } => Phase::Scale,
            Self::CapacityMeasured { .. }
            | Self::AlarmsMeasured { .. }
            | Self::CapacityUnitsDue
            | Self::CallsChanged
            | Self::Cpu(CpuEvent::Divided | CpuEvent::CreditsMeasured) => Phase::Sample,
        }
    }
}

//! Everything that can come due. Ids only: small, `Copy`, printable.

use crate::cluster::{EntryId, InstanceId, ProviderId, ServiceId, TaskId};
use crate::engine::{Context, Phase, Scheduled};

/// A handler's context: the time, and the only way to schedule events and report facts.
pub(super) type Ctx<'a, R> = Context<'a, Event, R>;

/// Something that comes due.
// With a small tag some fields would stand beside it in its word, and copies would overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Event {
    /// The next work of an entry arrives.
    WorkArrives {
        /// The entry.
        entry: EntryId,
    },
    /// A task's start-up of fixed length is over: its containers run.
    TaskStarts {
        /// The task.
        task: TaskId,
    },
    /// The essential containers of a task without a detailed life end.
    TaskFinishes {
        /// The task.
        task: TaskId,
    },
    /// A task's life goes on to its next step.
    TaskStepDue {
        /// The task.
        task: TaskId,
    },
    /// A container's life goes on to its next step.
    ContainerDue {
        /// The task.
        task: TaskId,
        /// The container's place in the task definition.
        container: u8,
    },
    /// Work that was lost is submitted again.
    WorkResubmitted {
        /// The task.
        task: TaskId,
    },
    /// A task has waited for capacity in PROVISIONING for too long.
    ProvisioningTimeoutDue {
        /// The task.
        task: TaskId,
    },
    /// The service scheduler looks at a service.
    ReconcileService {
        /// The service.
        service: ServiceId,
    },
    /// A scheduled action of a service is due.
    ServiceActionDue {
        /// The service.
        service: ServiceId,
        /// Its place in the service's list.
        action: u16,
    },
    /// An instance's life goes on to its next step.
    InstanceStepDue {
        /// The instance.
        instance: InstanceId,
    },
    /// ECS notices that an instance is gone.
    InstanceLossNoticed {
        /// The instance.
        instance: InstanceId,
    },
    /// ECS notices that an instance's agent has lost its connection.
    AgentLossNoticed {
        /// The instance.
        instance: InstanceId,
    },
    /// A Spot instance gets its notice, or reaches its end after one.
    SpotInterruptionDue {
        /// The instance.
        instance: InstanceId,
    },
    /// A Spot pool's next event.
    SpotPoolEventDue {
        /// The pool.
        pool: u32,
    },
    /// The launch rate of Fargate admits a task.
    FargateLaunchDue {
        /// The task.
        task: TaskId,
    },
    /// A task on Fargate Spot gets its notice.
    FargateSpotInterruptionDue {
        /// The task.
        task: TaskId,
    },
    /// An Auto Scaling group tries again to reach its desired capacity.
    ReconcileGroup {
        /// Its provider.
        provider: ProviderId,
    },
    /// The capacity metric of a provider is measured.
    CapacityMeasured {
        /// The provider.
        provider: ProviderId,
    },
    /// Managed scaling sees the oldest measurement that it has not seen.
    CapacityEvaluated {
        /// The provider.
        provider: ProviderId,
    },
    /// An autoscaler of the user's own asked to be called.
    AutoscalerDue,
    /// A fault of the plan begins.
    FaultBegins {
        /// Its place in the plan.
        fault: u16,
    },
    /// An occurrence of a fault is over.
    FaultEnds {
        /// Its place in the plan.
        fault: u16,
        /// Which occurrence.
        occurrence: u32,
    },
    /// An instance is struck by a fault that is about each instance by itself.
    InstanceFaultDue {
        /// Which fault.
        fault: u16,
        /// The instance.
        instance: InstanceId,
    },
    /// A task on Fargate loses its host.
    FargateHostFaultDue {
        /// The task.
        task: TaskId,
    },
}

impl Scheduled for Event {
    #[inline]
    fn phase(&self) -> Phase {
        match self {
            Self::TaskFinishes { .. } => Phase::Release,
            Self::WorkArrives { .. }
            | Self::WorkResubmitted { .. }
            | Self::FargateLaunchDue { .. }
            | Self::ReconcileService { .. }
            | Self::ServiceActionDue { .. } => Phase::Arrive,
            Self::TaskStarts { .. } | Self::InstanceStepDue { .. } => Phase::Recover,
            Self::TaskStepDue { .. } | Self::ContainerDue { .. } => Phase::Release,
            Self::FaultEnds { .. } => Phase::Recover,
            Self::FaultBegins { .. }
            | Self::InstanceFaultDue { .. }
            | Self::FargateHostFaultDue { .. }
            | Self::FargateSpotInterruptionDue { .. }
            | Self::SpotPoolEventDue { .. }
            | Self::SpotInterruptionDue { .. }
            | Self::InstanceLossNoticed { .. }
            | Self::AgentLossNoticed { .. } => Phase::Fail,
            Self::ProvisioningTimeoutDue { .. } | Self::AutoscalerDue => Phase::Retire,
            Self::ReconcileGroup { .. } | Self::CapacityEvaluated { .. } => Phase::Scale,
            Self::CapacityMeasured { .. } => Phase::Sample,
        }
    }
}

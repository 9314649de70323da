//! Faults that are drawn for each container and each Fargate task separately, at its start.

use crate::cluster::WorkId;
use crate::engine::random::{Purpose, Stream, StreamKey};
use crate::plan::{Container, Fault, FaultKind, Occurrence, Plan};

/// The faults of a plan; those with `every` on containers and Fargate hosts are drawn here.
pub(in crate::simulation) struct Hazards<'p> {
    pub(super) faults: &'p [Fault],
    pub(super) seed: u64,
}

/// The first fault of each kind in a run of a container, in seconds from its start; `None`: no
/// fault.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ContainerFaults {
    pub crash: Option<f64>,
    pub out_of_memory: Option<f64>,
    pub unhealthy: Option<f64>,
}

impl<'p> Hazards<'p> {
    pub(super) fn new(plan: &'p Plan, seed: u64) -> Self {
        Self {
            faults: &plan.faults,
            seed,
        }
    }

    /// Draws the faults of a run of a container. Each fault of the plan has its own key, of which
    /// `draws` gives the stream of the run. `name` is `entry/container`, and
    /// `ordinal` that of the task.
    pub(super) fn of_container(
        &self,
        work: WorkId,
        container: &Container,
        (name, ordinal): (&str, u64),
        draws: impl Fn(StreamKey) -> Stream,
    ) -> ContainerFaults {
        let mut faults = ContainerFaults::default();
        for fault in self.faults {
            let Occurrence::Every(law) = &fault.occurs else {
                continue;
            };
            let Some(filter) = ContainerFilter::of(&fault.kind) else {
                continue;
            };
            if !filter.concerns(work, container) {
                continue;
            }
            let name = format!("{}/{name}", fault.name);
            let key = StreamKey::new(self.seed, Purpose::FaultOccurrence, &name);
            let after = law.draw(&mut draws(key), ordinal);
            let first = match fault.kind {
                FaultKind::OutOfMemory { .. } => &mut faults.out_of_memory,
                FaultKind::HealthCheckFailure { .. } => &mut faults.unhealthy,
                _ => &mut faults.crash,
            };
            *first = Some(first.map_or(after, |other| after.min(other)));
        }
        faults
    }
}

/// The containers that a fault concerns.
pub(in crate::simulation) struct ContainerFilter<'p> {
    work: Option<WorkId>,
    container: Option<&'p str>,
}

impl<'p> ContainerFilter<'p> {
    /// The filter of a fault; `None` when it does not concern containers.
    pub(in crate::simulation) fn of(kind: &'p FaultKind) -> Option<Self> {
        match kind {
            FaultKind::ContainerCrash { work, container }
            | FaultKind::HealthCheckFailure { work, container }
            | FaultKind::OutOfMemory { work, container } => Some(Self {
                work: *work,
                container: container.as_deref(),
            }),
            FaultKind::InstanceFailure { .. }
            | FaultKind::AgentDisconnect { .. }
            | FaultKind::ZoneOutage { .. }
            | FaultKind::FargateHostLoss
            | FaultKind::ControlPlaneOutage
            | FaultKind::RegistryOutage { .. }
            | FaultKind::BadImage { .. }
            | FaultKind::InsufficientCapacity { .. } => None,
        }
    }

    /// True for a container of a work that the fault concerns.
    pub(in crate::simulation) fn concerns(&self, work: WorkId, container: &Container) -> bool {
        self.work.is_none_or(|only| only == work)
            && self.container.is_none_or(|only| only == container.name)
    }
}

//! What the world keeps about each entry of the plan: where it stands in its arrivals, the
//! keys of its randomness, and where its tasks may go.

use super::record::LifeKeys;
use crate::catalog::Architecture;
use crate::cluster::{EntryId, GroupId, LaneId, ProviderId, ServiceId};
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::plan::{
    Capacity, Container, Delays, Demand, FaultKind, OnNoCapacity, Plan, Retry, Service,
    StrategyItem, TaskEntry,
};
use crate::simulation::arrivals::Source;
use crate::units::Span;

/// An entry of `tasks`, or a service.
pub(in crate::simulation) struct Entry<'p> {
    pub name: &'p str,
    pub demand: &'p Demand,
    pub containers: &'p [Container],
    /// Its tasks have a life in detail: containers, images, steps of start and stop.
    pub life: Option<Box<LifeKeys>>,
    /// The service, if it is one.
    pub service: Option<ServiceId>,
    /// What happens to tasks that are lost; services start others instead.
    pub retry: Option<&'p Retry>,
    pub source: Source,
    pub arrivals: StreamKey,
    pub cpu: StreamKey,
    pub memory: StreamKey,
    pub durations: StreamKey,
    /// The law of run times, where it is drawn at birth.
    pub duration: Option<&'p Distribution>,
    /// The run time, where it is not drawn.
    pub fixed_duration: Span,
    /// Arrivals so far, and tasks born so far.
    pub arrived: u64,
    pub born: u64,
    /// The first of its lanes, and how many it has.
    pub first_lane: usize,
    pub lanes: usize,
    /// The capacity provider strategy, one item per lane; empty with a single lane.
    pub items: &'p [StrategyItem],
    /// Tasks per lane that the strategy counts.
    pub on_lane: Vec<u32>,
    pub on_fargate: bool,
    pub route: Route,
    pub group: GroupId,
    /// Demands ARM processors.
    pub arm: bool,
}

impl<'p> Entry<'p> {
    /// An entry of `tasks`.
    pub(in crate::simulation) fn standalone(
        plan: &'p Plan,
        seed: u64,
        entry: &'p TaskEntry,
        group: GroupId,
    ) -> Self {
        Self {
            source: Source::new(&entry.arrivals),
            retry: Some(&entry.retry),
            duration: Some(&entry.duration).filter(|law| !law.is_certain()),
            fixed_duration: Span::from_seconds_f64(entry.duration.mean().unwrap_or(0.0)),
            route: match entry.on_no_capacity {
                _ if plan.is_on_fargate(&entry.target) => Route::Fargate,
                OnNoCapacity::Queue => Route::Jobs,
                OnNoCapacity::Fail => Route::AtOnce,
                OnNoCapacity::Provisioning => Route::Provisioning,
            },
            on_fargate: plan.is_on_fargate(&entry.target),
            life: needs_life(plan, &entry.containers)
                .then(|| Box::new(LifeKeys::new(seed, &entry.name, &entry.containers))),
            ..Self::bare(seed, &entry.name, &entry.demand, &entry.containers, group)
        }
    }

    /// A service, whose tasks always have a life in detail.
    pub(in crate::simulation) fn of_service(
        plan: &'p Plan,
        seed: u64,
        service: &'p Service,
        id: ServiceId,
        group: GroupId,
    ) -> Self {
        Self {
            service: Some(id),
            route: match plan.is_on_fargate(&service.target) {
                true => Route::Fargate,
                false => Route::Service,
            },
            on_fargate: plan.is_on_fargate(&service.target),
            life: Some(Box::new(LifeKeys::new(
                seed,
                &service.name,
                &service.containers,
            ))),
            ..Self::bare(
                seed,
                &service.name,
                &service.demand,
                &service.containers,
                group,
            )
        }
    }

    fn bare(
        seed: u64,
        name: &'p str,
        demand: &'p Demand,
        containers: &'p [Container],
        group: GroupId,
    ) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, name);
        Self {
            name,
            demand,
            containers,
            life: None,
            service: None,
            retry: None,
            source: Source::default(),
            arrivals: key(Purpose::Arrival),
            cpu: key(Purpose::TaskCpu),
            memory: key(Purpose::TaskMemory),
            durations: key(Purpose::TaskDuration),
            duration: None,
            fixed_duration: Span::ZERO,
            arrived: 0,
            born: 0,
            first_lane: 0,
            lanes: 0,
            items: &[],
            on_lane: Vec::new(),
            on_fargate: false,
            route: Route::Jobs,
            group,
            arm: demand.architecture == Some(Architecture::Arm),
        }
    }

    /// Its n-th lane.
    pub(in crate::simulation) fn lane(&self, number: usize) -> LaneId {
        LaneId::new(self.first_lane + number)
    }
}

/// Where an entry's tasks are submitted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) enum Route {
    /// The client's job queue.
    Jobs,
    /// `RunTask`, which refuses what has no place.
    AtOnce,
    /// ECS, where they wait in PROVISIONING.
    Provisioning,
    /// ECS, by a service.
    Service,
    /// Fargate.
    Fargate,
}

/// True when what containers do, or how long starting takes, can make a difference.
fn needs_life(plan: &Plan, containers: &[Container]) -> bool {
    let is_plain = |container: &Container| {
        let behavior = &container.behavior;
        container.depends_on.is_empty()
            && container.restart.is_none()
            && behavior.run_time.is_none()
            && behavior.exit_code == 0
            && behavior.memory_use.is_none()
            && behavior.crashes_per_hour == 0.0
            && behavior.start_failure == 0.0
            && matches!(behavior.stop_time, Distribution::Constant(0.0))
    };
    let strikes_containers = plan.faults.iter().any(|fault| {
        matches!(
            fault.kind,
            FaultKind::ContainerCrash { .. } | FaultKind::OutOfMemory { .. }
        )
    });
    !containers.is_empty()
        && (plan.delays == Delays::Realistic
            || plan.can_lose_agents()
            || strikes_containers
            || !containers.iter().all(is_plain))
}

/// Where the tasks of an entry may go: one provider of its strategy, or any instance.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Lane {
    pub entry: EntryId,
    /// The provider; `None` for any instance.
    pub provider: Option<ProviderId>,
    /// Tasks wait in PROVISIONING: the provider has managed scaling (facts/ecs.md 54).
    pub provisions: bool,
    /// It is Fargate Spot.
    pub fargate_spot: bool,
}

impl Lane {
    pub(in crate::simulation) fn new(plan: &Plan, entry: EntryId, provider: Option<usize>) -> Self {
        let capacity = provider.map(|index| &plan.cluster.providers[index].capacity);
        Self {
            entry,
            provider: provider.map(ProviderId::new),
            provisions: match capacity {
                Some(Capacity::Group(group)) => group.managed_scaling.is_some(),
                _ => false,
            },
            fargate_spot: matches!(capacity, Some(Capacity::FargateSpot)),
        }
    }
}

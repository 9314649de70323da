//! A revision: the task definition and the other parameters that the tasks of a service or of an
//! entry of `tasks` share. An entry has one, a service one for each of its deployments.

use super::record::LifeKeys;
use super::target::TargetContainer;
use crate::catalog::Architecture;
use crate::cluster::{
    EntryId, GroupId, LaneId, NetworkMode, ProviderId, RevisionId, ServiceId, WorkId, ZoneId,
};
use crate::engine::random::{Ahead, Distribution, Purpose, StreamKey};
use crate::plan::{
    Capacity, Container, Delays, Demand, FaultKind, OnNoCapacity, OnStillRunning, Plan, Service,
    StrategyItem, TaskEntry, TaskRevision, cpu_use,
};
use crate::units::{Cpu, Span};

/// The parameters of tasks: demand, containers, keys of random numbers, and the lanes (one per
/// capacity provider) on which tasks get capacity.
pub(in crate::simulation) struct Revision<'p> {
    /// The entry or service that its tasks belong to.
    pub work: WorkId,
    pub name: &'p str,
    pub demand: &'p Demand,
    pub containers: &'p [Container],
    pub group: GroupId,
    /// The keys of its tasks' detailed lives; `None` when they have none.
    pub(super) life: Option<Box<LifeKeys>>,
    pub(super) cpu: Ahead,
    pub(super) memory: Ahead,
    durations: Ahead,
    /// The law of run times; `None` when the run time is fixed.
    pub duration: Option<&'p Distribution>,
    /// The run time when it is fixed.
    pub fixed_duration: Span,
    /// The index of its first lane; its lanes are consecutive.
    first_lane: usize,
    lanes: usize,
    /// The capacity provider strategy, one item per lane; empty with a single lane.
    pub(super) items: &'p [StrategyItem],
    /// By lane: the tasks that base and weights of the strategy count (facts/ecs.md 130).
    pub(super) on_lane: Vec<u32>,
    pub on_fargate: bool,
    /// Its tasks wait when Fargate has no capacity; those of other revisions are refused.
    pub(super) waits_for_fargate: bool,
    /// Its tasks are standalone, and their client submits them again after a refusal.
    pub(super) retries: bool,
    /// Its client counts the tasks that have left for good.
    pub(super) counts_leaving: bool,
    /// Its tasks may wait in PROVISIONING where their provider has managed scaling.
    pub(super) may_provision: bool,
    /// An essential container has a health check, so that the health of its tasks is known.
    pub(super) is_checked: bool,
    /// The target groups that its tasks are registered with; the first gets the requests.
    pub(super) targets: Vec<TargetContainer<'p>>,
    /// The CPU that the containers of a task use beside the requests of a load.
    pub cpu_use: Cpu,
    /// Each task has a network interface of its own.
    pub(super) has_interface: bool,
    /// Its tasks require ARM processors.
    pub(super) arm: bool,
    /// The number of the service's revision; 0 for an entry.
    pub number: usize,
    /// It is the bad form of a release.
    pub is_bad: bool,
    /// Where the release is bad now: there, tasks that are placed become tasks of another revision,
    /// whose containers fail.
    pub(super) bad: Option<BadNow>,
}

/// Where a release is bad.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct BadNow {
    /// The zone; `None`: everywhere.
    pub zone: Option<ZoneId>,
    /// The revision with the containers that fail.
    pub form: RevisionId,
}

impl<'p> Revision<'p> {
    /// The revision of an entry of `tasks`.
    pub(in crate::simulation) fn of_entry(
        plan: &'p Plan,
        seed: u64,
        entry: EntryId,
        group: GroupId,
    ) -> Self {
        let (work, entry): (_, &TaskEntry) = (WorkId::Entry(entry), &plan.tasks[entry.index()]);
        Self {
            duration: Some(&entry.duration).filter(|law| !law.is_constant()),
            fixed_duration: Span::from_seconds_f64(entry.duration.mean().unwrap_or(0.0)),
            on_fargate: plan.is_on_fargate(&entry.target),
            waits_for_fargate: entry.on_no_capacity != OnNoCapacity::Fail,
            retries: entry.retry.attempts != Some(1),
            counts_leaving: entry.on_still_running != OnStillRunning::Start,
            may_provision: entry.on_no_capacity == OnNoCapacity::Provisioning,
            life: needs_life(plan, &entry.containers)
                .then(|| Box::new(LifeKeys::new(seed, &entry.name, &entry.containers))),
            ..Self::bare(
                seed,
                work,
                &entry.name,
                (&entry.demand, &entry.containers),
                group,
            )
        }
    }

    /// A revision of a service. Its tasks always have a detailed life.
    pub(in crate::simulation) fn of_service(
        plan: &'p Plan,
        seed: u64,
        of: TaskRevision,
        id: ServiceId,
        group: GroupId,
    ) -> Self {
        let service: &Service = &plan.services[id.index()];
        let parts = service.revision(of.number);
        let containers = plan.containers_of_revision(of);
        let keys = LifeKeys::new(seed, &service.name, containers);
        let targets = service.all_targets().map(|targets| TargetContainer {
            group: &plan.target_groups[targets.group],
            number: targets.group,
            container: containers
                .iter()
                .position(|container| container.name == targets.container)
                .expect("a checked plan has the container in each revision"),
        });
        Self {
            targets: targets.collect(),
            on_fargate: plan.is_on_fargate(parts.target),
            life: Some(Box::new(keys)),
            number: of.number,
            is_bad: of.is_bad,
            ..Self::bare(
                seed,
                of.work,
                &service.name,
                (parts.demand, containers),
                group,
            )
        }
    }

    /// A revision with the parameters that entries and services have in common.
    fn bare(
        seed: u64,
        work: WorkId,
        name: &'p str,
        (demand, containers): (&'p Demand, &'p [Container]),
        group: GroupId,
    ) -> Self {
        let key = |purpose| StreamKey::new(seed, purpose, name);
        let is_checked = |c: &Container| c.essential && c.health_check.is_some();
        Self {
            work,
            name,
            demand,
            containers,
            group,
            life: None,
            cpu: Ahead::new(key(Purpose::TaskCpu)),
            memory: Ahead::new(key(Purpose::TaskMemory)),
            durations: Ahead::new(key(Purpose::TaskDuration)),
            duration: None,
            fixed_duration: Span::ZERO,
            first_lane: 0,
            lanes: 0,
            items: &[],
            on_lane: Vec::new(),
            on_fargate: false,
            waits_for_fargate: false,
            retries: false,
            counts_leaving: false,
            may_provision: true,
            is_checked: containers.iter().any(is_checked),
            targets: Vec::new(),
            cpu_use: cpu_use(containers),
            has_interface: demand.network_mode == NetworkMode::Awsvpc,
            arm: demand.architecture == Some(Architecture::Arm),
            number: 0,
            is_bad: false,
            bad: None,
        }
    }

    /// Sets its `count` lanes, which begin at index `first`, and its strategy.
    pub(super) fn set_lanes(&mut self, first: usize, count: usize, items: &'p [StrategyItem]) {
        self.first_lane = first;
        self.lanes = count;
        self.items = items;
    }

    /// Its lane with this number, from 0.
    pub(in crate::simulation) fn lane(&self, number: usize) -> LaneId {
        LaneId::new(self.first_lane + number)
    }

    /// Its lanes, in the order of its strategy.
    pub(in crate::simulation) fn lanes(&self) -> impl Iterator<Item = LaneId> + use<> {
        (self.first_lane..self.first_lane + self.lanes).map(LaneId::new)
    }

    /// Uses the lanes of another revision, and its strategy.
    pub(super) fn share_lanes(&mut self, other: &Self) {
        self.set_lanes(other.first_lane, other.lanes, other.items);
    }

    /// The items of its capacity provider strategy; empty with a single lane.
    pub(in crate::simulation) fn strategy(&self) -> &'p [StrategyItem] {
        self.items
    }

    /// The run time of the first attempt of the task with this ordinal, which is created now.
    #[inline]
    pub(in crate::simulation) fn next_duration(&mut self, ordinal: u64) -> Span {
        match self.duration {
            None => self.fixed_duration,
            Some(law) => Span::from_seconds_f64(self.durations.draw(law, ordinal)),
        }
    }

    /// The run time of the first attempt of a task.
    pub(in crate::simulation) fn first_duration(&self, ordinal: u64) -> Span {
        let mut stream = self.durations.key().stream(ordinal);
        match self.duration {
            None => self.fixed_duration,
            Some(law) => Span::from_seconds_f64(law.draw(&mut stream, ordinal)),
        }
    }

    /// The keys of the random numbers in its tasks' lives.
    ///
    /// # Panics
    /// When its tasks have no detailed life.
    pub(super) fn keys(&self) -> &LifeKeys {
        self.life.as_ref().expect("its tasks have a detailed life")
    }

    /// The same, to draw several of them at a time.
    ///
    /// # Panics
    /// When its tasks have no detailed life.
    pub(super) fn keys_mut(&mut self) -> &mut LifeKeys {
        self.life.as_mut().expect("its tasks have a detailed life")
    }
}

/// True when the tasks of an entry need a detailed life: they have containers, and delays, faults,
/// dependencies or the behavior of containers can change the result.
fn needs_life(plan: &Plan, containers: &[Container]) -> bool {
    let is_plain = |container: &Container| {
        let behavior = &container.behavior;
        container.depends_on.is_empty()
            && container.restart.is_none()
            && behavior.run_time.is_none()
            && behavior.exit_code == 0
            && behavior.memory_use.is_none()
            && behavior.cpu_use == Cpu::ZERO
            && behavior.crashes_per_hour == 0.0
            && behavior.start_failure == 0.0
            && matches!(behavior.stop_time, Distribution::Constant(0.0))
    };
    let concerns_containers = plan.faults.iter().any(|fault| {
        matches!(
            fault.kind,
            FaultKind::ContainerCrash { .. } | FaultKind::OutOfMemory { .. }
        )
    });
    !containers.is_empty()
        && (plan.delays == Delays::Realistic
            || plan.can_lose_agents()
            || concerns_containers
            || !containers.iter().all(is_plain))
}

/// The tasks of a revision on one provider of its strategy, or on any instance.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Lane {
    pub revision: RevisionId,
    /// The provider; `None` for any instance.
    pub provider: Option<ProviderId>,
    /// Tasks may wait in PROVISIONING: ECS adds instances to the provider for them (facts/ecs.md 42d,
    /// 54).
    pub provisions: bool,
    /// It is Fargate Spot.
    pub fargate_spot: bool,
}

impl Lane {
    pub(in crate::simulation) fn new(
        plan: &Plan,
        revision: RevisionId,
        provider: Option<usize>,
    ) -> Self {
        let capacity = provider.map(|index| &plan.cluster.providers[index].capacity);
        Self {
            revision,
            provider: provider.map(ProviderId::new),
            provisions: capacity.is_some_and(Capacity::grows_for_tasks),
            fargate_spot: matches!(capacity, Some(Capacity::FargateSpot)),
        }
    }
}

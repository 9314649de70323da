//! The plan itself: one variant of a scenario, and when and how it is run.

use super::{
    Action, Assumptions, Capacity, Cluster, Container, Containers, Count, Deployment, Fault,
    FaultKind, Image, LaunchFailures, LoadBalancer, MetricAlarm, Occurrence, OnNoCapacity,
    PlacementRule, Prices, Queue, QueueOrder, Registry, Schedule, Service, ServiceCall, SpotMarket,
    Target, TargetGroup, TaskEntry, TaskRevision, Unbilled,
};
use crate::cluster::{EntryId, PerWork, RevisionId, ServiceId, WorkId};
use crate::engine::random::Distribution;
use crate::units::{SECOND, SimTime, Span};
use std::sync::Arc;

/// The longest run, and the latest listed or recorded time: 100 years. Usage is kept per hour, so
/// that a longer run would need too much memory. A later time is most likely a wrong unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);

/// One variant of a scenario, ready to be run with any seed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario's `name`: letters, digits, `-` and `_`; it names the report's folder.
    pub scenario: String,
    /// The variant's name; `base` when the scenario has none.
    pub variant: String,
    /// The AWS region, such as `us-east-1`.
    pub region: String,
    /// The instant of simulated time zero, in Unix seconds; a whole hour.
    pub start_unix_seconds: i64,
    /// The time zone of the clock in plots, a name of the IANA database; `None`: UTC. Schedules have their own.
    pub time_zone: Option<String>,
    /// When the run ends.
    pub until: Until,
    /// The time at the beginning that is simulated and not reported.
    pub warm_up: Span,
    /// The cluster's capacity.
    pub cluster: Cluster,
    /// The client's queue of standalone tasks.
    pub job_queue: JobQueue,
    /// Standalone tasks: entries, in the order of the file.
    pub tasks: Vec<TaskEntry>,
    /// Services, in the order of the file.
    pub services: Vec<Service>,
    /// What services send to each other, in the order of the file.
    pub calls: Vec<ServiceCall>,
    /// Load balancers, in the order of the file.
    pub load_balancers: Vec<LoadBalancer>,
    /// The target groups of all load balancers.
    pub target_groups: Vec<TargetGroup>,
    /// Queues of SQS, in the order of the file.
    pub queues: Vec<Queue>,
    /// Every image in use.
    pub images: Vec<Image>,
    /// Every registry in use.
    pub registries: Vec<Registry>,
    /// The Spot market.
    pub spot: SpotMarket,
    /// Faults.
    pub faults: Vec<Fault>,
    /// Alarms that deployments may name.
    pub alarms: Vec<MetricAlarm>,
    /// Deployments of services, in order of time.
    pub deployments: Vec<Deployment>,
    /// Calls of AWS's APIs at given times.
    pub actions: Vec<Action>,
    /// The model of start-up and stop times.
    pub delays: Delays,
    /// Parameters that AWS does not document.
    pub assumptions: Arc<Assumptions>,
    /// The launch failures of the plan [without faults](Self::without_faults); `None`: those of the
    /// assumptions.
    pub launch_failures_without_faults: Option<LaunchFailures>,
    /// Prices of what the run may use.
    pub prices: Prices,
    /// What AWS bills beside it, for the reports.
    pub unbilled: Vec<Unbilled>,
}

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After this length of simulated time.
    Elapsed(Span),
    /// When the last task has arrived and all tasks have left.
    Drained,
}

/// The client's queue of standalone tasks, which calls `RunTask` for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobQueue {
    /// Which of the waiting tasks may be placed first.
    pub order: QueueOrder,
    /// The largest number of waiting tasks; `None`: no limit. Beyond it the youngest task is
    /// refused.
    pub limit: Option<u32>,
}

/// The model of start-up and stop times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delays {
    /// Starts and stops take no time.
    None,
    /// Each start takes this time, in which the task has its resources.
    Start(Span),
    /// Every step of ECS's task life cycle, with the times of the plan's assumptions.
    Realistic,
}

impl Plan {
    /// True when no random number affects the messages of queues.
    fn has_certain_queues(&self) -> bool {
        let mut queues = self.queues.iter().enumerate();
        queues.all(|(number, queue)| queue.is_certain(self.goes_to_zero(number)))
    }

    /// True when the service that works on a queue may have a desired count of zero.
    pub fn goes_to_zero(&self, queue: usize) -> bool {
        let works = |service: &&Service| {
            let worker = service.worker.as_ref();
            worker.is_some_and(|worker| worker.queue == queue)
        };
        self.services.iter().find(works).is_some_and(|service| {
            let is_scaled = !service.target_tracking.is_empty()
                || !service.step_scaling.is_empty()
                || !service.predictive_scaling.is_empty();
            let mut actions = service.scheduled.iter();
            service.desired_count == 0
                || is_scaled && service.min_capacity == 0
                || actions
                    .any(|action| action.min_capacity == Some(0) || action.desired_count == Some(0))
        })
    }

    /// True when no random number affects the run: all seeds give the same results.
    pub fn is_without_chance(&self) -> bool {
        self.tasks.iter().all(|entry| {
            entry.arrivals.is_certain()
                && entry.flexible_window == Span::ZERO
                && entry.demand.is_certain()
                && (entry.arrivals.has_own_durations()
                    || (entry.duration.is_certain() && entry.count.is_certain()))
                && (self.is_on_fargate(&entry.target) || !entry.placement.is_random())
                && entry.containers.iter().all(|c| c.behavior.is_certain())
        }) && self.services.iter().all(|service| {
            service.is_certain()
                && (self.is_on_fargate(&service.target) || !service.placement.is_random())
        }) && self.has_certain_queues()
            && self.delays != Delays::Realistic
            && self.faults.is_empty()
            && !self.has_spot()
            && self
                .cluster
                .providers
                .iter()
                .all(|provider| match &provider.capacity {
                    Capacity::Group(group) => {
                        group.boot.as_ref().is_some_and(Distribution::is_certain)
                    }
                    _ => true,
                })
    }

    /// The same plan with faults that never occur; `None` when it has no faults. The faults stay in
    /// the plan. The probabilities of launch failures become
    /// [`launch_failures_without_faults`](Self::launch_failures_without_faults), if it is set. Nothing
    /// else changes.
    pub fn without_faults(&self) -> Option<Self> {
        if self.faults.is_empty() {
            return None;
        }
        let mut plan = self.clone();
        for fault in &mut plan.faults {
            fault.occurs = Occurrence::At(Vec::new());
        }
        if let Some(launch_failures) = self.launch_failures_without_faults {
            Arc::make_mut(&mut plan.assumptions).launch_failures = launch_failures;
        }
        Some(plan)
    }

    /// The same plan without deployments: every service keeps its first revision; `None` when it has
    /// no deployments.
    pub fn without_deployments(&self) -> Option<Self> {
        if self.deployments.is_empty() {
            return None;
        }
        let mut plan = self.clone();
        plan.deployments.clear();
        Some(plan)
    }

    /// The names of the entries of `deployments`, in order of their first deployment.
    pub fn deployment_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for deployment in &self.deployments {
            if !names.contains(&deployment.name) {
                names.push(deployment.name.clone());
            }
        }
        names
    }

    /// All entries of `tasks`, then all services.
    pub fn works(&self) -> impl Iterator<Item = WorkId> + use<> {
        let entries = (0..self.tasks.len()).map(|entry| WorkId::Entry(EntryId::new(entry)));
        let services = 0..self.services.len();
        entries.chain(services.map(|service| WorkId::Service(ServiceId::new(service))))
    }

    /// Computes a value for each entry of `tasks` and for each service.
    pub fn per_work<T>(&self, mut value: impl FnMut(WorkId) -> T) -> PerWork<T> {
        let entries = (0..self.tasks.len()).map(|entry| WorkId::Entry(EntryId::new(entry)));
        let entries = entries.map(&mut value).collect();
        let services = 0..self.services.len();
        let services = services.map(|service| WorkId::Service(ServiceId::new(service)));
        PerWork {
            entries,
            services: services.map(value).collect(),
        }
    }

    /// The name of an entry of `tasks` or of a service.
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn work_name(&self, work: WorkId) -> &str {
        match work {
            WorkId::Entry(entry) => &self.tasks[entry.index()].name,
            WorkId::Service(service) => &self.services[service.index()].name,
        }
    }

    /// The task group of an entry of `tasks` or of a service (facts/ecs.md 33).
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn task_group(&self, work: WorkId) -> String {
        match work {
            WorkId::Entry(entry) => self.tasks[entry.index()].group.clone(),
            WorkId::Service(service) => self.services[service.index()].group(),
        }
    }

    /// The placement rule of an entry of `tasks` or of a service.
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn placement_of(&self, work: WorkId) -> &PlacementRule {
        match work {
            WorkId::Entry(entry) => &self.tasks[entry.index()].placement,
            WorkId::Service(service) => &self.services[service.index()].placement,
        }
    }

    /// True when tasks of an entry of `tasks` or of a service are created in PROVISIONING, where they
    /// wait for the capacity that managed scaling adds (facts/ecs.md 54).
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn provisions(&self, work: WorkId) -> bool {
        match work {
            WorkId::Entry(entry) => {
                self.tasks[entry.index()].on_no_capacity == OnNoCapacity::Provisioning
            }
            WorkId::Service(service) => {
                self.grows_for_tasks(&self.services[service.index()].target)
            }
        }
    }

    /// True when every provider of the target has a group that managed scaling sizes, or Managed
    /// Instances (facts/ecs.md 42d, 54).
    pub fn grows_for_tasks(&self, target: &Target) -> bool {
        let providers = target.providers();
        let grows = |index: &usize| {
            let provider = self.cluster.providers.get(*index);
            provider.is_some_and(|provider| provider.capacity.grows_for_tasks())
        };
        !providers.is_empty() && providers.iter().all(grows)
    }

    /// The containers of an entry of `tasks` or of a service.
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn containers_of(&self, work: WorkId) -> &[Container] {
        match work {
            WorkId::Entry(entry) => &self.tasks[entry.index()].containers,
            WorkId::Service(service) => &self.services[service.index()].containers,
        }
    }

    /// The revisions of tasks, in the order of their [`RevisionId`](crate::cluster::RevisionId)s:
    /// one of each entry of `tasks`, then of each service all its revisions, each followed by its
    /// bad form if it may be bad.
    pub fn task_revisions(&self) -> impl Iterator<Item = TaskRevision> + '_ {
        let entries = (0..self.tasks.len()).map(|entry| TaskRevision {
            work: WorkId::Entry(EntryId::new(entry)),
            number: 0,
            is_bad: false,
        });
        let services = self.services.iter().enumerate();
        let services = services.flat_map(|(index, service)| {
            let work = WorkId::Service(ServiceId::new(index));
            let revisions = service.all_revisions().enumerate();
            revisions.flat_map(move |(number, revision)| {
                let good = TaskRevision {
                    work,
                    number,
                    is_bad: false,
                };
                let bad = revision.bad.map(|_| TaskRevision {
                    is_bad: true,
                    ..good
                });
                std::iter::once(good).chain(bad)
            })
        });
        entries.chain(services)
    }

    /// The revision with an id.
    ///
    /// # Panics
    /// When the plan has no such revision.
    pub fn task_revision(&self, id: RevisionId) -> TaskRevision {
        let mut revisions = self.task_revisions();
        revisions
            .nth(id.index())
            .expect("the revision is of the plan")
    }

    /// The containers of a task of an entry or a service, which has this revision.
    ///
    /// # Panics
    /// When the plan has no such entry, service or revision.
    pub fn containers_of_task(&self, work: WorkId, revision: RevisionId) -> &[Container] {
        match self.deployments.is_empty() {
            true => self.containers_of(work),
            false => self.containers_of_revision(self.task_revision(revision)),
        }
    }

    /// The containers of the tasks of a revision.
    ///
    /// # Panics
    /// When the plan has no such entry, service or revision.
    pub fn containers_of_revision(&self, of: TaskRevision) -> &Containers {
        match of.work {
            WorkId::Entry(entry) => &self.tasks[entry.index()].containers,
            WorkId::Service(service) => {
                let revision = self.services[service.index()].revision(of.number);
                match revision.bad {
                    Some(bad) if of.is_bad => &bad.containers,
                    _ => revision.containers,
                }
            }
        }
    }

    /// True when tasks with this target run on Fargate.
    pub fn is_on_fargate(&self, target: &Target) -> bool {
        let first = target.providers().first().copied();
        first.is_some_and(|index| self.cluster.providers[index].capacity.is_fargate())
    }

    /// True when some capacity can be interrupted.
    pub fn has_spot(&self) -> bool {
        self.cluster
            .providers
            .iter()
            .any(|provider| match &provider.capacity {
                Capacity::FargateSpot => true,
                Capacity::Group(group) => group.mix.on_demand_percentage_above_base < 100,
                Capacity::Fleet(_) | Capacity::Fargate => false,
            })
    }

    /// True when a capacity provider has ECS Managed Instances.
    pub fn has_managed_instances(&self) -> bool {
        let mut providers = self.cluster.providers.iter();
        providers.any(|provider| provider.capacity.is_managed_instances())
    }

    /// True when agents may lose their connection to ECS.
    pub fn can_lose_agents(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|fault| matches!(fault.kind, FaultKind::AgentDisconnect { .. }))
    }

    /// The first time of a schedule within the run, time zero included.
    pub fn first_by_clock(&self, schedule: &Schedule) -> Option<SimTime> {
        self.by_clock(schedule, self.start_unix_seconds - 1)
    }

    /// The first time of a schedule after `now`.
    pub fn next_by_clock(&self, schedule: &Schedule, now: SimTime) -> Option<SimTime> {
        let seconds = (now.as_micros() / SECOND).cast_signed();
        self.by_clock(schedule, self.start_unix_seconds + seconds)
    }

    fn by_clock(&self, schedule: &Schedule, after: i64) -> Option<SimTime> {
        let next = schedule.next_after(after)?;
        let since_start = u64::try_from(next - self.start_unix_seconds).ok()?;
        Some(SimTime::ZERO + Span::seconds(since_start))
    }

    /// The same plan with every count that is to fit set to `count`.
    pub fn with_fit_count(&self, count: u32) -> Self {
        let mut plan = self.clone();
        for provider in &mut plan.cluster.providers {
            if let Capacity::Fleet(members) = &mut provider.capacity {
                for member in members
                    .iter_mut()
                    .filter(|m| matches!(m.count, Count::Fit { .. }))
                {
                    member.count = Count::Fixed(count);
                }
            }
        }
        plan
    }
}

impl Default for Plan {
    /// An empty plan in us-east-1 that ends when all tasks have left.
    fn default() -> Self {
        Self {
            scenario: String::new(),
            variant: "base".into(),
            region: "us-east-1".into(),
            start_unix_seconds: 0,
            time_zone: None,
            until: Until::Drained,
            warm_up: Span::ZERO,
            cluster: Cluster::default(),
            job_queue: JobQueue {
                order: QueueOrder::HeadOfLine,
                limit: None,
            },
            tasks: Vec::new(),
            services: Vec::new(),
            calls: Vec::new(),
            load_balancers: Vec::new(),
            target_groups: Vec::new(),
            queues: Vec::new(),
            images: Vec::new(),
            registries: Vec::new(),
            spot: SpotMarket::default(),
            faults: Vec::new(),
            alarms: Vec::new(),
            deployments: Vec::new(),
            actions: Vec::new(),
            delays: Delays::None,
            assumptions: Arc::default(),
            launch_failures_without_faults: None,
            prices: Prices::default(),
            unbilled: Unbilled::ALWAYS.into(),
        }
    }
}

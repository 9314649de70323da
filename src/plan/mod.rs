//! The resolved, immutable scenario of one variant: what the model runs on.
//!
//! Everything here is checked and looked up: instance types carry their sizes and prices,
//! names have become indices, distributions are parameters in base units. The `scenario`
//! room makes plans from files; a program may also build one by hand. No file types here.
//!
//! # A plan built by hand
//!
//! Constructors have the defaults of a scenario file; struct update changes the rest.
//! [`Plan::check`] finds what is wrong, with the path of its key; the façade always asks it.
//!
//! ```
//! use ecsim::Scenario;
//! use ecsim::engine::random::Distribution;
//! use ecsim::plan::{Arrivals, Demand, FleetMember, InstanceType, Plan, Provider, TaskEntry};
//! use ecsim::units::{Cpu, Memory};
//!
//! let mut plan = Plan::new("evening", "eu-central-1");
//! let large = InstanceType::of_catalog("m6i.large", "eu-central-1").expect("it is listed");
//! plan.cluster.instance_types.push(large);
//! let fleet = Provider::fleet("fleet", vec![FleetMember::new(0, 3)]);
//! plan.cluster.providers.push(fleet);
//! plan.tasks.push(TaskEntry {
//!     arrivals: Arrivals::poisson("30/h".parse()?, 1_000),
//!     duration: Distribution::Exponential { mean: 360.0 },
//!     demand: Demand::new(Cpu::vcpus(1), Memory::gib(2)),
//!     ..TaskEntry::new("reports")
//! });
//! let results = Scenario::from_plan(plan)?.experiment().seeds(3).run()?;
//! assert!(results.variant("base")?.figure("tasks.reports.wait.mean")?.mean() > Some(0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arrivals;
mod assumptions;
mod build;
pub mod check;
mod container;
mod demand;
mod fault;
mod group;
mod image;
mod placement;
pub mod problem;
mod schedule;
mod service;
mod shares;
mod study;
mod trace;

pub use crate::cluster::{Field, NetworkMode, Port, Protocol};
pub use crate::policy::placement::{PlacementRule, QueueOrder, SpreadField, Strategy};
pub use arrivals::{Arrivals, RateShape};
pub use assumptions::{ASSUMPTIONS, Assumption, Assumptions, Group, Kind, LaunchFailures, Lens};
pub use build::{MOST_TASKS, OWN_TASK_INTERFACES, ROOT_VOLUME};
pub use container::{
    Behavior, Condition, Container, Containers, HealthCheck, ProbeFailure, RestartPolicy,
};
pub use demand::{Demand, Drawn, MemoryDemand};
pub use fault::{Checkpoint, Ending, Fault, FaultKind, FaultName, Occurrence, Retry, Rework};
pub use group::{
    AllocationStrategy, AutoScalingGroup, InstancesDistribution, Interruptions, ManagedScaling,
    SpotMarket, SpotSeries, TerminationPolicy,
};
pub use image::{Image, Layer, MOST_LAYERS, PullBehavior, Registry};
pub use placement::{NamedPolicy, POLICIES, PolicyForm};
pub use schedule::{Schedule, ScheduleError};
pub use service::{ScheduledAction, Scheduling, Service};
pub use shares::{CONCENTRATIONS, LayerShares};
pub use study::{Bound, Expectation, Relation, Study};
pub use trace::{Trace, TraceRow};

use crate::catalog::{Architecture, FargatePrices, OperatingSystem, ServicePrices, SpotOffer};
use crate::cluster::{EntryId, PerWork, ServiceId, WorkId};
use crate::engine::random::{CountLaw, Distribution};
use crate::units::{Cpu, Memory, SECOND, SimTime, Span, Usd};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest run, and the latest listed or recorded time: 100 years. Usage is kept by the
/// hour, so that a longer run would fill the memory; a later time is a wrong unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);

/// One variant of a scenario, ready to be played with any seed.
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
    /// When the run ends.
    pub until: Until,
    /// How long at the beginning is simulated but not reported.
    pub warm_up: Span,
    /// The cluster's capacity.
    pub cluster: Cluster,
    /// The client-side queue that all standalone work shares.
    pub job_queue: JobQueue,
    /// Standalone work, in the order of the file.
    pub tasks: Vec<TaskEntry>,
    /// Services, in the order of the file.
    pub services: Vec<Service>,
    /// Every image in use.
    pub images: Vec<Image>,
    /// Every registry in use.
    pub registries: Vec<Registry>,
    /// The Spot market.
    pub spot: SpotMarket,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// How long starting takes.
    pub delays: Delays,
    /// What AWS does not say.
    pub assumptions: Arc<Assumptions>,
    /// Launches that find no capacity where no fault of the plan adds to them; `None`: as in
    /// the assumptions.
    pub launch_failures_without_faults: Option<LaunchFailures>,
    /// Prices of what the run may use.
    pub prices: Prices,
}

/// When a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After a length of simulated time.
    Elapsed(Span),
    /// When all arrivals have come and all work has left.
    Drained,
}

/// The capacity of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Availability Zones, in the order of the file.
    pub zones: Vec<String>,
    /// Every instance type in use.
    pub instance_types: Vec<InstanceType>,
    /// Capacity providers, in the order of the file.
    pub providers: Vec<Provider>,
}

/// A capacity provider: named capacity that tasks are placed on.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name; `FARGATE` for Fargate.
    pub name: String,
    /// What stands behind it.
    pub capacity: Capacity,
}

/// What stands behind a capacity provider.
#[derive(Clone, Debug)]
pub enum Capacity {
    /// Instances that are there from start to end, registered in this order, each member's
    /// copies over its zones in turn.
    Fleet(Vec<FleetMember>),
    /// Instances that come and go.
    Group(Box<AutoScalingGroup>),
    /// Serverless.
    Fargate,
    /// Serverless, on spare capacity that AWS takes back (facts/ecs.md 234).
    FargateSpot,
}

impl Capacity {
    /// True for what has no instances.
    pub fn is_fargate(&self) -> bool {
        matches!(self, Self::Fargate | Self::FargateSpot)
    }
}

/// Some equal instances of a fixed fleet.
#[derive(Clone, Debug)]
pub struct FleetMember {
    /// Index into [`Cluster::instance_types`].
    pub instance_type: usize,
    /// How many.
    pub count: Count,
    /// Indices into [`Cluster::zones`]; the first instance of the fleet starts at the first
    /// zone, and the turn goes on over all members.
    pub zones: Vec<usize>,
    /// Custom attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// The size of the gp3 root volume; `None` for none.
    pub root_volume: Option<Memory>,
}

/// How many instances a fleet member has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// A fixed number of instances.
    Fixed(u32),
    /// The smallest number of instances with which no task waits longer than the bound in any of
    /// seeds 1 to N. The runner finds it. Members that are to fit share one number.
    Fit {
        /// The longest wait that is still accepted.
        longest_wait: Span,
    },
}

/// An EC2 instance type, or one of the user's own.
#[derive(Clone, Debug)]
pub struct InstanceType {
    /// `m6i.large`, or the name the user gave.
    pub name: String,
    /// Registered CPU: vCPU × 1,024 units (facts/ecs.md 37).
    pub cpu: Cpu,
    /// Registered memory (facts/ecs.md 37 to 39).
    pub memory: Memory,
    /// Whole GPUs.
    pub gpus: u32,
    /// How many `awsvpc` tasks it can hold at once (facts/ecs.md 120 to 122).
    pub task_interfaces: u32,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub operating_system: OperatingSystem,
    /// Price of an hour on demand; `None` where the catalog's cell is empty (then it is an
    /// error to have a positive count, found when the plan is made).
    pub price_per_hour: Option<Usd>,
    /// What it costs on Spot and how safe it is; `None` where the Spot Advisor does not list
    /// it in the region, and for a type of one's own that is not given it.
    pub spot: Option<SpotOffer>,
    /// True for a type the scenario defines itself.
    pub own: bool,
}

/// Unit prices besides instances; `None` where the catalog's cell is empty or the region is
/// unknown. A missing price is an error only when a quantity needs it.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// Fargate on Linux, x86.
    pub fargate_x86: Option<FargatePrices>,
    /// Fargate on Linux, ARM.
    pub fargate_arm: Option<FargatePrices>,
    /// Everything else.
    pub services: ServicePrices,
    /// Hours in a month for storage; `None` means the calendar month of the usage.
    pub storage_month_hours: Option<u32>,
    /// Hours in the month of `perMonth` figures; 730 unless set.
    pub month_hours: u32,
}

/// The client-side queue that hands standalone work to `RunTask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobQueue {
    /// Which of the waiting tasks may be placed first.
    pub order: QueueOrder,
    /// How many tasks may wait; a task beyond it is refused, the youngest first.
    pub limit: Option<u32>,
}

/// How long starting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delays {
    /// No time at all.
    None,
    /// A fixed start-up that holds the resources.
    Start(Span),
    /// Every step of ECS's task life cycle, with the times of the plan's assumptions.
    Realistic,
}

/// A stream of standalone tasks.
#[derive(Clone, Debug)]
pub struct TaskEntry {
    /// The entry's name; the key of its randomness and of its figures.
    pub name: String,
    /// Family and revision of its task definition, `report:1`.
    pub definition: String,
    /// The task group, by which `spread` counts; `family:<family>` unless set.
    pub group: String,
    /// Where it may run.
    pub target: Target,
    /// How an instance is chosen; unused on Fargate.
    pub placement: PlacementRule,
    /// When tasks arrive.
    pub arrivals: Arrivals,
    /// Tasks per arrival, as in `RunTask`; a trace's own win.
    pub count: CountLaw,
    /// What each task asks for.
    pub demand: Demand,
    /// Run time in seconds; a trace's own durations win.
    pub duration: Distribution,
    /// What happens to a task for which there is no room now.
    pub on_no_capacity: OnNoCapacity,
    /// Every task of the group on another instance (facts/ecs.md 97).
    pub distinct_instance: bool,
    /// The containers of each task.
    pub containers: Containers,
    /// What happens when a task is lost or fails.
    pub retry: Retry,
}

/// Where an entry's tasks may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// On one capacity provider: an index into [`Cluster::providers`].
    Provider(usize),
    /// On any instance of the cluster (launch type EC2, facts/ecs.md 78).
    AnyInstance,
    /// Over several capacity providers of one kind by base and weight (facts/ecs.md 129).
    Strategy(Vec<StrategyItem>),
}

/// An item of a capacity provider strategy (facts/ecs.md 129).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategyItem {
    /// Index into [`Cluster::providers`].
    pub provider: usize,
    /// This number of tasks runs here before weights count.
    pub base: u32,
    /// Its share of the rest.
    pub weight: u32,
}

impl Target {
    /// The providers that tasks may go to; none for any instance.
    pub fn providers(&self) -> Vec<usize> {
        match self {
            Self::Provider(provider) => vec![*provider],
            Self::AnyInstance => Vec::new(),
            Self::Strategy(items) => items.iter().map(|item| item.provider).collect(),
        }
    }
}

/// What happens to a task for which there is no room now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNoCapacity {
    /// It is refused, as `RunTask` does by itself.
    Fail,
    /// It waits in the client's job queue.
    Queue,
    /// It is created in PROVISIONING and waits for managed scaling (facts/ecs.md 54).
    Provisioning,
}

impl Plan {
    /// True when no draw can change anything: the same bytes for every seed.
    pub fn is_without_chance(&self) -> bool {
        self.tasks.iter().all(|entry| {
            entry.arrivals.is_certain()
                && entry.demand.is_certain()
                && (entry.arrivals.has_own_durations()
                    || (entry.duration.is_certain() && entry.count.is_certain()))
                && (self.is_on_fargate(&entry.target) || !entry.placement.is_random())
                && entry.containers.iter().all(|c| c.behavior.is_certain())
        }) && self.services.iter().all(|service| {
            service.is_certain()
                && (self.is_on_fargate(&service.target) || !service.placement.is_random())
        }) && self.delays != Delays::Realistic
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

    /// The same plan, in which no fault ever strikes; `None` when it has no faults. They stay
    /// in it, so that nothing but their effects is missing.
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

    /// All entries of `tasks`, then all services.
    pub fn works(&self) -> impl Iterator<Item = WorkId> + use<> {
        let entries = (0..self.tasks.len()).map(|entry| WorkId::Entry(EntryId::new(entry)));
        let services = 0..self.services.len();
        entries.chain(services.map(|service| WorkId::Service(ServiceId::new(service))))
    }

    /// A value for each entry of `tasks` and for each service.
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

    /// How an entry of `tasks` or a service places its tasks.
    ///
    /// # Panics
    /// When the plan has no such entry or service.
    pub fn placement_of(&self, work: WorkId) -> &PlacementRule {
        match work {
            WorkId::Entry(entry) => &self.tasks[entry.index()].placement,
            WorkId::Service(service) => &self.services[service.index()].placement,
        }
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

    /// True when agents may lose their connection to ECS.
    pub fn can_lose_agents(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|fault| matches!(fault.kind, FaultKind::AgentDisconnect { .. }))
    }

    /// When a schedule first comes: at the start of the run at the earliest.
    pub fn first_by_clock(&self, schedule: &Schedule) -> Option<SimTime> {
        self.by_clock(schedule, self.start_unix_seconds - 1)
    }

    /// When a schedule next comes after a moment of the run.
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
    /// A plan with nothing in it, to be filled by hand.
    fn default() -> Self {
        Self {
            scenario: String::new(),
            variant: "base".into(),
            region: "us-east-1".into(),
            start_unix_seconds: 0,
            until: Until::Drained,
            warm_up: Span::ZERO,
            cluster: Cluster::default(),
            job_queue: JobQueue {
                order: QueueOrder::HeadOfLine,
                limit: None,
            },
            tasks: Vec::new(),
            services: Vec::new(),
            images: Vec::new(),
            registries: Vec::new(),
            spot: SpotMarket::default(),
            faults: Vec::new(),
            delays: Delays::None,
            assumptions: Arc::default(),
            launch_failures_without_faults: None,
            prices: Prices {
                month_hours: 730,
                ..Prices::default()
            },
        }
    }
}

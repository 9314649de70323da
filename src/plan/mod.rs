//! Plans: the input of a run, immutable and independent of files. A plan is one variant of a
//! scenario.
//!
//! All references are resolved: instance types have their sizes and prices, names are replaced by
//! indices, and distributions have parameters in base units (seconds, bytes). The `scenario` room
//! makes plans from files; a program may build them by hand.
//!
//! # A plan built by hand
//!
//! Constructors have the defaults of a scenario file; struct update changes the rest.
//! [`Plan::check`] returns the problems of a plan, each with the path of its key. The façade always
//! calls it.
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

mod action;
mod alarm;
mod alarm_bill;
mod arrivals;
mod assumed;
#[macro_use]
mod assumption_macros;
mod assumptions;
mod attributes;
mod build;
mod calls;
pub mod check;
mod cluster;
mod container;
mod cpu;
mod demand;
mod deployment;
mod entry;
mod event_kind;
mod expectation;
mod fault;
mod group;
mod image;
mod load;
mod load_balancer;
mod managed_instances;
mod metric_math;
mod metric_sources;
mod month;
mod placement;
mod predictive_scaling;
mod prices;
pub mod problem;
mod queue;
mod rates;
mod schedule;
mod service;
mod service_metric;
mod shares;
mod step_scaling;
mod study;
mod target;
mod target_tracking;
mod task_rates;
mod trace;
mod traffic_shift;
mod unbilled;
mod variant;

pub use crate::catalog::CpuCredits;
pub use crate::cluster::{Field, NetworkMode, Port, Protocol, Query, QueryError};
pub use crate::policy::placement::{PlacementRule, QueueOrder, SpreadField, Strategy};
pub use crate::policy::services::{
    Adjustment, AdjustmentType, CircuitBreaker, DeploymentConfiguration, StepAdjustment, Threshold,
};
pub use action::{Action, ApiCall, ContainerInstanceStatus, InstanceSelection, MOST_ACTIONS};
pub use alarm::{AlarmMetric, ComparisonOperator, MetricAlarm, TreatMissingData};
pub use arrivals::{Arrivals, RateShape};
pub use assumptions::{
    ASSUMPTIONS, Assumption, Assumptions, Group, Kind, LaunchFailures, Lens, ThrottledRetry,
};
pub use attributes::{GIVEN_ATTRIBUTES, KNOWN_ATTRIBUTES};
pub use build::{MOST_TASKS, OWN_TASK_INTERFACES, ROOT_VOLUME};
pub use calls::{MOST_CALLS, ServiceCall, call_order};
pub use cluster::{Capacity, Cluster, Count, FleetMember, InstanceType, Provider, REFERENCE_SPEED};
pub use container::{
    Behavior, Condition, Container, Containers, HealthCheck, MOST_CONTAINERS, ProbeFailure,
    RestartPolicy,
};
pub use cpu::cpu_use;
pub use demand::{Demand, Drawn, MemoryDemand};
pub use deployment::{
    BadRelease, Deployment, DeploymentAlarms, DeploymentRules, NextRevision, ReleaseFailure,
    ServiceRevision, TaskRevision,
};
pub use entry::{OnNoCapacity, OnStillRunning, TaskEntry};
pub use event_kind::{EventField, EventKind, EventSubject, STOP_CODES};
pub use expectation::{
    Bound, EventExpected, EventFilter, Expectation, FilterValue, LevelExpected, Relation,
    Statistic, Subject, Tally, When, WorkName,
};
pub use fault::{Checkpoint, Ending, Fault, FaultKind, FaultName, Occurrence, Retry, Rework};
pub use group::{
    AllocationStrategy, AutoScalingGroup, InstancesDistribution, Interruptions, ManagedScaling,
    SpotMarket, SpotSeries, TerminationPolicy,
};
pub use image::{Image, Layer, MOST_LAYERS, PullBehavior, Registry};
pub use load::{ClientRetries, Load, LoadMode, Routing};
pub use load_balancer::{
    DeregistrationEnd, LoadBalancer, LoadBalancerKind, MOST_TARGET_GROUPS, SLOW_STARTS,
    ServiceTargets, TargetGroup, TargetHealthCheck,
};
pub use managed_instances::{InstanceManagement, ManagedInstances, ScaleInAfter};
pub use metric_math::{MathMetric, MathOperator, MathStep, MetricMath};
pub use metric_sources::{MetricLack, MetricSources};
pub use month::{MONTH_HOURS, Month};
pub use placement::{NamedPolicy, POLICIES, PolicyForm};
pub use predictive_scaling::{PredictiveMetric, PredictiveScaling};
pub use prices::{ExtraLine, Prices};
pub use queue::{Queue, Redrive, Worker};
pub use rates::{
    DailyShape, Dates, FlashCrowd, Growth, Holidays, LoadShape, LoadTrace, MarkovModulated,
    MarkovState, Moment, Occurring, OnHoliday, Ramp, RandomWalk, WeeklyShape, random_shapes,
    sum_at, sum_constant_until, sum_highest,
};
pub use schedule::{Schedule, ScheduleError};
pub use service::{INITIAL_REVISION, RevisionParts, ScheduledAction, Scheduling, Service};
pub use service_metric::{MetricPeriod, ServiceMetric};
pub use shares::{CONCENTRATIONS, LayerShares};
pub use step_scaling::{PolicyAlarm, StepScaling};
pub use study::Study;
pub use target::{StrategyItem, Target};
pub use target_tracking::{ScalingMetric, TargetTracking};
pub use task_rates::TaskRates;
pub use trace::{Trace, TraceRow};
pub use traffic_shift::{ALL_REQUESTS, ShiftController, ShiftStep, ShiftSteps, TrafficShift};
pub use unbilled::Unbilled;
pub use variant::{Delays, JobQueue, LONGEST, Plan, Until};

//! Observers that measure a run from its facts: tasks, services, starts, instances and levels over
//! time; and the timeline of one run, for a plot.
//!
//! They measure the state of the model, not what CloudWatch would show (but `cloudwatch`), and change nothing. The
//! *reported time* begins at the end of the warm-up, here called the origin. Integrals begin there,
//! and a task counts if it was submitted from then on.

mod change;
mod cloudwatch;
mod cpu_credits;
mod deployments;
mod expected;
mod instances;
mod interruptions;
mod level_names;
mod levels;
mod losses;
mod measured_use;
mod messages;
mod metric_series;
mod observed_service;
mod policy_decisions;
mod present;
mod queue_minutes;
mod release_window;
mod request_periods;
mod requests;
mod reservations;
mod rollout_story;
mod service_work;
mod services;
mod shortfall;
mod spread;
mod starts;
mod stops;
mod story;
mod story_amounts;
mod story_levels;
mod time_at_level;
mod timeline;
mod timeline_cells;
mod waiting;
mod work;

pub use cloudwatch::CloudWatchReader;
pub use deployments::{Deployments, Rollouts};
pub use expected::{Checks, Found};
pub use instances::{Instances, ProviderInstances};
pub use interruptions::Interruptions;
pub use level_names::{CAPACITY_LEVELS, CapacityLevel, TASK_LEVELS, TaskLevel};
pub use levels::Level;
pub use losses::Losses;
pub use messages::{QueueWork, Queues};
pub use metric_series::MetricSeries;
pub use policy_decisions::PolicyDecisions;
pub use present::Present;
pub use requests::{LoadedServices, ServiceRequests};
pub use reservations::MetricPoint;
pub use rollout_story::{RolloutPoint, RolloutStory};
pub use service_work::ServiceWork;
pub use services::Services;
pub use shortfall::Shortfall;
pub use spread::Spread;
pub use starts::{StartParts, Starts};
pub use stops::Stops;
pub use story::{FaultSpan, PolicyDecision, ScalingDecision, StoryReader};
pub use story_levels::StoryLevel;
pub use time_at_level::TimeAtLevel;
pub use timeline::Levels;
pub use waiting::{Waiting, counted, of_lack, reason};
pub use work::{EntryWork, Work};

use crate::engine::Reader;
use crate::plan::Plan;
use crate::simulation::Fact;
use crate::units::SimTime;
use measured_use::MeasuredUse;

/// All observers of one run that a report needs.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Standalone tasks: counts, waiting times, sojourn times.
    pub work: Work,
    /// Services: levels, starts, stops, shortfalls.
    pub services: Services,
    /// Requests of services with a load.
    pub requests: LoadedServices,
    /// Messages of queues.
    pub queues: Queues,
    /// The parts of start-up times.
    pub starts: Starts,
    /// Deployments.
    pub deployments: Deployments,
    /// Launches, failures and interruptions of instances.
    pub instances: Instances,
    /// Capacity and queue levels over time.
    pub levels: Levels,
    /// Number of fault occurrences in the reported time. Faults that are drawn for each container
    /// or Fargate task by itself do not count.
    pub fault_occurrences: u64,
    origin: SimTime,
    /// True for the capacity providers of Fargate, by provider.
    fargate: Vec<bool>,
}

impl Observed {
    /// Observers for one run of a plan.
    pub fn new(plan: &Plan) -> Self {
        let origin = SimTime::ZERO + plan.warm_up;
        let fargate = plan
            .cluster
            .providers
            .iter()
            .map(|p| p.capacity.is_fargate())
            .collect();
        let services = Services::new(plan, origin);
        let providers = plan.cluster.providers.len();
        let mut levels = Levels::new(providers, origin, MeasuredUse::new(plan));
        levels.serve(services.present());
        Self {
            work: Work::new(plan.tasks.len(), origin),
            services,
            requests: LoadedServices::new(plan, origin),
            queues: Queues::new(plan, origin),
            starts: Starts::new(origin),
            deployments: Deployments::new(plan, origin),
            instances: Instances::new(plan, origin),
            levels,
            fault_occurrences: 0,
            origin,
            fargate,
        }
    }

    /// Observers that also keep the time that each level spent at each value ([`Level::times`]): of
    /// the tasks of entries and services, and of the instances of capacity providers. A run with
    /// them is slower, because each change of a level needs a look-up.
    pub fn with_times(plan: &Plan) -> Self {
        let mut observed = Self::new(plan);
        let work = observed.work.levels();
        let levels = work.chain(observed.services.levels());
        for level in levels.chain(observed.instances.levels()) {
            level.keep_times();
        }
        observed
    }

    /// Closes all integrals at the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.work.finish(end);
        self.deployments.finish(end, &self.services);
        self.services.finish(end);
        self.instances.finish(end);
        self.levels.finish(end);
    }
}

/// True for facts that change no figure. They are the most of a task with a detailed life.
#[inline(always)]
const fn is_step_of_a_container(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ContainerPulling(..)
            | Fact::ContainerStarted(..)
            | Fact::ContainerHealth(..)
            | Fact::ContainerExited(..)
    )
}

impl Reader<Fact> for Observed {
    // One copy for all places that report a fact: most of them are seldom reached.
    #[inline(never)]
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if is_step_of_a_container(fact) {
            return;
        }
        self.work.read(now, fact);
        self.services.read(now, fact);
        self.requests.read(now, fact);
        self.queues.read(now, fact);
        self.deployments.read(now, fact, &mut self.services);
        self.starts.read(fact);
        self.instances.read(now, fact);
        self.levels.read(now, fact, &self.fargate);
        if self.services.any() {
            self.levels.serve(self.services.present());
        }
        if matches!(fact, Fact::FaultBegan(..)) {
            self.fault_occurrences += u64::from(now >= self.origin);
        }
    }

    /// In plans without services the facts about tasks are all that matters.
    #[inline(always)]
    fn reads_parts(&self) -> bool {
        !self.services.any()
    }

    // Inlined into each place that reports a frequent fact: the compiler then removes the arms of all
    // other facts, and does not copy the task into a fact.
    #[inline(always)]
    fn read_parts(&mut self, now: SimTime, fact: &Fact) {
        self.work.read(now, fact);
        self.starts.read(fact);
        self.instances.read(now, fact);
        self.levels.read(now, fact, &self.fargate);
    }

    /// The steps of containers change no figure.
    #[inline(always)]
    fn wants_steps(&self) -> bool {
        false
    }
}

//! Observers of facts for whoever reads the report: work, services, starts, instances, levels
//! over time, utilization; and the story of one run, for a picture.
//!
//! They see the truth, not what CloudWatch would show, and they change nothing. Everything
//! before the end of the warm-up is left out: integrals begin there, and of the tasks those
//! count that arrive from then on.

mod instances;
mod levels;
mod losses;
mod services;
mod shortfall;
mod spread;
mod starts;
mod story;
mod time_at_level;
mod timeline;
mod work;

pub use instances::{Instances, ProviderInstances};
pub use levels::Level;
pub use losses::Losses;
pub use services::{ServiceWork, Services, Stops};
pub use shortfall::Shortfall;
pub use spread::Spread;
pub use starts::{StartParts, Starts};
pub use story::{FaultSpan, MetricPoint, ScalingDecision, StoryLevel, StoryReader};
pub use time_at_level::TimeAtLevel;
pub use timeline::{CAPACITY_LEVELS, CapacityLevel, Levels, TASK_LEVELS, TaskLevel};
pub use work::{EntryWork, Work};

use crate::engine::Reader;
use crate::plan::Plan;
use crate::simulation::Fact;
use crate::units::SimTime;

/// Everything that a report needs of one run.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Tasks: counts, waits, sojourns.
    pub work: Work,
    /// Services: levels, starts, stops, shortfalls.
    pub services: Services,
    /// Where the seconds of starts went.
    pub starts: Starts,
    /// Launches and losses of instances.
    pub instances: Instances,
    /// Levels over time.
    pub levels: Levels,
    /// Times that a fault struck in the reported time. What is drawn for each container or
    /// Fargate task by itself is not among them.
    pub faults_struck: u64,
    origin: SimTime,
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
        Self {
            work: Work::new(plan.tasks.len(), origin),
            services: Services::new(plan, origin),
            starts: Starts::new(origin),
            instances: Instances::new(plan, origin),
            levels: Levels::new(plan.cluster.providers.len(), origin),
            faults_struck: 0,
            origin,
            fargate,
        }
    }

    /// The same observers, which also keep how long each level had each of its values
    /// ([`Level::times`]): tasks that wait and run, of entries and services, and instances of
    /// capacity providers. A run with them is slower, as each change of a level is a look-up.
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
        self.services.finish(end);
        self.instances.finish(end);
        self.levels.finish(end);
    }
}

impl Reader<Fact> for Observed {
    // Into each place that reports: the compiler then drops the arms of other facts, and the copy
    // of the task that the fact would be.
    #[inline(always)]
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.work.read(now, fact);
        self.services.read(now, fact);
        self.starts.read(fact);
        self.instances.read(now, fact);
        self.levels.read(now, fact, &self.fargate);
        if matches!(fact, Fact::FaultBegan(..)) {
            self.faults_struck += u64::from(now >= self.origin);
        }
    }
}

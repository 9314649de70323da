//! Observers of facts for whoever reads the report: work, levels over time, utilization.
//!
//! They see the truth, not what CloudWatch would show, and they change nothing. Everything
//! before the end of the warm-up is left out: integrals begin there, and of the tasks those
//! count that arrive from then on.

mod levels;
mod spread;
mod timeline;
mod work;

pub use levels::Level;
pub use spread::Spread;
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
    /// Levels over time.
    pub levels: Levels,
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
            levels: Levels::new(plan.cluster.providers.len(), origin),
            fargate,
        }
    }

    /// Closes all integrals at the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.work.finish(end);
        self.levels.finish(end);
    }
}

impl Reader<Fact> for Observed {
    #[inline]
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.work.read(now, fact);
        self.levels.read(now, fact, &self.fargate);
    }
}

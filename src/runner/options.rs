//! What a study is played with: seeds, threads, policies, and what follows its progress.

use crate::plan::Plan;
use crate::policy::placement::{OneByOne, Scheduler, built_in};
use crate::simulation::Policies;
use crate::units::{Memory, SimTime};
use crate::usage::Ledger;
use std::num::NonZeroUsize;

/// The seeds, threads and memory of a study.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The seeds to play, in the order of the results.
    pub seeds: Vec<u64>,
    /// Number of threads; `None`: one per core. No result depends on it.
    pub threads: Option<NonZeroUsize>,
    /// The memory that the tasks of all runs may take; `None`: not limited. A run whose tasks would
    /// take more ends the study with [`RunError::TooManyTasks`](super::RunError). No result depends on
    /// it.
    pub memory_limit: Option<Memory>,
}

/// Of a study with more variants the details over time are kept for this number of variants, the
/// first ones: a timeline takes a hundred times the memory of all figures.
pub const MOST_DETAILED: usize = 16;

/// A run that has ended.
pub struct Finished<'a> {
    /// The plan that was played.
    pub plan: &'a Plan,
    /// Its seed.
    pub seed: u64,
    /// Its usage by the hour.
    pub usage: &'a Ledger,
    /// Its end, counted from time zero, which is before the warm-up.
    pub end: SimTime,
}

/// Receives each run when it has ended, in order of variant, then seed.
pub trait Sink {
    /// Receives a run.
    ///
    /// # Errors
    /// When the run cannot be recorded. The study then ends with [`RunError::Sink`](super::RunError).
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()>;
}

/// Discards every run.
impl Sink for () {
    fn finished(&mut self, _run: &Finished<'_>) -> std::io::Result<()> {
        Ok(())
    }
}

/// Receives the progress of a study. Calls may come from any thread.
pub trait Progress: Sync {
    /// A stage begins. `runs` is its number of runs; 0 where it is not known beforehand.
    fn begin(&self, stage: &str, runs: u64);
    /// One more run of the stage has ended.
    fn advance(&self);
    /// The stage has ended.
    fn end(&self);
}

/// Ignores progress.
impl Progress for () {
    fn begin(&self, _stage: &str, _runs: u64) {}
    fn advance(&self) {}
    fn end(&self) {}
}

/// Makes a new scheduler for each run; it is called on the thread that plays the run.
pub type SchedulerFactory<'a> = &'a (dyn Fn(&Plan) -> Box<dyn Scheduler> + Sync);

/// Makes new policies for each run: a scheduler and optionally an autoscaler.
pub type PolicyFactory<'a> = &'a (dyn Fn(&Plan) -> Policies + Sync);

/// Makes a reader of facts for each run, and receives it when the run has ended.
pub struct Watch<'a, R> {
    /// Makes the reader for a plan and a seed; called on the thread that plays the run.
    pub begin: &'a (dyn Fn(&Plan, u64) -> R + Sync),
    /// Receives the reader of a run that has ended; called in order of variant, then seed.
    pub end: &'a mut dyn FnMut(&Finished<'_>, R),
}

/// The scheduler of a plan: it places tasks one by one in the order of the job queue, each with
/// the placement policy of its entry or service.
pub fn built_in_scheduler(plan: &Plan) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| built_in(plan.placement_of(work)));
    Box::new(OneByOne::new(plan.job_queue.order, placements))
}

/// The number of threads to play on: that of the options, else one per core.
pub(super) fn threads(options: &Options) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    options.threads.map_or_else(cores, NonZeroUsize::get)
}

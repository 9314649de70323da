//! What a study is played with: seeds, threads, policies, and what follows its progress.

use crate::plan::Plan;
use crate::policy::placement::{OneByOne, Scheduler, built_in};
use crate::simulation::Policies;
use crate::usage::Ledger;
use std::num::NonZeroUsize;

/// What to play.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seeds, in order.
    pub seeds: Vec<u64>,
    /// Threads; `None`: one per core. It changes no result.
    pub threads: Option<NonZeroUsize>,
}

/// One run that has ended, in order of variant, then seed.
pub struct Finished<'a> {
    /// The plan that was played.
    pub plan: &'a Plan,
    /// Its seed.
    pub seed: u64,
    /// Its hourly usage.
    pub usage: &'a Ledger,
}

/// Writes runs down as they end.
pub trait Sink {
    /// A run has ended.
    ///
    /// # Errors
    /// When it cannot be written down; the study ends with it.
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()>;
}

/// Writes nothing down.
impl Sink for () {
    fn finished(&mut self, _run: &Finished<'_>) -> std::io::Result<()> {
        Ok(())
    }
}

/// Shows how far a study is.
pub trait Progress: Sync {
    /// A stage begins that has this number of runs.
    fn begin(&self, stage: &str, runs: u64);
    /// One more run has ended.
    fn advance(&self);
    /// The stage is over.
    fn end(&self);
}

/// Shows nothing.
impl Progress for () {
    fn begin(&self, _stage: &str, _runs: u64) {}
    fn advance(&self) {}
    fn end(&self) {}
}

/// Makes a fresh scheduler for every run.
pub type SchedulerFactory<'a> = &'a (dyn Fn(&Plan) -> Box<dyn Scheduler> + Sync);

/// Makes fresh policies for every run: a scheduler and, where wanted, an autoscaler.
pub type PolicyFactory<'a> = &'a (dyn Fn(&Plan) -> Policies + Sync);

/// Makes a reader of facts for the run of a plan with a seed, and takes it back when the run
/// has ended.
pub struct Watch<'a, R> {
    /// Makes the reader. It is called on the thread that plays the run.
    pub begin: &'a (dyn Fn(&Plan, u64) -> R + Sync),
    /// Takes the reader of an ended run, in order of variant, then seed.
    pub end: &'a mut dyn FnMut(&Plan, u64, R),
}

/// The scheduler that a plan asks for: one policy per entry and service, tried one by one in the order
/// of its job queue.
pub fn built_in_scheduler(plan: &Plan) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| built_in(plan.placement_of(work)));
    Box::new(OneByOne::new(plan.job_queue.order, placements))
}

/// The number of threads that the options ask for.
pub(super) fn threads(options: &Options) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    options.threads.map_or_else(cores, NonZeroUsize::get)
}

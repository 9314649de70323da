//! Variants × seeds on all cores, folded in seed order.
//!
//! A run is (variant, seed), plays on one thread and shares nothing. Runs come back in
//! order whatever the number of threads, so that sums of floats are taken in one order and
//! every file has the same bytes. Memory grows by one row of figures per run.
//!
//! A run whose plan has faults is played a second time without them, with the same seed, to
//! tell what they cost; that run has no observers, and only its cost is kept.

mod expect;
mod fit;
mod fold;
mod ordered;
mod results;
mod story;
mod values;

pub use ordered::in_order;
pub use results::{
    Band, BillLineSummary, Confidence, Difference, Estimate, FigureSummary, FitFound, OneLess,
    Results, RunRow, Story, StoryFault, StoryMetric, StoryScaling, Timeline, TimelineColumn,
    VariantResults, Verdict, WaitDistribution,
};
pub use story::{StoryLevel, story_of};
pub use values::price_book;

use crate::engine::Reader;
use crate::metrics::Observed;
use crate::plan::{Plan, Study, Until};
use crate::policy::placement::{OneByOne, PolicyFailed, Scheduler, built_in};
use crate::pricing::{Bill, MissingPrice, price};
use crate::simulation::{self, Fact, Outcome, Policies};
use crate::units::{SimTime, Span, Usd};
use crate::usage::Ledger;
use fold::VariantFold;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Why a study ended without results.
#[derive(Debug)]
pub enum RunError {
    /// The flag to stop was set.
    Interrupted,
    /// A policy that is not built in failed.
    Policy {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
        /// What it said.
        failed: PolicyFailed,
    },
    /// A run that was to drain had work left after a hundred years.
    TooLong {
        /// The variant.
        variant: String,
        /// The seed.
        seed: u64,
    },
    /// Something was used for which there is no price.
    Price {
        /// The variant.
        variant: String,
        /// What has no price.
        missing: MissingPrice,
    },
    /// No count makes a fleet fit.
    NoFit {
        /// The variant.
        variant: String,
        /// The largest count that was tried.
        tried: u32,
        /// Why it does not fit.
        reason: String,
    },
    /// A run could not be written down.
    Sink(std::io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted; nothing was written"),
            Self::Policy {
                variant,
                seed,
                failed,
            } => {
                write!(f, "variant `{variant}`, seed {seed}: {failed}")
            }
            Self::TooLong { variant, seed } => write!(
                f,
                "variant `{variant}`, seed {seed}: work is left after 100 years; `until` a duration instead of `drained`?"
            ),
            Self::Price { variant, missing } => write!(f, "variant `{variant}`: {missing}"),
            Self::NoFit {
                variant,
                tried,
                reason,
            } => write!(
                f,
                "variant `{variant}`: `count: fit` found no count that fits, up to {tried}: {reason}"
            ),
            Self::Sink(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for RunError {}

/// The scheduler that a plan asks for: one policy per entry and service, tried one by one in the order
/// of its job queue.
pub fn built_in_scheduler(plan: &Plan) -> Box<dyn Scheduler> {
    let placements = plan.per_work(|work| built_in(plan.placement_of(work)));
    Box::new(OneByOne::new(plan.job_queue.order, placements))
}

/// Plays a study. Beside the results come the plans as they were played, with the counts
/// that `count: fit` found.
///
/// # Errors
/// See [`RunError`]; there are no results then.
pub fn run(
    study: &Study,
    options: &Options,
    schedulers: SchedulerFactory<'_>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<Plan>), RunError> {
    let policies = |plan: &Plan| schedulers(plan).into();
    let watch = Watch {
        begin: &|_, _| (),
        end: &mut |_, _, ()| {},
    };
    run_watched(study, options, &policies, watch, sink, progress, stop)
}

/// Like [`run`], with an autoscaler where the policies have one, and with a reader of facts for
/// each run.
///
/// # Errors
/// As [`run`].
pub fn run_watched<R: Reader<Fact> + Send>(
    study: &Study,
    options: &Options,
    policies: PolicyFactory<'_>,
    watch: Watch<'_, R>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<Plan>), RunError> {
    let mut plans = Vec::new();
    let mut fits = Vec::new();
    for plan in &study.variants {
        let (plan, fit) = fit::resolve(plan, study.seeds, options, policies, progress, stop)?;
        plans.push(plan);
        fits.push(fit);
    }
    let mut variants = play_all(&plans, fits, options, policies, watch, sink, progress, stop)?;
    fold::compare_with_first(&mut variants);
    let verdicts = expect::verdicts(&study.expectations, &variants);
    let results = Results {
        scenario: study.name.clone(),
        description: study.description.clone(),
        seeds: options.seeds.clone(),
        confidence: Confidence::default(),
        variants,
        verdicts,
        warnings: study.warnings.clone(),
    };
    Ok((results, plans))
}

/// Plays every variant with every seed and folds the runs.
#[allow(
    clippy::too_many_arguments,
    reason = "what `run_watched` takes, and the fits"
)]
fn play_all<R: Reader<Fact> + Send>(
    plans: &[Plan],
    fits: Vec<Option<FitFound>>,
    options: &Options,
    policies: PolicyFactory<'_>,
    watch: Watch<'_, R>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<VariantResults>, RunError> {
    let mut folds: Vec<VariantFold<'_>> = plans.iter().map(VariantFold::new).collect();
    let twins: Vec<Option<Plan>> = plans.iter().map(Plan::without_faults).collect();
    let runs = plans.len() * options.seeds.len();
    let job = |index: usize| {
        let (variant, seed) = (index / options.seeds.len(), index % options.seeds.len());
        (&plans[variant], variant, options.seeds[seed])
    };
    progress.begin("playing", runs as u64);
    let mut failed = None;
    in_order(
        runs,
        threads(options),
        |index| {
            let (plan, variant, seed) = job(index);
            let reader = (watch.begin)(plan, seed);
            let (played, reader) = play_watched(plan, seed, policies, stop, reader)?;
            // What the faults cost is the difference to the same luck without them, over the
            // same time: a reader may have ended the run early.
            let twin = twins[variant].as_ref();
            let twin = twin.map(|plan| cost(plan, seed, policies, stop, &played, &reader));
            Ok((played, twin.transpose()?, reader))
        },
        |index, outcome: Result<(Played, Option<Usd>, R), RunError>| {
            let (plan, variant, seed) = job(index);
            let outcome = outcome.and_then(|(played, without_faults, reader)| {
                let run = Finished {
                    plan,
                    seed,
                    usage: &played.usage,
                };
                sink.finished(&run).map_err(RunError::Sink)?;
                folds[variant].add(seed, &played, without_faults);
                (watch.end)(plan, seed, reader);
                Ok(())
            });
            progress.advance();
            if let Err(error) = outcome {
                failed = Some(error);
            }
            failed.is_none()
        },
    );
    progress.end();
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(folds
        .into_iter()
        .zip(fits)
        .map(|(fold, fit)| fold.finish(fit))
        .collect())
}

/// The number of threads that the options ask for.
fn threads(options: &Options) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    options.threads.map_or_else(cores, NonZeroUsize::get)
}

/// What comes back from one run.
pub struct Played {
    /// What its observers saw.
    pub observed: Observed,
    /// Its hourly usage.
    pub usage: Ledger,
    /// What it costs.
    pub bill: Bill,
    /// Its end.
    pub end: SimTime,
}

impl Played {
    /// The length of the reported time.
    pub fn reported(&self, plan: &Plan) -> Span {
        self.end.since(SimTime::ZERO + plan.warm_up)
    }
}

/// Plays one run and prices it.
///
/// # Errors
/// When it is interrupted, its policy fails or a price is missing.
pub fn play(
    plan: &Plan,
    seed: u64,
    schedulers: SchedulerFactory<'_>,
    stop: &AtomicBool,
) -> Result<Played, RunError> {
    play_with(plan, seed, schedulers, stop, ()).map(|(played, ())| played)
}

/// Like [`play`], with one more reader of facts, which is given back.
///
/// # Errors
/// As [`play`].
pub fn play_with<R: Reader<Fact>>(
    plan: &Plan,
    seed: u64,
    schedulers: SchedulerFactory<'_>,
    stop: &AtomicBool,
    reader: R,
) -> Result<(Played, R), RunError> {
    let policies = |plan: &Plan| schedulers(plan).into();
    play_watched(plan, seed, &policies, stop, reader)
}

/// Like [`play_with`], with an autoscaler where the policies have one.
///
/// # Errors
/// As [`play`].
pub fn play_watched<R: Reader<Fact>>(
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    reader: R,
) -> Result<(Played, R), RunError> {
    let mut readers = (Observed::new(plan), reader);
    let outcome = simulate(plan, seed, policies, stop, &mut readers)?;
    let (mut observed, reader) = readers;
    observed.finish(outcome.end);
    let bill = bill(plan, &outcome.usage)?;
    Ok((
        Played {
            observed,
            usage: outcome.usage,
            bill,
            end: outcome.end,
        },
        reader,
    ))
}

/// What the twin of a run costs. Where the run's reader ended it, the twin ends at the same
/// time. No reader looks at the twin.
fn cost<R: Reader<Fact>>(
    twin: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    run: &Played,
    reader: &R,
) -> Result<Usd, RunError> {
    let cut = reader.is_done().then(|| Plan {
        until: Until::Elapsed(run.end.since(SimTime::ZERO)),
        ..twin.clone()
    });
    let twin = cut.as_ref().unwrap_or(twin);
    let outcome = simulate(twin, seed, policies, stop, &mut ())?;
    Ok(bill(twin, &outcome.usage)?.total())
}

/// Plays one run to its end.
fn simulate<R: Reader<Fact>>(
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    reader: &mut R,
) -> Result<Outcome, RunError> {
    if stop.load(Ordering::Relaxed) {
        return Err(RunError::Interrupted);
    }
    let keep_going = |_: &R| !stop.load(Ordering::Relaxed);
    let outcome =
        simulation::run(plan, seed, policies(plan), reader, keep_going).map_err(|failed| {
            RunError::Policy {
                variant: plan.variant.clone(),
                seed,
                failed,
            }
        })?;
    if outcome.stopped {
        return Err(RunError::Interrupted);
    }
    if outcome.too_long {
        return Err(RunError::TooLong {
            variant: plan.variant.clone(),
            seed,
        });
    }
    Ok(outcome)
}

fn bill(plan: &Plan, usage: &Ledger) -> Result<Bill, RunError> {
    price(usage, &price_book(plan)).map_err(|missing| RunError::Price {
        variant: plan.variant.clone(),
        missing,
    })
}

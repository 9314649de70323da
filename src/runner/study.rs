//! Plays every variant of a study with every seed, and folds the runs in order.

use super::error::RunError;
use super::expect;
use super::expect_runs::Shown;
use super::fit;
use super::folding::Folding;
use super::memory;
use super::one_run::{Played, play_checked};
use super::options::{
    Finished, Options, PolicyFactory, Progress, SchedulerFactory, Sink, Watch, threads,
};
use super::ordered::in_order;
use super::played_plan::PlayedPlan;
use super::results::{Confidence, FitFound, Results, VariantResults};
use super::twins::{TwinCosts, Twins};
use crate::engine::Reader;
use crate::plan::{Expectation, Plan, Study};
use crate::simulation::Fact;
use std::sync::atomic::AtomicBool;

/// Plays a study. Returns its results, and its plans as they were played: those of the study, but
/// copies in which every `count: fit` is replaced by the count that was found.
///
/// A variant [without chance](Plan::is_without_chance) is played once, with the first seed; `sink`
/// gets that run, and it counts for every seed. So `schedulers` must not draw random numbers of
/// their own.
///
/// When `stop` becomes true, the study ends with [`RunError::Interrupted`].
///
/// # Errors
/// See [`RunError`].
pub fn run<'s>(
    study: &'s Study,
    options: &Options,
    schedulers: SchedulerFactory<'_>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<PlayedPlan<'s>>), RunError> {
    let watch = Watch {
        begin: &|_, _| (),
        end: &mut |_, ()| {},
    };
    run_read(study, options, schedulers, watch, sink, progress, stop)
}

/// Like [`run`], with a reader of facts per run.
///
/// # Errors
/// As [`run`].
pub fn run_read<'s, R: Reader<Fact> + Send>(
    study: &'s Study,
    options: &Options,
    schedulers: SchedulerFactory<'_>,
    watch: Watch<'_, R>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<PlayedPlan<'s>>), RunError> {
    let policies = |plan: &Plan| schedulers(plan).into();
    let once = Repeats::OnceWithoutChance;
    play_study(study, options, &policies, watch, once, sink, progress, stop)
}

/// Like [`run`], with policies that may have an autoscaler, and with a reader of facts per run.
/// Every variant is played with every seed, as policies and readers may differ by seed.
///
/// # Errors
/// As [`run`].
pub fn run_watched<'s, R: Reader<Fact> + Send>(
    study: &'s Study,
    options: &Options,
    policies: PolicyFactory<'_>,
    watch: Watch<'_, R>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<PlayedPlan<'s>>), RunError> {
    let every = Repeats::EverySeed;
    play_study(study, options, policies, watch, every, sink, progress, stop)
}

/// How often a variant without chance is played.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    /// Once, for all seeds.
    OnceWithoutChance,
    /// With every seed.
    EverySeed,
}

#[allow(
    clippy::too_many_arguments,
    reason = "what `run_watched` takes, and the repeats"
)]
fn play_study<'s, R: Reader<Fact> + Send>(
    study: &'s Study,
    options: &Options,
    policies: PolicyFactory<'_>,
    watch: Watch<'_, R>,
    repeats: Repeats,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Results, Vec<PlayedPlan<'s>>), RunError> {
    let is_once = |plan: &Plan| repeats == Repeats::OnceWithoutChance && plan.is_without_chance();
    let mut plans = Vec::new();
    let mut fits = Vec::new();
    // The counts of `count: fit` are needed before any run is played.
    for plan in &study.variants {
        let seeds = if is_once(plan) { 1 } else { study.seeds };
        let (plan, fit) = fit::resolve(plan, seeds, options, policies, progress, stop)?;
        plans.push(plan);
        fits.push(fit);
    }
    let seeds: Vec<usize> = plans
        .iter()
        .map(|plan| match is_once(plan) {
            true => options.seeds.len().min(1),
            false => options.seeds.len(),
        })
        .collect();
    let expected = &study.expectations;
    let (variants, shown) = play_all(
        &plans, &seeds, fits, expected, options, policies, watch, sink, progress, stop,
    )?;
    let verdicts = expect::verdicts(expected, &variants, &shown);
    let results = Results {
        scenario: study.name.clone(),
        description: study.description.clone(),
        file: study.file.clone(),
        seeds: options.seeds.clone(),
        confidence: Confidence::default(),
        variants,
        verdicts,
        warnings: study.warnings.clone(),
        left_out: study.left_out.clone(),
    };
    Ok((results, plans))
}

/// Plays every variant with the first `seeds` seeds and folds the runs, variant by variant. A
/// variant that is played with fewer seeds than there are counts its run for each of them.
#[allow(
    clippy::too_many_arguments,
    reason = "what `run_watched` takes, the seeds, the fits and the expectations"
)]
fn play_all<R: Reader<Fact> + Send>(
    plans: &[PlayedPlan<'_>],
    seeds: &[usize],
    fits: Vec<Option<FitFound>>,
    expectations: &[Expectation],
    options: &Options,
    policies: PolicyFactory<'_>,
    watch: Watch<'_, R>,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Vec<VariantResults>, Vec<Vec<Shown>>), RunError> {
    let mut folding = Folding::new(plans, fits, expectations);
    let jobs = jobs(seeds, &options.seeds);
    let job = |index: usize| {
        let (variant, seed) = jobs[index];
        (&*plans[variant], variant, seed)
    };
    let limits = memory::limits(options.memory_limit, threads(options).min(jobs.len()));
    progress.begin("playing", jobs.len() as u64);
    let mut failed = None;
    in_order(
        jobs.len(),
        threads(options),
        |index| {
            let (plan, _, seed) = job(index);
            let reader = (watch.begin)(plan, seed);
            let (played, reader) =
                play_checked(limits, plan, seed, policies, stop, reader, expectations)?;
            let costs = Twins::of(plan).costs(seed, policies, stop, &played, &reader)?;
            Ok((played, costs, reader))
        },
        |index, outcome: Result<(Played, TwinCosts, R), RunError>| {
            let (plan, variant, seed) = job(index);
            let outcome = outcome.and_then(|(played, twins, reader)| {
                let run = Finished {
                    plan,
                    seed,
                    usage: &played.usage,
                    end: played.end,
                };
                sink.finished(&run).map_err(RunError::Sink)?;
                // A run that is played once counts for every seed.
                let counts_for = match seeds[variant] < options.seeds.len() {
                    true => &options.seeds[..],
                    false => &[seed],
                };
                for seed in counts_for {
                    folding.add(variant, *seed, &played, twins);
                }
                (watch.end)(&run, reader);
                Ok(())
            });
            progress.advance();
            // The first error in the order of runs ends the folding, on any number of threads.
            if let Err(error) = outcome {
                failed = Some(error);
            }
            failed.is_none()
        },
    );
    progress.end();
    failed.map_or_else(|| Ok(folding.finish()), Err)
}

/// The variant and the seed of every run: variant by variant, each with its first `seeds` of `all`.
fn jobs(seeds: &[usize], all: &[u64]) -> Vec<(usize, u64)> {
    let of_variant = |(variant, seeds): (usize, &usize)| {
        let seeds = all[..*seeds].to_vec();
        seeds.into_iter().map(move |seed| (variant, seed))
    };
    seeds.iter().enumerate().flat_map(of_variant).collect()
}

//! Plays every variant of a study with every seed, and folds the runs in order.

use super::compare::compare_with_first;
use super::error::RunError;
use super::expect;
use super::fit;
use super::fold::VariantFold;
use super::memory;
use super::one_run::{Played, cost, play_within};
use super::options::{
    Finished, Options, PolicyFactory, Progress, SchedulerFactory, Sink, Watch, threads,
};
use super::ordered::in_order;
use super::results::{Confidence, FitFound, Results, VariantResults};
use crate::engine::Reader;
use crate::plan::{Plan, Study};
use crate::simulation::Fact;
use crate::units::Usd;
use std::sync::atomic::AtomicBool;

/// Plays a study. Returns its results, and its plans as they were played, in which every
/// `count: fit` is replaced by the count that was found.
///
/// When `stop` becomes true, the study ends with [`RunError::Interrupted`].
///
/// # Errors
/// See [`RunError`].
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

/// Like [`run`], with policies that may have an autoscaler, and with a reader of facts per run.
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
    // The counts of `count: fit` are needed before any run is played.
    for plan in &study.variants {
        let (plan, fit) = fit::resolve(plan, study.seeds, options, policies, progress, stop)?;
        plans.push(plan);
        fits.push(fit);
    }
    let mut variants = play_all(&plans, fits, options, policies, watch, sink, progress, stop)?;
    compare_with_first(&mut variants);
    let verdicts = expect::verdicts(&study.expectations, &variants);
    let results = Results {
        scenario: study.name.clone(),
        description: study.description.clone(),
        seeds: options.seeds.clone(),
        confidence: Confidence::default(),
        variants,
        verdicts,
        warnings: study.warnings.clone(),
        left_out: study.left_out.clone(),
    };
    Ok((results, plans))
}

/// Plays every variant with every seed and folds the runs, variant by variant.
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
    // Jobs are numbered variant by variant, within a variant seed by seed.
    let job = |index: usize| {
        let (variant, seed) = (index / options.seeds.len(), index % options.seeds.len());
        (&plans[variant], variant, options.seeds[seed])
    };
    let limits = memory::limits(options.memory_limit, threads(options).min(runs));
    progress.begin("playing", runs as u64);
    let mut failed = None;
    in_order(
        runs,
        threads(options),
        |index| {
            let (plan, variant, seed) = job(index);
            let reader = (watch.begin)(plan, seed);
            let (played, reader) = play_within(limits, plan, seed, policies, stop, reader)?;
            // The twin has the same seed, hence the same draws, without faults: the difference in
            // cost is that of the faults. It covers the same time, as a reader may end a run.
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
            // The first error in the order of runs ends the folding, on any number of threads.
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

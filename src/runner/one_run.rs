//! Plays one run, a plan with one seed, and prices it.

use super::error::RunError;
use super::options::{PolicyFactory, SchedulerFactory};
use super::prices::price_book;
use crate::engine::Reader;
use crate::metrics::Observed;
use crate::plan::{Plan, Until};
use crate::pricing::{Bill, price};
use crate::simulation::{self, Fact, Outcome};
use crate::units::{SimTime, Span, Usd};
use crate::usage::Ledger;
use std::sync::atomic::{AtomicBool, Ordering};

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
pub(super) fn cost<R: Reader<Fact>>(
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

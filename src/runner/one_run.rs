//! Plays one run, a plan with one seed, and prices it.

use super::error::RunError;
use super::options::{PolicyFactory, SchedulerFactory};
use super::prices::price_book;
use crate::engine::Reader;
use crate::metrics::Observed;
use crate::plan::{Plan, Until};
use crate::pricing::{self, Bill, price};
use crate::simulation::{self, Fact, Outcome};
use crate::units::{SimTime, Span, Usd};
use crate::usage::Ledger;
use std::sync::atomic::{AtomicBool, Ordering};

/// A run that has ended, with its usage and its bill.
pub struct Played {
    /// The metrics of the run.
    pub observed: Observed,
    /// Its usage by the hour.
    pub usage: Ledger,
    /// The bill of the usage.
    pub bill: Bill,
    /// The end of the run, counted from time zero, which is before the warm-up.
    pub end: SimTime,
}

impl Played {
    /// The length of the reported time: from the end of the warm-up to the end of the run.
    pub fn reported(&self, plan: &Plan) -> Span {
        self.end.since(SimTime::ZERO + plan.warm_up)
    }
}

/// Plays one run and prices it.
///
/// # Errors
/// When `stop` is true, a policy reports an error, a run with `until: drained` does not drain in
/// 100 years, or a price is missing.
pub fn play(
    plan: &Plan,
    seed: u64,
    schedulers: SchedulerFactory<'_>,
    stop: &AtomicBool,
) -> Result<Played, RunError> {
    play_with(plan, seed, schedulers, stop, ()).map(|(played, ())| played)
}

/// Like [`play`], with one more reader of facts, which is returned.
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

/// Like [`play_with`], with policies that may have an autoscaler.
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
    let bill = bill(plan, &outcome)?;
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

/// The cost of the twin of a run: the same plan and seed without faults. It has no reader. Where
/// the reader of the run ended the run early, the twin is played to the same time.
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
    Ok(bill(twin, &outcome)?.total())
}

/// Plays one run to its end without pricing it.
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

/// Prices the usage of a run, and adds the lines of the user's own.
fn bill(plan: &Plan, outcome: &Outcome) -> Result<Bill, RunError> {
    let priced = price(&outcome.usage, &price_book(plan));
    let mut bill = priced.map_err(|missing| RunError::Price {
        variant: plan.variant.clone(),
        missing,
    })?;
    let extra = plan.prices.extra.iter();
    let extra = extra.map(|line| (line.name.as_str(), line.per_month));
    let reported = outcome.end.since(SimTime::ZERO + plan.warm_up);
    bill.lines
        .extend(pricing::extra(extra, reported, plan.month().hours));
    Ok(bill)
}

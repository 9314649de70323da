//! Plays one run, a plan with one seed, and prices it.

use super::error::RunError;
use super::options::{PolicyFactory, SchedulerFactory};
use super::prices::price_book;
use crate::engine::Reader;
use crate::metrics::Observed;
use crate::plan::{OnNoCapacity, Plan, Until};
use crate::pricing::{self, Bill, price};
use crate::simulation::{self, Fact, Limits, Outcome, RunFailed};
use crate::units::{SECOND, SimTime, Span, Usd};
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
    play_within(Limits::default(), plan, seed, policies, stop, reader)
}

/// Like [`play_watched`], within limits.
pub(super) fn play_within<R: Reader<Fact>>(
    limits: Limits,
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    reader: R,
) -> Result<(Played, R), RunError> {
    let mut readers = (Observed::new(plan), reader);
    let outcome = simulate(limits, plan, seed, policies, stop, &mut readers)?;
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

/// The twins of the runs of a plan: the same without one kind of event, so that the difference in
/// cost is that of these events.
#[derive(Debug)]
pub(super) struct Twins {
    without_faults: Option<Plan>,
    without_deployments: Option<Plan>,
}

/// The costs of the twins of a run; `None` for a plan without such events.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TwinCosts {
    /// Without faults.
    pub(super) without_faults: Option<Usd>,
    /// Without deployments.
    pub(super) without_deployments: Option<Usd>,
}

impl Twins {
    /// The twins of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            without_faults: plan.without_faults(),
            without_deployments: plan.without_deployments(),
        }
    }

    /// Plays the twins of a run and prices them. They have the same seed, hence the same draws.
    ///
    /// # Errors
    /// As [`play`].
    pub(super) fn costs<R: Reader<Fact>>(
        &self,
        seed: u64,
        policies: PolicyFactory<'_>,
        stop: &AtomicBool,
        run: &Played,
        reader: &R,
    ) -> Result<TwinCosts, RunError> {
        let cost = |twin: &Option<Plan>| {
            let twin = twin.as_ref();
            let cost = twin.map(|twin| cost(twin, seed, policies, stop, run, reader));
            cost.transpose()
        };
        Ok(TwinCosts {
            without_faults: cost(&self.without_faults)?,
            without_deployments: cost(&self.without_deployments)?,
        })
    }
}

/// The cost of the twin of a run. It has no reader. Where the reader of the run ended the run early,
/// the twin is played to the same time, as a difference of costs is of the same time.
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
    // The run has shown that its tasks fit into the memory.
    let outcome = simulate(Limits::default(), twin, seed, policies, stop, &mut ())?;
    Ok(bill(twin, &outcome)?.total())
}

/// Plays one run to its end without pricing it.
fn simulate<R: Reader<Fact>>(
    limits: Limits,
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
    let outcome = simulation::run(plan, seed, policies(plan), limits, reader, keep_going)
        .map_err(|failed| error(plan, seed, failed))?;
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

/// The error of a run that has no result.
pub(super) fn error(plan: &Plan, seed: u64, failed: RunFailed) -> RunError {
    let variant = plan.variant.clone();
    let backlog = match failed {
        RunFailed::Policy(failed) => {
            return RunError::Policy {
                variant,
                seed,
                failed,
            };
        }
        RunFailed::TooManyTasks(backlog) => backlog,
    };
    let entry = &plan.tasks[backlog.entry.index()];
    let queue = match entry.on_no_capacity {
        _ if entry.demand.on_fargate => "for Fargate's launch rate or quota",
        OnNoCapacity::Queue => "in the job queue",
        OnNoCapacity::Provisioning => "in PROVISIONING",
        OnNoCapacity::Fail => "to be tried again",
    };
    RunError::TooManyTasks {
        variant,
        seed,
        entry: entry.name.clone(),
        waiting: backlog.waiting,
        queue,
        at: Span::seconds(backlog.at.as_micros() / SECOND),
        tasks: backlog.tasks,
    }
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

//! Plays one run, a plan with one seed, and prices it.

use super::checked::Checked;
use super::error::RunError;
use super::memory;
use super::options::{PolicyFactory, SchedulerFactory};
use super::prices::price_book;
use crate::engine::{Reader, Watcher};
use crate::metrics::{Checks, Found, Observed};
use crate::plan::{Expectation, OnNoCapacity, Plan};
use crate::pricing::{self, Bill, price};
use crate::simulation::{
    Fact, Limits, Outcome, Policies, Rejection, ResponseTimes, RunFailed, World, run_for,
    run_watched,
};
use crate::units::{Memory, SECOND, SimTime, Span};
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
    /// The response times of requests, by service; `None` without a load.
    pub responses: Vec<Option<ResponseTimes>>,
    /// The waits of messages in the reported time, by queue.
    pub message_waits: Vec<ResponseTimes>,
    /// The end of the run, counted from time zero, which is before the warm-up.
    pub end: SimTime,
    /// What the run has shown of each expectation; empty where none asks for it.
    pub found: Vec<Option<Found>>,
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
    let outcome = match readers.1.reads_nothing() {
        true => simulate_observed(limits, plan, seed, policies, stop, &mut readers.0)?,
        false => simulate(limits, plan, seed, policies, stop, &mut readers)?,
    };
    let (mut observed, reader) = readers;
    observed.finish(outcome.end);
    Ok((played(plan, observed, outcome)?, reader))
}

/// Like [`play_within`], with the checks of expectations.
pub(super) fn play_checked<R: Reader<Fact>>(
    limits: Limits,
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    mut reader: R,
    expectations: &[Expectation],
) -> Result<(Played, R), RunError> {
    let Some(checks) = Checks::new(plan, expectations) else {
        return play_within(limits, plan, seed, policies, stop, reader);
    };
    let mut readers = Checked {
        observed: Observed::new(plan),
        checks,
        reader: &mut reader,
    };
    let outcome = simulate(limits, plan, seed, policies, stop, &mut readers)?;
    let Checked {
        mut observed,
        checks,
        ..
    } = readers;
    let found = checks.finish(outcome.end, &observed);
    observed.finish(outcome.end);
    let played = played(plan, observed, outcome)?;
    Ok((Played { found, ..played }, reader))
}

/// A run with its bill.
fn played(plan: &Plan, observed: Observed, outcome: Outcome) -> Result<Played, RunError> {
    let bill = bill(plan, &outcome)?;
    Ok(Played {
        observed,
        usage: outcome.usage,
        bill,
        responses: outcome.responses,
        message_waits: outcome.message_waits,
        end: outcome.end,
        found: Vec::new(),
    })
}

/// Plays one run to its end without pricing it.
pub(super) fn simulate(
    limits: Limits,
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    reader: &mut dyn Reader<Fact>,
) -> Result<Outcome, RunError> {
    if stop.load(Ordering::Relaxed) {
        return Err(RunError::Interrupted);
    }
    let policies = policies(plan);
    simulate_watched(limits, plan, seed, policies, stop, reader, &mut ())
}

/// Like [`simulate`], by the loop that is compiled for the metrics of a run alone: most runs have no
/// other reader.
fn simulate_observed(
    limits: Limits,
    plan: &Plan,
    seed: u64,
    policies: PolicyFactory<'_>,
    stop: &AtomicBool,
    observed: &mut Observed,
) -> Result<Outcome, RunError> {
    if stop.load(Ordering::Relaxed) {
        return Err(RunError::Interrupted);
    }
    let policies = policies(plan);
    let goes_on = &mut || !stop.load(Ordering::Relaxed);
    let played = run_for(plan, seed, policies, limits, observed, goes_on, &mut ());
    ended(plan, seed, played)
}

/// Plays one run to its end, or until its reader is done, without figures and without pricing it. Its
/// tasks may take `memory`, if that is set.
///
/// # Errors
/// As [`play`], but for prices.
pub fn replay<'p>(
    plan: &'p Plan,
    seed: u64,
    policies: Policies,
    stop: &AtomicBool,
    reader: &mut dyn Reader<Fact>,
    watcher: &mut dyn Watcher<World<'p>>,
    memory: Option<Memory>,
) -> Result<SimTime, RunError> {
    let limits = memory::limits(memory, 1);
    let outcome = simulate_watched(limits, plan, seed, policies, stop, reader, watcher)?;
    Ok(outcome.end)
}

/// Plays one run with a watcher.
fn simulate_watched<'p>(
    limits: Limits,
    plan: &'p Plan,
    seed: u64,
    policies: Policies,
    stop: &AtomicBool,
    reader: &mut dyn Reader<Fact>,
    watcher: &mut dyn Watcher<World<'p>>,
) -> Result<Outcome, RunError> {
    let goes_on = &mut || !stop.load(Ordering::Relaxed);
    let played = run_watched(plan, seed, policies, limits, reader, goes_on, watcher);
    ended(plan, seed, played)
}

/// The outcome of a run that has ended by itself.
fn ended(plan: &Plan, seed: u64, played: Result<Outcome, RunFailed>) -> Result<Outcome, RunError> {
    let outcome = played.map_err(|failed| error(plan, seed, failed))?;
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
        RunFailed::Endless(endless) => {
            return RunError::Endless {
                variant,
                seed,
                entry: plan.tasks[endless.entry.index()].name.clone(),
                since: Span::seconds(endless.since.as_micros() / SECOND),
                jobs: endless.jobs,
                lacks: lacks(endless.why),
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

/// What a task that is refused for ever does not find.
const fn lacks(why: Rejection) -> &'static str {
    match why {
        Rejection::NoFargate => "capacity of Fargate",
        Rejection::FargateQuota => "room within Fargate's quota of vCPUs",
        Rejection::QueueFull => "room in the job queue",
        Rejection::ProvisioningFull => "room within the limit of PROVISIONING",
        Rejection::Throttled => "room within the rate of calls of `RunTask`",
        Rejection::NoRoom
        | Rejection::Unplaceable
        | Rejection::ByScheduler
        | Rejection::Replaced
        | Rejection::ProvisioningTimedOut => "room",
    }
}

/// Prices the usage of a run, and adds the lines of the user's own.
pub(super) fn bill(plan: &Plan, outcome: &Outcome) -> Result<Bill, RunError> {
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

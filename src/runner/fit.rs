//! `count: fit`: the smallest count of instances with which, in every run of seeds 1 to N, no task
//! waits longer than a bound and no task is rejected.
//!
//! The count is doubled until it fits, then bisected; this assumes that more instances never serve
//! worse. The run with one instance less is played to show how it fails. A task that fits on no
//! instance of the fleet ends the search with an error.

use super::error::RunError;
use super::memory;
use super::one_run::error;
use super::options::{Options, PolicyFactory, Progress, threads};
use super::ordered::in_order;
use super::played_plan::PlayedPlan;
use super::results::{FitFound, OneLess};
use crate::cluster::WorkId;
use crate::engine::Reader;
use crate::plan::{Capacity, Count, Plan};
use crate::simulation::{Fact, Limits, Rejection, run_watched};
use crate::units::{SimTime, Span};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The largest count that is tried.
const LARGEST_COUNT: u32 = 1 << 20;

/// The plan with the count that was found, and a description of the search; the plan itself
/// where it has no `count: fit`.
pub(super) fn resolve<'p>(
    plan: &'p Plan,
    seeds: u32,
    options: &Options,
    policies: PolicyFactory<'_>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(PlayedPlan<'p>, Option<FitFound>), RunError> {
    let Some((longest_wait, members)) = fitted_members(plan) else {
        return Ok((PlayedPlan::OfStudy(plan), None));
    };
    progress.begin(&format!("fitting {}", plan.variant), 0);
    let search = Search {
        plan,
        seeds,
        longest_wait,
        policies,
        stop,
        threads: threads(options),
        limits: memory::limits(options.memory_limit, threads(options)),
    };
    // The rest of the cluster may be enough: 0 is tried first.
    let mut too_few = 0;
    let mut enough = u32::from(search.fails(0)?.is_some());
    // `enough` is 0 or 1 here. It is doubled until it fits; then the smallest fitting count lies in
    // `too_few + 1..=enough`.
    while enough > 0
        && let Some(failure) = search.fails(enough)?
    {
        progress.advance();
        too_few = enough;
        if let Some(reason) = reason_to_end(plan, enough, &failure) {
            return Err(RunError::NoFit {
                variant: plan.variant.clone(),
                tried: enough,
                reason,
            });
        }
        enough *= 2;
    }
    while enough > too_few + 1 {
        progress.advance();
        let middle = too_few + (enough - too_few) / 2;
        if search.fails(middle)?.is_some() {
            too_few = middle;
        } else {
            enough = middle;
        }
    }
    let one_less = match enough {
        0 => None,
        _ => {
            let failed = search.fails(too_few)?;
            failed
                .map(|failure| search.describe(too_few, failure.seed))
                .transpose()?
        }
    };
    progress.end();
    let found = FitFound {
        count: enough,
        longest_wait,
        one_less,
        members,
    };
    let plan = Box::new(plan.with_fit_count(enough));
    Ok((PlayedPlan::Fitted(plan), Some(found)))
}

/// Why the search must end after `count` (at least 1) has failed; `None` to try more. With at least
/// one instance every type of the fleets is present, so that a task which fits on none of them
/// fits with no larger count either.
fn reason_to_end(plan: &Plan, count: u32, failure: &Failure) -> Option<String> {
    match failure.unplaceable {
        Some(work) => Some(format!(
            "a task of `{}` fits on no instance of any type (seed {})",
            plan.work_name(work),
            failure.seed
        )),
        None => (count >= LARGEST_COUNT).then(|| "tasks still wait or are rejected".into()),
    }
}

/// The bound on waits, the smallest of several, and the names of the fleet members with
/// `count: fit`; `None` without such a member.
fn fitted_members(plan: &Plan) -> Option<(Span, Vec<String>)> {
    let mut bound: Option<Span> = None;
    let mut names = Vec::new();
    for provider in &plan.cluster.providers {
        let Capacity::Fleet(members) = &provider.capacity else {
            continue;
        };
        for member in members {
            if let Count::Fit { longest_wait } = member.count {
                bound = Some(bound.map_or(longest_wait, |least| least.min(longest_wait)));
                names.push(
                    plan.cluster.instance_types[member.instance_type]
                        .name
                        .clone(),
                );
            }
        }
    }
    bound.map(|bound| (bound, names))
}

/// A run in which a task waits too long or is rejected.
struct Failure {
    seed: u64,
    /// The entry of the first task that fits on no instance, if there is one.
    unplaceable: Option<WorkId>,
}

/// What every run of the search needs.
struct Search<'a> {
    plan: &'a Plan,
    seeds: u32,
    longest_wait: Span,
    policies: PolicyFactory<'a>,
    stop: &'a AtomicBool,
    threads: usize,
    limits: Limits,
}

impl Search<'_> {
    /// The first seed whose run fails with this count; `None` when every run passes.
    fn fails(&self, count: u32) -> Result<Option<Failure>, RunError> {
        let plan = self.plan.with_fit_count(count);
        // Runs of higher seeds than one that failed are ended early: only the first matters.
        let least_failed = AtomicU64::new(u64::MAX);
        let mut failed = Ok(None);
        in_order(
            self.seeds as usize,
            self.threads,
            |job| {
                let seed = job as u64 + 1;
                if self.stop.load(Ordering::Relaxed) {
                    return Err(RunError::Interrupted);
                }
                let mut probe = Probe::new(self.longest_wait);
                let has_failed = Rc::clone(&probe.has_failed);
                let mut goes_on = || {
                    !has_failed.get()
                        && seed <= least_failed.load(Ordering::Relaxed)
                        && !self.stop.load(Ordering::Relaxed)
                };
                let outcome = self.play(&plan, seed, &mut probe, &mut goes_on)?;
                if probe.failed() {
                    least_failed.fetch_min(seed, Ordering::Relaxed);
                }
                let failure = probe.failed().then_some(Failure {
                    seed,
                    unplaceable: probe.unplaceable,
                });
                Ok((failure, outcome))
            },
            |_, result| {
                match result {
                    // A run that passed until it was stopped: by the stop flag, because a failure
                    // of a lower seed is folded first and ends the folding.
                    Ok((None, stopped)) if stopped => failed = Err(RunError::Interrupted),
                    Ok((None, _)) => return true,
                    Ok((failure, _)) => failed = Ok(failure),
                    Err(error) => failed = Err(error),
                }
                false
            },
        );
        failed
    }

    /// Plays one run; true when `goes_on` ended it.
    fn play(
        &self,
        plan: &Plan,
        seed: u64,
        probe: &mut Probe,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<bool, RunError> {
        let policies = (self.policies)(plan);
        let outcome = run_watched(plan, seed, policies, self.limits, probe, goes_on, &mut ())
            .map_err(|failed| error(plan, seed, failed))?;
        if !outcome.stopped {
            probe.finish(outcome.end);
        }
        Ok(outcome.stopped)
    }

    /// Plays a failing run to its end and describes the failure.
    fn describe(&self, count: u32, seed: u64) -> Result<OneLess, RunError> {
        let plan = self.plan.with_fit_count(count);
        let mut probe = Probe::new(self.longest_wait);
        let mut goes_on = || !self.stop.load(Ordering::Relaxed);
        if self.play(&plan, seed, &mut probe, &mut goes_on)? {
            return Err(RunError::Interrupted);
        }
        Ok(if probe.refused > 0 {
            OneLess::Refused {
                seed,
                tasks: probe.refused,
            }
        } else {
            OneLess::Waited {
                seed,
                longest_wait: probe.longest,
            }
        })
    }
}

/// Observes the longest wait and the rejected tasks of a run.
struct Probe {
    bound: Span,
    longest: Span,
    refused: u64,
    /// The entry of the first task that fits on no instance.
    unplaceable: Option<WorkId>,
    /// The waiting tasks: their number by time of arrival.
    waiting: BTreeMap<SimTime, u64>,
    /// What [`failed`](Self::failed) says, for the one who plays the run.
    has_failed: Rc<Cell<bool>>,
}

impl Probe {
    fn new(bound: Span) -> Self {
        Self {
            bound,
            longest: Span::ZERO,
            refused: 0,
            unplaceable: None,
            waiting: BTreeMap::new(),
            has_failed: Rc::default(),
        }
    }

    /// True when a task waited too long or was rejected.
    fn failed(&self) -> bool {
        self.refused > 0 || self.longest > self.bound
    }

    /// Removes one task that arrived at this time from the waiting ones.
    fn leave_queue(&mut self, arrived: SimTime) {
        if let Some(count) = self.waiting.get_mut(&arrived) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(&arrived);
            }
        }
    }

    /// Counts the waits of tasks that still wait at the end of the run, up to that time.
    fn finish(&mut self, end: SimTime) {
        if let Some((oldest, _)) = self.waiting.first_key_value() {
            self.longest = self.longest.max(end.since(*oldest));
        }
    }
}

impl Reader<Fact> for Probe {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            // All tasks of an instant are counted together: their waits end in any order.
            Fact::TaskArrived(_) => *self.waiting.entry(now).or_default() += 1,
            Fact::TaskPlaced(of) => {
                self.leave_queue(of.task.arrived);
                self.longest = self.longest.max(now - of.task.arrived);
            }
            Fact::TaskRejected(of, why) => {
                self.leave_queue(of.task.arrived);
                self.refused += 1;
                if *why == Rejection::Unplaceable {
                    self.unplaceable.get_or_insert(of.work);
                }
            }
            _ => return,
        }
        self.has_failed.set(self.failed());
    }
}

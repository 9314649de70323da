//! Playing a run: its policies, its limits, and its outcome.

use super::fact::Fact;
use super::limits::{Backlog, Limits, RunFailed};
use super::platform;
use super::response_times::ResponseTimes;
use super::traffic;
use super::world::World;
use crate::engine::{Agenda, Ended, Reader, Watcher, play_watched};
use crate::plan::{LONGEST, Plan, Until};
use crate::policy::placement::Scheduler;
use crate::policy::provisioning::Autoscaler;
use crate::units::SimTime;
use crate::usage::Ledger;

/// The decision makers of a run that a user can replace.
pub struct Policies {
    /// Chooses an instance for each waiting task.
    pub scheduler: Box<dyn Scheduler>,
    /// Sets the desired capacity of Auto Scaling groups without managed scaling.
    pub autoscaler: Option<Box<dyn Autoscaler>>,
}

impl From<Box<dyn Scheduler>> for Policies {
    fn from(scheduler: Box<dyn Scheduler>) -> Self {
        Self {
            scheduler,
            autoscaler: None,
        }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// The usage after the warm-up, by clock hour.
    pub usage: Ledger,
    /// The end of the run: the end of the plan, the time at which the last work left, or the time
    /// at which the reader was done.
    pub end: SimTime,
    /// True when `keep_going` returned false before the end of the run.
    pub stopped: bool,
    /// True when work was left after [`LONGEST`], at which every run ends.
    pub too_long: bool,
    /// Tasks that existed at the end: waiting, starting, running or stopping.
    pub unfinished: u64,
    /// The response times of requests in the reported time, by service; `None` without a load.
    pub responses: Vec<Option<ResponseTimes>>,
    /// The times from sending messages to their first receipt in the reported time, by queue.
    pub message_waits: Vec<ResponseTimes>,
}

/// Plays a plan with a seed to its end.
///
/// # Errors
/// When a scheduler that the user provides fails, or more tasks exist than `limits` allow.
///
/// # Panics
/// When an invariant of the model is violated, and when the plan has a count that is still to be
/// fitted (`count: fit`).
pub fn run(
    plan: &Plan,
    seed: u64,
    policies: impl Into<Policies>,
    limits: Limits,
    reader: &mut dyn Reader<Fact>,
) -> Result<Outcome, RunFailed> {
    let policies = policies.into();
    run_watched(plan, seed, policies, limits, reader, &mut || true, &mut ())
}

/// Like [`run`], with a watcher that may look at the world. `keep_going` is called every 16,384 events;
/// when it returns false, the run stops.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
// Not generic: the whole simulation is compiled for each type of reader, and this is the one for all
// readers but that of `run_for`.
pub fn run_watched<'p>(
    plan: &'p Plan,
    seed: u64,
    policies: Policies,
    limits: Limits,
    mut reader: &mut dyn Reader<Fact>,
    keep_going: &mut dyn FnMut() -> bool,
    mut watcher: &mut dyn Watcher<World<'p>>,
) -> Result<Outcome, RunFailed> {
    let (reader, watcher) = (&mut reader, &mut watcher);
    run_for(plan, seed, policies, limits, reader, keep_going, watcher)
}

/// Like [`run_watched`], compiled for one type of reader: its code is part of the loop.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
#[inline(always)]
pub fn run_for<'p, R: Reader<Fact>, W: Watcher<World<'p>>>(
    plan: &'p Plan,
    seed: u64,
    policies: Policies,
    limits: Limits,
    reader: &mut R,
    keep_going: &mut dyn FnMut() -> bool,
    watcher: &mut W,
) -> Result<Outcome, RunFailed> {
    let mut agenda = Agenda::new();
    let mut world = World::new(plan, seed, policies);
    world.lives.set_most_tasks(limits.most_tasks);
    world.begin(&mut agenda, reader);
    let end = match plan.until {
        Until::Elapsed(span) => Some(SimTime::ZERO + span),
        Until::Drained => Some(SimTime::ZERO + LONGEST),
    };
    let ended = play_watched(&mut world, &mut agenda, reader, end, keep_going, watcher);
    if let Some(failed) = world.placing.failed {
        return Err(RunFailed::Policy(failed));
    }
    if let Some(at) = world.clients.overloaded_at() {
        let backlog = Backlog::new(&world.lives, at);
        return Err(RunFailed::TooManyTasks(backlog));
    }
    if let Some(endless) = world.clients.refused_for_ever() {
        return Err(RunFailed::Endless(endless));
    }
    let (end, stopped) = match ended {
        Ended::Drained(last) if plan.until == Until::Drained => (Some(last), false),
        Ended::Drained(_) => (end, false),
        Ended::AtEnd => (end, false),
        Ended::Done(at) => (Some(at), false),
        Ended::Stopped => (end, true),
    };
    let end = end.expect("every run has an end");
    if !stopped {
        traffic::finish(&mut world.traffic, &mut world.lives, end, reader);
        world.check_conservation();
    }
    let too_long = plan.until == Until::Drained && ended == Ended::AtEnd;
    Ok(Outcome {
        too_long,
        ..world.finish(end, stopped)
    })
}

impl World<'_> {
    fn finish(self, end: SimTime, stopped: bool) -> Outcome {
        let unfinished = self.lives.tasks().len() as u64;
        Outcome {
            usage: platform::finish(self.lives.platform, end),
            end,
            stopped,
            too_long: false,
            unfinished,
            responses: self.traffic.response_times(),
            message_waits: self.traffic.message_waits(),
        }
    }
}

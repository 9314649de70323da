//! Verbs: what comes due, what happens, and the world in between.
//!
//! An [`Event`] is something that comes due; a [`Fact`] is something that happened. One
//! closed enum, one match, one handler per arm. Usage, figures, logs and tests read facts
//! only, and a run with no reader of them pays nothing.
//!
//! ```text
//!            arrivals::due              pass                    tasks::start        tasks::finish
//! (client) ───────────────▶ waiting ─────────────▶ placed ─────────────────▶ running ──────────▶ gone
//!                              │ no room, queue full or never fits
//!                              ▼
//!                           refused
//! ```

pub mod containers;
pub mod probes;
pub mod pull;
pub mod registry;

mod arrivals;
mod event;
mod fact;
mod pass;
mod setup;
mod tasks;

pub use event::Event;
pub use fact::{Fact, Rejection, TaskFact};

use crate::cluster::{
    Cluster, InstanceId, Pending, PendingQueue, ProviderId, Requirement, TaskId, Tasks,
};
use crate::engine::random::StreamKey;
use crate::engine::{Agenda, Ended, Model, Reader, Turn, play};
use crate::plan::{Plan, Until};
use crate::policy::placement::{PolicyFailed, Scheduler};
use crate::units::{SimTime, Span};
use crate::usage::{Ledger, MeterId, Meters};
use arrivals::Source;

/// AWS bills at least a minute of an instance and of a Fargate task on Linux
/// (facts/pricing.md 2).
pub const BILLED_AT_LEAST: Span = Span::seconds(60);

/// No run lasts longer: a hundred years. Usage is kept by the hour, so that memory would not
/// suffice; and whoever comes here has mistaken a unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);

/// The state of one run.
pub struct World<'p> {
    plan: &'p Plan,
    cluster: Cluster,
    tasks: Tasks,
    entries: Vec<Entry>,
    requirements: Vec<Requirement>,
    placement_keys: Vec<StreamKey>,
    scheduler: Box<dyn Scheduler>,
    waiting: PendingQueue,
    fresh: Vec<Pending>,
    freed: Vec<InstanceId>,
    placed: Vec<(TaskId, InstanceId)>,
    refused: Vec<TaskId>,
    dirty: bool,
    failed: Option<PolicyFailed>,
    meters: Meters,
    fleet: Vec<FleetMeter>,
    providers: Vec<ProviderState>,
    checks: u32,
}

/// What the world keeps about an entry of the plan.
struct Entry {
    source: Source,
    arrivals: StreamKey,
    cpu: StreamKey,
    memory: StreamKey,
    durations: StreamKey,
    /// Arrivals so far, and tasks born so far.
    arrived: u64,
    born: u64,
    provider: Option<ProviderId>,
    on_fargate: bool,
    group: usize,
    /// Demands ARM processors.
    arm: bool,
    /// The run time, where it is not drawn.
    fixed_duration: Span,
}

/// Instances of a fixed fleet in one zone, metered from start to end.
struct FleetMeter {
    meter: MeterId,
    amount: u64,
}

/// Fargate's meters and tasks by zone.
#[derive(Default)]
struct ProviderState {
    /// Per zone and architecture (x86, ARM): CPU, memory, storage.
    meters: Vec<[[MeterId; 3]; 2]>,
    /// Tasks per (zone, group).
    tasks: Vec<u32>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What was used in the reported time, by hour.
    pub usage: Ledger,
    /// The end of the run: the given end, or the instant the last work left.
    pub end: SimTime,
    /// The reader stopped the run before its end.
    pub stopped: bool,
    /// Work was left after [`LONGEST`], where the run was cut off.
    pub too_long: bool,
    /// Tasks alive at the end.
    pub unfinished: u64,
}

/// Plays a plan with a seed. `keep_going` is asked every few thousand events.
///
/// # Errors
/// When a policy that is not built in fails.
///
/// # Panics
/// When an invariant of the model is broken, and when a count is still to be fitted.
pub fn run<R: Reader<Fact>>(
    plan: &Plan,
    seed: u64,
    scheduler: Box<dyn Scheduler>,
    reader: &mut R,
    keep_going: impl FnMut(&R) -> bool,
) -> Result<Outcome, PolicyFailed> {
    let mut agenda = Agenda::new();
    let mut world = World::new(plan, seed, scheduler);
    world.begin(&mut agenda, reader);
    let end = match plan.until {
        Until::Elapsed(span) => Some(SimTime::ZERO + span),
        Until::Drained => Some(SimTime::ZERO + LONGEST),
    };
    let ended = play(&mut world, &mut agenda, reader, end, keep_going);
    if let Some(failed) = world.failed {
        return Err(failed);
    }
    let (end, stopped) = match ended {
        Ended::Drained(last) if plan.until == Until::Drained => (Some(last), false),
        Ended::Drained(_) => (end, false),
        Ended::AtEnd => (end, false),
        Ended::Stopped => (end, true),
    };
    let end = end.expect("every run has an end");
    if !stopped {
        world.check_conservation();
    }
    let too_long = plan.until == Until::Drained && ended == Ended::AtEnd;
    Ok(Outcome {
        too_long,
        ..world.finish(end, stopped)
    })
}

impl World<'_> {
    /// A fixed fleet is billed from the start to the end of the run.
    fn finish(mut self, end: SimTime, stopped: bool) -> Outcome {
        for fleet in &self.fleet {
            self.meters.stop(
                fleet.meter,
                fleet.amount,
                SimTime::ZERO,
                end,
                BILLED_AT_LEAST,
            );
        }
        let unfinished = self.tasks.len() as u64;
        Outcome {
            usage: self.meters.finish(end),
            end,
            stopped,
            too_long: false,
            unfinished,
        }
    }

    /// Every instance's ledgers against the tasks that are alive.
    fn check_conservation(&self) {
        let placed = self.tasks.iter().filter_map(|task| {
            task.instance
                .map(|instance| (instance, &task.shape, task.running))
        });
        self.cluster.check_conservation(placed);
    }
}

impl Model for World<'_> {
    type Event = Event;
    type Fact = Fact;

    #[inline]
    fn handle<R: Reader<Fact>>(&mut self, turn: &mut Turn<'_, Event, R>, event: Event) {
        match event {
            Event::WorkArrives { entry } => arrivals::due(self, turn, entry),
            Event::TaskStarts { task } => tasks::start(self, turn, task),
            Event::TaskFinishes { task } => tasks::finish(self, turn, task),
        }
        if cfg!(debug_assertions) {
            self.checks += 1;
            if self.checks.is_multiple_of(1000) {
                self.check_conservation();
            }
        }
    }

    #[inline]
    fn wants_pass(&self) -> bool {
        self.dirty
    }

    fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn pass<R: Reader<Fact>>(&mut self, turn: &mut Turn<'_, Event, R>) {
        pass::run(self, turn);
    }
}

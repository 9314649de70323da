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

mod agent;
mod arrivals;
mod autoscaling;
mod capacity;
mod containers;
mod entry;
mod event;
mod fact;
mod fargate;
mod faults;
mod grace;
mod groups;
mod images;
mod instances;
mod pass;
mod probes;
mod pull;
mod registry;
mod services;
mod setup;
mod spot;
mod spot_record;
mod tasks;

pub use event::Event;
pub use fact::{
    Fact, InstanceEnd, InstanceFact, Interruption, LaunchFailure, Rejection, ScalingReason,
    ServiceEvent, StartUp, StopReason, TaskFact,
};

use crate::cluster::{Cluster, InstanceId, Pending, PendingQueue, Requirement, TaskId, Tasks};
use crate::engine::random::StreamKey;
use crate::engine::{Agenda, Ended, Model, Reader, Turn, play};
use crate::plan::{Plan, Until};
use crate::policy::placement::{PolicyFailed, Scheduler};
use crate::policy::provisioning::Autoscaler;
use crate::units::{SimTime, Span};
use crate::usage::{Ledger, Meters};
use agent::Life;
use entry::{Entry, Lane};
use fargate::FargateState;
use groups::GroupState;
use instances::Machine;
use services::ServiceState;

/// AWS bills at least a minute of an instance and of a Fargate task on Linux
/// (facts/pricing.md 2).
pub const BILLED_AT_LEAST: Span = Span::seconds(60);

/// No run lasts longer: a hundred years. Usage is kept by the hour, so that memory would not
/// suffice; and whoever comes here has mistaken a unit.
pub const LONGEST: Span = Span::hours(100 * 365 * 24);

/// The state of one run.
pub struct World<'p> {
    plan: &'p Plan,
    seed: u64,
    cluster: Cluster,
    tasks: Tasks,
    /// By slot of the task: the life of those that have one in detail.
    lives: Vec<Option<Box<Life>>>,
    entries: Vec<Entry<'p>>,
    lanes: Vec<Lane>,
    /// What the tasks of a lane demand.
    requirements: Vec<Requirement>,
    placement_keys: Vec<StreamKey>,
    scheduler: Box<dyn Scheduler>,
    autoscaler: Option<Box<dyn Autoscaler>>,
    /// The client's job queue, and who has just arrived there.
    waiting: PendingQueue,
    fresh: Vec<Pending>,
    /// Tasks in PROVISIONING, and those that ECS has just created.
    provisioning: PendingQueue,
    submitted: Vec<Pending>,
    freed: Vec<InstanceId>,
    placed: Vec<(TaskId, InstanceId)>,
    refused: Vec<TaskId>,
    /// Somebody has come back to the job queue, who has not been tried in his place.
    returned: bool,
    dirty: bool,
    failed: Option<PolicyFailed>,
    meters: Meters,
    providers: Vec<ProviderState<'p>>,
    /// By instance.
    machines: Vec<Machine>,
    services: Vec<ServiceState<'p>>,
    faults: faults::Faults<'p>,
    spot: spot::Spot,
    registries: images::Registries,
    /// Some work has a life in detail, or agents may lose their connection. Elsewhere what
    /// stops lets go at once, so that agents have no queue.
    has_lives: bool,
    /// Standalone tasks that are alive, and entries whose arrivals have not ended.
    jobs: u64,
    open_entries: usize,
    /// The run is over when the standalone work has left, whatever else goes on.
    ends_with_work: bool,
    checks: u32,
}

/// What the world keeps about a capacity provider: nothing for fixed fleets.
#[derive(Default)]
struct ProviderState<'p> {
    group: Option<GroupState<'p>>,
    fargate: Option<FargateState>,
}

/// Whoever decides in a run.
pub struct Policies {
    /// Who goes where.
    pub scheduler: Box<dyn Scheduler>,
    /// How many instances there are, in groups without managed scaling.
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
    /// What was used in the reported time, by hour.
    pub usage: Ledger,
    /// The end of the run: the given end, the instant the last work left, or the instant at
    /// which the reader was done.
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
    policies: impl Into<Policies>,
    reader: &mut R,
    keep_going: impl FnMut(&R) -> bool,
) -> Result<Outcome, PolicyFailed> {
    let mut agenda = Agenda::new();
    let mut world = World::new(plan, seed, policies.into());
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
        Ended::Done(at) => (Some(at), false),
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
    /// Instances that are still there are billed up to the end of the run.
    fn finish(mut self, end: SimTime, stopped: bool) -> Outcome {
        for index in 0..self.machines.len() {
            instances::stop_billing(&mut self, InstanceId::new(index), end);
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
        let tasks = self.tasks.iter();
        let placed = tasks.filter_map(|task| Some((task.instance?, task)));
        self.cluster
            .check_conservation(placed, self.kept_for_daemons());
    }
}

impl Model for World<'_> {
    type Event = Event;
    type Fact = Fact;

    #[inline(always)]
    fn handle<R: Reader<Fact>>(&mut self, turn: &mut Turn<'_, Event, R>, event: Event) {
        match event {
            Event::WorkArrives { entry } => arrivals::due(self, turn, entry),
            Event::TaskStarts { task } => tasks::start(self, turn, task),
            Event::TaskFinishes { task } => tasks::finish(self, turn, task),
            _ => self.handle_other(turn, event),
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

    #[inline]
    fn is_over(&self) -> bool {
        self.ends_with_work && self.jobs == 0 && self.open_entries == 0
    }

    fn pass<R: Reader<Fact>>(&mut self, turn: &mut Turn<'_, Event, R>) {
        pass::run(self, turn);
    }
}

impl World<'_> {
    /// All but the life of plain tasks; apart, so that this is short where it is played.
    #[inline(never)]
    fn handle_other<R: Reader<Fact>>(&mut self, turn: &mut Turn<'_, Event, R>, event: Event) {
        match event {
            Event::WorkArrives { .. } | Event::TaskStarts { .. } | Event::TaskFinishes { .. } => {
                unreachable!("plain tasks are handled apart")
            }
            Event::TaskTurns { task } => agent::turn(self, turn, task),
            Event::ContainerTurns { task, container } => {
                agent::container_turn(self, turn, task, container.into());
            }
            Event::WorkReturns { task } => tasks::submit_again(self, turn, task),
            Event::ProvisioningExpires { task } => pass::expire(self, turn, task),
            Event::ServiceTurns { service } => services::turn(self, turn, service),
            Event::ServiceActionDue { service, action } => {
                services::act(self, turn, service, action.into());
            }
            Event::InstanceTurns { instance } => instances::turn(self, turn, instance),
            Event::InstanceLossNoticed { instance } => {
                instances::notice_loss(self, turn, instance);
            }
            Event::AgentLossNoticed { instance } => {
                agent::notice_disconnect(self, turn, instance);
            }
            Event::SpotTurns { instance } => spot::turn(self, turn, instance),
            Event::SpotPoolTurns { pool } => spot::pool_turn(self, turn, pool as usize),
            Event::FargateLaunches { task } => fargate::launch(self, turn, task),
            Event::FargateSpotInterrupts { task } => fargate::interrupt(self, turn, task),
            Event::GroupTurns { provider } => groups::turn(self, turn, provider),
            Event::CapacityMeasured { provider } => capacity::measure(self, turn, provider),
            Event::CapacityEvaluated { provider } => capacity::evaluate(self, turn, provider),
            Event::AutoscalerWakes => autoscaling::decide(self, turn, false),
            Event::FaultBegins { fault } => faults::strike(self, turn, fault.into()),
            Event::FaultEnds { fault, occurrence } => {
                faults::end(self, turn, fault.into(), occurrence);
            }
            Event::InstanceFails { fault, instance } => {
                faults::instance_fails(self, turn, fault.into(), instance);
            }
            Event::FargateHostFails { task } => fargate::lose_host(self, turn, task),
        }
    }
}

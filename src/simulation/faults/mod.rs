//! What goes wrong: each fault of the plan strikes at its times or by its own stream, and is
//! over when it is over.

mod containers;
mod control_plane;
mod fargate;
mod instances;
mod zone;

pub(super) use fargate::fargate_task_placed;
pub(super) use instances::{instance_fails, instance_registered};
pub(super) use zone::api_fails;

use super::spot::Place;
use super::{Event, Fact, World, agent, tasks};
use crate::cluster::{InstanceId, ZoneId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader, Turn};
use crate::plan::{Fault, FaultKind, Occurrence, Plan};
use crate::policy::placement::Scheduler;
use crate::units::SimTime;
use containers::strike_containers;
use fargate::lose_fargate_host;
use instances::{fails_again, failures_of, missed_faults_go_on, repair_next, strike_instances};
use std::collections::VecDeque;
use zone::{zone_of, zone_outage};

/// All faults of a run.
pub(super) struct Faults<'p> {
    states: Vec<FaultState<'p>>,
    /// How many outages keep a zone closed.
    closed_zones: Vec<u32>,
    control_plane_outages: u32,
    /// Who decides again when the control plane is back.
    scheduler: Option<Box<dyn Scheduler>>,
    seed: u64,
}

struct FaultState<'p> {
    plan: &'p Fault,
    gaps: StreamKey,
    lengths: StreamKey,
    choices: StreamKey,
    /// Occurrences so far.
    occurrences: u32,
    /// Those that are not over.
    active: Vec<Active>,
    /// Failed instances that wait for a repair crew, by occurrence, the first first.
    unrepaired: VecDeque<(u32, InstanceId)>,
    /// How often each instance that has failed did so.
    failures: Vec<(InstanceId, u64)>,
    /// Instances that were down by another fault when it was to strike them.
    missed: Vec<InstanceId>,
}

/// An occurrence that is not over, with what it has struck.
struct Active {
    number: u32,
    since: SimTime,
    zone: Option<usize>,
    instances: Vec<InstanceId>,
}

impl<'p> Faults<'p> {
    pub(super) fn new(plan: &'p Plan, seed: u64) -> Self {
        let state = |fault: &'p Fault| {
            let key = |purpose| StreamKey::new(seed, purpose, &fault.name);
            FaultState {
                plan: fault,
                gaps: key(Purpose::FaultOccurrence),
                lengths: key(Purpose::FaultLength),
                choices: key(Purpose::FaultChoice),
                occurrences: 0,
                active: Vec::new(),
                unrepaired: VecDeque::new(),
                failures: Vec::new(),
                missed: Vec::new(),
            }
        };
        Self {
            states: plan.faults.iter().map(state).collect(),
            closed_zones: vec![0; plan.cluster.zones.len()],
            control_plane_outages: 0,
            scheduler: None,
            seed,
        }
    }

    /// True while the control plane decides nothing (facts/platform.md 8.3.3).
    pub(super) fn control_plane_is_out(&self) -> bool {
        self.control_plane_outages > 0
    }

    /// True while an outage keeps a zone closed to launches (facts/ecs.md 240).
    pub(super) fn zone_is_closed(&self, zone: ZoneId) -> bool {
        self.closed_zones[zone.index()] > 0
    }

    /// True when a launch cannot succeed: its zone is closed, or the plan says that there is
    /// no capacity (facts/ecs.md 241).
    pub(super) fn launch_is_refused(&self, place: Place) -> bool {
        let refuses = |state: &FaultState<'_>| match &state.plan.kind {
            FaultKind::InsufficientCapacity {
                instance_type,
                zone,
                spot_only,
            } => {
                !state.active.is_empty()
                    && instance_type.is_none_or(|kind| kind == place.instance_type)
                    && zone.is_none_or(|zone| zone == place.zone)
                    && (place.spot || !spot_only)
            }
            _ => false,
        };
        self.closed_zones[place.zone] > 0 || self.states.iter().any(refuses)
    }

    /// An instance is gone for good: nothing is remembered of it.
    pub(super) fn instance_gone(&mut self, instance: InstanceId) {
        for state in &mut self.states {
            state.failures.retain(|(id, _)| *id != instance);
            state.missed.retain(|id| *id != instance);
            state.unrepaired.retain(|(_, id)| *id != instance);
        }
    }

    /// True while an image cannot be pulled.
    pub(super) fn pull_fails(&self, image: usize, registry: usize) -> bool {
        self.states.iter().any(|state| {
            let strikes = match &state.plan.kind {
                FaultKind::RegistryOutage { registry: only } => {
                    only.is_none_or(|only| only == registry)
                }
                FaultKind::BadImage { image: only } => *only == image,
                _ => false,
            };
            strikes && !state.active.is_empty()
        })
    }
}

/// True for what is drawn for each instance, container or task by itself.
fn is_each_by_itself(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::InstanceFailure { .. }
            | FaultKind::AgentDisconnect { .. }
            | FaultKind::ContainerCrash { .. }
            | FaultKind::HealthCheckFailure { .. }
            | FaultKind::OutOfMemory { .. }
            | FaultKind::FargateHostLoss
    )
}

/// True when an operator replaces the instances of fixed fleets that are lost.
fn is_replaced_by_operator(fault: &Fault) -> bool {
    let replaced = matches!(
        fault.kind,
        FaultKind::InstanceFailure { replaced: true, .. }
    );
    replaced && fault.lasts.is_none()
}

/// The first occurrences are put on the agenda.
pub(super) fn begin(world: &mut World<'_>, agenda: &mut Agenda<Event>) {
    for number in 0..world.faults.states.len() {
        if let Some(at) = next(world, number, SimTime::ZERO) {
            agenda.push(at, Event::FaultBegins { fault: id(number) });
        }
    }
    for index in 0..world.machines.len() {
        let instance = InstanceId::new(index);
        for (fault, at) in failures_of(world, instance, SimTime::ZERO) {
            agenda.push(at, Event::InstanceFails { fault, instance });
        }
    }
}

fn id(number: usize) -> u16 {
    u16::try_from(number).expect("at most 65,535 faults")
}

/// When a fault occurs next as a whole.
fn next(world: &World<'_>, number: usize, now: SimTime) -> Option<SimTime> {
    let state = &world.faults.states[number];
    match &state.plan.occurs {
        Occurrence::At(times) => times.get(state.occurrences as usize).copied(),
        Occurrence::Every(_) if is_each_by_itself(&state.plan.kind) => None,
        Occurrence::Every(law) => {
            let seconds = law.sample(&mut state.gaps.stream(u64::from(state.occurrences)));
            Some(tasks::later(now, seconds))
        }
    }
}

/// A fault occurs.
pub(super) fn strike<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
) {
    let now = turn.now();
    let state = &mut world.faults.states[number];
    let occurrence = state.occurrences;
    state.occurrences += 1;
    turn.report(Fact::FaultBegan(number, occurrence));
    let mut active = Active {
        number: occurrence,
        since: now,
        zone: None,
        instances: Vec::new(),
    };
    let plan = state.plan;
    match &plan.kind {
        FaultKind::InstanceFailure { .. } | FaultKind::AgentDisconnect { .. } => {
            active.instances = strike_instances(world, turn, number, occurrence);
        }
        FaultKind::ContainerCrash { .. }
        | FaultKind::HealthCheckFailure { .. }
        | FaultKind::OutOfMemory { .. } => strike_containers(world, turn, &plan.kind),
        FaultKind::ZoneOutage { zone, share } => {
            let zone = zone_of(world, number, occurrence, *zone);
            active.zone = Some(zone);
            active.instances = zone_outage(world, turn, number, (zone, share), occurrence);
        }
        FaultKind::FargateHostLoss => lose_fargate_host(world, turn, number, occurrence),
        FaultKind::ControlPlaneOutage => control_plane::fails(world),
        FaultKind::RegistryOutage { .. }
        | FaultKind::BadImage { .. }
        | FaultKind::InsufficientCapacity { .. } => {}
    }
    let state = &mut world.faults.states[number];
    if let Some(law) = &plan.lasts {
        let seconds = law.sample(&mut state.lengths.stream(u64::from(occurrence)));
        let fault = id(number);
        let event = Event::FaultEnds { fault, occurrence };
        turn.at(tasks::later(now, seconds), event);
    } else if is_replaced_by_operator(plan) {
        let fault = id(number);
        let after = world.plan.assumptions.fixed_fleet_replacement;
        turn.after(after, Event::FaultEnds { fault, occurrence });
    }
    state.active.push(active);
    if let Some(at) = next(world, number, now) {
        turn.at(at, Event::FaultBegins { fault: id(number) });
    }
}

/// An occurrence of a fault is over.
pub(super) fn end<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    occurrence: u32,
) {
    let state = &mut world.faults.states[number];
    let Some(at) = state
        .active
        .iter()
        .position(|active| active.number == occurrence)
    else {
        return;
    };
    let active = state.active.remove(at);
    let plan = state.plan;
    turn.report(Fact::FaultEnded(number, occurrence));
    if let Some(zone) = active.zone {
        world.faults.closed_zones[zone] -= 1;
    }
    let kind = &plan.kind;
    if matches!(kind, FaultKind::ControlPlaneOutage) {
        return control_plane::is_back(world, turn);
    }
    let is_another = is_replaced_by_operator(plan);
    let cuts_off = matches!(kind, FaultKind::AgentDisconnect { .. });
    for instance in active.instances {
        if cuts_off {
            agent::reconnect(world, turn, instance);
            fails_again(world, turn, number, instance);
            continue;
        }
        if is_another {
            super::instances::replace(world, turn, instance);
        } else {
            super::instances::recover(world, turn, instance);
        }
        fails_again(world, turn, number, instance);
        missed_faults_go_on(world, turn, instance);
    }
    repair_next(world, turn, number);
}

//! What goes wrong: each fault of the plan strikes at its times or by its own stream, and is
//! over when it is over.

use super::spot::Place;
use super::{Event, Fact, World, agent, fargate, instances, tasks};
use crate::cluster::{EntryId, InstanceId, ProviderId, TaskId, ZoneId};
use crate::engine::random::{Distribution, Purpose, StreamKey};
use crate::engine::{Agenda, Reader, Turn};
use crate::plan::{Container, Fault, FaultKind, Occurrence, Plan};
use crate::units::{SimTime, Span};
use std::collections::VecDeque;

/// All faults of a run.
pub(super) struct Faults<'p> {
    states: Vec<FaultState<'p>>,
    /// How many outages keep a zone closed.
    closed_zones: Vec<u32>,
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
    /// Failed instances that wait for a repair crew, the first first.
    unrepaired: VecDeque<InstanceId>,
    /// How often each instance that has failed did so.
    failures: Vec<(InstanceId, u64)>,
    /// Instances that were down by another fault when it was to strike them.
    missed: Vec<InstanceId>,
}

/// An occurrence that is not over, with what it has struck.
struct Active {
    number: u32,
    zone: Option<usize>,
    instances: Vec<InstanceId>,
}

/// What faults do to a run of a container, in seconds from its start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Struck {
    pub crash: Option<f64>,
    pub out_of_memory: Option<f64>,
    pub unhealthy: Option<f64>,
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
            seed,
        }
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

    /// What strikes a run of a container by itself: each fault by its own stream.
    pub(super) fn strikes_container(
        &self,
        entry: EntryId,
        container: &Container,
        name: &str,
        ordinal: u64,
    ) -> Struck {
        let mut struck = Struck::default();
        for state in &self.states {
            let Occurrence::Every(law) = &state.plan.occurs else {
                continue;
            };
            let Some((work, only)) = container_filter(&state.plan.kind) else {
                continue;
            };
            if !concerns(work, only, entry, container) {
                continue;
            }
            let name = format!("{}/{name}", state.plan.name);
            let key = StreamKey::new(self.seed, Purpose::FaultOccurrence, &name);
            let after = law.sample(&mut key.stream(ordinal));
            let first = match state.plan.kind {
                FaultKind::OutOfMemory { .. } => &mut struck.out_of_memory,
                FaultKind::HealthCheckFailure { .. } => &mut struck.unhealthy,
                _ => &mut struck.crash,
            };
            *first = Some(first.map_or(after, |other| after.min(other)));
        }
        struck
    }
}

impl FaultState<'_> {
    /// The next failure of the instance has another draw.
    fn count_failure(&mut self, instance: InstanceId) {
        match self.failures.iter_mut().find(|(id, _)| *id == instance) {
            Some((_, count)) => *count += 1,
            None => self.failures.push((instance, 1)),
        }
    }
}

/// Whose containers a fault strikes, if it strikes containers.
fn container_filter(kind: &FaultKind) -> Option<(Option<usize>, Option<&str>)> {
    match kind {
        FaultKind::ContainerCrash { work, container }
        | FaultKind::HealthCheckFailure { work, container }
        | FaultKind::OutOfMemory { work, container } => Some((*work, container.as_deref())),
        _ => None,
    }
}

fn concerns(
    work: Option<usize>,
    only: Option<&str>,
    entry: EntryId,
    container: &Container,
) -> bool {
    work.is_none_or(|work| work == entry.index()) && only.is_none_or(|only| only == container.name)
}

/// True for what is drawn for each instance, container or task by itself.
fn is_each_by_itself(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::InstanceFailure { .. }
            | FaultKind::ContainerCrash { .. }
            | FaultKind::HealthCheckFailure { .. }
            | FaultKind::OutOfMemory { .. }
            | FaultKind::FargateHostLoss
    )
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
        zone: None,
        instances: Vec::new(),
    };
    let plan = state.plan;
    match &plan.kind {
        FaultKind::InstanceFailure { .. } => {
            active.instances = fail_instances(world, turn, number, occurrence);
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
    turn.report(Fact::FaultEnded(number, occurrence));
    if let Some(zone) = active.zone {
        world.faults.closed_zones[zone] -= 1;
    }
    for instance in active.instances {
        instances::recover(world, turn, instance);
        fails_again(world, turn, number, instance);
        missed_faults_go_on(world, turn, instance);
    }
    repair_next(world, turn, number);
}

/// An instance that has registered may fail by each fault that is about instances.
pub(super) fn instance_registered<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    for (fault, at) in failures_of(world, instance, turn.now()) {
        turn.at(at, Event::InstanceFails { fault, instance });
    }
}

/// When an instance fails next, by each fault.
fn failures_of(world: &World<'_>, instance: InstanceId, now: SimTime) -> Vec<(u16, SimTime)> {
    let numbers = 0..world.faults.states.len();
    let failure = |number| Some((id(number), next_failure(world, number, instance, now)?));
    numbers.filter_map(failure).collect()
}

fn next_failure(
    world: &World<'_>,
    number: usize,
    instance: InstanceId,
    now: SimTime,
) -> Option<SimTime> {
    let state = &world.faults.states[number];
    let Occurrence::Every(law) = &state.plan.occurs else {
        return None;
    };
    if !strikes_instance(world, &state.plan.kind, instance) {
        return None;
    }
    let machine = &world.machines[instance.index()];
    let provider = &world.plan.cluster.providers[machine.provider.index()].name;
    let name = format!("{}/{provider}", state.plan.name);
    let key = StreamKey::new(world.faults.seed, Purpose::FaultOccurrence, &name);
    let failures = state.failures.iter().find(|(id, _)| *id == instance);
    let ordinal = machine.ordinal ^ failures.map_or(0, |(_, count)| *count) << 48;
    Some(tasks::later(now, law.sample(&mut key.stream(ordinal))))
}

fn strikes_instance(world: &World<'_>, kind: &FaultKind, instance: InstanceId) -> bool {
    let machine = &world.machines[instance.index()];
    match kind {
        FaultKind::InstanceFailure {
            provider,
            zone,
            instances,
            ..
        } => {
            let is = |listed: &Vec<u32>| listed.iter().any(|of| *of as usize == instance.index());
            provider.is_none_or(|provider| ProviderId::new(provider) == machine.provider)
                && zone.is_none_or(|zone| ZoneId::new(zone) == machine.zone)
                && instances.as_ref().is_none_or(is)
        }
        _ => false,
    }
}

/// An instance fails by itself.
pub(super) fn instance_fails<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    instance: InstanceId,
) {
    let machine = &world.machines[instance.index()];
    if !matches!(
        machine.state,
        instances::State::Active | instances::State::Draining
    ) {
        // It is down for another reason; if it comes back, it may fail again.
        let state = &mut world.faults.states[number];
        state.count_failure(instance);
        state.missed.push(instance);
        return;
    }
    let plan = world.faults.states[number].plan;
    turn.report(Fact::FaultBegan(
        number,
        world.faults.states[number].occurrences,
    ));
    instances::fail(world, turn, instance, plan.lasts.is_some());
    let state = &mut world.faults.states[number];
    state.count_failure(instance);
    if plan.lasts.is_some() {
        state.unrepaired.push_back(instance);
        repair_next(world, turn, number);
    } else {
        state.occurrences += 1;
    }
}

/// Repairs begin as long as there are crews.
fn repair_next<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
) {
    let state = &mut world.faults.states[number];
    let FaultKind::InstanceFailure { repair_crews, .. } = &state.plan.kind else {
        return;
    };
    let Some(law) = &state.plan.lasts else { return };
    let crews = repair_crews.map_or(usize::MAX, |crews| crews as usize);
    while state.active.len() < crews {
        let Some(instance) = state.unrepaired.pop_front() else {
            return;
        };
        let occurrence = state.occurrences;
        state.occurrences += 1;
        state.active.push(Active {
            number: occurrence,
            zone: None,
            instances: vec![instance],
        });
        let seconds = law.sample(&mut state.lengths.stream(u64::from(occurrence)));
        let fault = id(number);
        let event = Event::FaultEnds { fault, occurrence };
        turn.at(tasks::later(turn.now(), seconds), event);
    }
}

/// An instance that is back may fail again.
fn fails_again<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    instance: InstanceId,
) {
    if let Some(at) = next_failure(world, number, instance, turn.now()) {
        let fault = id(number);
        turn.at(at, Event::InstanceFails { fault, instance });
    }
}

/// An instance is back: faults that found it down may strike it again.
fn missed_faults_go_on<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    for number in 0..world.faults.states.len() {
        let missed = &mut world.faults.states[number].missed;
        if let Some(at) = missed.iter().position(|id| *id == instance) {
            missed.swap_remove(at);
            fails_again(world, turn, number, instance);
        }
    }
}

/// At a given time: the listed instances fail, or one of those it concerns, by chance.
fn fail_instances<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    occurrence: u32,
) -> Vec<InstanceId> {
    let plan = world.faults.states[number].plan;
    let all = (0..world.machines.len()).map(InstanceId::new);
    let is_up = |id: &InstanceId| world.machines[id.index()].state == instances::State::Active;
    let mut struck: Vec<InstanceId> = all
        .filter(is_up)
        .filter(|id| strikes_instance(world, &plan.kind, *id))
        .collect();
    let is_listed = matches!(
        &plan.kind,
        FaultKind::InstanceFailure {
            instances: Some(_),
            ..
        }
    );
    if !is_listed && !struck.is_empty() {
        let mut stream = world.faults.states[number]
            .choices
            .stream(u64::from(occurrence));
        let chosen = stream.below(struck.len() as u64) as usize;
        struck = vec![struck[chosen]];
    }
    for id in &struck {
        instances::fail(world, turn, *id, plan.lasts.is_some());
    }
    struck
}

/// At a given time: every container that it concerns.
fn strike_containers<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    kind: &FaultKind,
) {
    let Some((work, only)) = container_filter(kind) else {
        return;
    };
    let mut struck: Vec<(TaskId, usize)> = Vec::new();
    for (id, task) in world.tasks.with_ids() {
        let containers = world.entries[task.entry.index()].containers;
        for (number, container) in containers.iter().enumerate() {
            if concerns(work, only, task.entry, container) {
                struck.push((id, number));
            }
        }
    }
    for (id, container) in struck {
        match kind {
            FaultKind::HealthCheckFailure { .. } => agent::sicken(world, turn, id, container),
            FaultKind::OutOfMemory { .. } => agent::strike(world, turn, id, container, true),
            _ => agent::strike(world, turn, id, container, false),
        }
    }
}

fn zone_of(world: &World<'_>, number: usize, occurrence: u32, zone: Option<usize>) -> usize {
    let zones = world.plan.cluster.zones.len() as u64;
    zone.unwrap_or_else(|| {
        let mut stream = world.faults.states[number]
            .choices
            .stream(u64::from(occurrence));
        stream.below(zones) as usize
    })
}

/// A zone loses a share of its instances and Fargate tasks (facts/ecs.md 240). Instances of
/// a group are replaced, others come back with the zone.
fn zone_outage<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    (zone, share): (usize, &Distribution),
    occurrence: u32,
) -> Vec<InstanceId> {
    world.faults.closed_zones[zone] += 1;
    let ordinal = u64::from(occurrence);
    let choices = world.faults.states[number].choices;
    let share = share.sample(&mut world.faults.states[number].gaps.stream(ordinal | 1 << 40));
    let is_hit = |of: u64| choices.stream(ordinal << 44 ^ of ^ 1 << 63).unit() < share;
    let all = (0..world.machines.len()).map(InstanceId::new);
    let hit: Vec<InstanceId> = all
        .filter(|id| {
            let machine = &world.machines[id.index()];
            machine.zone.index() == zone && is_hit(machine.ordinal)
        })
        .collect();
    let lost: Vec<TaskId> = world
        .tasks
        .with_ids()
        .filter(|(_, task)| {
            let on_fargate = world.entries[task.entry.index()].on_fargate;
            on_fargate && task.attempts > 0 && task.zone.index() == zone && {
                let name = crate::engine::random::name_hash(world.entries[task.entry.index()].name);
                is_hit(name >> 20 ^ tasks::birth(task))
            }
        })
        .map(|(id, _)| id)
        .collect();
    for id in &hit {
        let comes_back = !world.machines[id.index()].in_group;
        instances::fail(world, turn, *id, comes_back);
    }
    for id in lost {
        fargate::lose_host(world, turn, id);
    }
    let comes_back = |id: &InstanceId| !world.machines[id.index()].in_group;
    hit.into_iter().filter(comes_back).collect()
}

/// At a given time: the host of one Fargate task, by chance.
fn lose_fargate_host<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    occurrence: u32,
) {
    let on_fargate = world
        .tasks
        .with_ids()
        .filter(|(_, task)| world.entries[task.entry.index()].on_fargate && task.attempts > 0);
    let all: Vec<TaskId> = on_fargate.map(|(id, _)| id).collect();
    if !all.is_empty() {
        let mut stream = world.faults.states[number]
            .choices
            .stream(u64::from(occurrence));
        let chosen = all[stream.below(all.len() as u64) as usize];
        fargate::lose_host(world, turn, chosen);
    }
}

/// A task has started on Fargate, whose host may die.
pub(super) fn fargate_task_placed<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: TaskId,
) {
    let Some(task) = world.tasks.get(id) else {
        return;
    };
    let entry = &world.entries[task.entry.index()];
    for state in &world.faults.states {
        if let (FaultKind::FargateHostLoss, Occurrence::Every(law)) =
            (&state.plan.kind, &state.plan.occurs)
        {
            let name = format!("{}/{}", state.plan.name, entry.name);
            let key = StreamKey::new(world.faults.seed, Purpose::FaultOccurrence, &name);
            let seconds = law.sample(&mut key.stream(tasks::birth(task)));
            let lives_on = Span::from_seconds_f64(seconds);
            turn.after(lives_on, Event::FargateHostFails { task: id });
        }
    }
}

//! Faults of instances, at given times or each by itself, and their repairs.

use super::{Active, FaultState, id, is_replaced_by_operator};
use crate::cluster::{InstanceId, ProviderId, ZoneId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Reader, Turn};
use crate::plan::{FaultKind, Occurrence};
use crate::simulation::{Event, Fact, World, agent, instances, tasks};
use crate::units::SimTime;

impl FaultState<'_> {
    /// The next failure of the instance has another draw.
    fn count_failure(&mut self, instance: InstanceId) {
        match self.failures.iter_mut().find(|(id, _)| *id == instance) {
            Some((_, count)) => *count += 1,
            None => self.failures.push((instance, 1)),
        }
    }
}

/// An instance that has registered may fail by each fault that is about instances.
pub(in crate::simulation) fn instance_registered<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    for (fault, at) in failures_of(world, instance, turn.now()) {
        turn.at(at, Event::InstanceFails { fault, instance });
    }
}

/// When an instance fails next, by each fault.
pub(super) fn failures_of(
    world: &World<'_>,
    instance: InstanceId,
    now: SimTime,
) -> Vec<(u16, SimTime)> {
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
    let failures = failures.map_or(0, |(_, count)| *count);
    let key = key.of(machine.zone.index() as u64).of(failures);
    let seconds = law.sample(&mut key.stream(machine.ordinal));
    Some(tasks::later(now, seconds))
}

fn strikes_instance(world: &World<'_>, kind: &FaultKind, instance: InstanceId) -> bool {
    let machine = &world.machines[instance.index()];
    match kind {
        FaultKind::InstanceFailure {
            provider,
            zone,
            instances,
            ..
        }
        | FaultKind::AgentDisconnect {
            provider,
            zone,
            instances,
        } => {
            let is = |listed: &Vec<u32>| listed.iter().any(|of| *of as usize == instance.index());
            provider.is_none_or(|provider| ProviderId::new(provider) == machine.provider)
                && zone.is_none_or(|zone| ZoneId::new(zone) == machine.zone)
                && instances.as_ref().is_none_or(is)
        }
        _ => false,
    }
}

/// An instance is struck by itself.
pub(in crate::simulation) fn instance_fails<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    instance: InstanceId,
) {
    let machine = &world.machines[instance.index()];
    if machine.state == instances::State::Gone {
        return;
    }
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
    let state = &mut world.faults.states[number];
    let (plan, occurrence) = (state.plan, state.occurrences);
    state.occurrences += 1;
    turn.report(Fact::FaultBegan(number, occurrence));
    strike(world, turn, number, instance);
    world.faults.states[number].count_failure(instance);
    if plan.lasts.is_some() {
        let unrepaired = &mut world.faults.states[number].unrepaired;
        unrepaired.push_back((occurrence, instance));
        repair_next(world, turn, number);
    } else if is_replaced(world, number, instance) {
        let at = turn.now() + world.plan.assumptions.fixed_fleet_replacement;
        is_over_at(world, turn, number, (occurrence, instance), at);
    }
}

/// True when an operator replaces an instance that a fault takes for good.
fn is_replaced(world: &World<'_>, number: usize, instance: InstanceId) -> bool {
    is_replaced_by_operator(world.faults.states[number].plan)
        && !world.machines[instance.index()].in_group
}

/// An instance has been struck by itself, until this time.
fn is_over_at<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    (occurrence, instance): (u32, InstanceId),
    at: SimTime,
) {
    world.faults.states[number].active.push(Active {
        number: occurrence,
        since: turn.now(),
        zone: None,
        instances: vec![instance],
    });
    let fault = id(number);
    turn.at(at, Event::FaultEnds { fault, occurrence });
}

/// Repairs begin as long as there are crews.
pub(super) fn repair_next<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
) {
    let state = &mut world.faults.states[number];
    let repair_crews = match &state.plan.kind {
        FaultKind::InstanceFailure { repair_crews, .. } => *repair_crews,
        FaultKind::AgentDisconnect { .. } => None,
        _ => return,
    };
    let Some(law) = &state.plan.lasts else { return };
    let crews = repair_crews.map_or(usize::MAX, |crews| crews as usize);
    loop {
        let state = &mut world.faults.states[number];
        if state.active.len() >= crews {
            return;
        }
        let Some(next) = state.unrepaired.pop_front() else {
            return;
        };
        let seconds = law.sample(&mut state.lengths.stream(u64::from(next.0)));
        let at = tasks::later(turn.now(), seconds);
        is_over_at(world, turn, number, next, at);
    }
}

/// An instance that is back, not gone meanwhile, may fail again.
pub(super) fn fails_again<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    instance: InstanceId,
) {
    if world.machines[instance.index()].state == instances::State::Gone {
        return;
    }
    if let Some(at) = next_failure(world, number, instance, turn.now()) {
        let fault = id(number);
        turn.at(at, Event::InstanceFails { fault, instance });
    }
}

/// An instance is back: faults that found it down may strike it again.
pub(super) fn missed_faults_go_on<R>(
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

/// At a given time: the listed instances are struck, or one of those it concerns, by chance.
pub(super) fn strike_instances<R: Reader<Fact>>(
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
        } | FaultKind::AgentDisconnect {
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
        strike(world, turn, number, *id);
    }
    struck
}

/// An instance fails, or its agent loses its connection.
fn strike<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    instance: InstanceId,
) {
    let plan = world.faults.states[number].plan;
    match plan.kind {
        FaultKind::AgentDisconnect { .. } => agent::disconnect(world, turn, instance),
        _ => {
            let comes_back = plan.lasts.is_some() || is_replaced(world, number, instance);
            instances::fail(world, turn, instance, comes_back);
        }
    }
}

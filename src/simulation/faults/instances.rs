//! Faults of instances, at listed times or drawn for each instance separately, and their repairs.

use super::state::{Active, FaultState, Faults, id, is_replaced_by_operator};
use crate::cluster::{InstanceId, ProviderId, ZoneId};
use crate::engine::Reader;
use crate::engine::random::{Purpose, StreamKey};
use crate::plan::{FaultKind, Occurrence};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, connection};
use crate::simulation::platform::{State, instances};
use crate::units::{SimTime, Span};

impl FaultState<'_> {
    /// Counts a failure of an instance, so that its next failure has another random number.
    fn count_failure(&mut self, instance: InstanceId) {
        match self.failures.iter_mut().find(|(id, _)| *id == instance) {
            Some((_, count)) => *count += 1,
            None => self.failures.push((instance, 1)),
        }
    }
}

/// Schedules the first failure of a registered instance by each fault that is drawn for it.
pub(in crate::simulation) fn instance_registered<R>(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
) {
    for (fault, at) in failures_of(faults, lives, instance, ctx.now()) {
        ctx.at(at, Event::InstanceFaultDue { fault, instance });
    }
}

/// The next failure of an instance by each fault that is drawn for it: (fault, time).
pub(super) fn failures_of(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    instance: InstanceId,
    now: SimTime,
) -> Vec<(u16, SimTime)> {
    let numbers = 0..faults.states.len();
    let failure = |number| {
        Some((
            id(number),
            next_failure(faults, lives, number, instance, now)?,
        ))
    };
    numbers.filter_map(failure).collect()
}

/// The next failure of an instance by one fault; `None` when the fault is not drawn for it.
fn next_failure(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    number: usize,
    instance: InstanceId,
    now: SimTime,
) -> Option<SimTime> {
    let state = &faults.states[number];
    let Occurrence::Every(law) = &state.plan.occurs else {
        return None;
    };
    if !concerns_instance(lives, &state.plan.kind, instance) {
        return None;
    }
    let machine = lives.platform.machine(instance);
    let provider = &lives.platform.plan().cluster.providers[machine.provider.index()].name;
    let name = format!("{}/{provider}", state.plan.name);
    let key = StreamKey::new(faults.seed, Purpose::FaultOccurrence, &name);
    let failures = state.failures.iter().find(|(id, _)| *id == instance);
    let failures = failures.map_or(0, |(_, count)| *count);
    let key = key.of(machine.zone.index() as u64).of(failures);
    let seconds = law.draw(&mut key.stream(machine.ordinal), failures);
    Some(now + Span::from_seconds_f64(seconds))
}

/// True when a fault of instances or agents concerns an instance, by its filters.
fn concerns_instance(lives: &Lives<'_>, kind: &FaultKind, instance: InstanceId) -> bool {
    let machine = lives.platform.machine(instance);
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

/// Handles a failure that was drawn for one instance.
pub(in crate::simulation) fn instance_fails<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    instance: InstanceId,
) {
    let machine = lives.platform.machine(instance);
    if machine.state == State::Gone {
        return;
    }
    if !matches!(machine.state, State::Active | State::Draining) {
        // It has failed by another fault; the next failure is scheduled when it recovers.
        let state = &mut faults.states[number];
        state.count_failure(instance);
        state.missed.push(instance);
        return;
    }
    let state = &mut faults.states[number];
    let (plan, occurrence) = (state.plan, state.occurrences);
    state.occurrences += 1;
    ctx.report(Fact::FaultBegan(number, occurrence));
    apply(faults, lives, ctx, number, instance);
    faults.states[number].count_failure(instance);
    if plan.lasts.is_some() {
        let unrepaired = &mut faults.states[number].unrepaired;
        unrepaired.push_back((occurrence, instance));
        start_repairs(faults, ctx, number);
    } else if is_replaced(faults, lives, number, instance) {
        let at = ctx.now() + lives.platform.plan().assumptions.fixed_fleet_replacement;
        schedule_end(faults, ctx, number, (occurrence, instance), at);
    }
}

/// True when an operator replaces an instance that a fault has ended: in fixed fleets, with
/// `replaced`.
fn is_replaced(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    number: usize,
    instance: InstanceId,
) -> bool {
    is_replaced_by_operator(faults.states[number].plan)
        && !lives.platform.machine(instance).in_group
}

/// Schedules the end of a failure that was drawn for one instance.
fn schedule_end<R>(
    faults: &mut Faults<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    (occurrence, instance): (u32, InstanceId),
    at: SimTime,
) {
    faults.states[number].active.push(Active {
        number: occurrence,
        since: ctx.now(),
        zone: None,
        instances: vec![instance],
    });
    let fault = id(number);
    ctx.at(at, Event::FaultEnds { fault, occurrence });
}

/// Starts the repairs of failed instances, in order of failure, while a repair crew is free.
pub(super) fn start_repairs<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
) {
    let state = &mut faults.states[number];
    let repair_crews = match &state.plan.kind {
        FaultKind::InstanceFailure { repair_crews, .. } => *repair_crews,
        FaultKind::AgentDisconnect { .. } => None,
        _ => return,
    };
    let Some(law) = &state.plan.lasts else { return };
    let crews = repair_crews.map_or(usize::MAX, |crews| crews as usize);
    loop {
        let state = &mut faults.states[number];
        if state.active.len() >= crews {
            return;
        }
        let Some(next) = state.unrepaired.pop_front() else {
            return;
        };
        let occurrence = u64::from(next.0);
        let seconds = law.draw(&mut state.lengths.stream(occurrence), occurrence);
        let at = ctx.now() + Span::from_seconds_f64(seconds);
        schedule_end(faults, ctx, number, next, at);
    }
}

/// Schedules the next failure of an instance by a fault, unless the instance is terminated.
pub(super) fn schedule_next_failure<R>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    instance: InstanceId,
) {
    if lives.platform.machine(instance).state == State::Gone {
        return;
    }
    if let Some(at) = next_failure(faults, lives, number, instance, ctx.now()) {
        let fault = id(number);
        ctx.at(at, Event::InstanceFaultDue { fault, instance });
    }
}

/// An instance has recovered: schedules the next failure by each fault that occurred while it was
/// failed.
pub(super) fn schedule_missed_faults<R>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    instance: InstanceId,
) {
    for number in 0..faults.states.len() {
        let missed = &mut faults.states[number].missed;
        if let Some(at) = missed.iter().position(|id| *id == instance) {
            missed.swap_remove(at);
            schedule_next_failure(faults, lives, ctx, number, instance);
        }
    }
}

/// Applies a fault at a listed time: to the listed instances, or to one of those that it concerns,
/// chosen at random. Returns them.
pub(super) fn apply_to_instances<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    occurrence: u32,
) -> Vec<InstanceId> {
    let plan = faults.states[number].plan;
    let all = lives.platform.instances();
    let mut affected: Vec<InstanceId> = all
        .filter(|(_, machine)| machine.state == State::Active)
        .map(|(id, _)| id)
        .filter(|id| concerns_instance(lives, &plan.kind, *id))
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
    if !is_listed && !affected.is_empty() {
        let mut stream = faults.states[number].choices.stream(u64::from(occurrence));
        let chosen = stream.below(affected.len() as u64) as usize;
        affected = vec![affected[chosen]];
    }
    for id in &affected {
        apply(faults, lives, ctx, number, *id);
    }
    affected
}

/// Makes an instance fail, or disconnects its agent.
fn apply<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    instance: InstanceId,
) {
    let plan = faults.states[number].plan;
    match plan.kind {
        FaultKind::AgentDisconnect { .. } => connection::disconnect(lives, ctx, instance),
        _ => {
            let comes_back = plan.lasts.is_some() || is_replaced(faults, lives, number, instance);
            instances::fail(&mut lives.platform, ctx, instance, comes_back);
        }
    }
}

//! The occurrences of faults: their begin, what they affect, and their end.

use super::containers::apply_to_containers;
use super::fargate::lose_fargate_host;
use super::instances::{
    apply_to_instances, failures_of, schedule_missed_faults, schedule_next_failure, start_repairs,
};
use super::outages::{self, zone_of, zone_outage};
use super::state::{Active, Faults, id, is_each_by_itself, is_replaced_by_operator};
use crate::engine::{Agenda, Reader};
use crate::plan::{FaultKind, Occurrence};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, connection, hosts};
use crate::units::{SimTime, Span};

/// Schedules the first occurrence of every fault.
pub(in crate::simulation) fn begin(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    agenda: &mut Agenda<Event>,
) {
    for number in 0..faults.states.len() {
        if let Some(at) = next(faults, number, SimTime::ZERO) {
            agenda.push(at, Event::FaultBegins { fault: id(number) });
        }
    }
    for (instance, _) in lives.platform.instances() {
        for (fault, at) in failures_of(faults, lives, instance, SimTime::ZERO) {
            agenda.push(at, Event::InstanceFaultDue { fault, instance });
        }
    }
}

/// The next occurrence of a fault; `None` for a fault that is drawn for each entity separately.
fn next(faults: &Faults<'_>, number: usize, now: SimTime) -> Option<SimTime> {
    let state = &faults.states[number];
    match &state.plan.occurs {
        Occurrence::At(times) => times.get(state.occurrences as usize).copied(),
        Occurrence::Every(_) if is_each_by_itself(&state.plan.kind) => None,
        Occurrence::Every(law) => {
            let seconds = {
                let number = u64::from(state.occurrences);
                law.draw(&mut state.gaps.stream(number), number)
            };
            Some(now + Span::from_seconds_f64(seconds))
        }
    }
}

/// Handles an occurrence of a fault, and schedules its end and the next occurrence.
pub(in crate::simulation) fn occur<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
) {
    let now = ctx.now();
    let state = &mut faults.states[number];
    let occurrence = state.occurrences;
    state.occurrences += 1;
    ctx.report(Fact::FaultBegan(number, occurrence));
    let mut active = Active {
        number: occurrence,
        since: now,
        zone: None,
        instances: Vec::new(),
    };
    let plan = state.plan;
    match &plan.kind {
        FaultKind::InstanceFailure { .. } | FaultKind::AgentDisconnect { .. } => {
            active.instances = apply_to_instances(faults, lives, ctx, number, occurrence);
        }
        FaultKind::ContainerCrash { .. }
        | FaultKind::HealthCheckFailure { .. }
        | FaultKind::OutOfMemory { .. } => apply_to_containers(lives, ctx, &plan.kind),
        FaultKind::ZoneOutage { zone, share } => {
            let zone = zone_of(faults, lives, (number, occurrence), *zone);
            active.zone = Some(zone);
            active.instances = zone_outage(faults, lives, ctx, (number, occurrence), (zone, share));
        }
        FaultKind::FargateHostLoss => lose_fargate_host(faults, lives, ctx, number, occurrence),
        FaultKind::ControlPlaneOutage
        | FaultKind::RegistryOutage { .. }
        | FaultKind::BadImage { .. }
        | FaultKind::InsufficientCapacity { .. } => {
            outages::begin(&mut lives.platform, &plan.kind);
        }
    }
    let state = &mut faults.states[number];
    if let Some(law) = &plan.lasts {
        let seconds = {
            let number = u64::from(occurrence);
            law.draw(&mut state.lengths.stream(number), number)
        };
        let fault = id(number);
        let event = Event::FaultEnds { fault, occurrence };
        ctx.after(Span::from_seconds_f64(seconds), event);
    } else if is_replaced_by_operator(plan) {
        let fault = id(number);
        let after = lives.platform.plan().assumptions.fixed_fleet_replacement;
        ctx.after(after, Event::FaultEnds { fault, occurrence });
    }
    state.active.push(active);
    if let Some(at) = next(faults, number, now) {
        ctx.at(at, Event::FaultBegins { fault: id(number) });
    }
}

/// Ends an occurrence of a fault: outages end, instances recover or are replaced.
pub(in crate::simulation) fn end<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    number: usize,
    occurrence: u32,
) {
    let state = &mut faults.states[number];
    let Some(at) = state
        .active
        .iter()
        .position(|active| active.number == occurrence)
    else {
        return;
    };
    let active = state.active.remove(at);
    let plan = state.plan;
    ctx.report(Fact::FaultEnded(number, occurrence));
    outages::end(&mut lives.platform, &plan.kind, &active);
    let is_replacement = is_replaced_by_operator(plan);
    let is_disconnect = matches!(plan.kind, FaultKind::AgentDisconnect { .. });
    for instance in active.instances {
        if is_disconnect {
            connection::reconnect(lives, ctx, instance);
            schedule_next_failure(faults, lives, ctx, number, instance);
            continue;
        }
        if is_replacement {
            hosts::replace(lives, ctx, instance);
        } else {
            hosts::recover(lives, ctx, instance);
        }
        schedule_next_failure(faults, lives, ctx, number, instance);
        schedule_missed_faults(faults, lives, ctx, instance);
    }
    start_repairs(faults, ctx, number);
}

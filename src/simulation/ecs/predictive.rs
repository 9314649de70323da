//! Predictive scaling: each six hours a forecast is made, and before each hour the desired count is raised to what is forecast (facts/ecs.md 190).

use super::prediction::{Ask, HOUR, hour_at};
use super::services::set_desired;
use super::state::Ecs;
use crate::cluster::ServiceId;
use crate::engine::{Agenda, Reader};
use crate::plan::Plan;
use crate::policy::services::{HeldBy, forecast_capacity};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ServiceEvent};
use crate::simulation::life::Lives;
use crate::simulation::scaling::{PolicyLook, PolicyOutcome, PolicyState, Scaled, ScaledBy};
use crate::units::{SECOND, SimTime, Span};

/// Schedules the first evaluation of each policy.
pub(super) fn begin(plan: &Plan, service: ServiceId, agenda: &mut Agenda<Event>) {
    for number in 0..plan.services[service.index()].predictive_scaling.len() {
        let policy = u16::try_from(number).expect("few policies");
        if let Some(at) = next_due(plan, service, number, SimTime::ZERO) {
            agenda.push(at, Event::PredictionDue { service, policy });
        }
    }
}

/// The first time after `now` that lies the buffer time before a clock hour.
fn next_due(plan: &Plan, service: ServiceId, policy: usize, now: SimTime) -> Option<SimTime> {
    let buffer = plan.services[service.index()].predictive_scaling[policy].buffer_time;
    let buffer = (buffer.as_micros() / SECOND).cast_signed();
    let next = (hour_at(plan, now, buffer) + 1) * HOUR - buffer - plan.start_unix_seconds;
    Some(SimTime::ZERO + Span::seconds(u64::try_from(next).ok()?))
}

/// The next hour begins in the buffer time: the desired count is raised to its forecast.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    service: ServiceId,
    policy: u16,
) {
    let (plan, now, number) = (lives.platform.plan(), ctx.now(), usize::from(policy));
    let state = &mut ecs.services[service.index()];
    let (desired, bounds) = (state.desired, (state.minimum, state.maximum));
    let prediction = &mut state.predictions[number];
    let rule = prediction.plan;
    let buffer = rule.buffer_time;
    let hour = hour_at(plan, now + buffer, 0);
    let load = prediction.look(hour, hour_at(plan, now, 0));
    let ask = load.map(|load| forecast_capacity(load, bounds, rule.max_capacity_buffer));
    let is_out = lives.platform.outages().control_plane_is_out();
    let to = ask.map_or(0, |(least, _)| least);
    let scales = rule.scales && !is_out && to > desired;
    if rule.scales {
        prediction.present = prediction.next;
        prediction.next = ask.map_or_else(Ask::default, |(least, most)| Ask { least, most });
        prediction.next_from = now + buffer;
    }
    let running = lives.count_running(&state.tasks);
    let by = ScaledBy::PredictiveScaling(policy.into());
    if ctx.wants_details() {
        let outcome = match load {
            None => PolicyOutcome::Nothing,
            Some(_) if scales => PolicyOutcome::Scaled(to),
            Some(_) if !rule.scales => PolicyOutcome::Held(HeldBy::ForecastOnly),
            Some(_) if to > desired => PolicyOutcome::Held(HeldBy::ControlPlane),
            Some(_) => PolicyOutcome::Held(HeldBy::DesiredCount),
        };
        let state = match load {
            None => PolicyState::InsufficientData,
            Some(_) => PolicyState::Ok,
        };
        let look = PolicyLook {
            by,
            state,
            metric: load,
            measured: now,
            running,
            desired,
            wanted: load.map(|_| to),
            outcome,
        };
        ctx.report(Fact::PolicyEvaluated(service, look));
    }
    if let Some(at) = next_due(plan, service, number, now) {
        ctx.at(at, Event::PredictionDue { service, policy });
    }
    if scales {
        let scaled = Scaled {
            by,
            metric: load,
            measured: now,
            running,
            from: desired,
            to,
        };
        ctx.report(Fact::Service(service, ServiceEvent::Scaled(scaled)));
        set_desired(ecs, lives, ctx, service, to);
    }
}

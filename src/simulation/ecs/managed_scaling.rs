//! ECS managed scaling: the capacity metric of a provider is measured at every full minute and
//! evaluated by CloudWatch's alarms after a delay (facts/ecs.md 135 to 157).
//!
//! Sampling pauses while no decision can change: when the metric requires no scaling and is stable.
//! It resumes when a task or an instance of the provider changes.

use super::capacity_metric::reservation;
use super::managed::{Managed, Unseen};
use super::state::Ecs;
use crate::cluster::ProviderId;
use crate::engine::{Agenda, Reader};
use crate::policy::provisioning::Reservation;
use crate::policy::provisioning::managed_scaling::{Decision, GroupState, Minute};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ScalingReason};
use crate::simulation::life::Lives;
use crate::simulation::platform::State;
use crate::simulation::platform::groups;
use crate::units::{SimTime, Span};

/// The period of the metric: one value per minute (facts/ecs.md 135).
const PERIOD: Span = Span::seconds(60);

/// Schedules the first measurement of every metric at time zero.
pub(in crate::simulation) fn begin(ecs: &mut Ecs<'_>, agenda: &mut Agenda<Event>) {
    for (number, managed) in ecs.managed.iter_mut().enumerate() {
        if let Some(managed) = managed {
            let provider = ProviderId::new(number);
            managed.next = Some(SimTime::ZERO);
            agenda.push(SimTime::ZERO, Event::CapacityMeasured { provider });
        }
    }
}

/// The tasks, waiting tasks or instances of a provider have changed: sampling resumes at the next
/// full minute, if it was paused.
#[inline]
pub(in crate::simulation) fn changed<R>(
    ecs: &mut Ecs<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let Some(managed) = &mut ecs.managed[provider.index()] else {
        return;
    };
    managed.changed = true;
    if managed.next.is_none() {
        let period = PERIOD.as_micros();
        let mut at = SimTime::micros(ctx.now().as_micros().next_multiple_of(period));
        if ecs.measured == Some(at) {
            at += PERIOD; // The metrics of this minute are measured.
        }
        managed.next = Some(at);
        ctx.at(at, Event::CapacityMeasured { provider });
    }
}

/// Measures the metrics of all providers for which it is due now. They are measured together, before
/// any of them is evaluated: otherwise a decision for one provider could move tasks before the
/// metric of the next one is measured, at the same time.
pub(in crate::simulation) fn measure<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    repeat(ecs, ctx, provider);
    if ecs.measured != Some(now) {
        ecs.measured = Some(now);
        for number in 0..ecs.managed.len() {
            let is_due = |managed: &Managed| managed.next == Some(now);
            if ecs.managed[number].as_ref().is_some_and(is_due) {
                measure_one(ecs, lives, ctx, ProviderId::new(number));
            }
        }
    }
}

/// While sampling is paused the metric keeps its value. It is reported each minute to a reader that
/// wants repeated facts. This changes nothing in the model.
fn repeat<R: Reader<Fact>>(ecs: &mut Ecs<'_>, ctx: &mut Ctx<'_, R>, provider: ProviderId) {
    let now = ctx.now();
    if let Some(managed) = &mut ecs.managed[provider.index()]
        && managed.next.is_none()
        && managed.reported.is_none_or(|at| at < now)
        && ctx.wants_repeats::<Fact>()
        && let Some((_, last)) = managed.last
    {
        managed.reported = Some(now);
        ctx.report(fact(provider, last));
        ctx.at(now + PERIOD, Event::CapacityMeasured { provider });
    }
}

/// The fact of a measurement.
fn fact(provider: ProviderId, reservation: Reservation) -> Fact {
    let (needed, running) = reservation.numbers();
    Fact::CapacityMeasured {
        provider,
        needed,
        running,
        at_target: matches!(reservation, Reservation::AtTarget { .. }),
    }
}

/// Measures the metric of one provider.
fn measure_one<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    if lives.platform.outages().control_plane_is_out() {
        return suspend(ecs, provider);
    }
    let reservation = reservation(ecs, lives, provider);
    ctx.report(fact(provider, reservation));
    let delay = lives.platform.plan().assumptions.capacity_metric_delay;
    let delay = lives.platform.realistic(delay);
    let Some(managed) = &mut ecs.managed[provider.index()] else {
        return;
    };
    // While sampling was paused the metric had the last value: the alarms get it for each period.
    if let Some((at, last)) = managed.last {
        let missed = (now.since(at).as_micros() / PERIOD.as_micros()).saturating_sub(1);
        managed.observe(last, missed);
    }
    managed.last = Some((now, reservation));
    managed.reported = Some(now);
    managed.changed = false;
    managed.unseen.push_back(Unseen {
        measured: now,
        due: now + delay,
        reservation,
    });
    managed.next = Some(now + PERIOD);
    ctx.at(now + PERIOD, Event::CapacityMeasured { provider });
    ctx.at(now + delay, Event::CapacityEvaluated { provider });
}

/// Evaluates the oldest measurement that was not evaluated: the alarms get it, and managed scaling
/// decides.
pub(in crate::simulation) fn evaluate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    if lives.platform.outages().control_plane_is_out() {
        return suspend(ecs, provider);
    }
    let group = state(lives, provider, now);
    let Some(managed) = &mut ecs.managed[provider.index()] else {
        return;
    };
    // The event is stale when its measurement was dropped by a pause.
    let is_seen = |unseen: &mut Unseen| unseen.due <= now;
    let Some(seen) = managed.unseen.pop_front_if(is_seen) else {
        return;
    };
    let reservation = seen.reservation;
    managed.observe(reservation, 1);
    let decision = managed.scaling.evaluate(&Minute {
        now,
        measured: seen.measured,
        reservation: Some(reservation),
        high_alarm: managed.high.is_alarm(),
        low_alarm: managed.low.is_alarm(),
        group,
    });
    let (needed, running) = reservation.numbers();
    match decision {
        Decision::Keep(_) => {
            let still = |unseen: &Unseen| unseen.reservation == reservation;
            let still = managed.unseen.iter().all(still);
            if managed.scaling.is_settled() && still && !managed.changed {
                // Those that are dropped have the same value.
                let dropped = managed.unseen.len() as u64;
                managed.observe(reservation, dropped);
                managed.next = None;
                managed.unseen.clear();
            }
        }
        Decision::ScaleOut { to, .. } => {
            let why = ScalingReason::Above { needed, running };
            groups::set_desired(&mut lives.platform, ctx, provider, to, why);
        }
        Decision::ScaleIn { to, .. } => {
            let why = ScalingReason::Below { needed, running };
            groups::set_desired(&mut lives.platform, ctx, provider, to, why);
        }
    }
}

/// Pauses sampling during an outage of the control plane. Measurements that were not evaluated are
/// dropped.
fn suspend(ecs: &mut Ecs<'_>, provider: ProviderId) {
    if let Some(managed) = &mut ecs.managed[provider.index()] {
        managed.next = None;
        managed.last = None;
        managed.unseen.clear();
    }
}

/// After an outage of the control plane: sampling of all providers resumes.
pub(in crate::simulation) fn resume<R>(ecs: &mut Ecs<'_>, ctx: &mut Ctx<'_, R>) {
    for number in 0..ecs.managed.len() {
        changed(ecs, ctx, ProviderId::new(number));
    }
}

/// The Auto Scaling group in the form of the policy. An instance is warming until `instanceWarmup`
/// after its launch (facts/ecs.md 150); those of the start are warm.
fn state(lives: &Lives<'_>, provider: ProviderId, now: SimTime) -> GroupState {
    let group = lives.platform.group(provider);
    let plan = group.plan.managed_scaling.as_ref();
    let warmup = plan.map_or(Span::ZERO, |plan| plan.instance_warmup);
    let (mut warm, mut warming) = (0, 0);
    for id in group.members() {
        let machine = lives.platform.machine(*id);
        let is_warm = machine.there_at_start || now.since(machine.launched) >= warmup;
        match machine.state {
            State::Active if is_warm => warm += 1,
            State::Active | State::Pending | State::Booting if !is_warm => warming += 1,
            _ => {}
        }
    }
    GroupState {
        desired: group.desired(),
        minimum: group.plan.min_size,
        maximum: group.plan.max_size,
        warm,
        warming,
    }
}

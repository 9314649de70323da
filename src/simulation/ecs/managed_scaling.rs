//! ECS managed scaling: the capacity metric of a provider is measured at every full minute and
//! evaluated by CloudWatch's alarms after a delay (facts/ecs.md 135 to 157).
//!
//! Sampling pauses while no decision can change: when the metric requires no scaling and is stable.
//! It resumes when a task or an instance of the provider changes.

use super::state::Ecs;
use crate::cluster::{InstanceId, Pending, ProviderId, Shape};
use crate::engine::Reader;
use crate::policy::provisioning::Reservation;
use crate::policy::provisioning::managed_scaling::{Decision, GroupState, Minute};
use crate::policy::provisioning::reservation::{Steps, WaitingGroup, demand};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ScalingReason};
use crate::simulation::life::{Lives, creation};
use crate::simulation::platform::State;
use crate::simulation::platform::groups;
use crate::units::{SimTime, Span};

/// The period of the metric: one value per minute (facts/ecs.md 135).
const PERIOD: Span = Span::seconds(60);

/// A task has entered or left PROVISIONING.
pub(super) fn demand_changed<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    pending: &Pending,
) {
    if let Some(provider) = lives.lane(pending.lane).provider {
        changed(ecs, ctx, provider);
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
        let at = SimTime::micros(ctx.now().as_micros().next_multiple_of(period));
        managed.next = Some(at);
        ctx.at(at, Event::CapacityMeasured { provider });
    }
}

/// Measures the metric of a provider, unless the event is stale.
pub(in crate::simulation) fn measure<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    let managed = ecs.managed[provider.index()].as_ref();
    if managed.and_then(|managed| managed.next) != Some(now) {
        return; // The event is stale: sampling was paused.
    }
    if lives.platform.outages().control_plane_is_out() {
        return suspend(ecs, provider);
    }
    let reservation = reservation(ecs, lives, provider);
    if let Reservation::Measured { needed, running } = reservation {
        ctx.report(Fact::CapacityMeasured {
            provider,
            needed,
            running,
        });
    }
    let delay = lives.platform.plan().assumptions.capacity_metric_delay;
    let delay = lives.platform.realistic(delay);
    let Some(managed) = &mut ecs.managed[provider.index()] else {
        return;
    };
    // While sampling was paused the metric had the last value: the alarms get it for each period.
    if let Some((at, last)) = managed.last {
        let missed = (now.since(at).as_micros() / PERIOD.as_micros()).saturating_sub(1);
        let metric = last.metric(managed.plan.target_capacity);
        managed.high.observe_repeatedly(Some(metric), missed);
        managed.low.observe_repeatedly(Some(metric), missed);
    }
    managed.last = Some((now, reservation));
    managed.changed = false;
    managed.unseen.push_back((now + delay, reservation));
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
    let is_seen = |(at, _): &mut (SimTime, Reservation)| *at <= now;
    let Some((_, reservation)) = managed.unseen.pop_front_if(is_seen) else {
        return;
    };
    let metric = reservation.metric(managed.plan.target_capacity);
    managed.high.observe(Some(metric));
    managed.low.observe(Some(metric));
    let decision = managed.scaling.evaluate(&Minute {
        now,
        reservation: Some(reservation),
        high_alarm: managed.high.is_alarm(),
        low_alarm: managed.low.is_alarm(),
        group,
    });
    let (needed, running) = match reservation {
        Reservation::Measured { needed, running } => (needed, running),
        Reservation::AtTarget => (0, 0),
    };
    match decision {
        Decision::Keep(_) => {
            let still = managed.last.is_some_and(|(_, last)| last == reservation);
            if managed.scaling.is_settled() && still && !managed.changed {
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

/// The two numbers of the metric, from the current tasks and instances.
fn reservation(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId) -> Reservation {
    let group = lives.platform.group(provider);
    let plan = group.plan.managed_scaling.as_ref();
    let steps = plan.map_or_else(Steps::default, |plan| Steps {
        minimum: plan.minimum_step,
        maximum: plan.maximum_step,
    });
    let active = |id: &&InstanceId| lives.platform.is_active(**id);
    let active: Vec<InstanceId> = group.members().iter().filter(active).copied().collect();
    let is_empty = |id: &&InstanceId| lives.platform.cluster().instance(**id).is_empty();
    let empty = active.iter().filter(is_empty).count();
    let types: Vec<Shape> = group
        .plan
        .types
        .iter()
        .map(|kind| capacity_of(ecs, lives, provider, *kind))
        .collect();
    let waiting = waiting(ecs, lives, provider);
    let count = |n: usize| u32::try_from(n).expect("groups are small");
    let demand = demand(&waiting, &types, steps);
    Reservation::new(count(active.len()), count(empty), &demand)
}

/// The capacity of an instance of a type less that of its daemons (facts/ecs.md 143).
fn capacity_of(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId, kind: usize) -> Shape {
    let facts = &lives.platform.plan().cluster.instance_types[kind];
    let mut left = Shape {
        cpu: facts.cpu,
        memory: facts.memory,
        interfaces: facts.task_interfaces,
        gpus: facts.gpus,
    };
    for service in ecs.services.iter().filter(|service| service.is_daemon()) {
        let revision = lives.revision_at(service.revision);
        let is_here = |lane| {
            let provider_of = lives.lane(lane).provider;
            provider_of.is_none_or(|of| of == provider)
        };
        if revision.lanes().any(is_here) {
            left = left.less(&creation::fixed_shape(revision.demand));
        }
    }
    left
}

/// The tasks in PROVISIONING for a provider, grouped by their requirements (facts/ecs.md 140a).
fn waiting(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId) -> Vec<WaitingGroup> {
    let mut groups: Vec<WaitingGroup> = Vec::new();
    for (_, pending) in ecs.provisioning.iter() {
        if lives.lane(pending.lane).provider != Some(provider) {
            continue;
        }
        let requirement = lives.requirement(pending.lane);
        let one_per_instance = requirement.distinct_instance || !requirement.ports.is_empty();
        let matches_no_type = requirement.pools.is_empty();
        let same = groups.iter_mut().find(|group| {
            group.need == pending.shape
                && group.one_per_instance == one_per_instance
                && group.matches_no_type == matches_no_type
        });
        match same {
            Some(group) => group.waiting += 1,
            None => groups.push(WaitingGroup {
                need: pending.shape,
                waiting: 1,
                one_per_instance,
                matches_no_type,
            }),
        }
    }
    groups
}

/// The Auto Scaling group in the form of the policy. An instance is warming until `instanceWarmup`
/// after its registration (facts/ecs.md 150).
fn state(lives: &Lives<'_>, provider: ProviderId, now: SimTime) -> GroupState {
    let group = lives.platform.group(provider);
    let plan = group.plan.managed_scaling.as_ref();
    let warmup = plan.map_or(Span::ZERO, |plan| plan.instance_warmup);
    let (mut warm, mut warming) = (0, 0);
    for id in group.members() {
        let machine = lives.platform.machine(*id);
        match machine.state {
            State::Active if now.since(machine.registered) >= warmup => warm += 1,
            State::Active | State::Pending | State::Booting => warming += 1,
            State::Draining | State::Failed | State::Gone => {}
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

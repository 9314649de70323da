//! ECS Managed Instances: some time after a change ECS looks at a provider. It launches instances for
//! the tasks that wait, and removes instances that are idle, underused or old (facts/ecs.md 42d to
//! 42l).
//!
//! A look is scheduled when something changes, or when an instance may become idle, underused or old
//! by then. Nothing is done while nothing changes.

use super::managed_consolidation as consolidation;
use super::managed_packing as packing;
use super::state::Ecs;
use crate::cluster::{InstanceId, ProviderId};
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, creation, tasks};
use crate::simulation::notice::Notice;
use crate::units::SimTime;
use std::collections::BTreeSet;

/// The tasks, waiting tasks or instances of a provider have changed: ECS looks at it soon.
#[inline]
pub(in crate::simulation) fn changed<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    if ecs.fleets[provider.index()].is_some() {
        look_soon(ecs, lives, ctx, provider);
    }
}

#[inline(never)]
fn look_soon<R>(ecs: &mut Ecs<'_>, lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, provider: ProviderId) {
    let interval = lives
        .platform
        .plan()
        .assumptions
        .managed_instances
        .look_interval;
    let at = ctx.now() + lives.platform.realistic(interval);
    if let Some(fleet) = &mut ecs.fleets[provider.index()] {
        fleet.settled = false;
    }
    look_at(ecs, ctx, provider, at);
}

/// Schedules a look, unless an earlier one is scheduled.
fn look_at<R>(ecs: &mut Ecs<'_>, ctx: &mut Ctx<'_, R>, provider: ProviderId, at: SimTime) {
    if let Some(fleet) = &mut ecs.fleets[provider.index()]
        && fleet.next.is_none_or(|next| at < next)
    {
        fleet.next = Some(at);
        ctx.at(at, Event::ManagedInstancesDue { provider });
    }
}

/// A look at a provider. In an outage of the control plane nothing is done.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    let fleet = ecs.fleets[provider.index()].as_mut();
    let Some(fleet) = fleet.filter(|fleet| fleet.next == Some(now)) else {
        return; // The event is stale.
    };
    fleet.next = None;
    if lives.platform.outages().control_plane_is_out() {
        return; // `resume` schedules a look when the outage is over.
    }
    packing::launch(ecs, lives, ctx, provider);
    let next = consolidation::remove(ecs, lives, ctx, provider);
    let fleet = ecs.fleets[provider.index()].as_ref();
    let retry = fleet.and_then(|fleet| fleet.refused.next(now));
    if let Some(at) = next.into_iter().chain(retry).min() {
        look_at(ecs, ctx, provider, at);
    }
}

/// After an outage of the control plane: tasks get their places on instances that have registered
/// meanwhile, and ECS looks at all providers.
pub(in crate::simulation) fn resume<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    for number in 0..ecs.fleets.len() {
        let fleet = ecs.fleets[number].iter();
        let awaited: Vec<InstanceId> = fleet
            .flat_map(|fleet| fleet.bound.keys().copied())
            .collect();
        for id in awaited {
            if lives.platform.is_active(id) {
                ready(ecs, lives, ctx, id);
            }
        }
        changed(ecs, lives, ctx, ProviderId::new(number));
    }
}

/// An instance may be given tasks: those for which it was launched get their places. A task that
/// does not fit, because a daemon that is new has taken its room or its port, waits again, and ECS
/// launches for it after the delay of a failed launch. In an outage of the control plane all wait for
/// its end.
pub(in crate::simulation) fn ready<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let provider = lives.platform.machine(id).provider;
    let is_out = lives.platform.outages().control_plane_is_out();
    let fleet = ecs.fleets[provider.index()].as_mut();
    let Some(fleet) = fleet.filter(|_| !is_out) else {
        return;
    };
    let mut misfits = BTreeSet::new();
    for pending in fleet.bound_to(id) {
        let request = lives.request(pending.lane, pending.shape);
        if !lives.platform.cluster().fits(id, &request) {
            misfits.insert(pending.lane);
            ecs.provisioning.push(pending);
            lives.platform.request_pass();
            continue;
        }
        lives.promise(id, pending.lane, pending.shape);
        creation::set_place(lives, pending.task, id);
        tasks::placed(lives, ctx, pending.task);
        lives.platform.notify(Notice::CapacityChanged(provider));
    }
    for lane in misfits {
        fleet.refused.failed(lane, ctx.now());
        lives.platform.notify(Notice::CapacityChanged(provider));
    }
}

/// An instance is terminated. Tasks that wait for it wait for another one.
pub(in crate::simulation) fn instance_gone<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let provider = lives.platform.machine(id).provider;
    let Some(fleet) = &mut ecs.fleets[provider.index()] else {
        return;
    };
    fleet.watched.remove(&id);
    for pending in fleet.bound_to(id) {
        ecs.provisioning.push(pending);
    }
    changed(ecs, lives, ctx, provider);
}

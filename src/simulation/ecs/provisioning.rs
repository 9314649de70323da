//! PROVISIONING: tasks without capacity wait here when ECS launches instances for their provider, by
//! managed scaling or as Managed Instances (facts/ecs.md 42d, 43, 54 to 56, 118).

use super::state::Ecs;
use super::{managed_instances, managed_scaling};
use crate::cluster::{Pending, TaskId};
use crate::engine::Reader;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, Rejection};
use crate::simulation::life::{Lives, ending};

/// Puts the tasks that a pass could not place into PROVISIONING, up to its limit. Tasks without
/// managed scaling are refused; their service retries later (facts/ecs.md 43, 54, 56).
pub(in crate::simulation) fn queue_the_rest<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let assumptions = &lives.platform.plan().assumptions;
    let limit = assumptions.provisioning_limit as usize;
    let timeout = assumptions.provisioning_timeout;
    for pending in std::mem::take(&mut ecs.submitted) {
        let id = pending.task;
        if !pending.may_wait {
            ending::reject(lives, ctx, id, Rejection::NoRoom);
        } else if is_full(ecs, lives, &pending, limit) {
            ending::reject(lives, ctx, id, Rejection::ProvisioningFull);
        } else {
            ecs.provisioning.push(pending);
            ctx.after(timeout, Event::ProvisioningTimeoutDue { task: id });
            demand_changed(ecs, lives, ctx, &pending);
        }
    }
}

/// True when PROVISIONING takes no further task. Its limit counts tasks for Auto Scaling groups only
/// (facts/ecs.md 43).
fn is_full(ecs: &Ecs<'_>, lives: &Lives<'_>, pending: &Pending, limit: usize) -> bool {
    let provider = lives.lane(pending.lane).provider;
    let is_managed = provider.is_some_and(|provider| ecs.fleets[provider.index()].is_some());
    !is_managed && ecs.provisioning_for_groups(lives) >= limit
}

/// Removes a task that waits in PROVISIONING, or was submitted since the last pass, if it is there.
pub(in crate::simulation) fn withdraw<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    ecs.submitted.retain(|pending| pending.task != id);
    if let Some(pending) = ecs.withdraw(id) {
        demand_changed(ecs, lives, ctx, &pending);
    }
}

/// A task has entered or left PROVISIONING.
pub(super) fn demand_changed<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    pending: &Pending,
) {
    if let Some(provider) = lives.lane(pending.lane).provider {
        managed_scaling::changed(ecs, ctx, provider);
        managed_instances::changed(ecs, lives, ctx, provider);
    }
}

/// Refuses a task that has waited in PROVISIONING for the longest time allowed (facts/ecs.md 55).
pub(in crate::simulation) fn expire<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: TaskId,
) {
    if lives.platform.outages().control_plane_is_out() {
        // Nothing was placed during the outage: the time begins again.
        let timeout = lives.platform.plan().assumptions.provisioning_timeout;
        return ctx.after(timeout, Event::ProvisioningTimeoutDue { task: id });
    }
    if let Some(pending) = ecs.withdraw(id) {
        ending::reject(lives, ctx, id, Rejection::ProvisioningTimedOut);
        demand_changed(ecs, lives, ctx, &pending);
    }
}

//! Calls of the user's autoscaler, and the execution of its actions.

use super::state::Clients;
use crate::cluster::{InstanceId, ProviderId};
use crate::engine::Reader;
use crate::policy::provisioning::{AutoscalerView, GroupMember, ScalingAction};
use crate::simulation::ecs::Ecs;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, ScalingReason};
use crate::simulation::life::Lives;
use crate::simulation::platform::State;
use crate::simulation::platform::{Platform, groups};

/// Calls the user's autoscaler after a placement pass, if there is one and the control plane has no
/// outage.
#[inline]
pub(in crate::simulation) fn after_pass<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    if clients.autoscaler.is_some() {
        decide(clients, ecs, lives, ctx, true);
    }
}

/// After an outage of the control plane: schedules a call of the autoscaler.
pub(in crate::simulation) fn resume<R>(clients: &Clients<'_>, ctx: &mut Ctx<'_, R>) {
    if clients.autoscaler.is_some() {
        ctx.at(ctx.now(), Event::AutoscalerDue);
    }
}

/// Calls the autoscaler and executes its actions. During an outage of the control plane it is not
/// called.
pub(in crate::simulation) fn decide<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    after_pass: bool,
) {
    let platform = &mut lives.platform;
    if platform.outages().control_plane_is_out() {
        return; // `resume` schedules a call when the outage is over.
    }
    let Some(autoscaler) = &mut clients.autoscaler else {
        return;
    };
    let actions = autoscaler.decide(&AutoscalerView {
        now: ctx.now(),
        after_pass,
        cluster: platform.cluster(),
        queues: [&clients.waiting, ecs.provisioning()],
        members: members(platform),
    });
    for action in actions {
        match action {
            ScalingAction::Launch { provider, count } => {
                let group = platform.group(provider);
                if group.plan.managed_instances.is_some() {
                    continue; // ECS alone launches Managed Instances.
                }
                let to = group.desired().saturating_add(count);
                let to = to.min(group.plan.max_size);
                groups::set_desired(platform, ctx, provider, to, ScalingReason::Autoscaler);
            }
            ScalingAction::Terminate { instance } => {
                groups::terminate_one(platform, ctx, instance);
            }
            ScalingAction::WakeAt(at) => ctx.at(at.max(ctx.now()), Event::AutoscalerDue),
        }
    }
}

/// The instances of all groups that are starting or ACTIVE, in order of launch.
fn members(platform: &Platform<'_>) -> Vec<GroupMember> {
    let is_of_user = |provider: &ProviderId| {
        let plan = platform.group(*provider).plan;
        plan.managed_instances.is_none()
    };
    let groups = platform.providers_with_group().filter(is_of_user);
    let all = groups.flat_map(|provider| platform.group(provider).members().iter().copied());
    let member = |instance: InstanceId| {
        let machine = platform.machine(instance);
        let registered = match machine.state {
            State::Pending | State::Booting => false,
            State::Active => true,
            State::Draining | State::Failed | State::Deregistered | State::Gone => return None,
        };
        Some(GroupMember {
            instance,
            provider: machine.provider,
            registered,
            launched: machine.launched,
        })
    };
    let mut members: Vec<GroupMember> = all.filter_map(member).collect();
    members.sort_unstable_by_key(|member| member.instance);
    members
}

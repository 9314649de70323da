//! An autoscaler of the user's own is asked, and what it decides is carried out.

use crate::cluster::{InstanceId, ProviderId};
use crate::engine::{Reader, Turn};
use crate::policy::provisioning::{AutoscalerView, GroupMember, ScalingAction};
use crate::simulation::instances::State;
use crate::simulation::{Event, Fact, InstanceEnd, ScalingReason, World, groups, instances};

/// A pass has ended: the autoscaler is asked, where there is one.
#[inline]
pub(in crate::simulation) fn after_pass<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
) {
    if world.autoscaler.is_some() {
        decide(world, turn, true);
    }
}

/// The autoscaler decides.
pub(in crate::simulation) fn decide<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    after_pass: bool,
) {
    if world.faults.control_plane_is_out() {
        return; // It is asked when the control plane is back.
    }
    let Some(mut autoscaler) = world.autoscaler.take() else {
        return;
    };
    let actions = autoscaler.decide(&AutoscalerView {
        now: turn.now(),
        after_pass,
        cluster: &world.cluster,
        queues: [&world.waiting, &world.provisioning],
        members: members(world),
    });
    world.autoscaler = Some(autoscaler);
    for action in actions {
        match action {
            ScalingAction::Launch { provider, count } => launch(world, turn, provider, count),
            ScalingAction::Terminate { instance } => terminate(world, turn, instance),
            ScalingAction::WakeAt(at) => turn.at(at.max(turn.now()), Event::AutoscalerWakes),
        }
    }
}

fn members(world: &World<'_>) -> Vec<GroupMember> {
    let groups = world
        .providers
        .iter()
        .filter_map(|state| state.group.as_ref());
    let all = groups.flat_map(|group| group.members.iter().copied());
    let member = |instance: InstanceId| {
        let machine = &world.machines[instance.index()];
        let registered = match machine.state {
            State::Pending | State::Booting => false,
            State::Active => true,
            State::Draining | State::Failed | State::Gone => return None,
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

fn launch<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
    count: u32,
) {
    let maximum = world.group_plan(provider).max_size;
    let to = world
        .group(provider)
        .desired
        .saturating_add(count)
        .min(maximum);
    groups::set_desired(world, turn, provider, to, ScalingReason::Autoscaler);
}

fn terminate<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    instance: InstanceId,
) {
    let machine = &world.machines[instance.index()];
    let provider = machine.provider;
    let minimum = world.group_plan(provider).min_size;
    let desired = world.group(provider).desired;
    if machine_is_there(world, instance) && desired > minimum {
        world.group(provider).desired = desired - 1;
        instances::terminate(world, turn, instance, InstanceEnd::ScaledIn);
    }
}

fn machine_is_there(world: &World<'_>, instance: InstanceId) -> bool {
    world.machines[instance.index()].is_coming_or_there()
}

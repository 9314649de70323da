//! Actions: the calls of AWS's APIs that an operator makes at given times.

use super::state::Clients;
use crate::cluster::{InstanceId, PoolId, PoolSpec, ProviderId, ServiceId, TaskId, WorkId};
use crate::engine::{Agenda, Reader};
use crate::plan::{ApiCall, Capacity, ContainerInstanceStatus, InstanceSelection, Plan};
use crate::simulation::ecs::{Ecs, protection, services};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, InstanceEnd, ScalingReason, StopReason};
use crate::simulation::life::{Lives, connection, hosts, named, stop};
use crate::simulation::platform::instances::Launch;
use crate::simulation::platform::{Platform, State, groups, instances};
use crate::units::Memory;

/// Schedules all actions. A call that starts tasks is work that is still to come.
pub(in crate::simulation) fn begin(
    clients: &mut Clients<'_>,
    plan: &Plan,
    agenda: &mut Agenda<Event>,
) {
    for (number, action) in plan.actions.iter().enumerate() {
        let at = action.at;
        clients.open_entries += usize::from(matches!(action.call, ApiCall::StartTask { .. }));
        let action = u16::try_from(number).expect("few actions");
        agenda.push(at, Event::ActionDue { action });
    }
}

/// Makes a call. In an outage of the control plane it waits for the end of the outage.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    action: u16,
) {
    if lives.platform.outages().control_plane_is_out() {
        return clients.waiting_actions.push(action);
    }
    let plan = lives.platform.plan();
    match &plan.actions[usize::from(action)].call {
        ApiCall::UpdateService {
            service,
            desired_count,
        } => services::set_desired(ecs, lives, ctx, ServiceId::new(*service), *desired_count),
        ApiCall::StartTask { entry, instances } => {
            clients.open_entries -= 1;
            let revision = clients.sources[*entry].revision;
            for number in instances {
                let instance = InstanceId::new(*number as usize);
                named::start(lives, ctx, revision, instance);
            }
        }
        ApiCall::StopTask { work, count } => {
            for id in first_tasks(lives, *work, *count) {
                stop::stop(lives, ctx, id, StopReason::UserInitiated);
            }
        }
        ApiCall::UpdateTaskProtection {
            service,
            count,
            expires_in,
        } => {
            let service = ServiceId::new(*service);
            protection::update(ecs, lives, ctx, service, (*count, *expires_in));
        }
        ApiCall::UpdateContainerInstancesState { instances, status } => match status {
            ContainerInstanceStatus::Draining => {
                for id in selected(&lives.platform, instances, |state| state == State::Active) {
                    instances::drain(&mut lives.platform, ctx, id);
                }
            }
            ContainerInstanceStatus::Active => {
                for id in selected(&lives.platform, instances, |state| state == State::Draining) {
                    connection::activate(lives, ctx, id);
                }
            }
        },
        ApiCall::RegisterContainerInstance {
            provider,
            member,
            zone,
            count,
        } => {
            let (pool, root_volume) = fleet_pool(&lives.platform, *provider, *member, *zone);
            let of_fleets = lives.platform.instances();
            let of_fleets = of_fleets.filter(|(_, machine)| !machine.in_group).count() as u64;
            for ordinal in (of_fleets..).take(*count as usize) {
                let launch = Launch::of_fleet(ordinal, pool, root_volume);
                instances::launch(&mut lives.platform, ctx, &launch);
            }
        }
        ApiCall::DeregisterContainerInstance { instances, force } => {
            let is_up = |state| matches!(state, State::Active | State::Draining);
            for id in selected(&lives.platform, instances, is_up) {
                hosts::deregister(lives, ctx, id, *force);
            }
        }
        ApiCall::TerminateInstances { instances } => {
            for id in selected(&lives.platform, instances, |state| state != State::Gone) {
                instances::terminate(&mut lives.platform, ctx, id, InstanceEnd::Terminated);
            }
        }
        ApiCall::SetDesiredCapacity {
            provider,
            desired_capacity,
        } => {
            let (provider, to) = (ProviderId::new(*provider), *desired_capacity);
            let why = ScalingReason::SetDesiredCapacity;
            groups::set_desired(&mut lives.platform, ctx, provider, to, why);
        }
    }
}

/// After an outage of the control plane: makes the calls that were due in it, in order.
pub(in crate::simulation) fn resume<R>(clients: &mut Clients<'_>, ctx: &mut Ctx<'_, R>) {
    for action in clients.waiting_actions.drain(..) {
        ctx.at(ctx.now(), Event::ActionDue { action });
    }
}

/// The tasks of an entry or service that were created first, of those that have capacity and are not
/// stopping.
fn first_tasks(lives: &Lives<'_>, work: WorkId, count: u32) -> Vec<TaskId> {
    let all = lives.tasks().with_ids();
    let mut those: Vec<(u64, TaskId)> = all
        .filter(|(_, task)| lives.revision(task).work == work)
        .filter(|(_, task)| task.promised && !task.stopping)
        .map(|(id, task)| (task.ordinal, id))
        .collect();
    those.sort_unstable();
    those.truncate(count as usize);
    those.into_iter().map(|(_, id)| id).collect()
}

/// The pool of the instances of a fleet's member in a zone, and the size of their root volumes.
///
/// # Panics
/// When the provider has no fleet with this member in this zone.
fn fleet_pool(
    platform: &Platform<'_>,
    provider: usize,
    member: usize,
    zone: usize,
) -> (PoolId, Option<Memory>) {
    let plan = platform.plan();
    let Capacity::Fleet(members) = &plan.cluster.providers[provider].capacity else {
        panic!("the provider has a fixed fleet");
    };
    let member = &members[member];
    let has = |spec: &PoolSpec, (name, value): (&String, &String)| {
        spec.attribute(name) == Some(value.as_str())
    };
    let is_its = |spec: &PoolSpec| {
        spec.provider.index() == provider
            && spec.instance_type == member.instance_type
            && spec.zone.index() == zone
            && member.attributes.iter().all(|custom| has(spec, custom))
    };
    let mut pools = platform.cluster().pools().iter();
    let index = pools.position(|pool| is_its(&pool.spec));
    let index = index.expect("a member has a pool in each of its zones");
    (PoolId::new(index), member.root_volume)
}

/// The instances of a call that are in a state, in order of launch.
fn selected(
    platform: &Platform<'_>,
    selection: &InstanceSelection,
    is_in: impl Fn(State) -> bool,
) -> Vec<InstanceId> {
    let is_listed = |id: InstanceId| {
        let listed = selection.instances.as_ref();
        listed.is_none_or(|listed| listed.iter().any(|number| *number as usize == id.index()))
    };
    let most = selection.count.map_or(usize::MAX, |count| count as usize);
    platform
        .instances()
        .filter(|(id, machine)| is_in(machine.state) && is_listed(*id))
        .filter(|(_, machine)| {
            let (provider, zone) = (machine.provider.index(), machine.zone.index());
            selection.provider.is_none_or(|only| only == provider)
                && selection.zone.is_none_or(|only| only == zone)
        })
        .map(|(id, _)| id)
        .take(most)
        .collect()
}

//! The two numbers of `CapacityProviderReservation`, from the present tasks and instances of a
//! provider (facts/ecs.md 135 to 146).

use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, ProviderId, ServiceId, Shape, Task, WorkId};
use crate::policy::provisioning::Reservation;
use crate::policy::provisioning::displaced::{Room, resettle};
use crate::policy::provisioning::reservation::{Steps, WaitingGroup, demand};
use crate::simulation::life::{Lives, creation};
use crate::simulation::platform::State;
use std::collections::BTreeMap;

/// Measures the metric of a provider.
pub(super) fn reservation(
    ecs: &Ecs<'_>,
    lives: &mut Lives<'_>,
    provider: ProviderId,
) -> Reservation {
    let leaving = displaced(ecs, lives, provider);
    let lives = &*lives;
    let group = lives.platform.group(provider);
    let plan = group.plan.managed_scaling.as_ref();
    let steps = plan.map_or_else(Steps::default, |plan| Steps {
        minimum: plan.minimum_step,
        maximum: plan.maximum_step,
    });
    let active = |id: &&InstanceId| lives.platform.is_active(**id);
    let active: Vec<InstanceId> = group.members().iter().filter(active).copied().collect();
    let is_empty = |id: &&InstanceId| lives.platform.cluster().instance(**id).is_empty();
    let count = |n: usize| u32::try_from(n).expect("groups are small");
    let mut empty = count(active.iter().filter(is_empty).count());
    let mut waiting = waiting(ecs, lives, provider);
    if !leaving.is_empty() {
        let (filled, left) = put_into_active(lives, &active, leaving);
        empty -= filled;
        left.into_iter().for_each(|group| add(&mut waiting, group));
    }
    let types = group.plan.types.iter();
    let types: Vec<Shape> = types
        .map(|kind| capacity_of(ecs, lives, provider, *kind))
        .collect();
    // Instances that boot have no tasks yet.
    let booting = if lives.platform.plan().assumptions.capacity_metric_launched {
        let is_booting = |id: &&InstanceId| {
            matches!(
                lives.platform.machine(**id).state,
                State::Pending | State::Booting
            )
        };
        count(group.members().iter().filter(is_booting).count())
    } else {
        0
    };
    let running = count(active.len()) + booting;
    Reservation::new(running, empty + booting, &demand(&waiting, &types, steps))
}

/// The capacity of an instance of a type less that of its daemons (facts/ecs.md 143).
pub(super) fn capacity_of(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    kind: usize,
) -> Shape {
    let facts = &lives.platform.plan().cluster.instance_types[kind];
    let mut left = Shape {
        cpu: facts.cpu,
        memory: facts.memory,
        interfaces: facts.task_interfaces,
        gpus: facts.gpus,
    };
    for service in ecs.services.iter().filter(|service| service.is_daemon()) {
        let revision = lives.revision_at(service.rollout.current());
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
        if lives.lane(pending.lane).provider == Some(provider) {
            let one = 1;
            add(
                &mut groups,
                group_of(lives, pending.lane, pending.shape, one),
            );
        }
    }
    groups
}

/// Waiting tasks of a lane.
pub(super) fn group_of(lives: &Lives<'_>, lane: LaneId, need: Shape, waiting: u32) -> WaitingGroup {
    let requirement = lives.requirement(lane);
    WaitingGroup {
        need,
        waiting,
        one_per_instance: requirement.distinct_instance || !requirement.ports.is_empty(),
        matches_no_type: requirement.pools.is_empty(),
    }
}

/// Adds tasks to the group with the same requirements.
fn add(groups: &mut Vec<WaitingGroup>, tasks: WaitingGroup) {
    let same = groups.iter_mut().find(|group| {
        group.need == tasks.need
            && group.one_per_instance == tasks.one_per_instance
            && group.matches_no_type == tasks.matches_no_type
    });
    match same {
        Some(group) => group.waiting += tasks.waiting,
        None => groups.push(tasks),
    }
}

/// The work that leaves with the instances of a provider and still needs a place: for each replica
/// service the lane, the shape and the number of its tasks on instances that are DRAINING, have
/// failed or are gone, as far as the service has no other tasks in their stead. It is the same
/// before and after the scheduling round in which the service replaces them.
fn displaced(
    ecs: &Ecs<'_>,
    lives: &mut Lives<'_>,
    provider: ProviderId,
) -> Vec<(LaneId, Shape, u32)> {
    let mut found: BTreeMap<ServiceId, (LaneId, Shape, u32)> = BTreeMap::new();
    for instance in lives.leaving_instances(provider) {
        for id in lives.tasks_on(instance) {
            let Some(task) = lives.tasks().get(id).copied() else {
                continue;
            };
            let WorkId::Service(service) = lives.revision(&task).work else {
                continue; // Standalone tasks are not replaced elsewhere.
            };
            if !ecs.services[service.index()].is_daemon() {
                let none = (task.lane, task.shape, 0);
                found.entry(service).or_insert(none).2 += 1;
            }
        }
    }
    let of = |(service, (lane, shape, count)): (ServiceId, (LaneId, Shape, u32))| {
        let missing = missing(ecs, lives, service);
        (lane, shape, count.min(missing))
    };
    let all = found.into_iter().map(of);
    all.filter(|(.., count)| *count > 0).collect()
}

/// The number of tasks that a service lacks besides those on instances that leave.
fn missing(ecs: &Ecs<'_>, lives: &Lives<'_>, service: ServiceId) -> u32 {
    let state = &ecs.services[service.index()];
    let stays = |task: &&Task| {
        let is_active = |id| lives.platform.machine(id).state == State::Active;
        !task.stopping && task.instance.is_none_or(is_active)
    };
    let tasks = state.tasks.iter().filter_map(|id| lives.tasks().get(*id));
    let others = tasks.filter(stays).count();
    let others = u32::try_from(others).expect("a service has at most 5,000 tasks");
    state.desired.saturating_sub(others)
}

/// Puts tasks into the free capacity of ACTIVE instances. Returns the number of empty instances that
/// they take, and the tasks that find no capacity.
fn put_into_active(
    lives: &Lives<'_>,
    active: &[InstanceId],
    tasks: Vec<(LaneId, Shape, u32)>,
) -> (u32, Vec<WaitingGroup>) {
    let cluster = lives.platform.cluster();
    let room = |id: &InstanceId| {
        let instance = cluster.instance(*id);
        let (free, empty) = (instance.free_shape(), instance.is_empty());
        Room { free, empty }
    };
    let mut rooms: Vec<Room> = active.iter().map(room).collect();
    let mut filled = 0;
    let mut left = Vec::new();
    for (lane, shape, count) in tasks {
        let mut group = group_of(lives, lane, shape, count);
        let request = lives.request(lane, shape);
        let may_use = |index: usize| cluster.fits(active[index], &request);
        filled += resettle(&mut group, &mut rooms, may_use);
        if group.waiting > 0 {
            left.push(group);
        }
    }
    (filled, left)
}

//! Managed Instances that leave: those that are idle or underused for long enough, one underused
//! instance at a time, and those that have reached their maximum age (facts/ecs.md 42i to 42l).

use super::capacity_metric::group_of;
use super::managed_fleet::{Fleet, Watched};
use super::managed_packing::{allowed, offers};
use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, ProviderId, Shape, WorkId};
use crate::engine::Reader;
use crate::policy::provisioning::managed_instances::{Host, HostedTasks, underused};
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::simulation::platform::{State, groups};
use crate::units::{SimTime, Span};

/// Removes instances of a provider. Returns when the next may be due; `None`: not before something
/// changes.
pub(super) fn remove<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) -> Option<SimTime> {
    let now = ctx.now();
    watch(ecs, lives, provider, now);
    let assumed = lives.platform.plan().assumptions.managed_instances;
    let fleet = ecs.fleets[provider.index()].as_ref()?;
    let after = fleet.plan.scale_in_after(&assumed);
    let mut next = Vec::new();
    let mut leaves = Vec::new();
    for (id, seen) in &fleet.watched {
        let is_idle = lives.platform.cluster().instance(*id).is_empty();
        let is_awaited = fleet.waiting_for(*id) > 0;
        let old_at = lives.platform.machine(*id).launched + assumed.maximum_age;
        let idle_at = after
            .filter(|_| is_idle && !is_awaited)
            .map(|after| seen.since + after);
        match [Some(old_at), idle_at].into_iter().flatten().min() {
            Some(at) if at <= now => leaves.push(*id),
            at => next.extend(at),
        }
    }
    for id in leaves {
        leave(ecs, lives, ctx, id);
    }
    let after = after.filter(|_| !is_settled(ecs, provider));
    if let Some(after) = after {
        next.extend(consolidate(ecs, lives, ctx, provider, after));
    }
    next.into_iter().min()
}

fn is_settled(ecs: &Ecs<'_>, provider: ProviderId) -> bool {
    let fleet = ecs.fleets[provider.index()].as_ref();
    fleet.is_none_or(|fleet| fleet.settled)
}

/// Notes which ACTIVE instances have changed since the last look.
fn watch(ecs: &mut Ecs<'_>, lives: &Lives<'_>, provider: ProviderId, now: SimTime) {
    let Some(fleet) = &mut ecs.fleets[provider.index()] else {
        return;
    };
    let members = lives.platform.group(provider).members();
    fleet.watched.retain(|id, _| lives.platform.is_active(*id));
    for id in members.iter().filter(|id| lives.platform.is_active(**id)) {
        let instance = lives.platform.cluster().instance(*id);
        let new = Watched {
            since: now,
            tasks: instance.tasks(),
            free: instance.free_shape(),
        };
        let seen = fleet.watched.entry(*id).or_insert(new);
        if (seen.tasks, seen.free) != (new.tasks, new.free) {
            *seen = new;
        }
    }
}

/// An instance leaves: it drains, or is terminated when it has no tasks.
fn leave<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let provider = lives.platform.machine(id).provider;
    if let Some(fleet) = &mut ecs.fleets[provider.index()] {
        fleet.watched.remove(&id);
    }
    groups::remove_from_group(&mut lives.platform, ctx, id);
}

/// Drains the instance that is underused for long enough, if no other one leaves or comes and no task
/// waits. Returns when it is due.
fn consolidate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    after: Span,
) -> Option<SimTime> {
    let now = ctx.now();
    if is_in_motion(ecs, lives, provider) {
        return None; // Its end is a change, after which ECS looks again.
    }
    let fleet = ecs.fleets[provider.index()].as_ref()?;
    let watched: Vec<InstanceId> = fleet.watched.keys().copied().collect();
    let hosts: Vec<Hosting> = watched
        .into_iter()
        .map(|id| hosting(lives, provider, id))
        .collect();
    let found = choose(ecs, lives, provider, &hosts);
    let fleet: &mut Fleet = ecs.fleets[provider.index()].as_mut()?;
    fleet.settled = found.is_none();
    // The time counts from the look at which the instance was found, or from the last change of its
    // tasks.
    let since = |id: InstanceId| match fleet.underused {
        Some((before, since)) if before == id && fleet.watched[&id].since <= since => since,
        _ => now,
    };
    fleet.underused = found.map(|id| (id, since(id)));
    let (id, since) = fleet.underused?;
    if since + after > now {
        return Some(since + after);
    }
    fleet.underused = None;
    leave(ecs, lives, ctx, id);
    None
}

/// True while an instance comes or leaves, or a task waits.
fn is_in_motion(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId) -> bool {
    let mut waiting = ecs.provisioning.iter();
    let its = |lane: LaneId| lives.lane(lane).provider == Some(provider);
    let mut members = lives.platform.group(provider).members().iter();
    waiting.any(|(_, pending)| its(pending.lane))
        || members.any(|id| lives.platform.machine(*id).state != State::Active)
}

/// An instance with the lanes of its tasks.
struct Hosting {
    id: InstanceId,
    host: Host,
    lanes: Vec<(LaneId, Shape)>,
}

/// An ACTIVE instance in the form of the policy.
fn hosting(lives: &mut Lives<'_>, provider: ProviderId, id: InstanceId) -> Hosting {
    let on_it = lives.tasks_on(id);
    let lives = &*lives;
    let mut lanes: Vec<((LaneId, Shape), u32)> = Vec::new();
    let mut may_leave = true;
    for task in on_it.iter().filter_map(|id| lives.tasks().get(*id)) {
        if lives.requirement(task.lane).daemon {
            continue;
        }
        // Standalone tasks are not replaced elsewhere (facts/ecs.md 42k).
        let is_of_service = matches!(lives.revision(task).work, WorkId::Service(_));
        may_leave &= is_of_service && !task.stopping;
        let key = (task.lane, task.shape);
        match lanes.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => lanes.push((key, 1)),
        }
    }
    let group = lives.platform.group(provider);
    let machine = lives.platform.machine(id);
    let mut kinds = group.plan.types.iter();
    let kind = kinds.position(|kind| *kind == machine.instance_type);
    let hosted = |((lane, shape), count): &((LaneId, Shape), u32)| HostedTasks {
        tasks: group_of(lives, *lane, *shape, *count),
        allows: allowed(lives, provider, *lane),
    };
    let host = Host {
        kind: kind.expect("an instance has a type of its provider"),
        zone: machine.zone.index(),
        free: lives.platform.cluster().instance(id).free_shape(),
        tasks: lanes.iter().map(hosted).collect(),
        may_leave: may_leave && !lanes.is_empty(),
    };
    let lanes = lanes.into_iter().map(|(key, _)| key).collect();
    Hosting { id, host, lanes }
}

/// The instance that is drained next.
fn choose(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    hosts: &[Hosting],
) -> Option<InstanceId> {
    let plain: Vec<Host> = hosts.iter().map(|hosting| hosting.host.clone()).collect();
    let assumed = &lives.platform.plan().assumptions.managed_instances;
    let count = |at: usize| -> u32 {
        let tasks = hosts[at].host.tasks.iter();
        tasks.map(|hosted| hosted.tasks.waiting).sum()
    };
    let may_use = |(at, number): (usize, usize), other: usize| {
        let (lane, shape) = hosts[at].lanes[number];
        let request = lives.request(lane, shape);
        count(at) + count(other) <= assumed.tasks_per_instance
            && lives.platform.cluster().fits(hosts[other].id, &request)
    };
    let offers = offers(ecs, lives, provider);
    underused(&plain, &offers, assumed.least_saving, may_use).map(|at| hosts[at].id)
}

//! Managed Instances that leave: those that are idle or underused for long enough, one underused
//! instance at a time, and those that have reached their maximum age (facts/ecs.md 42i to 42l).

use super::managed_fleet::{Fleet, Watched};
use super::managed_offers::{holds, offers};
use super::managed_packing::launch_one;
use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, ProviderId, Shape, WorkId};
use crate::engine::Reader;
use crate::policy::provisioning::managed_instances::{Host, HostedTasks, Market, Offer, underused};
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::simulation::platform::{State, groups};
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

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
        let is_awaited = !fleet.waiting_on(*id).is_empty();
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
/// waits for a launch. Returns when it is due.
fn consolidate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    after: Span,
) -> Option<SimTime> {
    let now = ctx.now();
    if is_in_motion(ecs, lives, provider, now) {
        return None; // Its end is a change, after which ECS looks again.
    }
    let fleet = ecs.fleets[provider.index()].as_ref()?;
    let watched: Vec<InstanceId> = fleet.watched.keys().copied().collect();
    let hosting: Vec<Hosting> = watched.into_iter().map(|id| hosting(lives, id)).collect();
    let found = choose(ecs, lives, provider, &hosting, now);
    let fleet: &mut Fleet = ecs.fleets[provider.index()].as_mut()?;
    // A type in which launches have failed may be available again.
    let again = fleet.dry.next(now);
    fleet.settled = found.is_none() && again.is_none();
    // The time counts from the look at which the instance was found, or from the last change of its
    // tasks.
    let since = |id: InstanceId| match fleet.underused {
        Some((before, since)) if before == id && fleet.watched[&id].since <= since => since,
        _ => now,
    };
    fleet.underused = found.as_ref().map(|(id, _)| (*id, since(*id)));
    let Some(((id, since), (_, places))) = fleet.underused.zip(found) else {
        return again;
    };
    if since + after > now {
        return Some(since + after);
    }
    fleet.underused = None;
    if !places.is_empty() {
        let new = launch_first_of(ecs, lives, ctx, provider, &places);
        let fleet = ecs.fleets[provider.index()].as_mut()?;
        let Some(new) = new else {
            return fleet.dry.next(now);
        };
        let of = hosting.iter().find(|hosting| hosting.id == id)?;
        fleet.replacement = Some((new, of.by_lane()));
    }
    leave(ecs, lives, ctx, id);
    None
}

/// Launches the instance that takes the tasks of an underused one: of the first of these types that is
/// available. Without one the underused instance stays, so that its tasks do not move for nothing.
fn launch_first_of<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    places: &[(usize, usize)],
) -> Option<InstanceId> {
    let mut places = places.iter();
    places.find_map(|place| launch_one(ecs, lives, ctx, provider, *place).ok())
}

/// True while an instance comes or leaves, or a task waits for an instance or for the next attempt to
/// launch one.
fn is_in_motion(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId, now: SimTime) -> bool {
    let fleet = ecs.fleets[provider.index()].as_ref();
    let waits =
        fleet.is_some_and(|fleet| !fleet.bound.is_empty() || fleet.refused.next(now).is_some());
    let mut members = lives.platform.group(provider).members().iter();
    waits || members.any(|id| lives.platform.machine(*id).state != State::Active)
}

/// An instance with its tasks by what they need, daemons left out.
struct Hosting {
    id: InstanceId,
    tasks: Vec<((LaneId, Shape), u32)>,
    /// All are tasks of services, and none is stopping.
    may_leave: bool,
}

impl Hosting {
    /// The number of tasks by lane.
    fn by_lane(&self) -> BTreeMap<LaneId, u32> {
        let mut counts = BTreeMap::new();
        for ((lane, _), count) in &self.tasks {
            *counts.entry(*lane).or_default() += count;
        }
        counts
    }
}

/// The tasks of an ACTIVE instance.
fn hosting(lives: &mut Lives<'_>, id: InstanceId) -> Hosting {
    let on_it = lives.tasks_on(id);
    let mut tasks: Vec<((LaneId, Shape), u32)> = Vec::new();
    let mut may_leave = true;
    for task in on_it.iter().filter_map(|id| lives.tasks().get(*id)) {
        if lives.requirement(task.lane).daemon {
            continue;
        }
        // Standalone tasks are not replaced elsewhere (facts/ecs.md 42k).
        let is_of_service = matches!(lives.revision(task).work, WorkId::Service(_));
        may_leave &= is_of_service && !task.stopping;
        let key = (task.lane, task.shape);
        match tasks.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => tasks.push((key, 1)),
        }
    }
    Hosting {
        id,
        may_leave: may_leave && !tasks.is_empty(),
        tasks,
    }
}

/// An instance in the form of the policy.
fn host<'a>(
    lives: &'a Lives<'_>,
    (provider, offers): (ProviderId, &[Vec<Offer>]),
    of: &Hosting,
    now: SimTime,
) -> Host<'a> {
    let group = lives.platform.group(provider);
    let machine = lives.platform.machine(of.id);
    let mut kinds = group.plan.types.iter();
    let kind = kinds.position(|kind| *kind == machine.instance_type);
    let mut zones = group.plan.zones.iter();
    let zone = zones.position(|zone| *zone == machine.zone.index());
    let zone = zone.expect("an instance is in a zone of its provider");
    let hosted = |((lane, shape), count): &((LaneId, Shape), u32)| {
        let request = lives.request(*lane, *shape);
        HostedTasks {
            request,
            count: *count,
            holds: holds(&offers[zone..=zone], &request).remove(0),
        }
    };
    Host {
        kind: kind.expect("an instance has a type of its provider"),
        zone,
        as_is: lives.platform.cluster().prospect_of(of.id, now),
        tasks: of.tasks.iter().map(hosted).collect(),
        may_leave: of.may_leave,
    }
}

/// The instance that is drained next, and the types and zones of which one new instance takes its tasks;
/// none: other instances take them.
fn choose(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    hosting: &[Hosting],
    now: SimTime,
) -> Option<(InstanceId, Vec<(usize, usize)>)> {
    let fleet = ecs.fleets[provider.index()].as_ref()?;
    let offers = offers(ecs, lives, provider, now);
    let of = (provider, offers.as_slice());
    let hosts: Vec<Host<'_>> = hosting
        .iter()
        .map(|one| host(lives, of, one, now))
        .collect();
    let assumed = &lives.platform.plan().assumptions.managed_instances;
    let market = Market {
        offers: &offers,
        least_saving: assumed.least_saving,
        most_tasks: assumed.tasks_per_instance,
        is_dry: &|kind, zone| fleet.dry.is_refused(&(kind, zone), now),
    };
    let found = underused(&hosts, &market)?;
    let zone = hosts[found.host].zone;
    let places = found.replaced_by.into_iter().map(|kind| (kind, zone));
    Some((hosting[found.host].id, places.collect()))
}

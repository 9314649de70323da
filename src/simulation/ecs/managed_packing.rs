//! Instances for the tasks that wait in PROVISIONING for a provider of ECS Managed Instances: each task
//! gets a zone, then room on an instance that is being launched, then on a new one (facts/ecs.md 42d).
//! The choice of types is in `policy/provisioning/managed_instances`.

use super::capacity_metric::{capacity_of, group_of};
use super::managed_fleet::Fleet;
use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, Pending, ProviderId, Shape};
use crate::engine::Reader;
use crate::policy::provisioning::managed_instances::{
    Batch, Offer, by_size, fill, preferences, zone_for,
};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, LaunchFailure};
use crate::simulation::life::Lives;
use crate::simulation::platform::{State, managed_launches};
use crate::units::Usd;
use std::collections::{BTreeMap, VecDeque};

/// Waiting tasks of one zone that are alike.
struct Waiting {
    lane: LaneId,
    shape: Shape,
    one_per_instance: bool,
    allows: Vec<bool>,
    tasks: VecDeque<Pending>,
}

/// Launches instances for the tasks that wait, and assigns the tasks to them. When all launches of
/// a task fail, it waits for the next attempt.
pub(super) fn launch<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    let fleet = ecs.fleets[provider.index()].as_mut();
    let fleet = fleet.expect("only providers of Managed Instances are looked at");
    fleet.retry_at = fleet.retry_at.filter(|at| *at > now);
    if fleet.retry_at.is_some() {
        return;
    }
    let waiting = ecs.provisioning.iter().map(|(_, pending)| *pending);
    let its = |pending: &Pending| lives.lane(pending.lane).provider == Some(provider);
    let waiting: Vec<Pending> = waiting.filter(its).collect();
    if waiting.is_empty() {
        return;
    }
    let mut zones = by_zone(ecs, lives, provider, waiting);
    let offers = offers(ecs, lives, provider);
    for (zone, groups) in zones.iter_mut().enumerate() {
        into_coming(ecs, lives, provider, (zone, groups), &offers);
    }
    let mut is_open = vec![true; zones.len()];
    let has_tasks = |groups: &Vec<Waiting>| groups.iter().any(|group| !group.tasks.is_empty());
    while let Some(zone) = zones.iter().position(has_tasks) {
        let groups = &mut zones[zone];
        if is_open[zone] && launch_in_zone(ecs, lives, ctx, provider, (zone, groups), &offers) {
            continue;
        }
        // No type is available here: another zone is tried, as the spread is only an aim.
        is_open[zone] = false;
        let left = std::mem::take(groups);
        let mut others = (zone + 1..zones.len()).chain(0..zone);
        let Some(other) = others.find(|other| is_open[*other]) else {
            break;
        };
        for pending in left.into_iter().flat_map(|group| group.tasks) {
            add(lives, provider, &mut zones[other], pending);
        }
    }
    let fleet = ecs.fleets[provider.index()].as_mut();
    let fleet = fleet.expect("it was there before");
    if is_open.contains(&true) {
        fleet.retry.reset();
    } else {
        fleet.retry.failed();
        fleet.retry_at = Some(now + fleet.retry.delay());
    }
}

/// The waiting tasks by zone, those that are alike together. Each task goes to the zone with the
/// fewest tasks of its service or entry on instances that stay (facts/ecs.md 42d).
fn by_zone(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    waiting: Vec<Pending>,
) -> Vec<Vec<Waiting>> {
    let group = lives.platform.group(provider);
    let zones = &group.plan.zones;
    let number = |zone: usize| zones.iter().position(|known| *known == zone);
    let mut counts: BTreeMap<LaneId, Vec<u32>> = BTreeMap::new();
    for pending in &waiting {
        let none = || vec![0; zones.len()];
        counts.entry(pending.lane).or_insert_with(none);
    }
    for task in lives.tasks().iter().filter(|task| !task.stopping) {
        let stays = |id: &InstanceId| lives.platform.is_active(*id);
        if let Some(id) = task.instance.filter(stays)
            && let Some(counts) = counts.get_mut(&task.lane)
            && let Some(zone) = number(lives.platform.machine(id).zone.index())
        {
            counts[zone] += 1;
        }
    }
    let mut instances = vec![0; zones.len()];
    for id in group.members() {
        let machine = lives.platform.machine(*id);
        if let Some(zone) = number(machine.zone.index()).filter(|_| machine.is_coming_or_there()) {
            instances[zone] += 1;
        }
    }
    for (id, pending) in ecs.fleets[provider.index()].iter().flat_map(|f| &f.bound) {
        let zone = number(lives.platform.machine(*id).zone.index());
        if let Some((counts, zone)) = counts.get_mut(&pending.lane).zip(zone) {
            counts[zone] += 1;
        }
    }
    let is_open = vec![true; zones.len()];
    let mut found: Vec<Vec<Waiting>> = zones.iter().map(|_| Vec::new()).collect();
    for pending in waiting {
        let counts = counts.get_mut(&pending.lane).expect("it was added above");
        let zone = zone_for(counts, &instances, &is_open).expect("a provider has a zone");
        counts[zone] += 1;
        add(lives, provider, &mut found[zone], pending);
    }
    found
}

/// Adds a task to those of its zone that are alike.
fn add(lives: &Lives<'_>, provider: ProviderId, groups: &mut Vec<Waiting>, pending: Pending) {
    let is_alike =
        |group: &&mut Waiting| (group.lane, group.shape) == (pending.lane, pending.shape);
    if let Some(group) = groups.iter_mut().find(is_alike) {
        return group.tasks.push_back(pending);
    }
    groups.push(Waiting {
        lane: pending.lane,
        shape: pending.shape,
        one_per_instance: group_of(lives, pending.lane, pending.shape, 1).one_per_instance,
        allows: allowed(lives, provider, pending.lane),
        tasks: [pending].into(),
    });
}

/// By type of a provider: whether it meets the constraints of a lane.
pub(super) fn allowed(lives: &Lives<'_>, provider: ProviderId, lane: LaneId) -> Vec<bool> {
    let group = lives.platform.group(provider);
    let requirement = lives.requirement(lane);
    let kinds = 0..group.plan.types.len();
    kinds
        .map(|kind| requirement.allows(group.pool(kind, 0)))
        .collect()
}

/// The types of a provider with their prices per hour, the fee included.
pub(super) fn offers(ecs: &Ecs<'_>, lives: &Lives<'_>, provider: ProviderId) -> Vec<Offer> {
    let plan = lives.platform.plan();
    let group = lives.platform.group(provider).plan;
    let is_spot = group.mix.on_demand_percentage_above_base < 100;
    let offer = |kind: &usize| {
        let facts = &plan.cluster.instance_types[*kind];
        let price = match is_spot {
            true => facts.spot.and_then(|offer| offer.price_per_hour),
            false => facts.price_per_hour,
        };
        let management = &plan.assumptions.managed_instances;
        let fee = facts.management_fee(management, plan.start_unix_seconds);
        Offer {
            capacity: capacity_of(ecs, lives, provider, *kind),
            price: price.unwrap_or(Usd::ZERO) + fee.unwrap_or(Usd::ZERO),
        }
    };
    group.types.iter().map(offer).collect()
}

/// Assigns tasks of a zone to instances there that are being launched and have room left.
fn into_coming(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    (zone, groups): (usize, &mut [Waiting]),
    offers: &[Offer],
) {
    let group = lives.platform.group(provider);
    for id in group.members() {
        let machine = lives.platform.machine(*id);
        let is_here = machine.zone.index() == group.plan.zones[zone];
        if !is_here || !matches!(machine.state, State::Pending | State::Booting) {
            continue;
        }
        let mut kinds = group.plan.types.iter();
        let kind = kinds.position(|kind| *kind == machine.instance_type);
        let kind = kind.expect("an instance has a type of its provider");
        let fleet = ecs.fleets[provider.index()].iter();
        let bound: Vec<(InstanceId, Pending)> = fleet
            .flat_map(|f| &f.bound)
            .filter(|(on, _)| on == id)
            .copied()
            .collect();
        let needs = bound.iter().map(|(_, pending)| pending.shape);
        let free = needs.fold(offers[kind].capacity, |free, need| free.less(&need));
        let taken_lanes: Vec<LaneId> = bound.iter().map(|(_, pending)| pending.lane).collect();
        let most = most_tasks(lives).saturating_sub(bound.len() as u32);
        assign(ecs, provider, groups, (*id, kind, free, most), &taken_lanes);
    }
}

/// The most tasks that a new instance is chosen for.
fn most_tasks(lives: &Lives<'_>) -> u32 {
    let assumptions = &lives.platform.plan().assumptions;
    assumptions.managed_instances.tasks_per_instance
}

/// Launches one instance in a zone, of the first type of the order of preference that is available,
/// and assigns tasks to it. False when all launches fail.
fn launch_in_zone<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    (zone, groups): (usize, &mut [Waiting]),
    offers: &[Offer],
) -> bool {
    let most = most_tasks(lives);
    for kind in preferences(&batches(groups, &[]), offers, most) {
        match managed_launches::launch(&mut lives.platform, ctx, provider, (kind, zone)) {
            Ok(id) => {
                let free = offers[kind].capacity;
                assign(ecs, provider, groups, (id, kind, free, most), &[]);
                return true;
            }
            Err(LaunchFailure::NoCapacity) => {}
            // Another type would not help.
            Err(LaunchFailure::ApiError) => return false,
        }
    }
    false
}

/// The groups in the form of the policy. A group whose tasks need an instance each has no task for
/// an instance that has one of `taken`.
fn batches<'w>(groups: &'w [Waiting], taken: &[LaneId]) -> Vec<Batch<'w>> {
    let batch = |group: &'w Waiting| {
        let is_taken = group.one_per_instance && taken.contains(&group.lane);
        let count = if is_taken { 0 } else { group.tasks.len() };
        Batch {
            need: group.shape,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            one_per_instance: group.one_per_instance,
            allows: &group.allows,
        }
    };
    groups.iter().map(batch).collect()
}

/// Assigns as many tasks to an instance as fit its free capacity, the largest first. They leave the
/// queue of PROVISIONING.
fn assign(
    ecs: &mut Ecs<'_>,
    provider: ProviderId,
    groups: &mut [Waiting],
    (id, kind, free, most): (InstanceId, usize, Shape, u32),
    taken_lanes: &[LaneId],
) {
    let all = batches(groups, taken_lanes);
    let counts = fill(&all, &by_size(&all), kind, free, most);
    for (group, count) in groups.iter_mut().zip(counts) {
        for pending in group.tasks.drain(..count as usize) {
            bind(ecs, provider, id, pending);
        }
    }
}

fn bind(ecs: &mut Ecs<'_>, provider: ProviderId, id: InstanceId, pending: Pending) {
    ecs.withdraw(pending.task);
    let fleet: Option<&mut Fleet> = ecs.fleets[provider.index()].as_mut();
    fleet
        .into_iter()
        .for_each(|fleet| fleet.bound.push((id, pending)));
}

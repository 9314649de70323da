//! Changes of the cluster: freed ports, an instance that takes tasks again, more instances.

use super::change::{Change, Tried};
use super::trial::{add, is_lacking, place_in_turn, try_request};
use crate::cluster::{Cluster, InstanceId, Lack, PoolId, ProviderId, Request, Requirement, Task};
use crate::explain::hosts::HostName;
use crate::explain::needs::named;
use crate::explain::sight::Sight;
use crate::plan::{Capacity, Plan};
use crate::simulation::HostState;
use crate::units::SimTime;
use std::collections::{BTreeMap, BTreeSet};

/// At most this number of instances is added.
const MOST_MORE: u32 = 64;

/// The tasks of others that have the wanted ports leave one instance, the one with the fewest of them; or
/// the task asks for dynamic ports.
pub(super) fn freed_ports(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    let wanted = &request.requirement.ports;
    if wanted.is_empty() || !is_lacking(sight, Lack::Ports) {
        return;
    }
    let mut tries: Vec<_> = Vec::new();
    for (id, there) in sight.by_instance() {
        let has = |port| wanted.contains(port);
        let holds = |lane: usize| sight.requirements[lane].ports.iter().any(has);
        let holders = there.into_iter().filter(|task| holds(task.lane.index()));
        let holders: Vec<_> = holders.collect();
        // A service would replace its own task, and the new one would need the same port.
        let is_own = |task: &&Task| sight.is_of_its_service(task);
        if !holders.is_empty()
            && !holders.iter().any(is_own)
            && request
                .requirement
                .allows(sight.cluster.instance(id).pool())
        {
            tries.push((holders, id));
        }
    }
    tries.sort_by_key(|(holders, id)| (holders.len(), *id));
    for (holders, id) in tries {
        let mut copy = sight.cluster.clone();
        for task in &holders {
            let requirement = &sight.requirements[task.lane.index()];
            let shape = task.shape;
            copy.release(id, &Request { shape, requirement });
        }
        if place_in_turn(sight, &mut copy, &[id]).is_some_and(|chosen| chosen == id) {
            let names = holders.iter().filter_map(|task| sight.name(task));
            let change = Change::FreedPorts {
                tasks: names.collect(),
                instance: id.index() as u64,
            };
            add(found, change, Some(HostName::of(sight.plan, &copy, id)));
            break;
        }
    }
    let dynamic = Requirement {
        ports: Vec::new(),
        ..request.requirement.clone()
    };
    let ports = wanted.iter().map(|port| named(*port)).collect();
    let placed = try_request(sight, request.shape, &dynamic);
    add(found, Change::DynamicPorts { ports }, placed);
}

/// The first instance that would take the task if it took tasks at all.
pub(super) fn active_again(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let request = sight.request();
    let starts = |id: InstanceId| {
        let state = sight.notes.state(id);
        matches!(state, HostState::Launching | HostState::Booting)
    };
    let closed = sight
        .hosts()
        .filter(|id| !sight.cluster.instance(*id).is_accepting() && !starts(*id));
    let fits = |id: &InstanceId| {
        let others = Lack::CHECKED
            .into_iter()
            .filter(|lack| *lack != Lack::Agent);
        !others
            .into_iter()
            .any(|lack| sight.cluster.lacks(*id, &request, lack))
    };
    for id in closed.filter(fits) {
        let mut copy = sight.cluster.clone();
        copy.admit(id);
        if place_in_turn(sight, &mut copy, &[id]).is_some() {
            let change = Change::Active {
                instance: id.index() as u64,
                state: sight.notes.state(id),
            };
            return add(found, change, Some(HostName::of(sight.plan, &copy, id)));
        }
    }
}

/// More instances of each type of the task's providers, on which first their daemons are placed: the
/// smallest number that is enough.
pub(super) fn more_instances(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let is_served = |tried: &Tried| matches!(tried.change, Change::Starting { .. });
    if found.iter().any(is_served) {
        return;
    }
    let mut seen = BTreeSet::new();
    let daemons = daemons(sight);
    let mut tried = Vec::new();
    for pool in &sight.work.requirement.pools {
        let of = sight.cluster.pool(*pool);
        let spec = (of.spec.provider, of.spec.instance_type);
        if !of.holds(&sight.work.shape) || !seen.insert(spec) {
            continue;
        }
        let is_enough = |more: u32| with_more(sight, &daemons, *pool, more);
        if let Some(more) = least(is_enough) {
            tried.push(more_of(sight, *pool, more));
        }
    }
    let price = |tried: &Tried| match &tried.change {
        Change::MoreInstances {
            usd_per_hour_together,
            ..
        } => usd_per_hour_together.unwrap_or(f64::INFINITY),
        _ => f64::INFINITY,
    };
    tried.sort_by(|a, b| price(a).total_cmp(&price(b)));
    found.extend(tried);
}

/// The least number up to `MOST_MORE` for which `is_enough` is true, by doubling and bisection.
pub(super) fn least(is_enough: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut too_few, mut enough) = (0, 1);
    while !is_enough(enough) {
        too_few = enough;
        enough *= 2;
        if enough > MOST_MORE {
            return None;
        }
    }
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        match is_enough(middle) {
            true => enough = middle,
            false => too_few = middle,
        }
    }
    Some(enough)
}

/// The instances that are starting take tasks, each when it has registered: the first after which the
/// task is placed.
pub(super) fn when_started(sight: &Sight<'_>, found: &mut Vec<Tried>) {
    let daemons = daemons(sight);
    let with = |number: usize| {
        let mut copy = sight.cluster.clone();
        let first = &sight.starting[..number];
        let opened = open(sight, &mut copy, &daemons, first);
        let chosen = place_in_turn(sight, &mut copy, &opened)?;
        Some(HostName::of(sight.plan, &copy, chosen))
    };
    let all = sight.starting.len();
    if all == 0 || with(all).is_none() {
        return;
    }
    let (mut too_few, mut enough) = (0, all);
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        match with(middle).is_some() {
            true => enough = middle,
            false => too_few = middle,
        }
    }
    let (expected, id) = sight.starting[enough - 1];
    let change = Change::Starting {
        instance: id.index() as u64,
        expected,
    };
    add(found, change, with(enough));
}

/// Lets instances that are starting take tasks on a copy of the cluster: first their daemons.
fn open(
    sight: &Sight<'_>,
    copy: &mut Cluster,
    daemons: &[Request<'_>],
    starting: &[(SimTime, InstanceId)],
) -> Vec<InstanceId> {
    let ids: Vec<InstanceId> = starting.iter().map(|(_, id)| *id).collect();
    for id in &ids {
        copy.admit(*id);
        place_daemons(copy, daemons, sight.cluster.instance(*id).pool(), *id);
    }
    ids
}

/// Places the daemons of a new instance.
fn place_daemons(copy: &mut Cluster, daemons: &[Request<'_>], pool: PoolId, id: InstanceId) {
    let own = daemons.iter().filter(|of| of.requirement.allows(pool));
    for daemon in own {
        if copy.fits(id, daemon) {
            copy.promise(id, daemon);
        }
    }
}

/// True when the task is placed on a copy of the cluster with a number of additional instances, besides
/// those that are starting.
pub(super) fn with_more(
    sight: &Sight<'_>,
    daemons: &[Request<'_>],
    pool: PoolId,
    more: u32,
) -> bool {
    let mut copy = sight.cluster.clone();
    let mut roomier = open(sight, &mut copy, daemons, &sight.starting);
    for _ in 0..more {
        let id = copy.register(pool);
        place_daemons(&mut copy, daemons, pool, id);
        roomier.push(id);
    }
    place_in_turn(sight, &mut copy, &roomier).is_some()
}

/// The requests of the daemons, as far as a task of each exists.
pub(super) fn daemons<'a>(sight: &Sight<'a>) -> Vec<Request<'a>> {
    let mut by_lane = BTreeMap::new();
    for task in sight.tasks.iter() {
        let requirement = &sight.requirements[task.lane.index()];
        if requirement.daemon {
            let shape = task.shape;
            by_lane.insert(task.lane, Request { shape, requirement });
        }
    }
    by_lane.into_values().collect()
}

pub(super) fn more_of(sight: &Sight<'_>, pool: PoolId, instances: u32) -> Tried {
    let plan = sight.plan;
    let spec = &sight.cluster.pool(pool).spec;
    let kind = &plan.cluster.instance_types[spec.instance_type];
    let provider = &plan.cluster.providers[spec.provider.index()];
    let price = kind.price_per_hour.map(|price| price.as_dollars_f64());
    let is_own = |id: &InstanceId| sight.provider(*id) == spec.provider;
    let there = u32::try_from(sight.hosts().filter(is_own).count()).unwrap_or(u32::MAX);
    let starting = sight.starting.iter().filter(|(_, id)| is_own(id));
    let change = Change::MoreInstances {
        instances,
        instance_type: kind.name.clone(),
        provider: provider.name.clone(),
        zone: plan.cluster.zones[spec.zone.index()].clone(),
        usd_per_hour: price,
        usd_per_hour_together: price.map(|price| price * f64::from(instances)),
        starting: u32::try_from(starting.count()).unwrap_or(u32::MAX),
        max_size: max_size(plan, spec.provider)
            .map(|most| [most, there.saturating_add(instances)])
            .filter(|[most, needed]| needed > most),
    };
    Tried {
        change,
        placed_on: None,
    }
}

/// The largest size of the Auto Scaling group of a provider, if it has one.
pub(super) fn max_size(plan: &Plan, provider: ProviderId) -> Option<u32> {
    match &plan.cluster.providers[provider.index()].capacity {
        Capacity::Group(group) => Some(group.max_size),
        _ => None,
    }
}

//! Instances for the tasks that wait in PROVISIONING for a provider of ECS Managed Instances: each task
//! gets a zone, then room on an instance that is being launched, then on a new one (facts/ecs.md 42d).
//! The choice of types is in `policy/provisioning/managed_instances`.

use super::managed_demand::Demand;
use super::managed_offers::{daemons, give_daemons, offers};
use super::state::Ecs;
use crate::cluster::{InstanceId, LaneId, Pending, Prospect, ProviderId};
use crate::engine::Reader;
use crate::policy::provisioning::managed_instances::{Offer, preferences};
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, LaunchFailure};
use crate::simulation::life::Lives;
use crate::simulation::platform::{State, managed_launches};
use std::collections::BTreeSet;

/// Launches instances for the tasks that wait, and assigns the tasks to them. When all launches of
/// a task fail, it waits for the next attempt. Tasks that no type can hold wait without a launch.
pub(super) fn launch<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let now = ctx.now();
    let waiting = ecs.provisioning.iter().map(|(_, pending)| *pending);
    let its = |pending: &Pending| lives.lane(pending.lane).provider == Some(provider);
    let mut waiting: Vec<Pending> = waiting.filter(its).collect();
    let lanes: BTreeSet<LaneId> = waiting.iter().map(|pending| pending.lane).collect();
    let fleet = ecs.fleets[provider.index()].as_mut();
    let fleet = fleet.expect("only providers of Managed Instances are looked at");
    fleet.refused.retain(|lane| lanes.contains(lane));
    waiting.retain(|pending| !fleet.refused.is_refused(&pending.lane, now));
    if waiting.is_empty() {
        return;
    }
    into_replacement(ecs, lives, ctx, provider, &mut waiting);
    let offers = offers(ecs, lives, provider, now);
    let mut demand = Demand::new(ecs, lives, provider, &offers, &waiting);
    into_coming(ecs, lives, ctx, provider, &mut demand);
    let mut look = Look {
        provider,
        offers: &offers,
        failed: BTreeSet::new(),
        left: BTreeSet::new(),
    };
    while let Some(zone) = demand.next_zone() {
        look.launch_in(ecs, lives, ctx, zone, &mut demand);
    }
    let left = look.left;
    let fleet = ecs.fleets[provider.index()].as_mut();
    let fleet = fleet.expect("it was there before");
    for lane in waiting.iter().map(|pending| pending.lane) {
        if !left.contains(&lane) {
            fleet.refused.accepted(&lane);
        }
    }
    for lane in left {
        fleet.refused.failed(lane, now);
    }
}

/// One look at the waiting tasks of a provider.
struct Look<'a> {
    provider: ProviderId,
    offers: &'a [Vec<Offer>],
    /// The types and zones in which a launch has failed at this look.
    failed: BTreeSet<(usize, usize)>,
    /// The lanes with tasks for which all launches have failed.
    left: BTreeSet<LaneId>,
}

impl Look<'_> {
    /// Launches one instance in a zone for the largest task that waits there, of the first type of the
    /// order of preference that is available, and assigns tasks to it.
    fn launch_in<R: Reader<Fact>>(
        &mut self,
        ecs: &mut Ecs<'_>,
        lives: &mut Lives<'_>,
        ctx: &mut Ctx<'_, R>,
        zone: usize,
        demand: &mut Demand,
    ) {
        let offers = &self.offers[zone];
        let most = most_tasks(lives);
        let work = demand.work(lives, zone);
        let largest = work.largest().expect("a type holds a task of this zone");
        let kinds = preferences(&work, offers, most);
        for kind in kinds {
            if let Some(id) = self.try_launch(ecs, lives, ctx, (kind, zone)) {
                let prospect = offers[kind].prospect.clone();
                return assign(
                    ecs,
                    lives,
                    self.provider,
                    demand,
                    (id, zone),
                    prospect,
                    most,
                );
            }
        }
        if !demand.close(largest, zone) {
            self.left.insert(demand.lane(largest));
        }
    }

    /// Launches a type in a zone, unless that has failed at this look.
    fn try_launch<R: Reader<Fact>>(
        &mut self,
        ecs: &mut Ecs<'_>,
        lives: &mut Lives<'_>,
        ctx: &mut Ctx<'_, R>,
        place: (usize, usize),
    ) -> Option<InstanceId> {
        if self.failed.contains(&place) {
            return None;
        }
        match launch_one(ecs, lives, ctx, self.provider, place) {
            Ok(id) => return Some(id),
            Err(LaunchFailure::NoCapacity) => drop(self.failed.insert(place)),
            // Another type would not help.
            Err(LaunchFailure::ApiError) => {
                let kinds = 0..self.offers[place.1].len();
                self.failed.extend(kinds.map(|kind| (kind, place.1)));
            }
        }
        None
    }
}

/// Launches one instance of a type in a zone. The fleet remembers a failure until a launch there
/// succeeds.
///
/// # Errors
/// When EC2 has no capacity or the API fails.
pub(super) fn launch_one<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    place: (usize, usize),
) -> Result<InstanceId, LaunchFailure> {
    let launched = managed_launches::launch(&mut lives.platform, ctx, provider, place);
    if let Some(fleet) = &mut ecs.fleets[provider.index()] {
        match launched {
            Ok(_) => fleet.dry.accepted(&place),
            Err(_) => fleet.dry.failed(place, ctx.now()),
        }
    }
    launched
}

/// Assigns the tasks that replace those of an underused instance to the one that was launched for them.
/// They stay in its zone. Without this they could be spread anew.
fn into_replacement<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &Ctx<'_, R>,
    provider: ProviderId,
    waiting: &mut Vec<Pending>,
) {
    let fleet = ecs.fleets[provider.index()].as_mut();
    let replacement = fleet.and_then(|fleet| fleet.replacement.take());
    let coming = replacement.filter(|(id, _)| is_coming(lives, *id));
    let Some((id, mut expected)) = coming else {
        return;
    };
    let mut prospect = prospect_of(ecs, lives, ctx, provider, id);
    waiting.retain(|pending| {
        let request = lives.request(pending.lane, pending.shape);
        let left = expected.get_mut(&pending.lane);
        let Some(left) = left.filter(|left| **left > 0 && prospect.fits(&request)) else {
            return true;
        };
        *left -= 1;
        prospect.promise(&request);
        bind(ecs, provider, id, *pending);
        false
    });
    if let Some(fleet) = &mut ecs.fleets[provider.index()] {
        fleet.replacement = Some((id, expected));
    }
}

/// Assigns tasks to instances that are being launched and have room left.
fn into_coming<R>(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    ctx: &Ctx<'_, R>,
    provider: ProviderId,
    demand: &mut Demand,
) {
    let group = lives.platform.group(provider);
    for id in group.members().iter().filter(|id| is_coming(lives, **id)) {
        let zone = lives.platform.machine(*id).zone.index();
        let mut zones = group.plan.zones.iter();
        let zone = zones.position(|known| *known == zone);
        let zone = zone.expect("an instance is in a zone of its provider");
        let fleet = ecs.fleets[provider.index()].as_ref();
        let bound = fleet.map_or(0, |fleet| fleet.waiting_on(*id).len());
        let most = most_tasks(lives).saturating_sub(u32::try_from(bound).unwrap_or(u32::MAX));
        if most > 0 && demand.has_tasks(zone) {
            let prospect = prospect_of(ecs, lives, ctx, provider, *id);
            assign(ecs, lives, provider, demand, (*id, zone), prospect, most);
        }
    }
}

/// True for an instance that is being launched.
fn is_coming(lives: &Lives<'_>, id: InstanceId) -> bool {
    let state = lives.platform.machine(id).state;
    matches!(state, State::Pending | State::Booting)
}

/// An instance that is being launched with its daemons and the tasks that wait for it.
fn prospect_of<'a, R>(
    ecs: &Ecs<'_>,
    lives: &'a Lives<'_>,
    ctx: &Ctx<'_, R>,
    provider: ProviderId,
    id: InstanceId,
) -> Prospect<'a> {
    let mut prospect = lives.platform.cluster().prospect_of(id, ctx.now());
    give_daemons(&mut prospect, &daemons(ecs, lives));
    let fleet = ecs.fleets[provider.index()].iter();
    for pending in fleet.flat_map(|fleet| fleet.waiting_on(id)) {
        let request = lives.request(pending.lane, pending.shape);
        if prospect.fits(&request) {
            prospect.promise(&request);
        }
    }
    prospect
}

/// The most tasks that a new instance is chosen for.
fn most_tasks(lives: &Lives<'_>) -> u32 {
    let assumptions = &lives.platform.plan().assumptions;
    assumptions.managed_instances.tasks_per_instance
}

/// Assigns as many tasks to an instance as fit it, the largest first. They leave the queue of
/// PROVISIONING.
fn assign(
    ecs: &mut Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    demand: &mut Demand,
    (id, zone): (InstanceId, usize),
    prospect: Prospect<'_>,
    most: u32,
) {
    let placed = demand.work(lives, zone).fill(prospect, most);
    for (batch, count) in placed {
        for pending in demand.take(batch, zone, count) {
            bind(ecs, provider, id, pending);
        }
    }
}

/// A task waits for its instance from now on.
fn bind(ecs: &mut Ecs<'_>, provider: ProviderId, id: InstanceId, pending: Pending) {
    ecs.withdraw(pending.task);
    if let Some(fleet) = &mut ecs.fleets[provider.index()] {
        fleet.bind(id, pending);
    }
}

//! What a provider of ECS Managed Instances can launch: by zone and type an instance with its daemons,
//! and its price. Tasks are compared with it by the rule of placement.

use super::state::Ecs;
use crate::cluster::{Lack, LaneId, Pending, Prospect, ProviderId, Request};
use crate::policy::provisioning::managed_instances::Offer;
use crate::simulation::fact::Obstacle;
use crate::simulation::life::{Lives, creation};
use crate::units::{SimTime, Usd};

/// By zone of a provider: its types with their prices per hour, the fee included.
pub(super) fn offers(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    provider: ProviderId,
    now: SimTime,
) -> Vec<Vec<Offer>> {
    let group = lives.platform.group(provider);
    let daemons = daemons(ecs, lives);
    let prices = prices(lives, provider);
    let offer = |zone: usize, kind: usize| {
        let pool = group.pool(kind, zone);
        let mut prospect = lives.platform.cluster().prospect(pool, now);
        give_daemons(&mut prospect, &daemons);
        let price = prices[kind];
        Offer { prospect, price }
    };
    let kinds = 0..group.plan.types.len();
    let in_zone = |zone| kinds.clone().map(|kind| offer(zone, kind)).collect();
    (0..group.plan.zones.len()).map(in_zone).collect()
}

/// By type of a provider: its price per hour for the provider's purchase option, with the fee.
fn prices(lives: &Lives<'_>, provider: ProviderId) -> Vec<Usd> {
    let plan = lives.platform.plan();
    let group = lives.platform.group(provider).plan;
    let is_spot = group.mix.on_demand_percentage_above_base < 100;
    let price = |kind: &usize| {
        let facts = &plan.cluster.instance_types[*kind];
        let price = match is_spot {
            true => facts.spot.and_then(|offer| offer.price_per_hour),
            false => facts.price_per_hour,
        };
        let management = &plan.assumptions.managed_instances;
        let fee = facts.management_fee(management, plan.start_unix_seconds);
        price.unwrap_or(Usd::ZERO) + fee.unwrap_or(Usd::ZERO)
    };
    group.types.iter().map(price).collect()
}

/// By daemon service: what its tasks require, by lane.
pub(super) fn daemons<'a>(ecs: &Ecs<'_>, lives: &'a Lives<'_>) -> Vec<Vec<Request<'a>>> {
    let services = ecs.services.iter().filter(|service| service.is_daemon());
    let requests = services.filter_map(|service| {
        let number = service.rollout.starts()?;
        let revision = lives.revision_at(service.rollout.revision(number));
        let shape = creation::fixed_shape(revision.demand);
        let request = |lane: LaneId| lives.request(lane, shape);
        Some(revision.lanes().map(request).collect())
    });
    requests.collect()
}

/// Daemons come before other tasks (facts/ecs.md 107).
pub(super) fn give_daemons(prospect: &mut Prospect<'_>, daemons: &[Vec<Request<'_>>]) {
    for lanes in daemons {
        if let Some(request) = lanes.iter().find(|request| prospect.fits(request)) {
            prospect.promise(request);
        }
    }
}

/// By zone and type: whether a new instance has room for a task.
pub(super) fn holds(offers: &[Vec<Offer>], request: &Request<'_>) -> Vec<Vec<bool>> {
    let fits = |offer: &Offer| offer.prospect.fits(request);
    let in_zone = |offers: &Vec<Offer>| offers.iter().map(fits).collect();
    offers.iter().map(in_zone).collect()
}

/// Why a waiting task has no capacity: no instance has room, or ECS launches none because no type in no
/// zone of its provider could hold the task.
pub(in crate::simulation) fn obstacle(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    pending: &Pending,
    now: SimTime,
) -> Obstacle {
    let provider = lives.lane(pending.lane).provider;
    let managed = provider.filter(|provider| ecs.fleets[provider.index()].is_some());
    let lack = managed.and_then(|provider| {
        let request = lives.request(pending.lane, pending.shape);
        never_held(&offers(ecs, lives, provider, now), &request)
    });
    match lack {
        Some(lack) => Obstacle::NoType(lack),
        None => Obstacle::NoRoom(lives.lacks(pending.lane, pending.shape)),
    }
}

/// What the type that fails the fewest checks lacks, where none can hold the task, whatever other tasks
/// it has.
fn never_held(offers: &[Vec<Offer>], request: &Request<'_>) -> Option<Lack> {
    if request.requirement.member_of.can_come_true_by_a_placement() {
        return None;
    }
    let all = offers.iter().flatten();
    let failed: Option<Vec<_>> = all.map(|offer| offer.prospect.failed(request)).collect();
    let closest = failed?.into_iter().min_by_key(|(failed, _)| *failed);
    closest.map(|(_, lack)| lack)
}

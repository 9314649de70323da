//! Auto Scaling groups: instances are launched and terminated until their number is the desired
//! capacity (facts/ecs.md 162 to 168, 241). Which instance or type is chosen is decided in
//! `policy/provisioning/group`.

use super::instances::{self, Launch};
use super::machine::State;
use super::outages::Place;
use super::spot;
use super::state::Platform;
use crate::cluster::{InstanceId, ProviderId, ZoneId};
use crate::engine::{Agenda, Reader};
use crate::plan::{AutoScalingGroup, Delays};
use crate::policy::provisioning::group::{
    InstancesDistribution, LaunchCandidate, PurchaseOption, TerminationCandidate, Terminations,
    types_in_order, zones_in_order,
};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::{Fact, InstanceEnd, LaunchFailure, ScalingReason};
use crate::simulation::notice::Notice;
use crate::units::{SimTime, Span, Usd};

/// One of this many desired instances may be replaced at a time: 10 % (facts/ecs.md 165).
const REPLACED_AT_ONCE: usize = 10;

/// Adds the instances that are there at the start of the run to every group that has them, as far
/// as the records of their Spot pools have room.
pub(in crate::simulation) fn join_at_start(platform: &mut Platform<'_>) {
    for provider in platform.providers_with_group().collect::<Vec<_>>() {
        let group = platform.group(provider);
        let count = match group.plan.registered_at_start {
            true => group.desired,
            false => 0,
        };
        for _ in 0..count {
            join_one(platform, provider);
        }
    }
}

/// Adds one instance that is there at the start, where a launch would be tried first.
fn join_one(platform: &mut Platform<'_>, provider: ProviderId) {
    let Order { spot, zones, types } = order(platform, provider);
    let plan = platform.group(provider).plan;
    for zone in zones {
        for kind in &types {
            let place = place(plan, (*kind, zone), spot);
            if !spot || platform.recorded_room(place) != Some(0) {
                let launch = launch_of(platform, provider, (*kind, zone), spot);
                let id = instances::join_at_start(platform, &launch);
                return platform.group_mut(provider).members.push(id);
            }
        }
    }
}

/// Schedules the first launches of every group at time zero.
pub(in crate::simulation) fn begin(platform: &Platform<'_>, agenda: &mut Agenda<Event>) {
    for provider in platform.providers_with_group() {
        agenda.push(SimTime::ZERO, Event::ReconcileGroup { provider });
    }
}

/// Handles `ReconcileGroup`. First schedules the replacement of failed members that wait for it.
/// Then terminates surplus instances or launches missing ones, as the desired capacity requires.
/// Nothing is launched before the time of the next attempt after a failed launch, and nothing is
/// done in an outage of the control plane.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    replace_more(platform, ctx, provider);
    let group = platform.group_mut(provider);
    group.retry_at = group.retry_at.filter(|at| *at > ctx.now());
    reconcile(platform, ctx, provider);
}

/// After an outage of the control plane: every group is compared with its desired capacity.
pub(in crate::simulation) fn resume<R>(platform: &Platform<'_>, ctx: &mut Ctx<'_, R>) {
    for provider in platform.providers_with_group() {
        ctx.at(ctx.now(), Event::ReconcileGroup { provider });
    }
}

/// Sets the desired capacity of a group, and launches or terminates instances.
pub(in crate::simulation) fn set_desired<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    to: u32,
    why: ScalingReason,
) {
    let group = platform.group_mut(provider);
    let from = std::mem::replace(&mut group.desired, to);
    if from == to {
        return;
    }
    ctx.report(Fact::GroupScaled {
        provider,
        from,
        to,
        why,
    });
    reconcile(platform, ctx, provider);
}

/// Launches missing instances, or terminates surplus ones.
fn reconcile<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) {
    let is_managed = platform.group(provider).plan.managed_instances.is_some();
    if is_managed || platform.outages.control_plane_is_out() {
        return; // `resume` calls this when the outage is over. ECS sizes Managed Instances.
    }
    let there = there(platform, provider);
    let desired = platform.group_mut(provider).desired as usize;
    if there.len() > desired {
        let count = u32::try_from(there.len() - desired).expect("groups are small");
        return scale_in(platform, ctx, provider, &there, count);
    }
    if platform.group_mut(provider).retry_at.is_some() {
        return; // A launch has failed; the next attempt is at `retry_at`.
    }
    for _ in there.len()..desired {
        if !launch_one(platform, ctx, provider) {
            let group = platform.group_mut(provider);
            group.retry.failed();
            let at = ctx.now() + group.retry.delay();
            group.retry_at = Some(at);
            ctx.at(at, Event::ReconcileGroup { provider });
            return;
        }
        platform.group_mut(provider).retry.reset();
    }
}

/// The members that count for the group's capacity.
fn there(platform: &Platform<'_>, provider: ProviderId) -> Vec<InstanceId> {
    let group = platform.groups[provider.index()].as_ref();
    let members = group.map_or(&[][..], |group| &group.members);
    let stays = |id: &InstanceId| platform.machines[id.index()].is_coming_or_there();
    members.iter().copied().filter(stays).collect()
}

/// What a launch tries: the purchase option, and zones and types of the group in order.
struct Order {
    spot: bool,
    zones: Vec<usize>,
    types: Vec<usize>,
}

/// The order of the next launch: the purchase option that the group lacks, the zone with the fewest
/// members, and the types by the allocation strategy (facts/ecs.md 163, 168, 241).
fn order(platform: &Platform<'_>, provider: ProviderId) -> Order {
    let there = there(platform, provider);
    let plan = platform.group(provider).plan;
    let spots = there
        .iter()
        .filter(|id| platform.machines[id.index()].spot)
        .count();
    let count = |n: usize| u32::try_from(n).expect("groups are small");
    let distribution = distribution(plan);
    let spot = distribution.next(count(there.len() - spots), count(spots)) == PurchaseOption::Spot;
    let in_zone = |zone: &usize| {
        let same = |id: &&InstanceId| platform.machines[id.index()].zone.index() == *zone;
        count(there.iter().filter(same).count())
    };
    let sizes: Vec<u32> = plan.zones.iter().map(in_zone).collect();
    Order {
        spot,
        zones: zones_in_order(&sizes, &vec![true; sizes.len()]),
        types: type_order(platform, plan, spot),
    }
}

/// A type and a zone of a group, by their indices in the group.
fn place(plan: &AutoScalingGroup, (kind, zone): (usize, usize), spot: bool) -> Place {
    Place {
        instance_type: plan.types[kind],
        zone: plan.zones[zone],
        spot,
    }
}

/// Launches one instance: in the zone with the fewest members that has capacity, of the first type
/// with capacity there (facts/ecs.md 163, 241). False when every launch fails.
fn launch_one<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
) -> bool {
    let now = ctx.now();
    let Order { spot, zones, types } = order(platform, provider);
    let plan = platform.group(provider).plan;
    for zone in zones {
        for kind in &types {
            let tries = &mut platform.group_mut(provider).tries;
            *tries += 1;
            let tries = *tries;
            let place = place(plan, (*kind, zone), spot);
            if let Some(why) = spot::launch_fails(platform, now, provider, place, tries) {
                ctx.report(Fact::LaunchFailed {
                    provider,
                    instance_type: Some(place.instance_type),
                    zone: ZoneId::new(place.zone),
                    spot,
                    why,
                });
                match why {
                    LaunchFailure::NoCapacity => continue,
                    // Another type would not help: another zone is tried (facts/ecs.md 163).
                    LaunchFailure::ApiError => break,
                }
            }
            let launch = launch_of(platform, provider, (*kind, zone), spot);
            let id = instances::launch(platform, ctx, &launch);
            platform.group_mut(provider).members.push(id);
            return true;
        }
    }
    false
}

/// The parameters of the next launch of a type in a zone of the group.
pub(super) fn launch_of(
    platform: &mut Platform<'_>,
    provider: ProviderId,
    (kind, zone): (usize, usize),
    spot: bool,
) -> Launch {
    let (delays, assumptions) = (platform.plan.delays, &platform.plan.assumptions);
    let plan = platform.plan;
    let group = platform.group_mut(provider);
    let ordinal = group.launches[zone];
    // A sequence of boot times counts the launches of the whole group.
    let number = group.launches.iter().sum();
    group.launches[zone] += 1;
    let facts = &plan.cluster.instance_types[group.plan.types[kind]];
    // Keyed by zone and ordinal only, so that the n-th launch in a zone has the same random number
    // in every variant.
    let mut stream = group.boots.of(zone as u64).stream(ordinal);
    let boot = match (&group.plan.boot, delays) {
        (Some(law), _) => law.draw(&mut stream, number),
        (None, Delays::Realistic) => {
            let factor = if facts.gpus > 0 {
                assumptions.gpu_boot_factor
            } else {
                1.0
            };
            factor * assumptions.instance_boot.draw(&mut stream, number)
        }
        (None, _) => 0.0,
    };
    // The instance is REGISTERING until its trunk is attached (facts/ecs.md 123).
    let trunk = match delays {
        Delays::Realistic if facts.trunked => assumptions.trunk_attach,
        _ => Span::ZERO,
    };
    Launch {
        pool: group.pools[kind][zone],
        spot,
        ordinal,
        protected: group.plan.protected_from_scale_in,
        root_volume: group.plan.root_volume,
        boot: Span::from_seconds_f64(boot) + trunk,
        pull_behavior: group.plan.pull_behavior,
    }
}

/// The indexes of the group's types, in the order in which they are tried.
fn type_order(platform: &Platform<'_>, plan: &AutoScalingGroup, spot: bool) -> Vec<usize> {
    let kinds = plan
        .types
        .iter()
        .map(|kind| &platform.plan.cluster.instance_types[*kind]);
    let candidates: Vec<LaunchCandidate> = kinds
        .map(|kind| {
            let offer = kind.spot.filter(|_| spot);
            let price = match spot {
                true => offer.and_then(|offer| offer.price_per_hour),
                false => kind.price_per_hour,
            };
            LaunchCandidate {
                price: price.unwrap_or(Usd::ZERO),
                interruption_band: offer.map_or(0, |offer| offer.band as u32),
            }
        })
        .collect();
    let strategy = match spot {
        true => plan.mix.spot_allocation,
        false => plan.mix.on_demand_allocation,
    };
    types_in_order(strategy, &candidates)
}

fn distribution(plan: &AutoScalingGroup) -> InstancesDistribution {
    InstancesDistribution {
        on_demand_base: plan.mix.on_demand_base_capacity,
        on_demand_percentage_above_base: plan.mix.on_demand_percentage_above_base,
    }
}

/// Terminates `count` instances by the group's termination policy. Protected instances stay, even
/// if their number is above the desired capacity (facts/ecs.md 158, 162).
fn scale_in<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    provider: ProviderId,
    there: &[InstanceId],
    count: u32,
) {
    let group = platform.group(provider);
    let plan = group.plan;
    let types = type_order(platform, plan, false);
    let candidate = |id: &InstanceId| {
        let machine = &platform.machines[id.index()];
        // Keyed by zone and ordinal only, as its boot time is.
        let zone = &platform.plan.cluster.zones[machine.zone.index()];
        let mut draw = group.terminations.of_name(zone).stream(machine.ordinal);
        let is_busy = !platform.cluster.instance(*id).is_empty();
        let kind = plan
            .types
            .iter()
            .position(|kind| *kind == machine.instance_type);
        let rank = types
            .iter()
            .position(|rank| Some(*rank) == kind)
            .unwrap_or(0);
        // Managed termination protection protects the instances that have tasks.
        let protected = match plan.managed_termination_protection {
            true => is_busy,
            false => machine.protected,
        };
        TerminationCandidate {
            zone: machine.zone.index(),
            launched: machine.launched,
            protected,
            purchase: match machine.spot {
                true => PurchaseOption::Spot,
                false => PurchaseOption::OnDemand,
            },
            type_rank: u32::try_from(rank).expect("few types"),
            is_outdated: false,
            key: draw.bits(),
        }
    };
    let candidates: Vec<TerminationCandidate> = there.iter().map(candidate).collect();
    let chosen = Terminations {
        policies: &[plan.termination_policy],
        distribution: distribution(plan),
        now: ctx.now(),
    }
    .choose(&candidates, count);
    for index in chosen {
        remove_from_group(platform, ctx, there[index]);
    }
}

/// Scales an instance in: with managed draining it drains first (facts/ecs.md 160, 161).
pub(in crate::simulation) fn remove_from_group<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &mut platform.machines[id.index()];
    machine.leaving = true;
    let (provider, state) = (machine.provider, machine.state);
    match state {
        State::Active if platform.group(provider).plan.managed_draining => {
            instances::drain(platform, ctx, id);
        }
        // It drains already, because of a Spot interruption.
        State::Draining => platform.notify(Notice::InstanceLeaving(id)),
        _ => instances::terminate(platform, ctx, id, InstanceEnd::ScaledIn),
    }
}

/// An instance has no task left. ECS removes its protection, so that a group with more instances
/// than desired may terminate it now (facts/ecs.md 158).
pub(in crate::simulation) fn instance_emptied<R>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let provider = platform.machines[id.index()].provider;
    let group = platform.group_mut(provider);
    let may_be_too_many = group.members.len() > group.desired as usize;
    if may_be_too_many && group.plan.managed_termination_protection {
        ctx.at(ctx.now(), Event::ReconcileGroup { provider });
    }
}

/// True when a group may replace one more instance that failed its health check. At most 10 % of
/// the desired instances, and at least one, may be missing or being launched (facts/ecs.md 165).
fn may_replace(platform: &Platform<'_>, id: InstanceId) -> bool {
    let provider = platform.machines[id.index()].provider;
    let Some(group) = &platform.groups[provider.index()] else {
        return true;
    };
    let is_coming = |id: &InstanceId| {
        let state = platform.machines[id.index()].state;
        matches!(state, State::Pending | State::Booting)
    };
    let stand = there(platform, provider)
        .iter()
        .filter(|id| !is_coming(id))
        .count();
    let desired = group.desired as usize;
    desired.saturating_sub(stand) < (desired / REPLACED_AT_ONCE).max(1)
}

/// After a registration: failed members of the same group may be replaced.
pub(in crate::simulation) fn instance_registered<R>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    if machine.in_group {
        replace_more(platform, ctx, machine.provider);
    }
}

/// Tries again to replace the failed members of a group, after its number of members changed.
fn replace_more<R>(platform: &mut Platform<'_>, ctx: &mut Ctx<'_, R>, provider: ProviderId) {
    for member in platform.group_mut(provider).members.clone() {
        instances::retry_replacement(platform, ctx, member);
    }
}

/// Removes a terminated instance from its group, which launches another one if it has fewer than
/// desired.
pub(in crate::simulation) fn instance_gone<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let provider = platform.machines[id.index()].provider;
    if let Some(group) = &mut platform.groups[provider.index()] {
        group.members.retain(|member| *member != id);
        if group.plan.managed_scaling.is_some() {
            group.gone.push(id);
        }
        ctx.at(ctx.now(), Event::ReconcileGroup { provider });
    }
}

/// Terminates an instance for the user's autoscaler and lowers the desired capacity by 1, so that
/// the group does not replace it. Ignored when the group is at its minimum size.
pub(in crate::simulation) fn terminate_one<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    let (provider, is_there) = (machine.provider, machine.is_coming_or_there());
    let group = platform.group_mut(provider);
    if is_there && group.desired > group.plan.min_size {
        group.desired -= 1;
        instances::terminate(platform, ctx, id, InstanceEnd::ScaledIn);
    }
}

/// Handles the next step of an instance's life. For a failed instance, its group has found it
/// failed.
pub(in crate::simulation) fn instance_due<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let machine = &platform.machines[id.index()];
    if machine.state == State::Failed && machine.due == ctx.now() {
        replace_failed(platform, ctx, id);
    } else {
        instances::due(platform, ctx, id);
    }
}

/// Replaces a failed instance now, or when the limit of simultaneous replacements allows
/// (facts/ecs.md 165).
fn replace_failed<R: Reader<Fact>>(
    platform: &mut Platform<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    platform.machines[id.index()].awaits_replacement = true;
    if may_replace(platform, id) {
        instances::terminate(platform, ctx, id, InstanceEnd::Failed);
    }
}

//! Auto Scaling groups: instances are launched and terminated until there are as many as
//! desired (facts/ecs.md 162 to 168, 241).

use super::instances::{Launch, State};
use super::{Event, Fact, InstanceEnd, LaunchFailure, ScalingReason, World, instances, spot};
use crate::cluster::{InstanceId, PoolId, ProviderId};
use crate::engine::random::{Purpose, StreamKey};
use crate::engine::{Agenda, Reader, Turn};
use crate::plan::{AutoScalingGroup, Delays, Plan};
use crate::policy::provisioning::group::{
    InstancesDistribution, LaunchCandidate, LaunchRetry, PurchaseOption, TerminationCandidate,
    Terminations, types_in_order, zones_in_order,
};
use crate::units::{SimTime, Span, Usd};

/// One of so many instances is replaced at a time: 10 % (facts/ecs.md 165).
const REPLACED_AT_ONCE: usize = 10;

/// What the world keeps about an Auto Scaling group.
pub(super) struct GroupState<'p> {
    pub plan: &'p AutoScalingGroup,
    /// Per type, per zone of the group.
    pools: Vec<Vec<PoolId>>,
    /// Instances that are there, are coming, or drain.
    pub members: Vec<InstanceId>,
    pub desired: u32,
    /// Launches per zone of the group.
    launches: Vec<u64>,
    /// Launches that were tried, whatever came of them.
    tries: u64,
    boots: StreamKey,
    retry: LaunchRetry,
    /// The group tries again at this time.
    retry_at: Option<SimTime>,
    /// Managed scaling, where it is enabled.
    pub managed: Option<super::capacity::Managed>,
}

impl<'p> GroupState<'p> {
    pub(super) fn new(
        plan: &Plan,
        seed: u64,
        provider: ProviderId,
        group: &'p AutoScalingGroup,
        pools: Vec<Vec<PoolId>>,
    ) -> Self {
        let name = &plan.cluster.providers[provider.index()].name;
        let (first, longest) = plan.assumptions.launch_retry;
        let step = plan.assumptions.scale_in_step;
        let managed = |scaling| super::capacity::Managed::new(scaling, step);
        Self {
            plan: group,
            pools,
            members: Vec::new(),
            desired: group.desired_capacity.clamp(group.min_size, group.max_size),
            launches: vec![0; group.zones.len()],
            tries: 0,
            boots: StreamKey::new(seed, Purpose::InstanceBoot, name),
            retry: LaunchRetry::new(first, longest),
            retry_at: None,
            managed: group.managed_scaling.map(managed),
        }
    }
}

/// The groups launch what they are to have at the start.
pub(super) fn begin(world: &mut World<'_>, agenda: &mut Agenda<Event>) {
    for (number, state) in world.providers.iter().enumerate() {
        if state.group.is_some() {
            let provider = ProviderId::new(number);
            agenda.push(SimTime::ZERO, Event::GroupTurns { provider });
        }
    }
}

/// A group tries to reach its desired capacity.
pub(super) fn turn<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
) {
    replace_more(world, turn, provider);
    let group = world.group(provider);
    if group.retry_at.is_some_and(|at| at > turn.now()) {
        return;
    }
    group.retry_at = None;
    reconcile(world, turn, provider);
}

/// The control plane is back: every group tries again.
pub(super) fn resume<R>(world: &World<'_>, turn: &mut Turn<'_, Event, R>) {
    for (number, state) in world.providers.iter().enumerate() {
        if state.group.is_some() {
            let provider = ProviderId::new(number);
            turn.at(turn.now(), Event::GroupTurns { provider });
        }
    }
}

/// The desired capacity is another from now on.
pub(super) fn set_desired<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
    to: u32,
    why: ScalingReason,
) {
    let group = world.group(provider);
    let from = std::mem::replace(&mut group.desired, to);
    if from == to {
        return;
    }
    turn.report(Fact::GroupScaled {
        provider,
        from,
        to,
        why,
    });
    reconcile(world, turn, provider);
}

/// Launches what is missing, terminates what is too many.
fn reconcile<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
) {
    if world.faults.control_plane_is_out() {
        return; // It tries when the control plane is back.
    }
    let there = there(world, provider);
    let desired = world.group(provider).desired as usize;
    if there.len() > desired {
        let count = u32::try_from(there.len() - desired).expect("groups are small");
        return scale_in(world, turn, provider, &there, count);
    }
    if world.group(provider).retry_at.is_some() {
        return; // It has to wait before it may try again.
    }
    for _ in there.len()..desired {
        if !launch_one(world, turn, provider) {
            let group = world.group(provider);
            group.retry.failed();
            let at = turn.now() + group.retry.delay();
            group.retry_at = Some(at);
            turn.at(at, Event::GroupTurns { provider });
            return;
        }
        world.group(provider).retry.reset();
    }
}

/// Instances that are there or coming, and are not on their way out.
fn there(world: &World<'_>, provider: ProviderId) -> Vec<InstanceId> {
    let group = world.providers[provider.index()].group.as_ref();
    let members = group.map_or(&[][..], |group| &group.members);
    let stays = |id: &InstanceId| world.machines[id.index()].is_coming_or_there();
    members.iter().copied().filter(stays).collect()
}

/// Launches one instance: in the zone with the fewest, else another, and of the first type
/// that has capacity (facts/ecs.md 163, 241). False when nothing has.
fn launch_one<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
) -> bool {
    let now = turn.now();
    let there = there(world, provider);
    let group = world.providers[provider.index()].group.as_ref();
    let plan = group.expect("the provider has a group").plan;
    let spots = there
        .iter()
        .filter(|id| world.machines[id.index()].spot)
        .count();
    let count = |n: usize| u32::try_from(n).expect("groups are small");
    let distribution = distribution(plan);
    let spot = distribution.next(count(there.len() - spots), count(spots)) == PurchaseOption::Spot;
    let in_zone = |zone: &usize| {
        let same = |id: &&InstanceId| world.machines[id.index()].zone.index() == *zone;
        count(there.iter().filter(same).count())
    };
    let sizes: Vec<u32> = plan.zones.iter().map(in_zone).collect();
    let zones = zones_in_order(&sizes, &vec![true; sizes.len()]);
    let types = type_order(world, plan, spot);
    for zone in zones {
        for kind in &types {
            let tries = &mut world.group(provider).tries;
            *tries += 1;
            let tries = *tries;
            let place = spot::Place {
                instance_type: plan.types[*kind],
                zone: plan.zones[zone],
                spot,
            };
            if let Some(why) = spot::launch_fails(world, now, provider, place, tries) {
                turn.report(Fact::LaunchFailed {
                    provider,
                    instance_type: Some(place.instance_type),
                    zone: crate::cluster::ZoneId::new(place.zone),
                    spot,
                    why,
                });
                match why {
                    LaunchFailure::NoCapacity => continue,
                    // Another type would not help: another zone is tried (facts/ecs.md 163).
                    LaunchFailure::ApiError => break,
                }
            }
            launch_there(world, turn, provider, (*kind, zone), spot);
            return true;
        }
    }
    false
}

fn launch_there<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
    (kind, zone): (usize, usize),
    spot: bool,
) {
    let (delays, assumptions) = (world.plan.delays, &world.plan.assumptions);
    let plan = world.plan;
    let group = world.group(provider);
    let ordinal = group.launches[zone];
    group.launches[zone] += 1;
    let gpus = plan.cluster.instance_types[group.plan.types[kind]].gpus;
    // The n-th launch in a zone has the same boot time whatever its type and fate.
    let mut stream = group.boots.of(zone as u64).stream(ordinal);
    let boot = match (&group.plan.boot, delays) {
        (Some(law), _) => law.sample(&mut stream),
        (None, Delays::Realistic) => {
            let factor = if gpus > 0 {
                assumptions.gpu_boot_factor
            } else {
                1.0
            };
            factor * assumptions.instance_boot.sample(&mut stream)
        }
        (None, _) => 0.0,
    };
    let launch = Launch {
        pool: group.pools[kind][zone],
        spot,
        ordinal,
        protected: group.plan.protected_from_scale_in,
        root_volume: group.plan.root_volume,
        boot: Span::from_seconds_f64(boot),
        pull_behavior: group.plan.pull_behavior,
    };
    let id = instances::launch(world, turn, &launch);
    world.group(provider).members.push(id);
}

/// The order in which types are tried.
fn type_order(world: &World<'_>, plan: &AutoScalingGroup, spot: bool) -> Vec<usize> {
    let kinds = plan
        .types
        .iter()
        .map(|kind| &world.plan.cluster.instance_types[*kind]);
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

/// Terminates so many, by the group's termination policy; those that are protected stay,
/// even if that leaves too many (facts/ecs.md 158, 162).
fn scale_in<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
    there: &[InstanceId],
    count: u32,
) {
    let group = world.providers[provider.index()].group.as_ref();
    let plan = group.expect("the provider has a group").plan;
    let types = type_order(world, plan, false);
    let candidate = |id: &InstanceId| {
        let machine = &world.machines[id.index()];
        let is_busy = !world.cluster.instance(*id).is_empty();
        let kind = plan
            .types
            .iter()
            .position(|kind| *kind == machine.instance_type);
        let rank = types
            .iter()
            .position(|rank| Some(*rank) == kind)
            .unwrap_or(0);
        // Managed protection holds what runs tasks, and lets go of what does not.
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
            id: u32::try_from(id.index()).expect("ids are 32 bits"),
        }
    };
    let candidates: Vec<TerminationCandidate> = there.iter().map(candidate).collect();
    let chosen = Terminations {
        policies: &[plan.termination_policy],
        distribution: distribution(plan),
        now: turn.now(),
    }
    .choose(&candidates, count);
    for index in chosen {
        take_out(world, turn, there[index]);
    }
}

/// An instance leaves its group: drained first where ECS does that (facts/ecs.md 160, 161).
fn take_out<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>, id: InstanceId) {
    let machine = &mut world.machines[id.index()];
    machine.leaving = true;
    let (provider, state) = (machine.provider, machine.state);
    match state {
        State::Active if world.group_plan(provider).managed_draining => {
            instances::drain(world, turn, id);
        }
        // It drains already, as AWS is taking it back.
        State::Draining => instances::task_left(world, turn, id),
        _ => instances::terminate(world, turn, id, InstanceEnd::ScaledIn),
    }
}

/// An instance runs nothing any more: ECS lifts its protection, and a group that could not
/// scale in as far as it was told lets it go now (facts/ecs.md 158).
pub(super) fn instance_emptied<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let provider = world.machines[id.index()].provider;
    let group = world.group(provider);
    let may_be_too_many = group.members.len() > group.desired as usize;
    if may_be_too_many && group.plan.managed_termination_protection {
        turn.at(turn.now(), Event::GroupTurns { provider });
    }
}

/// Whether a group may replace one more instance that failed its health check: no more than
/// 10 % of those desired, but one, are missing or being launched at a time (facts/ecs.md 165).
pub(super) fn may_replace(world: &World<'_>, id: InstanceId) -> bool {
    let provider = world.machines[id.index()].provider;
    let Some(group) = &world.providers[provider.index()].group else {
        return true;
    };
    let is_coming = |id: &InstanceId| {
        let state = world.machines[id.index()].state;
        matches!(state, State::Pending | State::Booting)
    };
    let stand = there(world, provider)
        .iter()
        .filter(|id| !is_coming(id))
        .count();
    let desired = group.desired as usize;
    desired.saturating_sub(stand) < (desired / REPLACED_AT_ONCE).max(1)
}

/// Members of a group have come or gone: others that have failed may be replaced.
pub(super) fn replace_more<R>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    provider: ProviderId,
) {
    for member in world.group(provider).members.clone() {
        instances::look_again(world, turn, member);
    }
}

/// An instance is gone; its group replaces it if it has too few.
pub(super) fn instance_gone<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    id: InstanceId,
) {
    let provider = world.machines[id.index()].provider;
    if let Some(group) = &mut world.providers[provider.index()].group {
        group.members.retain(|member| *member != id);
        turn.at(turn.now(), Event::GroupTurns { provider });
    }
}

impl<'p> World<'p> {
    /// The Auto Scaling group of a provider.
    pub(super) fn group(&mut self, provider: ProviderId) -> &mut GroupState<'p> {
        let group = self.providers[provider.index()].group.as_mut();
        group.expect("the provider has a group")
    }

    /// The plan of the Auto Scaling group of a provider.
    pub(super) fn group_plan(&self, provider: ProviderId) -> &'p AutoScalingGroup {
        let group = self.providers[provider.index()].group.as_ref();
        group.expect("the provider has a group").plan
    }
}

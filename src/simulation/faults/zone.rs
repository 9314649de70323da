//! Outages of a zone, and what they do to launches in the others.

use super::Faults;
use crate::cluster::{InstanceId, TaskId};
use crate::engine::random::{Distribution, Stream};
use crate::engine::{Reader, Turn};
use crate::plan::Delays;
use crate::simulation::{Event, Fact, World, fargate, instances, tasks};
use crate::units::{SimTime, Span};

pub(super) fn zone_of(
    world: &World<'_>,
    number: usize,
    occurrence: u32,
    zone: Option<usize>,
) -> usize {
    let zones = world.plan.cluster.zones.len() as u64;
    zone.unwrap_or_else(|| {
        let mut stream = world.faults.states[number]
            .choices
            .stream(u64::from(occurrence));
        stream.below(zones) as usize
    })
}

/// A zone loses a share of its instances and Fargate tasks (facts/ecs.md 240). Instances of
/// a group are replaced; those of fixed fleets, which are given back, come back with the zone.
pub(super) fn zone_outage<R: Reader<Fact>>(
    world: &mut World<'_>,
    turn: &mut Turn<'_, Event, R>,
    number: usize,
    (zone, share): (usize, &Distribution),
    occurrence: u32,
) -> Vec<InstanceId> {
    world.faults.closed_zones[zone] += 1;
    let ordinal = u64::from(occurrence);
    let choices = world.faults.states[number].choices.of(ordinal);
    let share = share.sample(&mut choices.of_name("share").stream(0));
    let is_hit = |mut luck: Stream| luck.unit() < share;
    let all = (0..world.machines.len()).map(InstanceId::new);
    let hit: Vec<InstanceId> = all
        .filter(|id| {
            let machine = &world.machines[id.index()];
            machine.zone.index() == zone && is_hit(choices.stream(machine.ordinal))
        })
        .collect();
    let lost: Vec<TaskId> = world
        .tasks
        .with_ids()
        .filter(|(_, task)| {
            let on_fargate = world.entries[task.entry.index()].on_fargate;
            on_fargate && fargate::is_up(task) && task.zone.index() == zone && {
                let name = world.entries[task.entry.index()].name;
                is_hit(tasks::draws(choices.of_name("task").of_name(name), task))
            }
        })
        .map(|(id, _)| id)
        .collect();
    let mut come_back = hit;
    come_back.retain(|id| instances::lose_zone(world, turn, *id));
    for id in lost {
        fargate::lose_host(world, turn, id);
    }
    come_back
}

/// Whether the API fails a launch in a zone, as another zone has gone out not long ago; `luck`
/// is between 0 and 1 and asked only then (facts/platform.md 8.3.3 c, 8.3.4).
pub(in crate::simulation) fn api_fails(
    world: &World<'_>,
    now: SimTime,
    zone: usize,
    luck: impl FnOnce() -> f64,
) -> bool {
    let (share, lasts) = world.plan.assumptions.sibling_launch_errors;
    world.plan.delays == Delays::Realistic
        && world.faults.has_young_outage_beside(zone, now, lasts)
        && luck() < share
}

impl Faults<'_> {
    fn has_young_outage_beside(&self, zone: usize, now: SimTime, lasts: Span) -> bool {
        let mut active = self.states.iter().flat_map(|state| &state.active);
        active.any(|outage| {
            outage.zone.is_some_and(|other| other != zone) && now.since(outage.since) < lasts
        })
    }
}

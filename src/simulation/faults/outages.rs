//! Outages of zones, of the control plane, of registries and images, and of capacity.
//!
//! During an outage of the control plane nothing is placed, launched, scaled or replaced; running
//! tasks go on (facts/platform.md 8.3.2 to 8.3.4). Each place that decides checks for the outage:
//! the rounds of the service scheduler, the placement pass, the launches of groups and of Fargate,
//! and managed scaling. A scheduled action changes a desired count, which has its effect after the
//! outage. Starts and stops that had begun go on.

use super::state::{Active, Faults};
use crate::cluster::{InstanceId, TaskId};
use crate::engine::Reader;
use crate::engine::random::{Distribution, Stream};
use crate::plan::FaultKind;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::stage::draws;
use crate::simulation::life::{Lives, fargate, hosts};
use crate::simulation::notice::Notice;
use crate::simulation::platform::Platform;
use crate::simulation::platform::outages::{Refusal, Unavailable};

/// Begins an outage of the control plane, of a registry, of an image or of capacity.
pub(super) fn begin(platform: &mut Platform<'_>, kind: &FaultKind) {
    if matches!(kind, FaultKind::ControlPlaneOutage) {
        platform.outages_mut().begin_control_plane();
    } else if let Some(refusal) = refusal(kind) {
        platform.outages_mut().begin_refusal(refusal);
    } else if let Some(unavailable) = unavailable(kind) {
        platform.outages_mut().begin_unavailable(unavailable);
    }
}

/// Ends the outage of an occurrence.
pub(super) fn end(platform: &mut Platform<'_>, kind: &FaultKind, occurrence: &Active) {
    if let Some(zone) = occurrence.zone {
        platform.outages_mut().end_zone(zone, occurrence.since);
    } else if matches!(kind, FaultKind::ControlPlaneOutage) {
        if platform.outages_mut().end_control_plane() {
            platform.notify(Notice::ControlPlaneBack);
        }
    } else if let Some(refusal) = refusal(kind) {
        platform.outages_mut().end_refusal(&refusal);
    } else if let Some(unavailable) = unavailable(kind) {
        platform.outages_mut().end_unavailable(&unavailable);
    }
}

fn refusal(kind: &FaultKind) -> Option<Refusal> {
    match kind {
        FaultKind::InsufficientCapacity {
            instance_type,
            zone,
            spot_only,
        } => Some(Refusal {
            instance_type: *instance_type,
            zone: *zone,
            spot_only: *spot_only,
        }),
        _ => None,
    }
}

fn unavailable(kind: &FaultKind) -> Option<Unavailable> {
    match kind {
        FaultKind::RegistryOutage { registry } => Some(Unavailable::Registry(*registry)),
        FaultKind::BadImage { image } => Some(Unavailable::Image(*image)),
        _ => None,
    }
}

/// The zone of an occurrence: the given one, or one chosen at random.
pub(super) fn zone_of(
    faults: &Faults<'_>,
    lives: &Lives<'_>,
    (number, occurrence): (usize, u32),
    zone: Option<usize>,
) -> usize {
    let zones = lives.platform.plan().cluster.zones.len() as u64;
    zone.unwrap_or_else(|| {
        let mut stream = faults.states[number].choices.stream(u64::from(occurrence));
        stream.below(zones) as usize
    })
}

/// Begins an outage of a zone: a random share of its instances and Fargate tasks is lost
/// (facts/ecs.md 240). Groups replace their instances. Those of fixed fleets, which are returned,
/// recover with the zone.
pub(super) fn zone_outage<R: Reader<Fact>>(
    faults: &mut Faults<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    (number, occurrence): (usize, u32),
    (zone, share): (usize, &Distribution),
) -> Vec<InstanceId> {
    lives.platform.outages_mut().begin_zone(zone, ctx.now());
    let ordinal = u64::from(occurrence);
    let choices = faults.states[number].choices.of(ordinal);
    let share = share.sample(&mut choices.of_name("share").stream(0));
    let is_affected = |mut draw: Stream| draw.unit() < share;
    let instances = lives.platform.instances();
    let affected: Vec<InstanceId> = instances
        .filter(|(_, machine)| {
            machine.zone.index() == zone && is_affected(choices.stream(machine.ordinal))
        })
        .map(|(id, _)| id)
        .collect();
    let in_zone = lives
        .on_fargate()
        .filter(|(_, task)| task.zone.index() == zone);
    let key = |name| choices.of_name("task").of_name(name);
    let lost: Vec<TaskId> = in_zone
        .filter(|(_, task)| is_affected(draws(key(lives.revision(task).name), task)))
        .map(|(id, _)| id)
        .collect();
    let mut come_back = affected;
    come_back.retain(|id| hosts::lose_zone(lives, ctx, *id));
    for id in lost {
        fargate::lose_host(lives, ctx, id);
    }
    come_back
}

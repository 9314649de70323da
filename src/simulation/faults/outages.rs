//! Outages of zones, of the control plane, of registries and images, and of capacity.
//!
//! During an outage of the control plane nothing is placed, launched, scaled or replaced; running
//! tasks go on (facts/platform.md 8.3.2 to 8.3.4). Each place that decides checks for the outage:
//! the rounds of the service scheduler, the placement pass, the launches of groups and of Fargate,
//! and managed scaling. A scheduled action changes a desired count, which has its effect after the
//! outage. Starts and stops that had begun go on.

use super::state::{Active, Faults};
use crate::cluster::{InstanceId, ProviderId, TaskId};
use crate::engine::Reader;
use crate::engine::random::{Distribution, Stream};
use crate::plan::FaultKind;
use crate::simulation::event::Ctx;
use crate::simulation::fact::Fact;
use crate::simulation::life::stage::draws;
use crate::simulation::life::{Lives, fargate, hosts};
use crate::simulation::notice::Notice;
use crate::simulation::platform::Platform;
use crate::simulation::platform::outages::{Outage, Refusal, Unavailable};

/// Begins an outage of the control plane, of a registry, of an image or of capacity.
pub(super) fn begin(platform: &mut Platform<'_>, kind: &FaultKind) {
    if let Some(outage) = outage(kind) {
        platform.outages_mut().begin(outage);
    }
}

/// Ends the outage of an occurrence.
pub(super) fn end(platform: &mut Platform<'_>, kind: &FaultKind, occurrence: &Active) {
    if let Some(zone) = occurrence.zone {
        platform.outages_mut().end_zone(zone, occurrence.since);
    }
    if let Some(outage) = outage(kind) {
        platform.outages_mut().end(&outage);
        if outage == Outage::ControlPlane && !platform.outages().control_plane_is_out() {
            platform.notify(Notice::ControlPlaneBack);
        }
    }
}

/// The outage of a fault; `None` for faults of zones, instances, containers and tasks.
fn outage(kind: &FaultKind) -> Option<Outage> {
    match kind {
        FaultKind::ControlPlaneOutage => Some(Outage::ControlPlane),
        FaultKind::InsufficientCapacity {
            instance_type,
            zone,
            spot_only,
        } => Some(Outage::Refusal(Refusal {
            instance_type: *instance_type,
            zone: *zone,
            spot_only: *spot_only,
        })),
        FaultKind::RegistryOutage { registry } => {
            Some(Outage::Unavailable(Unavailable::Registry(*registry)))
        }
        FaultKind::BadImage { image } => Some(Outage::Unavailable(Unavailable::Image(*image))),
        FaultKind::ZoneOutage { .. }
        | FaultKind::InstanceFailure { .. }
        | FaultKind::AgentDisconnect { .. }
        | FaultKind::ContainerCrash { .. }
        | FaultKind::HealthCheckFailure { .. }
        | FaultKind::OutOfMemory { .. }
        | FaultKind::FargateHostLoss => None,
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
    let share = share.draw(&mut choices.of_name("share").stream(0), ordinal);
    let is_affected = |mut draw: Stream| draw.unit() < share;
    let providers = &lives.platform.plan().cluster.providers;
    let of_provider = |id: ProviderId| choices.of_name(&providers[id.index()].name);
    let instances = lives.platform.instances();
    let affected: Vec<InstanceId> = instances
        .filter(|(_, machine)| {
            machine.zone.index() == zone
                && is_affected(of_provider(machine.provider).stream(machine.ordinal))
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

//! What instances and their root volumes are billed (facts/pricing.md 2).

use super::Platform;
use crate::cluster::InstanceId;
use crate::simulation::BILLED_AT_LEAST;
use crate::units::SimTime;
use crate::usage::{Item, MeterId, MeterKey};

/// The running meters of an instance.
#[derive(Clone, Copy)]
pub(super) struct Billing {
    /// Since when it is billed.
    pub(super) since: SimTime,
    instance: MeterId,
    volume: Option<(MeterId, u64)>,
}

/// Starts the meters of an instance and of its root volume.
pub(super) fn start(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    let machine = &platform.machines[id.index()];
    let item = match machine.spot {
        false => Item::Instance(machine.instance_type),
        true => Item::SpotInstance(machine.instance_type),
    };
    let key = |item| MeterKey {
        provider: machine.provider.index(),
        zone: machine.zone.index(),
        item,
    };
    let instance = platform.meters.register(key(item));
    let volume = machine.root_volume.map(|size| {
        let meter = platform.meters.register(key(Item::RootVolume));
        (meter, size.as_bytes())
    });
    platform.meters.start(instance, 1, now);
    if let Some((meter, size)) = volume {
        platform.meters.start(meter, size, now);
    }
    platform.machines[id.index()].billing = Some(Billing {
        since: now,
        instance,
        volume,
    });
}

/// Stops the meters of an instance, if they run.
pub(super) fn stop(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = platform.machines[id.index()].billing.take() {
        let meters = &mut platform.meters;
        meters.stop(billing.instance, 1, billing.since, now, BILLED_AT_LEAST);
        stop_volume(platform, billing, now);
    }
}

/// Stops the meters of an instance that AWS has taken back within its first hour: the instance
/// costs nothing, its volume does (facts/pricing.md 2).
pub(super) fn cancel(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = platform.machines[id.index()].billing.take() {
        let meters = &mut platform.meters;
        meters.cancel(billing.instance, 1, billing.since, now);
        stop_volume(platform, billing, now);
    }
}

fn stop_volume(platform: &mut Platform<'_>, billing: Billing, now: SimTime) {
    if let Some((meter, size)) = billing.volume {
        let meters = &mut platform.meters;
        meters.stop(meter, size, billing.since, now, BILLED_AT_LEAST);
    }
}

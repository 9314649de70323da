//! The meters of instances, of their root volumes and of the fee for Managed Instances
//! (facts/pricing.md 2).

use super::machine::Billing;
use super::state::Platform;
use crate::catalog::LoadBalancerKind;
use crate::cluster::InstanceId;
use crate::units::{SimTime, Span};
use crate::usage::{Item, Ledger, MeterKey, Owner};

/// The shortest time that AWS bills of an instance, and of a Fargate task on Linux: 1 minute
/// (facts/pricing.md 2).
pub const BILLED_AT_LEAST: Span = Span::seconds(60);

/// A Spot instance that AWS interrupts before it has run for this long is free
/// (facts/pricing.md 2).
const FREE_BEFORE: Span = Span::hours(1);

/// Starts the meters of an instance, of its root volume and of its fee.
pub(super) fn start(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    let machine = &platform.machines[id.index()];
    let (provider, zone) = (machine.provider.index(), machine.zone.index());
    let item = match machine.spot {
        false => Item::Instance(machine.instance_type),
        true => Item::SpotInstance(machine.instance_type),
    };
    let key = |item| MeterKey {
        owner: Owner::Provider(provider),
        zone: Some(zone),
        item,
    };
    let instance = platform.meters.register(key(item));
    let volume = machine.root_volume.map(|size| {
        let meter = platform.meters.register(key(Item::RootVolume));
        (meter, size.as_bytes())
    });
    let fee = platform.is_managed_instance(id).then(|| {
        let item = Item::ManagementFee(platform.machines[id.index()].instance_type);
        platform.meters.register(key(item))
    });
    platform.meters.start(instance, 1, now);
    if let Some(fee) = fee {
        platform.meters.start(fee, 1, now);
    }
    if let Some((meter, size)) = volume {
        platform.meters.start(meter, size, now);
    }
    platform.machines[id.index()].billing = Some(Billing {
        since: now,
        instance,
        fee,
        volume,
    });
}

/// Stops the meters of an instance, if it is billed.
pub(super) fn stop(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = platform.machines[id.index()].billing.take() {
        let meters = &mut platform.meters;
        meters.stop(billing.instance, 1, billing.since, now, BILLED_AT_LEAST);
        stop_rest(platform, billing, now);
    }
}

/// Ends billing of a Spot instance that AWS interrupted within its first hour: the instance is
/// free, its volume is not (facts/pricing.md 2). The fee for a Managed Instance is taken as not free.
fn cancel(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    if let Some(billing) = platform.machines[id.index()].billing.take() {
        let meters = &mut platform.meters;
        meters.cancel(billing.instance, 1, billing.since, now);
        stop_rest(platform, billing, now);
    }
}

/// Ends billing of a Spot instance that AWS interrupts; within its first hour it is free.
pub(super) fn stop_interrupted(platform: &mut Platform<'_>, id: InstanceId, now: SimTime) {
    let billing = platform.machines[id.index()].billing;
    let since = billing.map(|billing| billing.since);
    if since.is_some_and(|since| now.since(since) < FREE_BEFORE) {
        cancel(platform, id, now);
    } else {
        stop(platform, id, now);
    }
}

/// Stops the meters of the volume and of the fee.
fn stop_rest(platform: &mut Platform<'_>, billing: Billing, now: SimTime) {
    let fee = billing.fee.map(|meter| (meter, 1));
    for (meter, amount) in billing.volume.into_iter().chain(fee) {
        let meters = &mut platform.meters;
        meters.stop(meter, amount, billing.since, now, BILLED_AT_LEAST);
    }
}

impl Platform<'_> {
    /// Bills a load balancer for its hours from now on, the start of the run.
    pub(in crate::simulation) fn start_load_balancer(&mut self, kind: LoadBalancerKind) {
        let meter = self.meters.register(of_cluster(Item::LoadBalancer(kind)));
        self.meters.start(meter, 1, SimTime::ZERO);
    }

    /// Bills the metrics of all alarms from now on, the start of the run, where their price is known.
    pub(in crate::simulation) fn start_alarms(&mut self) {
        if self.plan.bills_alarms() {
            let meter = self.meters.register(of_cluster(Item::Alarms));
            let metrics = self.plan.alarm_metrics();
            self.meters.start(meter, metrics, SimTime::ZERO);
        }
    }

    /// Bills capacity units of a load balancer for the time that ends now: millionths of a unit × µs.
    pub(in crate::simulation) fn count_capacity_units(
        &mut self,
        kind: LoadBalancerKind,
        used: u128,
        now: SimTime,
    ) {
        let meter = self.meters.register(of_cluster(Item::CapacityUnits(kind)));
        self.meters.count_before(meter, used, now);
    }

    /// Bills calls of SQS that were made in the time that ends now, in 10⁻¹² calls.
    pub(in crate::simulation) fn count_queue_requests(&mut self, calls: u128, now: SimTime) {
        let meter = self.meters.register(of_cluster(Item::QueueRequests));
        self.meters.count_before(meter, calls, now);
    }
}

impl Platform<'_> {
    /// Bills surplus CPU credits of an instance that were charged in the time that ends now, in
    /// 1/128,000 vCPU × µs (facts/platform.md 1.4.6).
    pub(in crate::simulation) fn count_surplus_credits(
        &mut self,
        id: InstanceId,
        charged: u128,
        now: SimTime,
    ) {
        let machine = &self.machines[id.index()];
        let kind = &self.plan.cluster.instance_types[machine.instance_type];
        let Some(of) = kind.burstable().filter(|_| charged > 0) else {
            return;
        };
        let meter = self.meters.register(MeterKey {
            owner: Owner::Provider(machine.provider.index()),
            zone: Some(machine.zone.index()),
            item: Item::SurplusCpuCredits(of.family),
        });
        self.meters.count_before(meter, charged, now);
    }
}

/// The key of a meter of the cluster as a whole.
const fn of_cluster(item: Item) -> MeterKey {
    MeterKey {
        owner: Owner::Cluster,
        zone: None,
        item,
    }
}

/// Ends the run: instances that are still billed are billed up to `end`. Returns the ledger.
pub(in crate::simulation) fn finish(mut platform: Platform<'_>, end: SimTime) -> Ledger {
    for index in 0..platform.machines.len() {
        stop(&mut platform, InstanceId::new(index), end);
    }
    platform.meters.finish(end)
}

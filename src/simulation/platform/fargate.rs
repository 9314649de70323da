//! Fargate's capacity: zones, launch rate, quota and meters. What happens to the tasks on it
//! stands in `life/fargate.rs`.

use super::billing::BILLED_AT_LEAST;
use super::fargate_capacity::FargateState;
use super::state::Platform;
use crate::cluster::{GroupId, ProviderId, ZoneId};
use crate::plan::Delays;
use crate::units::{Cpu, SimTime};

pub(in crate::simulation) use super::fargate_capacity::FargateSize;

impl Platform<'_> {
    /// Fargate behind a provider.
    pub(in crate::simulation) fn fargate(&self, provider: ProviderId) -> &FargateState {
        let state = self.fargate[provider.index()].as_ref();
        state.expect("the provider is one of Fargate's")
    }

    /// The same, to change it.
    pub(in crate::simulation) fn fargate_mut(&mut self, provider: ProviderId) -> &mut FargateState {
        let state = self.fargate[provider.index()].as_mut();
        state.expect("the provider is one of Fargate's")
    }

    /// The open zone with the fewest of a group's tasks, the first listed of equals
    /// (facts/ecs.md 94).
    pub(in crate::simulation) fn fargate_zone(
        &self,
        provider: ProviderId,
        group: GroupId,
    ) -> Option<ZoneId> {
        let state = self.fargate(provider);
        let zones = (0..state.meters.len()).map(ZoneId::new);
        let open = zones.filter(|zone| !self.outages.zone_is_closed(*zone));
        open.min_by_key(|zone| state.tasks[zone.index() * state.groups + group.index()])
    }

    /// How much CPU may run at once, on demand and Spot each (facts/ecs.md 46).
    pub(in crate::simulation) fn fargate_quota(&self) -> Cpu {
        Cpu::vcpus(u64::from(self.plan.assumptions.fargate_vcpu_quota))
    }

    /// With one more task there would be more CPU than the quota allows.
    pub(in crate::simulation) fn is_over_quota(&self, provider: ProviderId, cpu: Cpu) -> bool {
        let quota = self.fargate_quota().as_base();
        self.plan.delays == Delays::Realistic && self.fargate(provider).cpu + cpu.as_base() > quota
    }

    /// Fargate bills a task's size from the moment the image pull starts (facts/pricing.md 2).
    pub(in crate::simulation) fn start_fargate_meters(
        &mut self,
        (provider, zone): (ProviderId, ZoneId),
        size: &FargateSize,
        now: SimTime,
    ) {
        for (meter, amount) in self.fargate(provider).metered(zone, size) {
            self.meters.start(meter, amount, now);
        }
    }

    /// Billing of a task that began at `since` ends.
    pub(in crate::simulation) fn stop_fargate_meters(
        &mut self,
        (provider, zone): (ProviderId, ZoneId),
        size: &FargateSize,
        since: SimTime,
        now: SimTime,
    ) {
        for (meter, amount) in self.fargate(provider).metered(zone, size) {
            self.meters.stop(meter, amount, since, now, BILLED_AT_LEAST);
        }
    }
}

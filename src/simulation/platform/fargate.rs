//! Fargate's capacity: zones, launch rate, quota and meters. The tasks on Fargate are in
//! `life/fargate.rs`.

use super::billing::BILLED_AT_LEAST;
use super::fargate_capacity::FargateState;
use super::state::Platform;
use crate::cluster::{GroupId, ProviderId, ZoneId};
use crate::plan::Delays;
use crate::units::{Cpu, SimTime};

pub(in crate::simulation) use super::fargate_capacity::FargateSize;

impl Platform<'_> {
    /// The Fargate capacity of a provider.
    ///
    /// # Panics
    /// When the provider is not Fargate or Fargate Spot.
    pub(in crate::simulation) fn fargate(&self, provider: ProviderId) -> &FargateState {
        let state = self.fargate[provider.index()].as_ref();
        state.expect("the provider is one of Fargate's")
    }

    /// The Fargate capacity of a provider, to change it. Panics as [`fargate`](Self::fargate) does.
    pub(in crate::simulation) fn fargate_mut(&mut self, provider: ProviderId) -> &mut FargateState {
        let state = self.fargate[provider.index()].as_mut();
        state.expect("the provider is one of Fargate's")
    }

    /// The zone for the next task of a task group: of the zones without an outage, the one with the
    /// fewest tasks of the group; of equals, the first in the plan (facts/ecs.md 94). `None` when
    /// no zone is available.
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

    /// The quota of vCPUs of running tasks, for Fargate and for Fargate Spot each (facts/ecs.md
    /// 46).
    pub(in crate::simulation) fn fargate_quota(&self) -> Cpu {
        Cpu::vcpus(u64::from(self.plan.assumptions.fargate_vcpu_quota))
    }

    /// True when one more task with `cpu` would exceed the quota. Only realistic runs have a quota.
    pub(in crate::simulation) fn is_over_quota(&self, provider: ProviderId, cpu: Cpu) -> bool {
        let quota = self.fargate_quota().as_base();
        self.plan.delays == Delays::Realistic && self.fargate(provider).cpu + cpu.as_base() > quota
    }

    /// Starts the meters of a task: Fargate bills its size from the start of the image pull
    /// (facts/pricing.md 2).
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

    /// Stops the meters of a task that was billed since `since`.
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
